"""The timeline of an issue as numbers: scale, unknown stretches, releases, the issue's own moments."""

from datetime import timedelta

import pytest

from dexter.timeseries import Series, to_json
from issues.models import Issue, IssueStats, Release
from issues.queries.timeline import timeline_of, window_start
from issues.tests.factories import NOW

HOUR, DAY = 3600, 86_400
THIS_HOUR = int(NOW.timestamp()) // HOUR * HOUR
TODAY = int(NOW.timestamp()) // DAY * DAY


def issue(
    *, hours: tuple[int, ...] = (), days: tuple[int, ...] = (), age: timedelta = timedelta(days=60)
) -> Issue:
    """An issue that is in no database, whose counts end now."""
    found = Issue(pk=1, first_seen=NOW - age, last_seen=NOW)
    found.stats = IssueStats(
        hours=to_json(Series(THIS_HOUR - (len(hours) - 1) * HOUR, HOUR, hours)) if hours else {},
        days=to_json(Series(TODAY - (len(days) - 1) * DAY, DAY, days)) if days else {},
    )
    return found


def release(version: str, age: timedelta) -> Release:
    return Release(version=version, short_version=version, created_at=NOW - age)


def test_bars_reach_up_to_the_highest_line_of_the_scale():
    chart = timeline_of(issue(hours=(0,) * 22 + (7, 38)), "24h", [], NOW)
    assert (chart.top.label, chart.top.y) == ("40", 0)
    assert chart.middle
    assert chart.middle.label == "20"
    assert [bar.count for bar in chart.bars] == [7, 38]
    assert chart.bars[1].running
    assert chart.events == 45
    assert max(bar.height for bar in chart.bars) == pytest.approx(92 * 38 / 40, abs=0.1)


def test_what_nobody_told_is_unknown_and_not_zero():
    chart = timeline_of(issue(days=(3,) * 15), "30d", [], NOW)
    assert chart.unknown
    assert (chart.unknown.x, chart.unknown.width) == (0, 50)
    assert chart.known_since
    assert chart.known_since.timestamp() == TODAY - 14 * DAY
    assert "Counts are known from 28 Apr, 00:00 UTC on" in chart.said
    assert not chart.nothing_known


def test_before_the_first_event_it_is_known_that_there_was_none():
    chart = timeline_of(issue(days=(3, 3, 3), age=timedelta(days=2)), "30d", [], NOW)
    assert chart.unknown is None
    assert [mark.label for mark in chart.marks] == ["first seen 10 May"]


def test_an_issue_without_counts_says_nothing_is_known():
    chart = timeline_of(issue(), "24h", [], NOW)
    assert chart.nothing_known
    assert chart.bars == ()
    assert chart.known_since is None
    assert "No counts for the last 24 hours yet" in chart.said


def test_releases_stand_where_they_were_made():
    start, end = window_start("24h", NOW).timestamp(), THIS_HOUR + HOUR
    made = [release("b", timedelta(hours=2)), release("a", timedelta(hours=14))]
    chart = timeline_of(issue(hours=(1,) * 24), "24h", made, NOW)
    assert [pin.version for pin in chart.pins] == ["a", "b"]
    assert chart.pins[1].x == pytest.approx(
        (made[0].created_at.timestamp() - start) / (end - start) * 100, abs=0.01
    )
    assert chart.pins[0].url == "/?query=release%3A%22a%22"
    assert "Releases: a on 12 May at 00:30, b on 12 May at 12:30." in chart.said


def test_labels_that_would_touch_are_left_out_the_newest_stays():
    made = [release(f"r{n}", timedelta(hours=n)) for n in range(1, 6)]
    chart = timeline_of(issue(hours=(1,) * 24), "24h", made, NOW)
    assert [pin.label for pin in chart.pins] == ["r5", "", "", "", "r1"]


def test_a_long_label_needs_more_room():
    made = [release(f"storefront-api@2.{n}.0", timedelta(hours=n)) for n in (1, 5, 9)]
    chart = timeline_of(issue(hours=(1,) * 24), "24h", made, NOW)
    assert [pin.label for pin in chart.pins] == ["storefront-api@2.9.0", "", "storefront-api@2.1.0"]


def test_releases_outside_of_the_window_are_left_out():
    chart = timeline_of(issue(hours=(1,) * 24), "24h", [release("old", timedelta(days=3))], NOW)
    assert chart.pins == ()


def test_the_moments_of_the_issue_itself_are_marked():
    recent = issue(hours=(1,) * 24, age=timedelta(hours=20))
    chart = timeline_of(recent, "24h", [], NOW, regressed=NOW - timedelta(hours=1))
    assert [(mark.label, mark.anchor) for mark in chart.marks] == [
        ("first seen 18:30", "start"),
        ("regressed 13:30", "end"),
    ]
    assert timeline_of(issue(hours=(1,) * 24), "24h", [], NOW).marks == ()


@pytest.mark.parametrize(("name", "begins"), [("24h", 23 * HOUR), ("7d", 6 * DAY), ("30d", 29 * DAY)])
def test_where_a_window_begins(name, begins):
    whole = TODAY if name != "24h" else THIS_HOUR
    assert window_start(name, NOW).timestamp() == whole - begins
