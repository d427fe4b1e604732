"""The formulas of docs/scoring.md as tables, and its worked examples computed again."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from issues.scoring import Facts, Term, Weights, band, impact, is_growing, score, trend

HOUR = 3600
DAY = 24 * HOUR


def points(name: str, **facts: Any) -> int:
    return next(term.points for term in score(Facts(**facts)).terms if term.name == name)


def reason(name: str, **facts: Any) -> str:
    return next(term.reason for term in score(Facts(**facts)).terms if term.name == name)


@pytest.mark.parametrize(
    ("users", "total", "expected"),
    [
        (0, 1000, 0),
        (1000, 1000, 30),
        (2000, 1000, 30),  # counted over different times: never more than all
        (31, 1000, 15),  # the square root of the total is worth half
        (3, 3, 9),  # three users out of three are not thirty points
        (100, 100, 30),
        (0, None, 0),
        (100, None, 15),
        (10_000, None, 30),
        (100, 0, 15),
    ],
)
def test_users_count_logarithmically_up_to_the_total(users: int, total: int | None, expected: int) -> None:
    assert points("Users", users=users, users_total=total) == expected


@pytest.mark.parametrize(
    ("events", "expected"), [(None, 0), (0, 0), (1, 2), (100, 13), (4218, 23), (10_000, 25), (99_999, 25)]
)
def test_volume_counts_logarithmically_up_to_10000_a_day(events: int | None, expected: int) -> None:
    assert points("Volume", events=events) == expected


@pytest.mark.parametrize(
    ("events", "before", "expected"),
    [
        (300, 100, 20),
        (900, 100, 20),
        (200, 100, 13),
        (173, 100, 10),
        (105, 100, 0),  # level
        (50, 100, 0),
        (0, 100, 0),
        (9, 3, 0),  # fewer than 10
        (500, 0, 0),  # nothing to compare with
        (500, None, 0),
        (None, 100, 0),
    ],
)
def test_trend_counts_up_to_three_times_the_day_before(
    events: int | None, before: int | None, expected: int
) -> None:
    assert points("Trend", events=events, events_before=before) == expected


@pytest.mark.parametrize(
    ("substatus", "name", "expected"),
    [
        ("new", "New", 10),
        ("regressed", "Regressed", 10),
        ("escalating", "Escalating", 10),
        ("ongoing", "Regressed or new", 0),
        ("archived_forever", "Regressed or new", 0),
        (None, "Regressed or new", 0),
    ],
)
def test_news_is_all_or_nothing(substatus: str | None, name: str, expected: int) -> None:
    assert points(name, substatus=substatus) == expected


@pytest.mark.parametrize(
    ("age", "expected", "words"),
    [
        (0, 10, "last seen less than a minute ago"),
        (-5, 10, "last seen less than a minute ago"),  # clocks differ
        (120, 10, "last seen 2 minutes ago"),
        (HOUR, 9, "last seen 1 hour ago"),
        (DAY, 5, "last seen 1 day ago"),
        (7 * DAY, 2, "last seen 7 days ago"),
        (30 * DAY, 0, "last seen 30 days ago"),
        (900 * DAY, 0, "last seen 900 days ago"),
        (None, 0, "Sentry gave no time of the last event"),
    ],
)
def test_recency_falls_from_now_to_30_days(age: int | None, expected: int, words: str) -> None:
    assert points("Recency", last_seen_age=age) == expected
    assert reason("Recency", last_seen_age=age) == words


@pytest.mark.parametrize(
    ("level", "expected"),
    [("fatal", 5), ("error", 3), ("warning", 2), ("info", 1), ("debug", 0), ("sample", 0), (None, 0)],
)
def test_level(level: str | None, expected: int) -> None:
    assert points("Level", level=level) == expected


def test_reasons_have_the_real_numbers() -> None:
    facts = Facts(812, 6770, 4218, 1352, "regressed", 120, "error")
    assert [term.reason for term in score(facts).terms] == [
        "812 of the 6,770 users seen, 12 %",
        "4,218 events in 24 hours",
        "up 212 % on the day before",
        "came back after it was resolved",
        "last seen 2 minutes ago",
        "error",
    ]
    assert reason("Users", users=5) == "5 users, Sentry gives no total to compare with"
    assert reason("Users", users=1) == "1 user, Sentry gives no total to compare with"
    assert reason("Volume", events=1) == "1 event in 24 hours"
    assert reason("Volume") == "Sentry gave no counts for the last 24 hours"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (100, "urgent"),
        (80, "urgent"),
        (79, "high"),
        (60, "high"),
        (59, "medium"),
        (40, "medium"),
        (39, "low"),
    ],
)
def test_bands(value: int, expected: str) -> None:
    assert band(value) == expected


@pytest.mark.parametrize(
    ("users", "total", "level", "label"),
    [
        (50, 100, "critical", "50 %"),
        (49, 100, "high", "49 %"),
        (20, 100, "high", "20 %"),
        (499, 1000, "high", "49 %"),  # never rounded up to the next level
        (199, 1000, "medium", "19 %"),
        (126, 1000, "medium", "13 %"),
        (999, 1000, "critical", "99 %"),
        (5, 100, "medium", "5 %"),
        (4, 100, "low", "4 %"),
        (1, 1000, "low", "<1 %"),
        (0, 1000, "low", "0 %"),
        (120, 100, "critical", "100 %"),
        (7, 0, "unknown", ""),
        (7, None, "unknown", ""),
    ],
)
def test_impact_is_the_share_of_the_users_seen(
    users: int, total: int | None, level: str | None, label: str
) -> None:
    found = impact(users, total)
    assert (found.level, found.label) == (level, label)


def test_impact_says_when_there_is_nothing_to_divide_by() -> None:
    assert impact(7, None).reason == "Sentry gives no user total for this project"
    assert impact(812, 6770).reason == "812 of the 6,770 users seen, 12 %"


@pytest.mark.parametrize(
    ("current", "previous", "direction", "label", "words"),
    [
        (109, 10, "up", "▲ 990 %", "up 990 % on the day before"),
        (110, 10, "up", "▲ 11×", "up 1,000 % on the day before"),
        (183_333, 10, "up", "▲ 18,333×", "up 1,833,230 % on the day before"),
        (312, 100, "up", "▲ 212 %", "up 212 % on the day before"),
        (106, 100, "up", "▲ 6 %", "up 6 % on the day before"),
        (105, 100, "flat", "– 5 %", "level with the day before, +5 %"),
        (100, 100, "flat", "– 0 %", "level with the day before, +0 %"),
        (95, 100, "flat", "– 5 %", "level with the day before, -5 %"),
        (94, 100, "down", "▼ 6 %", "down 6 % on the day before"),
        (0, 10, "down", "▼ 100 %", "down 100 % on the day before"),
        (10, 1, "up", "▲ 900 %", "up 900 % on the day before"),
        (9, 1, "none", "no baseline", "no baseline, fewer than 10 events"),
        (9, 0, "none", "no baseline", "no baseline, fewer than 10 events"),
        (10, 0, "none", "no baseline", "no baseline, 10 events after none the day before"),
        (10, None, "none", "no baseline", "no baseline, Sentry gave no counts for the day before"),
        (None, 10, "none", "no baseline", "no baseline, Sentry gave no counts for the day before"),
    ],
)
def test_trend(current: int | None, previous: int | None, direction: str, label: str, words: str) -> None:
    found = trend(current, previous)
    assert (found.direction, found.label, found.words) == (direction, label, words)
    assert found.label.startswith(found.symbol)


def test_trend_names_the_period_and_knows_a_steep_rise() -> None:
    assert trend(20, 10, "the week before").words == "up 100 % on the week before"
    assert [trend(n, 100).steep for n in (199, 200)] == [False, True]
    assert not trend(1, 0).steep


@pytest.mark.parametrize(
    ("archived", "current", "previous", "growing"),
    [
        (True, 40, 20, True),
        (False, 40, 20, False),
        (True, 10, 0, True),
        (True, 9, 0, False),  # fewer than 10
        (True, 15, 10, False),  # chance
        (True, 150, 100, True),
        (True, 149, 100, False),  # less than half more
        (True, None, 20, False),
        (True, 40, None, False),
    ],
)
def test_muted_but_growing(archived: bool, current: int | None, previous: int | None, growing: bool) -> None:
    assert is_growing(archived, current, previous) is growing


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ({"users": 29}, "Weights add up to 100, these add up to 99."),
        ({"users": -1, "volume": 56}, "Weights are whole numbers from 0 to 100."),
        ({"users": 30.0}, "Weights are whole numbers from 0 to 100."),
    ],
)
def test_weights_that_are_refused(weights: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        Weights(**weights)


def test_weights_move_the_points() -> None:
    weights = Weights(users=0, volume=0, trend=0, news=0, recency=0, level=100)
    found = score(Facts(users=10**6, level="error"), weights)
    assert (found.value, found.band) == (60, "high")
    assert found.terms[0].maximum == 0


@settings(deadline=None)
@given(
    st.builds(
        Facts,
        users=st.integers(0, 10**12),
        users_total=st.none() | st.integers(0, 10**12),
        events=st.none() | st.integers(0, 10**12),
        events_before=st.none() | st.integers(0, 10**12),
        substatus=st.none() | st.sampled_from(["new", "ongoing"]),
        last_seen_age=st.none() | st.floats(-(10**9), 10**12),
        level=st.none() | st.sampled_from(["fatal", "debug"]),
    )
)
def test_a_score_is_the_sum_of_its_terms_and_within_bounds(facts: Facts) -> None:
    found = score(facts)
    assert 0 <= found.value <= 100
    assert found.value == sum(term.points for term in found.terms)
    assert all(0 <= term.points <= term.maximum and term.reason for term in found.terms)


# --- docs/scoring.md --------------------------------------------------------------------------------------

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "scoring.md"
EXAMPLES = {
    "A regression that spreads": Facts(812, 6770, 4218, 1352, "regressed", 120, "error"),
    "An old warning that hums along": Facts(40, 12_000, 310, 300, "ongoing", 2 * HOUR, "warning"),
    "A new crash with no user total": Facts(6, None, 14, 0, "new", 600, "fatal"),
}


def documented_example(title: str) -> tuple[list[Term], tuple[int, str]]:
    """The rows of the table under a heading, and the total said below it."""
    section = DOCUMENT.read_text().split(f"### {title}\n")[1].split("\n### ")[0].split("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| (.+?) \| .+? \| (\d+) / (\d+) \|$", section, re.MULTILINE)
    total = re.search(r"\*\*(\d+), (\w+)\*\*", section)
    assert total is not None
    return [Term(name, why, int(got), int(of)) for name, why, got, of in rows], (int(total[1]), total[2])


@pytest.mark.parametrize("title", EXAMPLES)
def test_the_documented_examples_are_right(title: str) -> None:
    found = score(EXAMPLES[title])
    rows, total = documented_example(title)
    assert rows == list(found.terms)
    assert total == (found.value, found.band)
