"""Points in time of a search: relative (-24h, +7d) and absolute (2026-01-31, 2026-01-31T10:00:00Z)."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SECONDS = {"m": 60, "h": 3600, "d": 86400, "w": 604800}
LONGEST = 10 * 366 * 86400  # ten years: events are kept for 90 days, and datetime must not overflow

_RELATIVE = re.compile(r"([+-])([0-9]{1,9})([mhdw])", re.IGNORECASE)
_ABSOLUTE = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ](?P<time>[0-9]{2}:[0-9]{2})(?P<seconds>:[0-9]{2})?(?P<fraction>\.[0-9]{1,6})?"
    r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Relative:
    """-24h: at most so long ago. +24h (`older`): longer ago. `unit` is one of m h d w."""

    amount: int
    unit: str
    older: bool = False

    @property
    def age(self) -> timedelta:
        return timedelta(seconds=self.amount * SECONDS[self.unit])

    def __str__(self) -> str:
        return f"{'+' if self.older else '-'}{self.amount}{self.unit}"


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time (UTC); written to the day, minute, second or microsecond, it lasts that long."""

    at: datetime
    lasts: timedelta

    def __str__(self) -> str:
        if self.lasts == timedelta(days=1):
            return self.at.strftime("%Y-%m-%d")
        if self.lasts == timedelta(minutes=1):
            return self.at.strftime("%Y-%m-%dT%H:%M")
        return self.at.replace(tzinfo=None).isoformat()


def parse_relative(text: str) -> Relative | None:
    """None unless the text is a sign, a number and a unit, above zero and within ten years."""
    found = _RELATIVE.fullmatch(text)
    if not found:
        return None
    value = Relative(int(found[2]), found[3].lower(), older=found[1] == "+")
    return value if 0 < value.amount * SECONDS[value.unit] <= LONGEST else None


def parse_moment(text: str) -> Moment | None:
    """None unless it is an ISO 8601 date, or date and time, between 1971 and 9998; UTC without a zone."""
    found = _ABSOLUTE.fullmatch(text)
    if not found or not "1971" <= text[:4] <= "9998":
        return None
    try:
        at = datetime.fromisoformat(_six_digits(text, found["fraction"]))
    except ValueError:
        return None
    at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    return Moment(at, _lasts(found))


def _six_digits(text: str, fraction: str | None) -> str:
    return text.replace(fraction, fraction.ljust(7, "0")) if fraction else text


def _lasts(found: re.Match[str]) -> timedelta:
    if found["fraction"]:
        return timedelta(microseconds=1)
    if found["seconds"]:
        return timedelta(seconds=1)
    return timedelta(minutes=1) if found["time"] else timedelta(days=1)


def time_range(op: str, value: Relative | Moment, now: datetime) -> tuple[datetime | None, datetime | None]:
    """What `op` and `value` ask for as [from, before); None is open. `op` is one of = > >= < <=.

    As in Sentry, `>` and `<` compare with the beginning of the moment: >2026-01-31 includes that day.
    """
    if isinstance(value, Relative):
        edge = now - value.age
        return (None, edge) if value.older else (edge, None)
    tick = timedelta(microseconds=1)
    return {
        "=": (value.at, value.at + value.lasts),
        ">": (value.at + tick, None),
        ">=": (value.at, None),
        "<": (None, value.at),
        "<=": (None, value.at + tick),
    }[op]
