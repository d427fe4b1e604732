"""Bars and ticks as numbers and SVG paths; the templates only place them.

A chart has percent for x and pixels for y, so it stretches with its box while its text keeps its size. A
sparkline is three paths in a fixed box: all bars, the peak, the bar that still runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import floor, log10
from typing import Literal

from .periods import Bucket, day
from .series import DAY

Anchor = Literal["start", "middle", "end"]

_STEPS = (60, 300, 600, 900, 1800, 3600, 7200, 10_800, 14_400, 21_600, 43_200)
_DAY_STEPS = (DAY, 2 * DAY, 3 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY, 365 * DAY)


@dataclass(frozen=True, slots=True)
class SparkPaths:
    """The `d` of three paths; "" where there is nothing to draw."""

    bars: str
    peak: str
    now: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle: x and width in percent, y and height in pixels."""

    x: float
    width: float
    y: float
    height: float
    count: int
    start_epoch: int
    running: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A grid line of the scale: its value and label, and y in pixels."""

    value: int
    y: float
    label: str


@dataclass(frozen=True, slots=True)
class TimeTick:
    """A label of the time axis: x in percent, and the text-anchor that keeps it inside."""

    epoch: int
    x: float
    label: str
    anchor: Anchor


def sparkline(
    buckets: Sequence[Bucket], width: float = 72, height: float = 20, gap: float = 0.75
) -> SparkPaths:
    """Bars of a fixed box; a known zero is a thin line, an unknown bucket is nothing."""
    top = max((bucket.count for bucket in buckets), default=0)
    step = width / len(buckets) if buckets else width
    paths = {"bars": "", "peak": "", "now": ""}
    peaked = False
    for index, bucket in enumerate(buckets):
        if not bucket.known:
            continue
        tall = max(1.0, bucket.count / top * (height - 3)) if bucket.count else 0.8
        kind = "now" if bucket.running else "bars"
        if bucket.count and bucket.count == top and not peaked:
            kind, peaked = "peak", True
        left, across = _number(index * step, 2), _number(step - gap, 2)
        up = _number(tall)
        paths[kind] += f"M{left} {_number(height)}v-{up}h{across}v{up}z"
    return SparkPaths(**paths)


def columns(
    buckets: Sequence[Bucket], height: float, top: int | None = None, gap: float = 22
) -> tuple[Bar, ...]:
    """The bars of a chart `height` pixels high, up to which `top` events reach; `gap` is percent of a step.

    Unknown buckets and zeros have no bar; a count too small to see is 1 px high.
    """
    highest = top or max((bucket.count for bucket in buckets), default=0) or 1
    step = 100 / len(buckets) if buckets else 100
    bars = []
    for index, bucket in enumerate(buckets):
        if bucket.count:
            tall = min(height, max(1.0, round(bucket.count / highest * height, 1)))
            x = round(index * step + step * gap / 200, 3)
            width = round(step * (1 - gap / 100), 3)
            bars.append(
                Bar(x, width, round(height - tall, 1), tall, bucket.count, bucket.start_epoch, bucket.running)
            )
    return tuple(bars)


def scale(maximum: int, height: float, lines: int = 3) -> tuple[Tick, ...]:
    """Ticks at round counts (1, 2, 5 times a power of ten), from 0 up; the last is the top of the chart.

    At most `lines` above zero. Whole numbers only, so a chart of single events has one line.
    """
    step = _nice(max(1, maximum), max(1, lines))
    count = -(-max(1, maximum) // step)
    return tuple(
        Tick(step * n, round(height * (1 - n / count), 1), f"{step * n:,}") for n in range(count + 1)
    )


def time_ticks(start_epoch: int, end_epoch: int, most: int = 7) -> tuple[TimeTick, ...]:
    """At most `most` labels at round times (UTC): '13:00', at midnight and from days on '12 May'.

    Empty unless the span is positive.
    """
    span = end_epoch - start_epoch
    if span <= 0:
        return ()
    step = next((size for size in (*_STEPS, *_DAY_STEPS) if span // size < most), _DAY_STEPS[-1])
    first = -(-start_epoch // step) * step
    return tuple(_time_tick(epoch, start_epoch, span) for epoch in range(first, end_epoch + 1, step))


def _time_tick(epoch: int, start_epoch: int, span: int) -> TimeTick:
    moment = datetime.fromtimestamp(0, UTC) + timedelta(seconds=epoch)
    label = day(moment) if epoch % DAY == 0 else f"{moment:%H:%M}"
    x = round((epoch - start_epoch) / span * 100, 2)
    return TimeTick(epoch, x, label, "start" if x < 3 else "end" if x > 97 else "middle")


def _nice(maximum: int, lines: int) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50 ... that needs at most `lines` steps to reach `maximum`."""
    power = int("1" + "0" * floor(log10(maximum / lines))) if maximum > lines else 1
    return next(size for size in (power, 2 * power, 5 * power, 10 * power) if size * lines >= maximum)


def _number(value: float, digits: int = 1) -> str:
    """Short: no trailing zeros."""
    return f"{round(value, digits):g}"
