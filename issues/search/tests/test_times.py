"""Times of a search, and what they ask for."""

from datetime import UTC, datetime, timedelta

import pytest

from issues.search import Moment, Relative, parse, time_range

from .reading import filter_of

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def at(*parts: int) -> datetime:
    year, month, day, hour, minute, second, micro = (*parts, 0, 0, 0, 0)[:7]
    return datetime(year, month, day, hour, minute, second, micro, UTC)


RANGES = [
    # written, from, before
    ("-24h", NOW - timedelta(hours=24), None),
    ("-90m", NOW - timedelta(minutes=90), None),
    ("+7d", None, NOW - timedelta(days=7)),
    ("+2w", None, NOW - timedelta(weeks=2)),
    ("2026-01-31", at(2026, 1, 31), at(2026, 2, 1)),
    ("2026-01-31T10:05", at(2026, 1, 31, 10, 5), at(2026, 1, 31, 10, 6)),
    ("2026-01-31T10:05:30Z", at(2026, 1, 31, 10, 5, 30), at(2026, 1, 31, 10, 5, 31)),
    ('"2026-01-31 10:05:30.5"', at(2026, 1, 31, 10, 5, 30, 500_000), at(2026, 1, 31, 10, 5, 30, 500_001)),
    ("2026-01-31T10:05+02:00", at(2026, 1, 31, 8, 5), at(2026, 1, 31, 8, 6)),
    (">2026-01-31", at(2026, 1, 31) + TICK, None),
    (">=2026-01-31", at(2026, 1, 31), None),
    ("<2026-01-31", None, at(2026, 1, 31)),
    ("<=2026-01-31", None, at(2026, 1, 31) + TICK),
]


@pytest.mark.parametrize(("written", "start", "end"), RANGES)
def test_what_a_time_asks_for(written: str, start: datetime | None, end: datetime | None) -> None:
    node = filter_of(f"lastSeen:{written}")
    assert isinstance(node.value, Relative | Moment)
    assert time_range(node.op, node.value, NOW) == (start, end)
    assert filter_of(str(node)) == node


# fmt: off
WRONG = ["-1y", "24h", "-", "-1.5h", "-9999w", "-0m", "2026-1-1", "2026-13-01", "1969-01-01", "9999-12-31",
         "10:00", "2026-01-01T25:00", "2026-W01-1", "20260101", "2026-01-01T10:00:00.1234567", "٢٠٢٦-01-01",
         "2026-01-01T10:00+99:00", "-٣h"]
# fmt: on


@pytest.mark.parametrize("written", WRONG)
def test_what_is_no_time(written: str) -> None:
    with pytest.raises(ValueError, match="needs a time"):
        parse(f"lastSeen:{written}")
