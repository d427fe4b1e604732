"""What a page shows of a series: its window, its peak, its trend's two numbers, its sentence."""

import pytest

from dexter.timeseries import PERIODS, Bucket, PeriodName, Series, compared, peak, summary, total, window

H, D = 3600, 86_400
NOON = 1_767_268_800  # 2026-01-01 12:00 UTC
MIDNIGHT = NOON - 12 * H


def hours(*values: int | None, end: int = NOON) -> Series:
    """The last value is the hour that begins at `end`."""
    return Series(end - (len(values) - 1) * H, H, values)


def shown(buckets: tuple[Bucket, ...]) -> list[int | None]:
    return [bucket.count if bucket.known else None for bucket in buckets]


@pytest.mark.parametrize("name", PERIODS)
def test_a_window_ends_with_the_bucket_that_runs(name: PeriodName) -> None:
    buckets = window(None, NOON + 60, name)
    step = PERIODS[name].step_seconds
    assert len(buckets) == PERIODS[name].count
    assert [bucket.running for bucket in buckets] == [False] * (len(buckets) - 1) + [True]
    assert buckets[-1].start_epoch <= NOON + 60 < buckets[-1].start_epoch + step
    assert {b.start_epoch - a.start_epoch for a, b in zip(buckets, buckets[1:], strict=False)} == {step}


WINDOWS = [
    # series, began, the last four hours before 12:30
    (hours(1, 2, 3, 4), None, [1, 2, 3, 4]),
    (hours(2, 3, 4), None, [None, 2, 3, 4]),  # nobody has told us
    (hours(2, 3, 4), NOON - 2 * H, [0, 2, 3, 4]),  # the issue did not exist
    (hours(2, 3, 4), NOON - 3 * H + 5, [None, 2, 3, 4]),  # it began within the unknown hour
    (hours(7, 8, end=NOON - 2 * H), None, [7, 8, 0, 0]),  # nothing came after
    (hours(7, None, 8, end=NOON - H), None, [7, None, 8, 0]),
    (None, None, [None] * 4),
    (None, NOON - H, [0, 0, None, None]),
    (Series(MIDNIGHT, D, (5,)), None, [None] * 4),  # days cannot tell about hours
]


@pytest.mark.parametrize(("series", "began", "last_four"), WINDOWS)
def test_zero_and_unknown_are_not_the_same(
    series: Series | None, began: int | None, last_four: list[int | None]
) -> None:
    assert shown(window(series, NOON + 1800, "24h", began))[-4:] == last_four


def test_days_are_made_of_hours() -> None:
    series = Series(MIDNIGHT - D, H, (1,) * 36)
    assert shown(window(series, NOON, "7d"))[-3:] == [None, 24, 12]
    assert total(window(series, NOON, "30d")) == 36


COMPARISONS = [
    # hourly counts up to the running hour, began, (this day, the day before)
    ((1,) * 24 + (2,) * 24 + (99,), None, (48, 24)),
    ((1,) * 23 + (2,) * 24 + (99,), None, (48, None)),
    ((1,) * 23 + (2,) * 24 + (99,), NOON - 47 * H, (48, 23)),
    ((5, 99), None, (None, None)),
    ((5, 99), NOON - H, (5, 0)),
]


@pytest.mark.parametrize(("values", "began", "numbers"), COMPARISONS)
def test_a_trend_compares_whole_hours(
    values: tuple[int, ...], began: int | None, numbers: tuple[int | None, int | None]
) -> None:
    assert compared(hours(*values), NOON + 1800, "24h", began) == numbers


def test_a_trend_without_a_series() -> None:
    assert compared(None, NOON, "7d") == (None, None)


def test_peak_is_the_earliest_of_the_highest() -> None:
    buckets = window(hours(3, 7, 7, 1), NOON, "24h")
    assert peak(buckets) == Bucket(NOON - 2 * H, 7)
    assert peak(window(hours(0, 0), NOON, "24h")) is None
    assert peak(()) is None


SENTENCES = [
    (hours(3, 143, 1), "24h", "", "Events per hour over 24 hours, peak 143 at 11:00"),
    (hours(1, 1143, 1), "24h", "up 86 % on the day before",
     "Events per hour over 24 hours, peak 1,143 at 11:00, up 86 % on the day before"),
    (Series(MIDNIGHT - D, D, (9, 2)), "30d", "", "Events per day over 30 days, peak 9 on 31 Dec"),
    (hours(0, 0, 0), "24h", "", "No events in the last 24 hours"),
    (None, "7d", "", "No counts for the last 7 days yet"),
]  # fmt: skip


@pytest.mark.parametrize(("series", "name", "trend", "said"), SENTENCES)
def test_one_sentence_says_what_the_eye_would_see(
    series: Series | None, name: PeriodName, trend: str, said: str
) -> None:
    assert summary(window(series, NOON, name), name, trend) == said
