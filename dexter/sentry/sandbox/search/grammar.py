"""Sentry's issue search as text: `key:value` tokens joined by space, one free text, no OR, no brackets."""

import re
from dataclasses import dataclass

from dexter.sentry.sandbox.http import bad_request

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<negated>!)?(?P<key>[\w.\-]+|tags\[[\w.\-]+\]|flags\["[^"]+"\]):
        (?P<value>\[[^\]]*\]|(?:>=|<=|>|<)?"(?:\\.|[^"\\])*"|[^\s()"]*)
      | "(?P<quoted>(?:\\.|[^"\\])*)"
      | (?P<bracket>[()])
      | (?P<word>[^\s()"]+)
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Term:
    """One condition. `values` has several entries for a list; `operator` is one of = > >= < <=."""

    key: str
    values: tuple[str, ...]
    operator: str = "="
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Parsed:
    terms: tuple[Term, ...]
    text: str


def _refuse(why: str) -> Exception:
    return bad_request(f"Error parsing search query: {why}")


def parse(query: str) -> Parsed:
    """Raises ApiError 400 with Sentry's kind of message for what issue search does not take."""
    terms: list[Term] = []
    words: list[str] = []
    place = 0
    while place < len(query.rstrip()):
        found = _TOKEN.match(query, place)
        if found is None:
            raise _refuse(f"Invalid quote at position {place + 1}: quotes must enclose text or be escaped.")
        place = found.end()
        if found["bracket"] or found["word"] in ("OR", "AND"):
            raise _refuse('Boolean statements containing "OR" or "AND" are not supported in this search')
        if found["key"]:
            terms.append(_term(found["key"], found["value"], bool(found["negated"])))
        else:
            words.append(_unescape(found["quoted"]) if found["quoted"] is not None else found["word"])
    return Parsed(tuple(terms), " ".join(words))


def _term(key: str, value: str, negated: bool) -> Term:
    if key.startswith("tags["):
        key = key[5:-1]
    if value.startswith("["):
        return Term(
            key, tuple(_plain(part) for part in value[1:-1].split(",") if part.strip()), negated=negated
        )
    operator = "="
    for sign in (">=", "<=", ">", "<"):
        if value.startswith(sign):
            operator, value = sign, value[len(sign) :]
            break
    if not value and operator == "=":
        raise _refuse(f"Empty string after '{key}:'")
    return Term(key, (_plain(value),), operator, negated)


def _plain(text: str) -> str:
    text = text.strip()
    return _unescape(text[1:-1]) if len(text) > 1 and text[0] == text[-1] == '"' else text


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
