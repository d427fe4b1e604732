"""What is computed when an issue is stored: its merged series, and the columns that lists sort by."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings

from dexter.timeseries.series import DAY, HOUR, Series, from_json, merge, resample
from issues import scoring
from issues.models import Issue

KEEP_HOURS = 8 * 24
KEEP_DAYS = 60

NO_HOURS, NO_DAYS = Series(0, HOUR), Series(0, DAY)


@dataclass(frozen=True, slots=True)
class Figures:
    """Computed columns of Issue."""

    events_24h: int | None
    events_before: int | None
    trend: int
    score: int
    is_growing: bool


def weights() -> scoring.Weights:
    """The weights of the setting SCORE_WEIGHTS over the defaults; raises ValueError for wrong ones."""
    return _weights(tuple(sorted(settings.SCORE_WEIGHTS.items())))


@lru_cache
def _weights(given: tuple[tuple[str, int], ...]) -> scoring.Weights:
    return scoring.Weights(**dict(given))


def merge_stats(known: tuple[Any, Any] | None, stats: Iterable[Series]) -> tuple[Series, Series]:
    """Stored hours and days with what Sentry's `stats` add to them.

    Whatever period Sentry was asked for, a step of an hour joins the hours, one of a day the days. Days also
    grow out of hours, once all hours of a day are known.
    """
    hours = (from_json(known[0]) if known else None) or NO_HOURS
    days = (from_json(known[1]) if known else None) or NO_DAYS
    for new in stats:
        if new.step_seconds == HOUR:
            hours = merge(hours, new).last(KEEP_HOURS)
        elif new.step_seconds == DAY:
            days = merge(days, new)
    if len(hours.values) > 24:
        days = merge(days, resample(hours, DAY))
    return hours, days.last(KEEP_DAYS)


def figures_of(
    columns: dict[str, Any], hours: Series, days: Series, users_total: int | None, now: datetime
) -> Figures:
    """The computed columns for an issue with these columns and series."""
    epoch = int(now.timestamp())
    current = _current(hours, epoch)
    before = _before(hours, days, epoch, columns["first_seen"].timestamp())
    facts = scoring.Facts(
        users=columns["user_count"],
        users_total=users_total,
        events=current,
        events_before=before,
        substatus=columns["substatus"],
        last_seen_age=(now - columns["last_seen"]).total_seconds(),
        level=columns["level"],
    )
    percent = scoring.percent_of(current, before)
    archived = columns["status"] == Issue.Status.IGNORED
    return Figures(
        events_24h=current,
        events_before=before,
        trend=Issue.NO_TREND if percent is None else percent,
        score=scoring.value(facts, weights()),
        is_growing=scoring.is_growing(archived, current, before),
    )


def _current(hours: Series, epoch: int) -> int | None:
    """Events of the last 24 hourly buckets, the running one included; None when no hour is known."""
    if not hours.values:
        return None
    return sum(filter(None, _slice(hours, epoch - epoch % HOUR - 23 * HOUR, 24)))


def _before(hours: Series, days: Series, epoch: int, began: float) -> int | None:
    """Events of the 24 hours before those: by the hour where known, else in proportion from the two days
    that they lie in. 0 for an issue that had not begun; None where nothing is known.
    """
    newest = epoch - epoch % HOUR
    start, end = newest - 47 * HOUR, newest - 23 * HOUR
    if began >= end:
        return 0
    counts = _slice(hours, start, 24)
    if None not in counts:
        return sum(filter(None, counts))
    # The share of each of the two days that lies within.
    first = start - start % DAY
    older, newer = days.at(first), days.at(first + DAY)
    part = (first + DAY - start) / DAY
    if older is None or newer is None:
        return None
    return round(older * part + newer * (1 - part))


def _slice(series: Series, start: int, count: int) -> tuple[int | None, ...]:
    """`count` buckets from `start` on, None where nothing is known."""
    first = (start - series.start_epoch) // series.step_seconds
    before, known = max(0, -first), series.values[max(0, first) : max(0, first + count)]
    return (None,) * min(before, count) + known + (None,) * (count - min(before, count) - len(known))
