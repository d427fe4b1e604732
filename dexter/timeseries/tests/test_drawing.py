"""Bars and ticks, in numbers."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dexter.timeseries import Bucket, columns, scale, sparkline, time_ticks

H, D = 3600, 86_400
NOON = 1_767_268_800  # 2026-01-01 12:00 UTC


def buckets(*counts: int | None) -> list[Bucket]:
    """Hours, None being unknown; the last one runs."""
    last = len(counts) - 1
    return [Bucket(NOON + n * H, c or 0, c is not None, n == last) for n, c in enumerate(counts)]


def drawn(path: str) -> list[tuple[float, float]]:
    """[(x, height)] of the bars of a path."""
    return [(float(x), float(up)) for x, up in re.findall(r"M([\d.]+) 20v-([\d.]+)h[\d.]+v\2z", path)]


def test_a_sparkline_is_three_paths() -> None:
    paths = sparkline(buckets(17, 34, 0, None, 8), width=50, height=20, gap=1)
    assert drawn(paths.bars) == [(0, 8.5), (20, 0.8)]
    assert drawn(paths.peak) == [(10, 17)]
    assert drawn(paths.now) == [(40, 4)]
    assert paths.peak == "M10 20v-17h9v17z"


def test_only_the_first_of_equal_peaks_is_marked_and_the_peak_may_run() -> None:
    paths = sparkline(buckets(5, 5, 5))
    assert len(drawn(paths.peak)) == 1
    assert len(drawn(paths.bars)) == 1
    assert sparkline(buckets(1, 9)).now == ""


def test_a_tiny_count_can_still_be_seen() -> None:
    assert drawn(sparkline(buckets(1, 10_000, 0)).bars)[0][1] == 1


@pytest.mark.parametrize("counts", [(), (None, None)])
def test_nothing_known_draws_nothing(counts: tuple[int | None, ...]) -> None:
    paths = sparkline(buckets(*counts))
    assert (paths.bars, paths.peak, paths.now) == ("", "", "")
    assert columns(buckets(*counts), 90) == ()


def test_columns_are_percent_across_and_pixels_up() -> None:
    first, second = columns(buckets(10, 0, None, 5), 90, top=20, gap=20)
    assert (first.x, first.width, first.y, first.height) == (2.5, 20, 45, 45)
    assert (second.x, second.height, second.running, second.count) == (77.5, 22.5, True, 5)
    assert second.start_epoch == NOON + 3 * H


def test_columns_reach_the_top_without_a_scale_and_never_beyond() -> None:
    assert columns(buckets(4, 2), 90)[0].height == 90
    assert columns(buckets(40, 2), 90, top=20)[0].height == 90
    assert columns(buckets(1, 10_000), 90)[0].height == 1


@pytest.mark.parametrize(
    ("maximum", "lines", "values"),
    [
        (0, 3, [0, 1]),
        (1, 3, [0, 1]),
        (3, 3, [0, 1, 2, 3]),
        (4, 3, [0, 2, 4]),
        (46, 3, [0, 20, 40, 60]),
        (143, 3, [0, 50, 100, 150]),
        (1000, 4, [0, 500, 1000]),
        (4218, 3, [0, 2000, 4000, 6000]),
        (7, 1, [0, 10]),
    ],
)
def test_scale_has_round_numbers(maximum: int, lines: int, values: list[int]) -> None:
    ticks = scale(maximum, 90, lines)
    assert [tick.value for tick in ticks] == values
    assert (ticks[0].y, ticks[-1].y) == (90, 0)


def test_scale_labels() -> None:
    assert [tick.label for tick in scale(4218, 90)] == ["0", "2,000", "4,000", "6,000"]


TICKS = [
    (6 * H, ["12:00", "13:00", "14:00", "15:00", "16:00", "17:00", "18:00"]),
    (24 * H, ["12:00", "16:00", "20:00", "2 Jan", "04:00", "08:00", "12:00"]),
    (7 * D, ["3 Jan", "5 Jan", "7 Jan"]),
    (1800, ["12:00", "12:05", "12:10", "12:15", "12:20", "12:25", "12:30"]),
    (0, []),
]


@pytest.mark.parametrize(("span", "labels"), TICKS)
def test_time_ticks_are_at_round_times(span: int, labels: list[str]) -> None:
    assert [tick.label for tick in time_ticks(NOON, NOON + span)] == labels


def test_labels_at_the_edges_stay_inside() -> None:
    assert [tick.anchor for tick in time_ticks(NOON, NOON + 2 * H, 3)] == ["start", "middle", "end"]
    assert [tick.x for tick in time_ticks(NOON, NOON + 2 * H, 3)] == [0, 50, 100]


@settings(deadline=None)
@given(st.integers(0, 4 * 10**9), st.integers(1, 10**9), st.integers(2, 12))
def test_never_more_time_ticks_than_asked_for(start: int, span: int, most: int) -> None:
    ticks = time_ticks(start, start + span, most)
    if span < 365 * D * most:
        assert len(ticks) <= most
    assert all(0 <= tick.x <= 100 for tick in ticks)


@settings(deadline=None)
@given(st.integers(0, 10**12), st.integers(1, 6))
def test_scales_cover_the_maximum_with_few_lines(maximum: int, lines: int) -> None:
    ticks = scale(maximum, 90, lines)
    assert len(ticks) - 1 <= lines
    assert ticks[-1].value >= maximum > ticks[-2].value or maximum == 0
