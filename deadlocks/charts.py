"""The lock waits of a report over time, a lane for each process: values for the template that draws them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from deadlocks.analyzer import Report
from deadlocks.analyzer.values import LockWait

TOP, LANE, ABOVE = 20, 50, 18  # pixels: above the first lane, of a lane, of its name above the bar
_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500)
_MOST_TICKS = 6
_TIME = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)[ T](?P<clock>\d\d:\d\d:\d\d)(?:[.,](?P<part>\d{1,9}))?"
    r"|(?P<epoch>\d{10}(?:\.\d{1,6})?)$"
    r"|(?P<month>[A-Z][a-z]{2}) {1,2}(?P<date>\d{1,2}) (?P<bare>\d\d:\d\d:\d\d)$"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Bar:
    """A wait; `x` and `width` in percent. `end`: acquired, victim, or unknown where no line says how."""

    x: float
    width: float
    y: int
    end: str
    lock: str
    milliseconds: float

    @property
    def end_x(self) -> float:
        return round(self.x + self.width, 2)

    @property
    def is_late(self) -> bool:
        """Whether its words fit better before its end than behind its start."""
        return self.x > 45


@dataclass(frozen=True)
class Lane:
    """A process and its waits; none where no line tells of it."""

    pid: int
    name: str
    is_victim: bool
    y: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Tick:
    x: float
    text: str


@dataclass(frozen=True)
class Lanes:
    """The drawing. `cancelled` is where the victim was cancelled, in percent, None when no line says so.
    `is_rough`: the log's times are whole seconds, so that starts are right to a second only.
    """

    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    cancelled: float | None
    height: int
    is_rough: bool
    said: str

    @property
    def floor(self) -> int:
        """Where the lanes end and the words of the axis begin."""
        return self.height - 24


def lanes_of(report: Report) -> Lanes | None:
    """None where no lock-wait line carries a time."""
    spans = _spans(report.timeline)
    if not spans:
        return None
    cancelled = _cancelled(report, spans)
    start, end = min(span.start for span in spans), max(span.end for span in spans)
    end = max(end, cancelled or end)
    scale = 100 / ((end - start) or 1)
    names = {one.pid: one.application or one.user or "" for one in report.processes}
    pids = list(report.cycle) or list(dict.fromkeys(span.pid for span in spans))
    victim = report.victim.pid if report.victim else None
    lanes = []
    for number, pid in enumerate(pids):
        y = TOP + number * LANE
        bars = [_bar(span, start, end, scale, y + ABOVE) for span in spans if span.pid == pid]
        lanes.append(Lane(pid, names.get(pid, ""), pid == victim, y, tuple(bars)))
    return Lanes(
        lanes=tuple(lanes),
        ticks=_ticks(end - start),
        cancelled=None if cancelled is None else round((cancelled - start) * scale, 2),
        height=TOP + len(pids) * LANE + 24,
        is_rough=not any("." in (wait.time or "") or "," in (wait.time or "") for wait in report.timeline),
        said=_said(spans, start),
    )


def _cancelled(report: Report, spans: Iterable["_Span"]) -> float | None:
    """When the victim was cancelled: the line that says so, else the report's own time in the same log."""
    told = next((span.end for span in spans if span.how == "victim"), None)
    return told if told is not None or report.source.format == "event" else seconds_of(report.source.time)


@dataclass
class _Span:
    """A wait of a process for one lock, in seconds of the log's clock."""

    pid: int
    lock: str
    start: float
    end: float
    how: str = "unknown"


def _spans(waits: Iterable[LockWait]) -> list[_Span]:
    """The waits, one for each process and lock, the first started first."""
    found: dict[tuple[int, str], _Span] = {}
    for wait in waits:
        at = seconds_of(wait.time)
        if at is None:
            continue
        lock = f"{wait.lock_mode} on {wait.text}"
        span = found.setdefault((wait.pid, lock), _Span(wait.pid, lock, at - wait.ms / 1000, at))
        span.start, span.end = min(span.start, at - wait.ms / 1000), max(span.end, at)
        if wait.kind in ("acquired", "detected"):
            span.how = "acquired" if wait.kind == "acquired" else "victim"
    return sorted(found.values(), key=lambda span: (span.start, span.pid))


def seconds_of(text: str | None) -> float | None:
    """Seconds of a log's time, right to compare with others of the same log only: no zone is looked at."""
    found = _TIME.match((text or "").strip())
    if found is None:
        return None
    if found["epoch"]:
        return float(found["epoch"])
    try:
        day = found["day"] or f"2000-{_MONTHS.index(found['month']) + 1:02}-{int(found['date']):02}"
        moment = datetime.fromisoformat(f"{day}T{found['clock'] or found['bare']}").replace(tzinfo=UTC)
    except ValueError:
        return None
    return moment.timestamp() + float(f"0.{found['part'] or 0}")


def _bar(span: _Span, start: float, end: float, scale: float, y: int) -> Bar:
    # Nothing says when a wait ended that has no second line, so it is drawn to the end of what is known.
    last = end if span.how == "unknown" else span.end
    x, width = (span.start - start) * scale, max((last - span.start) * scale, 0.5)
    return Bar(round(x, 2), round(min(width, 100 - x), 2), y, span.how, span.lock, (last - span.start) * 1000)


def _ticks(seconds: float) -> tuple[Tick, ...]:
    """Round numbers of milliseconds, or of seconds where there are many."""
    length = max(seconds * 1000, 0.001)
    step = next(
        (
            one * factor
            for factor in (1, 1000, 1000_000)
            for one in _STEPS
            if one * factor * _MOST_TICKS >= length
        ),
        length,
    )
    unit, size = ("s", 1000) if step >= 1000 else ("ms", 1)
    count = int(length / step)
    return tuple(
        Tick(round(number * step / length * 100, 2), f"{number * step / size:,g} {unit}" if number else "0")
        for number in range(count + 1)
    )


def _said(spans: Sequence[_Span], start: float) -> str:
    """The drawing in words."""
    ends = {"acquired": "gets the lock", "victim": "is cancelled", "unknown": ""}
    told = []
    for span in spans:
        words = f"{span.pid} waits for {span.lock} from {(span.start - start) * 1000:,.0f} ms"
        if ends[span.how]:
            words += f" and {ends[span.how]} at {(span.end - start) * 1000:,.0f} ms"
        told.append(words)
    return ". ".join(told) + "."
