"""The periods a page shows: 24 hours by the hour, 7 and 30 days by the day, and what is said of them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from .series import DAY, HOUR, Series, resample

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

PeriodName = Literal["24h", "7d", "30d"]


@dataclass(frozen=True, slots=True)
class Period:
    """`count` buckets of `step_seconds`, the last one still running. `before` names the period before."""

    name: str
    step_seconds: int
    count: int
    unit: str
    words: str
    before: str


PERIODS: dict[str, Period] = {
    "24h": Period("24h", HOUR, 24, "hour", "24 hours", "the day before"),
    "7d": Period("7d", DAY, 7, "day", "7 days", "the week before"),
    "30d": Period("30d", DAY, 30, "day", "30 days", "the 30 days before"),
}


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bar. `count` is 0 where `known` is False: nobody has told us. `running` ends in the future."""

    start_epoch: int
    count: int
    known: bool = True
    running: bool = False


def window(
    series: Series | None, now: float, period: PeriodName, began: float | None = None
) -> tuple[Bucket, ...]:
    """The buckets of a period up to `now` (epoch seconds), oldest first, coarsened as needed.

    After its last bucket a series goes on with zeros: an issue is asked for again as soon as it has an event.
    Before its first bucket nothing is known, unless it lies before `began` (the issue's first event).
    """
    shape = PERIODS[period]
    coarse = _coarse(series, shape.step_seconds)
    first = int(now) // shape.step_seconds - shape.count + 1
    starts = (index * shape.step_seconds for index in range(first, first + shape.count))
    return tuple(_bucket(coarse, start, shape.step_seconds, now, began) for start in starts)


def compared(
    series: Series | None, now: float, period: PeriodName, began: float | None = None
) -> tuple[int | None, int | None]:
    """Events of the period and of the one before, each None if a bucket of it is unknown.

    Without the running bucket: it is not over, and would make every trend look like a fall.
    """
    shape = PERIODS[period]
    coarse = _coarse(series, shape.step_seconds)
    end = int(now) // shape.step_seconds * shape.step_seconds
    length = shape.count * shape.step_seconds
    return (
        _total(coarse, end - length, end, shape.step_seconds, began),
        _total(coarse, end - 2 * length, end - length, shape.step_seconds, began),
    )


def peak(buckets: tuple[Bucket, ...]) -> Bucket | None:
    """The bucket with the most events, the earliest of equals; None if there are no events."""
    best = max(buckets, key=lambda bucket: bucket.count, default=None)
    return best if best and best.count else None


def total(buckets: tuple[Bucket, ...]) -> int:
    return sum(bucket.count for bucket in buckets)


def summary(buckets: tuple[Bucket, ...], period: PeriodName, trend_words: str = "") -> str:
    """One sentence for those who do not see the bars; `trend_words` ("up 86 % on the day before") ends it."""
    shape = PERIODS[period]
    if not any(bucket.known for bucket in buckets):
        return f"No counts for the last {shape.words} yet"
    highest = peak(buckets)
    if highest is None:
        said = f"No events in the last {shape.words}"
    else:
        when = clock(highest.start_epoch, shape.step_seconds)
        said = f"Events per {shape.unit} over {shape.words}, peak {highest.count:,} {when}"
    return f"{said}, {trend_words}" if trend_words else said


def clock(epoch: int, step_seconds: int) -> str:
    """'at 13:00' or 'on 12 May', UTC."""
    moment = datetime.fromtimestamp(epoch, UTC)
    return f"on {day(moment)}" if step_seconds >= DAY else f"at {moment:%H:%M}"


def day(moment: datetime) -> str:
    """'12 May', in English whatever the locale of the process."""
    return f"{moment.day} {_MONTHS[moment.month - 1]}"


def _coarse(series: Series | None, step_seconds: int) -> Series:
    """In the step that is asked for; a coarser series cannot tell about finer buckets and counts as none."""
    if series is None or series.step_seconds > step_seconds:
        return Series(0, step_seconds)
    return resample(series, step_seconds)


def _bucket(series: Series, start: int, step: int, now: float, began: float | None) -> Bucket:
    count = _count(series, start, step, began)
    return Bucket(start, count or 0, known=count is not None, running=start + step > now)


def _count(series: Series, start: int, step: int, began: float | None) -> int | None:
    if began is not None and start + step <= began:
        return 0
    if series.values and start >= series.end_epoch:
        return 0
    return series.at(start)


def _total(series: Series, start: int, end: int, step: int, began: float | None) -> int | None:
    counts = [_count(series, epoch, step, began) for epoch in range(start, end, step)]
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None
