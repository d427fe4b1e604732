"""Counting over time: effects of advice, bars, the release something began with."""

from datetime import UTC, date, datetime, timedelta

import pytest

from deadlocks.stats import HEIGHT, bars, began_with, effect

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
WEEK = timedelta(days=7)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def test_before_and_since():
    found = effect([ago(13), ago(14), ago(18.9), ago(30)], done_at=ago(12), now=NOW)
    assert (found.before, found.days_before, found.since, found.days_since) == (3, 12, 0, 12)
    assert found.said == "3 in the 12 days before, 0 in the 12 days since"


@pytest.mark.parametrize(
    ("days", "before", "since"), [(0, 7, 1), (0.5, 7, 1), (3, 7, 3), (8, 8, 8), (90, 30, 90)]
)
def test_spans(days, before, since):
    found = effect([], done_at=ago(days), now=NOW)
    assert (found.days_before, found.days_since) == (before, since)


def test_the_moment_itself_belongs_to_what_came_since():
    found = effect([ago(2)], done_at=ago(2), now=NOW)
    assert (found.before, found.since) == (0, 1)
    assert effect([ago(0.1)], ago(0.5), NOW).said == "0 in the 7 days before, 1 in the day since"


def test_bars_are_shares_of_the_largest():
    days = [(date(2026, 5, number), count) for number, count in ((1, 0), (2, 4), (3, 1))]
    drawn = bars(days)
    assert [bar.height for bar in drawn] == [0, HEIGHT, HEIGHT / 4]
    assert [bar.y + bar.height for bar in drawn] == [HEIGHT] * 3
    assert drawn[-1].x + drawn[-1].width < 100
    assert bars([]) == []
    assert [bar.height for bar in bars([(date(2026, 5, 1), 0)])] == [0]


@pytest.mark.parametrize(
    ("release", "first", "known", "began"),
    [
        ("2", 4, {"1": 20, "2": 5}, True),
        ("2", 4, {"2": 5}, False),  # no older release is known
        ("2", 4, {"2": 5, "3": 4.5}, False),  # the other one is newer
        ("1", 4, {"1": 20, "2": 5}, False),  # long after its release
        ("2", 6, {"1": 20, "2": 5}, False),  # before its release was made
        ("9", 4, {"1": 20, "2": 5}, False),  # not in the cache
    ],
)
def test_the_release_it_began_with(release, first, known, began):
    made = [(version, ago(days)) for version, days in known.items()]
    assert began_with(ago(first), release, made, WEEK) is began
