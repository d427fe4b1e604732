"""Counting deadlocks over time. Pure: times in, figures out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

HEIGHT = 72  # pixels of the highest bar
MOST_DAYS = 30


@dataclass(frozen=True)
class Effect:
    """How many came in the `days_before` before a moment and in the `days_since` since (at least 1)."""

    before: int
    days_before: int
    since: int
    days_since: int

    @property
    def said(self) -> str:
        """ "3 in the 7 days before, 0 in the 12 days since" """
        return (
            f"{self.before:,} in the {_days(self.days_before)} before,"
            f" {self.since:,} in the {_days(self.days_since)} since"
        )


@dataclass(frozen=True)
class Bar:
    """A day's bar: `x` and `width` in percent, `y` and `height` in pixels of HEIGHT."""

    day: date
    count: int
    x: float
    width: float
    y: float
    height: float


def effect(times: Iterable[datetime], done_at: datetime, now: datetime) -> Effect:
    """What changed at `done_at`. Both spans are told, as neither need be as long as the other."""
    since = max(1, -(-(now - done_at) // timedelta(days=1)))
    days_before = min(MOST_DAYS, max(7, since))
    start = done_at - timedelta(days=days_before)
    known = list(times)
    return Effect(
        before=sum(start <= time < done_at for time in known),
        days_before=days_before,
        since=sum(done_at <= time <= now for time in known),
        days_since=since,
    )


def bars(counts: Sequence[tuple[date, int]]) -> list[Bar]:
    """A bar for each day, as high as its share of the largest; none has the height 0."""
    top = max((count for _, count in counts), default=0)
    step = 100 / len(counts) if counts else 0
    drawn = []
    for number, (day, count) in enumerate(counts):
        height = round(count * HEIGHT / top, 1) if top else 0
        x = round(number * step + step * 0.1, 3)
        drawn.append(Bar(day, count, x, round(step * 0.8, 3), round(HEIGHT - height, 1), height))
    return drawn


def began_with(
    first_at: datetime, release: str, releases: Sequence[tuple[str, datetime]], within: timedelta
) -> bool:
    """Whether a deadlock began with `release`: the first one carries it and came soon after it was made.

    `releases` are those of the project with when each was made. Without an older one nothing is said: the
    deadlock may be older than what is known.
    """
    made = dict(releases).get(release)
    if made is None or not made <= first_at <= made + within:
        return False
    return any(other < made for version, other in releases if version != release)


def _days(count: int) -> str:
    return "day" if count == 1 else f"{count:,} days"
