"""Series from Sentry: joined, coarsened, stored and read back."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dexter.timeseries import Series, from_json, from_pairs, merge, resample, to_json

H, D = 3600, 86_400
NOON = 1_767_268_800  # 2026-01-01 12:00 UTC


def hours(*values: int | None, start: int = NOON) -> Series:
    return Series(start, H, values)


def test_pairs_of_sentry_become_a_series_in_any_order() -> None:
    pairs = [[NOON + H, 5], [NOON, 3], [NOON + 3 * H, 1]]
    assert from_pairs(pairs) == hours(3, 5, 0, 1)


def test_pairs_that_start_between_two_hours_are_moved_to_the_hour() -> None:
    assert from_pairs([[NOON + 60, 3], [NOON + H + 60, 4]]) == hours(3, 4)


def test_a_single_pair_needs_its_step() -> None:
    assert from_pairs([[NOON, 3]], H) == hours(3)
    assert from_pairs([], H) == Series(0, H)
    with pytest.raises(ValueError, match="fewer than two buckets"):
        from_pairs([[NOON, 3]])


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ([1, 2], "a list of"),
        (None, "a list of"),
        ([[NOON, None]], "a list of"),
        ([["x", 1]], "a list of"),
        ([[NOON, float("inf")]], "a list of"),
        ([[-1, 1]], "no negative"),
        ([[NOON, -1]], "no negative"),
        ([[0, 1], [1, 1], [NOON, 1]], "at most 20,000 buckets"),
    ],
)
def test_what_is_no_series(pairs: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        from_pairs(pairs)


@pytest.mark.parametrize(("start", "step", "values"), [(NOON + 1, H, ()), (0, 0, ()), (0, H, (0,) * 20_001)])
def test_a_series_refuses_what_cannot_be(start: int, step: int, values: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="A series"):
        Series(start, step, values)


MERGES = [
    # old, new, both
    (hours(1, 2, 3), hours(9, start=NOON + 2 * H), hours(1, 2, 9)),
    (hours(1, 2), hours(3, 4, start=NOON + H), hours(1, 3, 4)),
    (hours(1), hours(2, start=NOON - H), hours(2, 1, start=NOON - H)),
    (hours(1), hours(2, start=NOON + 2 * H), hours(1, None, 2)),
    (hours(1), hours(None), hours(1)),
    (hours(), hours(1), hours(1)),
    (hours(1), hours(), hours(1)),
]


@pytest.mark.parametrize(("old", "new", "both"), MERGES)
def test_the_newer_is_right_and_a_gap_is_unknown(old: Series, new: Series, both: Series) -> None:
    assert merge(old, new) == both


def test_different_steps_cannot_be_merged() -> None:
    with pytest.raises(ValueError, match="3600 s and 86400 s"):
        merge(hours(1), Series(0, D, (1,)))
    with pytest.raises(ValueError, match="at most 20,000 buckets"):
        merge(hours(1), hours(1, start=H))


MIDNIGHT = NOON - 12 * H


@pytest.mark.parametrize(
    ("fine", "coarse"),
    [
        (hours(*[1] * 24, *[2] * 24, start=MIDNIGHT), (24, 48)),
        (hours(*[1] * 24, 5, start=MIDNIGHT), (24, 5)),  # the last day still runs
        (hours(*[1] * 12, *[2] * 24), (None, 48)),  # nobody told about the morning
        (hours(*[1] * 23, None, 7, start=MIDNIGHT), (None, 7)),
        (hours(), ()),
    ],
)
def test_hours_to_days(fine: Series, coarse: tuple[int | None, ...]) -> None:
    assert resample(fine, D).values == coarse


def test_resampling_needs_a_multiple() -> None:
    assert resample(hours(1, 2), H) == hours(1, 2)
    with pytest.raises(ValueError, match="do not fill"):
        resample(hours(1), 5400)


def test_looking_up_and_keeping_the_newest() -> None:
    series = hours(1, 2, 3)
    assert [series.at(NOON + shift) for shift in (-1, 0, H - 1, H, 3 * H)] == [None, 1, 1, 2, None]
    assert series.last(2) == hours(2, 3, start=NOON + H)
    assert series.last(9) == series
    assert series.end_epoch == NOON + 3 * H


def test_stored_form_is_small() -> None:
    assert to_json(hours(0, 0, 0, 4, None, 0, 1)) == {"s": NOON, "d": H, "v": [-3, 4, None, -1, 1]}
    assert len(json.dumps(to_json(hours(*[0] * 719, 7)))) < 50


@pytest.mark.parametrize("stored", [None, {}])
def test_nothing_stored(stored: Any) -> None:
    assert from_json(stored) is None


@pytest.mark.parametrize(
    "stored",
    [
        [1],
        {"s": 0, "d": H},
        {"s": 0, "d": H, "v": 3},
        {"s": 0, "d": H, "v": ["x"]},
        {"s": 1, "d": H, "v": []},
    ],
)
def test_damaged_storage(stored: Any) -> None:
    with pytest.raises(ValueError, match="series"):
        from_json(stored)


def test_a_huge_run_of_zeros_is_refused_before_it_is_built() -> None:
    with pytest.raises(ValueError, match="at most 20,000"):
        from_json({"s": 0, "d": H, "v": [-(10**12)]})


counts = st.none() | st.integers(0, 10**9) | st.just(0)
series_of_hours = st.builds(
    lambda start, values: Series(start * H, H, tuple(values)),
    st.integers(0, 500),
    st.lists(counts, max_size=60),
)


@settings(deadline=None)
@given(series_of_hours)
def test_what_is_stored_is_read_back(series: Series) -> None:
    assert from_json(json.loads(json.dumps(to_json(series)))) == series


@settings(deadline=None)
@given(series_of_hours, series_of_hours)
def test_merging_loses_nothing_known(old: Series, new: Series) -> None:
    both = merge(old, new)
    for epoch in range(0, 600 * H, H):
        expected = old.at(epoch) if new.at(epoch) is None else new.at(epoch)
        assert both.at(epoch) == expected
