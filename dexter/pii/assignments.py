"""Detector of values whose name gives them away in a text: `password=...`, `"api_key": "..."`, `Cookie: ...`.

It reads log lines, JSON, Python and JavaScript reprs, query strings, header blocks and connection strings.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from dexter.pii import vocabulary
from dexter.pii.filtered import FILTERED
from dexter.pii.findings import Finding
from dexter.pii.kinds import Kind
from dexter.pii.names import kind_of_name, secret_name, words_of

_NAME = re.compile(
    r"(?<![\w.\-])([A-Za-z_][\w.\-]{0,63}+)(\\?[\"']?\]?[ \t]{0,2}(?:=>|:=|[=:])[ \t]{0,2})(?![=:])"
)
_NAME_IN_A_QUERY = re.compile(r"[?&;]([A-Za-z_][\w.\-\[\]]{0,63}+)=")
_QUOTED = {
    '"': re.compile(r'(?:[^"\\\n]|\\.){0,8192}+', re.DOTALL),
    "'": re.compile(r"(?:[^'\\\n]|\\.){0,8192}+", re.DOTALL),
}
_QUOTED_ESCAPED = re.compile(r"(?:(?!\\[\"'])[^\n]){0,8192}+")
_BARE = re.compile(
    r"(?:(?:Bearer|Basic|Token|Digest|Negotiate) +)?[^\s,;&\"'<>(){}\[\]|\\]{1,8192}+", re.IGNORECASE
)
_LINE = re.compile(r"[^\r\n\"']{1,8192}+")
_REPR_PREFIX = re.compile(r"[bBuUrRfF]{1,2}(?=[\"'])")
_EXPRESSION = re.compile(
    r"(?:self|cls|this|request|req|settings|config|os|env|process|ctx|event|data|args|kwargs)\.[A-Za-z_]"
)
_SHORTEST_IN_A_QUERY = 10
_LONGEST_OBJECT = 500  # characters from the name of an object within which its fields are looked at


def assignments(text: str) -> Iterator[Finding]:
    """Values behind a secret name, and behind those personal names that are no common word of prose."""
    taken = 0
    above: re.Match[str] | None = None  # the last name of an object
    for match in _NAME.finditer(text):
        if text[match.end() : match.end() + 1] == "{":
            above = match
        kind = _kind(match[1]) or _below(text, match, above) if match.start() >= taken else None
        span = _value(text, match, kind) if kind else None
        if kind and span:
            taken = span[1]
            yield Finding(span[0], span[1], kind)
    if "=" in text:
        yield from _in_a_query(text)


def _below(text: str, match: re.Match[str], above: re.Match[str] | None) -> Kind | None:
    """What a quoted name holds in the object that `above` names: `"card": {"holder": "Ada"}`."""
    if above is None or above is match or match.start() - above.end() > _LONGEST_OBJECT:
        return None
    if text[match.start() - 1] not in "\"'" or "}" in text[above.end() : match.start()]:
        return None
    return None if kind_of_name(match[1]) else kind_of_name(match[1], (above[1],))


@lru_cache(maxsize=8192)
def _kind(name: str) -> Kind | None:
    kind = kind_of_name(name)
    if secret_name(name) or kind in (Kind.SSN, Kind.BIRTH_DATE, Kind.IBAN):
        return kind
    # `first_name: Ada` in a log line is data, `Address: line 4` may be anything.
    return kind if kind in (Kind.NAME, Kind.PHONE, Kind.ADDRESS) and len(words_of(name)) > 1 else None


def _value(text: str, match: re.Match[str], kind: Kind) -> tuple[int, int] | None:
    """Where the value lies, without its quotes; None when there is none, or none that is worth hiding."""
    if FILTERED.match(text, match.end()):
        return None
    prefix = _REPR_PREFIX.match(text, match.end())
    start = prefix.end() if prefix else match.end()
    quoted = _quoted(text, start)
    found = quoted or _unquoted(text, start, kind)
    if not found or found.end() == found.start():
        return None
    if _says_nothing(found[0]) or (not quoted and _is_code_or_prose(text, match, found)):
        return None
    return found.span()


def _quoted(text: str, start: int) -> re.Match[str] | None:
    if text[start : start + 1] in _QUOTED:
        return _QUOTED[text[start]].match(text, start + 1)
    if text[start : start + 2] in ('\\"', "\\'"):
        return _QUOTED_ESCAPED.match(text, start + 2)
    return None


def _unquoted(text: str, start: int, kind: Kind) -> re.Match[str] | None:
    """A word, or the whole rest of the line for `Cookie: a=b; c=d`."""
    if kind is Kind.COOKIE and text[start - 1] in ": " and "=" in text[start : start + 256]:
        return _LINE.match(text, start)
    return _BARE.match(text, start)


def _says_nothing(value: str) -> bool:
    bare = value.strip("\"'").rstrip(".:!?")
    return bare.lower() in vocabulary.EMPTY_VALUES or FILTERED.fullmatch(bare) is not None


def _is_code_or_prose(text: str, name: re.Match[str], value: re.Match[str]) -> bool:
    """`password: str`, `password=password`, `token = get_token(...)`, `token: expired`."""
    bare = value[0].strip(".:!?")
    if bare.lower() in vocabulary.TYPES_OF_CODE or bare == name[1] or _EXPRESSION.match(bare):
        return True
    if text[value.end() : value.end() + 1] in ("(", "["):
        return True
    in_prose = ":" in name[2] and not vocabulary.NAMES_IN_PROSE.isdisjoint(words_of(name[1]))
    return in_prose and bare.isalpha() and (bare.islower() or bare.istitle())


def _in_a_query(text: str) -> Iterator[Finding]:
    """`?sig=...&key=...`: names that hide something only in the query of a URL."""
    taken = 0
    for match in _NAME_IN_A_QUERY.finditer(text):
        if match.start() < taken:
            continue
        kind = secret_name(match[1])
        if not kind and vocabulary.NAMES_IN_A_QUERY.isdisjoint(words_of(match[1])[-1:]):
            continue
        value = None if FILTERED.match(text, match.end()) else _BARE.match(text, match.end())
        if value and (kind or len(value[0]) >= _SHORTEST_IN_A_QUERY):
            taken = value.end()
            yield Finding(value.start(), value.end(), kind or Kind.SECRET)
