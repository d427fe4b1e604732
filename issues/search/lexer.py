"""From text to lexemes. Never raises and never skips: what is wrong becomes a lexeme of kind "invalid"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from .ast import Namespace
from .errors import SearchError
from .quoting import split_stars, unescape

LexemeKind = Literal["open", "close", "and", "or", "not", "filter", "text", "phrase", "invalid"]

_SPACE = re.compile(r"\s*")
_BARE = re.compile(r'(?:\\[\\"*()]|[^\s()"])+')
_QUOTED = re.compile(r'"((?:\\.|[^"\\])*)"', re.DOTALL)
_BRACKETS = r'(?P<space>tags|flags)\[(?P<inner>"(?:\\.|[^"\\])*"|[^\]"]*)\]'
_BRACKETED = re.compile(_BRACKETS, re.DOTALL)
# A colon followed by another colon or two slashes belongs to a word: std::string, https://example.com.
KEY = re.compile(
    rf"!?(?:{_BRACKETS}"
    r'|"(?P<quoted>(?:\\.|[^"\\])+)"|(?P<plain>[^\W\d][\w.\-]*)):(?!:|//)',
    re.DOTALL,
)
_AGGREGATE = re.compile(r"!?(?P<name>[a-zA-Z_]\w*)\((?P<of>[^()]*)\):")
_OPERATOR = re.compile(r">=|<=|!=|>|<|=")
_ITEM = re.compile(r'[^,\]"\[]*')
_BROKEN = re.compile(r"[^\s)]*")
_GLUED = re.compile(r"\S*")
_WORDS: dict[str, LexemeKind] = {"AND": "and", "OR": "or", "NOT": "not"}

_INSTEAD = {"count": "timesSeen:>10", "count_unique": "users:>10", "last_seen": "lastSeen:-24h"}


@dataclass(frozen=True, slots=True)
class Raw:
    """One value as typed: literal parts between wildcards."""

    parts: tuple[str, ...]
    start: int
    end: int
    quoted: bool = False

    @property
    def text(self) -> str:
        return "*".join(self.parts)


@dataclass(frozen=True, slots=True)
class Lexeme:
    """`text[start:end]` and what it is. The other fields are for filters, `values` for free text as well.

    `body` is where the value of a filter begins. has:key is the filter of that key with the `op` "has".
    """

    kind: LexemeKind
    start: int
    end: int
    negated: bool = False
    namespace: Namespace = "field"
    name: str = ""
    op: str = ""
    values: tuple[Raw, ...] = ()
    listed: bool = False
    body: int = 0
    error: SearchError | None = field(default=None, compare=False)


class _Invalid(Exception):  # noqa: N818 - carries a finished error to the one place that makes a lexeme of it
    def __init__(self, message: str, start: int, end: int, hint: str = "") -> None:
        self.error = SearchError(message, start, end, hint)


def scan(text: str) -> Iterator[Lexeme]:
    """All lexemes in order; together with the white space between them they are the whole text."""
    at = _skip(text, 0)
    while at < len(text):
        try:
            lexeme = _next(text, at)
        except _Invalid as problem:
            end = max(problem.error.end, at + 1)
            lexeme = Lexeme("invalid", at, end, error=problem.error)
        yield lexeme
        at = _skip(text, lexeme.end)


def _skip(text: str, at: int) -> int:
    return _SPACE.match(text, at).end()  # type: ignore[union-attr]  # matches the empty string as well


def _next(text: str, at: int) -> Lexeme:
    if text[at] in "()":
        return Lexeme("open" if text[at] == "(" else "close", at, at + 1)
    if aggregate := _AGGREGATE.match(text, at):
        raise _aggregate(text, at, aggregate)
    if key := KEY.match(text, at):
        return _filter(text, at, key)
    if text[at] == '"':
        body, end = _quoted(text, at)
        return Lexeme("phrase", at, _closed(text, at, end), values=(Raw((unescape(body),), at, end, True),))
    return _word(text, at)


def _aggregate(text: str, at: int, found: re.Match[str]) -> _Invalid:
    end = _word_end(text, found.end())
    instead = _INSTEAD.get(found["name"])
    hint = f"for example {instead}" if instead else "filter by a key instead, for example timesSeen:>10"
    return _Invalid(f"{found['name']}() computes over events, which an issue search cannot do", at, end, hint)


def _word(text: str, at: int) -> Lexeme:
    found = _BARE.match(text, at)
    end = found.end() if found else at + 1
    word = text[at:end]
    if word.startswith("!"):
        end = _word_end(text, at)
        raise _Invalid("! negates a filter and stands before its key", at, end, "before words write NOT")
    _closed(text, at, end)
    if word in _WORDS:
        return Lexeme(_WORDS[word], at, end)
    return Lexeme("text", at, end, values=(Raw(split_stars(word), at, end),))


def _word_end(text: str, at: int) -> int:
    return _BROKEN.match(text, at).end()  # type: ignore[union-attr]  # matches the empty string as well


def _closed(text: str, start: int, end: int) -> int:
    """`end`, if the lexeme that begins at `start` really ends there."""
    if (
        end < len(text)
        and text[end] in '("['
        or (end < len(text) and text[end - 1] in '"]' and _runs_on(text[end]))
    ):
        stop = _GLUED.match(text, end).end()  # type: ignore[union-attr]  # matches the empty string as well
        hint = "put the whole in double quotes to search for it, or a space between"
        raise _Invalid("Two terms stand without a space between them", start, stop, hint)
    return end


def _runs_on(character: str) -> bool:
    return not character.isspace() and character != ")"


def _quoted(text: str, at: int) -> tuple[str, int]:
    found = _QUOTED.match(text, at)
    if not found:
        hint = "add the closing quote; a quote inside quotes is written " + '\\"'
        raise _Invalid("This quote is never closed", at, len(text), hint)
    return found[1], found.end()


def _filter(text: str, at: int, key: re.Match[str]) -> Lexeme:
    negated, namespace = text[at] == "!", _namespace(key)
    name = _key_name(key, at)
    start = key.end()
    if namespace == "field" and name.lower() == "has":
        return _has(text, at, start)
    operator = _OPERATOR.match(text, start)
    op = operator[0] if operator else ""
    start += len(op)
    if text.startswith("[", start) and not op:
        values, end = _list(text, start)
        end = _closed(text, at, end)
        return Lexeme("filter", at, end, negated, namespace, name, op, values, True, body=key.end())
    value = _value(text, at, start)
    end = _closed(text, at, value.end)
    return Lexeme("filter", at, end, negated, namespace, name, op, (value,), body=key.end())


def _has(text: str, at: int, start: int) -> Lexeme:
    negated = text[at] == "!"
    if brackets := _BRACKETED.match(text, start):
        space, name, end = _namespace(brackets), _bracket_name(brackets, start), brackets.end()
        return Lexeme("filter", at, _closed(text, at, end), negated, space, name, "has", body=start)
    raw = _value(text, at, start)
    if len(raw.parts) > 1 or not raw.text or (text[start] in "[<>=!" and not raw.quoted):
        end = _word_end(text, raw.end)
        raise _Invalid("has: takes the name of one key", at, end, "for example has:release")
    end = _closed(text, at, raw.end)
    return Lexeme("filter", at, end, negated, "field", raw.text, "has", body=start)


def _namespace(key: re.Match[str]) -> Namespace:
    if key["space"]:
        return "flags" if key["space"] == "flags" else "tags"
    return "field"


def _key_name(key: re.Match[str], at: int) -> str:
    if key["space"]:
        return _bracket_name(key, at)
    return key["plain"] or unescape(key["quoted"])


def _bracket_name(key: re.Match[str], at: int) -> str:
    inner = key["inner"]
    name = unescape(inner[1:-1]) if inner.startswith('"') else inner.strip()
    if not name or (not inner.startswith('"') and "," in name):
        hint = (
            'write tags[name]:value; tags are compared as text, a comma in a name needs quotes: tags["a,b"]'
        )
        raise _Invalid("The brackets need the name of one tag or flag", at, key.end(), hint)
    return name


def _value(text: str, at: int, start: int) -> Raw:
    if text.startswith('"', start):
        body, end = _quoted(text, start)
        return Raw(split_stars(body), start, end, quoted=True)
    found = _BARE.match(text, start)
    if not found:
        # "TypeError: bad operand" is a pasted title more often than a filter.
        hint = f"write {text[at:start]}value, or put the words in double quotes to search for them"
        raise _Invalid(f"{text[at:start]} has no value", at, start, hint)
    return Raw(split_stars(found[0]), start, found.end())


def _list(text: str, start: int) -> tuple[tuple[Raw, ...], int]:
    values: list[Raw] = []
    at = start + 1
    while True:
        value, at = _item(text, start, _skip(text, at))
        values.append(value)
        if text[at] == "]":
            return tuple(values), at + 1
        at += 1


def _item(text: str, start: int, at: int) -> tuple[Raw, int]:
    """One value of a list, and the place of the comma or bracket behind it."""
    if text.startswith('"', at):
        body, end = _quoted(text, at)
        value = Raw(split_stars(body), at, end, quoted=True)
    else:
        body = _ITEM.match(text, at)[0].rstrip()  # type: ignore[index]  # matches the empty string as well
        end = at + len(body)
        value = Raw(split_stars(body), at, end)
    behind = _skip(text, end)
    if behind >= len(text):
        raise _Invalid("This list is never closed", start, len(text), "write [a, b]")
    if text[behind] not in ",]":
        raise _Invalid("A list is values with commas between them", start, behind + 1, 'write [a, "b c"]')
    if not value.quoted and not body:
        raise _Invalid("A value of this list is empty", at, behind + 1, "write [a, b]")
    return value, behind
