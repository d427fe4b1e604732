"""What a log_line_prefix says: time, pid, user, database, application. Found out from the line, not
configured.
"""

import re
from functools import lru_cache

_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|[A-Z]{2,5}\b|[+-]\d\d(?::?\d\d)?))?"
    r"|\b\d{10}\.\d{3}\b"
    r"|\b[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d\b"
)
_SESSION_ID = re.compile(r"\b[0-9a-f]{6,10}\.([0-9a-f]{1,8})\b")
_PID = re.compile(r"(?:\bpid ?[=:] ?\"?|\bp=|\[|\()(\d{1,10})(?=[\]\")\s,;:-])", re.IGNORECASE)
#: %r is host(port).
_PORT = re.compile(r"(?<=[\w\].:])\(\d{1,5}\)")
_BARE_PID = re.compile(r"(?<![\w.:/-])(\d{1,10})(?![\w.:/-])")
#: Parts that differ in every session and hold no name, taken out so that few prefixes are looked at.
_NUMBERED = re.compile(r"\[[\d-]{1,20}\]|\bpid ?= ?\"?\d{1,10}\"?|\(\d{1,5}\)")
_USER_AT = re.compile(r"(?:^|[\s:\[(|,;])([\w$-][\w.$-]*)@([\w$-][\w.$-]*)")
_DIGITS = re.compile(r"\d+")
_MOST_DIGITS = 18
_NAMED = {
    "user": re.compile(r"\b(?:user|usr|username|user_name|u) ?[=:] ?\"?([^\",\s:;|\]]+)"),
    "database": re.compile(r"\b(?:db|database|dbname|datname|database_name|d) ?[=:] ?\"?([^\",\s:;|\]]+)"),
    "application": re.compile(
        r"\b(?:app|application|appname|application_name|a) ?[=:] ?(?:\"([^\"]*)\"|([^\",\s:;|\]]+))"
    ),
}


def time_of(prefix: str) -> str | None:
    found = _TIME.search(prefix)
    return found[0].strip() if found else None


@lru_cache(maxsize=8)
def _timeless(prefix: str) -> str:
    return _TIME.sub(" ", prefix)


def _has(prefix: str, number: str) -> bool:
    """True when a number stands alone in a prefix, not as a part of a time, an address or another number."""
    at = prefix.find(number)
    while at >= 0:
        end = at + len(number)
        before, after = prefix[at - 1 : at], prefix[end : end + 1]
        if not before.isalnum() and before != "." and not after.isalnum() and after != ".":
            return True
        at = prefix.find(number, end)
    return False


def pid_of(prefix: str, expected: int | None = None, *, guess: bool = True) -> int | None:
    """The process id in a prefix: ``expected`` when it is there in decimal or in a %c session id, else the
    likeliest, or None without ``guess``.
    """
    timeless = _timeless(prefix)
    if expected is not None and _has(timeless, str(expected)):
        return expected
    sessions = [int(s, 16) for s in _SESSION_ID.findall(timeless)]
    if expected in sessions:
        return expected
    if not guess:
        return None
    plain = _PORT.sub("", _SESSION_ID.sub("", timeless))
    for found in (_PID.search(plain), _BARE_PID.search(plain)):
        if found:
            return int(found[1])
    return sessions[0] if sessions else None


def is_same_session(first: str, later: str, lines: int) -> bool:
    """True when two prefixes of one shape can be of one entry, the second ``lines`` lines below the first:
    nothing but the time and %l, the session's count of lines, goes on.
    """
    pairs = zip(_DIGITS.findall(_timeless(first)), _DIGITS.findall(_timeless(later)), strict=False)
    return all(a == b or _number(b) - _number(a) == lines for a, b in pairs)


def _number(digits: str) -> int:
    return int(digits[-_MOST_DIGITS:])


@lru_cache(maxsize=512)
def _names(shape: str) -> tuple[str | None, str | None, str | None]:
    values = []
    for pattern in _NAMED.values():
        found = pattern.search(shape)
        values.append(next((g for g in found.groups() if g), None) if found else None)
    user, database, application = values
    at = _USER_AT.search(shape)
    if at and not (user or database):
        user, database = at[1], at[2]
    return _real(user), _real(database), _real(application)


def _real(value: str | None) -> str | None:
    return None if value in (None, "", "[unknown]") else value


def names_of(prefix: str) -> tuple[str | None, str | None, str | None]:
    """(user, database, application) as far as the prefix has them."""
    return _names(_NUMBERED.sub("", _timeless(prefix)))
