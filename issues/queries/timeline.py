"""The timeline of an issue's page: bars, scale, unknown stretches and markers, as numbers to place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from dexter.timeseries import (
    PERIODS,
    Bar,
    Bucket,
    Period,
    PeriodName,
    Tick,
    TimeTick,
    columns,
    from_json,
    peak,
    scale,
    summary,
    time_ticks,
    total,
)
from issues.models import Issue, Release
from issues.queries.rows import buckets_of

PLOT = 92.0  # pixels that bars may fill
TOP = 20.0  # pixels above them, for the label of the highest line
_ROOM = 13.0  # percent of the width that a short label needs
_OF_A_LETTER = 1.0  # and a long one for each letter


@dataclass(frozen=True)
class Pin:
    """A release on the time axis. `x` in percent; `label` is empty where there is no room for it."""

    x: float
    version: str
    label: str
    date: datetime
    url: str
    anchor: str


@dataclass(frozen=True)
class Mark:
    """A moment of the issue itself: first seen, regressed."""

    x: float
    label: str
    anchor: str


@dataclass(frozen=True)
class Unknown:
    """A stretch of which nobody told the counts; `x` and `width` in percent."""

    x: float
    width: float


@dataclass(frozen=True)
class Timeline:
    """`known_since` is set where the counts begin within the window; `events` counts the known buckets."""

    period: Period
    start: datetime
    bars: tuple[Bar, ...]
    lines: tuple[Tick, ...]
    ticks: tuple[TimeTick, ...]
    pins: tuple[Pin, ...]
    marks: tuple[Mark, ...]
    unknown: Unknown | None
    known_since: datetime | None
    events: int
    said: str

    @property
    def nothing_known(self) -> bool:
        return self.unknown is not None and self.unknown.width >= 100

    @property
    def top(self) -> Tick:
        return self.lines[-1]

    @property
    def middle(self) -> Tick | None:
        """The line halfway up, where there is room for one."""
        return self.lines[len(self.lines) // 2] if len(self.lines) > 2 else None


def window_start(name: PeriodName, now: datetime) -> datetime:
    """Where the window of this period begins."""
    period = PERIODS[name]
    last = int(now.timestamp()) // period.step_seconds * period.step_seconds
    return datetime.fromtimestamp(last - (period.count - 1) * period.step_seconds, UTC)


def timeline_of(
    issue: Issue,
    name: PeriodName,
    releases: Sequence[Release],
    now: datetime,
    regressed: datetime | None = None,
) -> Timeline:
    """The timeline over a period up to `now`. No query: `releases` are those of the window, newest first."""
    buckets, trend = buckets_of(issue, name, now)
    period = PERIODS[name]
    start = buckets[0].start_epoch
    end = start + period.count * period.step_seconds
    highest = peak(buckets)
    lines = scale(highest.count if highest else 1, PLOT, 2)
    pins = _pins(releases, start, end)
    unknown, since = _unknown(buckets, period)
    return Timeline(
        period=period,
        start=datetime.fromtimestamp(start, UTC),
        bars=columns(buckets, PLOT, top=lines[-1].value),
        lines=lines,
        ticks=time_ticks(start, end),
        pins=pins,
        marks=_marks(issue, regressed, start, end),
        unknown=unknown,
        known_since=since,
        events=total(buckets),
        said=_said(summary(buckets, name, trend.words), pins, since),
    )


def has_counts(issue: Issue) -> bool:
    """Whether any counts over time are stored."""
    stored = getattr(issue, "stats", None)
    return bool(stored and (from_json(stored.hours) or from_json(stored.days)))


def _x(moment: datetime, start: int, end: int) -> float:
    return round((moment.timestamp() - start) / (end - start) * 100, 2)


def _pins(releases: Sequence[Release], start: int, end: int) -> tuple[Pin, ...]:
    """One pin a release; labels from the newest back, as long as they do not touch."""
    pins: list[Pin] = []
    free = 100.0  # up to here no label stands
    for release in releases:
        x = _x(release.created_at, start, end)
        if not 0 <= x <= 100:
            continue
        label = str(release)[-24:]
        room = max(_ROOM, len(label) * _OF_A_LETTER)
        anchor = "start" if x < room else "end"
        first, last = (x, x + room) if anchor == "start" else (x - room, x)
        if last > free:
            label = ""
        else:
            free = first
        query = urlencode({"query": f'release:"{release.version}"'})
        pins.append(Pin(x, release.version, label, release.created_at, f"/?{query}", anchor))
    return tuple(reversed(pins))


def _marks(issue: Issue, regressed: datetime | None, start: int, end: int) -> tuple[Mark, ...]:
    found = []
    for moment, words in ((issue.first_seen, "first seen"), (regressed, "regressed")):
        if moment is None:
            continue
        x = _x(moment, start, end)
        if 0 <= x <= 100:
            when = f"{moment:%H:%M}" if end - start <= timedelta(days=2).total_seconds() else _day(moment)
            found.append(Mark(x, f"{words} {when}", "start" if x < 2 * _ROOM else "end"))
    return tuple(found)


def _unknown(buckets: Sequence[Bucket], period: Period) -> tuple[Unknown | None, datetime | None]:
    """The stretch before the first known bucket: counts have a beginning, never a hole that matters."""
    count = next((n for n, bucket in enumerate(buckets) if bucket.known), len(buckets))
    if not count:
        return None, None
    known = count < len(buckets)
    since = datetime.fromtimestamp(buckets[count].start_epoch, UTC) if known else None
    return Unknown(0, round(count / len(buckets) * 100, 2)), since


def _said(summed: str, pins: Sequence[Pin], since: datetime | None) -> str:
    parts = [summed]
    if since:
        parts.append(f"Counts are known from {_day(since)}, {since:%H:%M} UTC on")
    if pins:
        releases = ", ".join(f"{pin.version} on {_day(pin.date)} at {pin.date:%H:%M}" for pin in pins)
        parts.append(f"Releases: {releases}")
    return ". ".join(parts) + "."


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%b}"
