"""Deadlock reports: the list, the page of one, the panel of an issue."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from deadlocks.analyzer import Report
from deadlocks.analyzer.conflicts import CONFLICTS, MODES, ROW_CONFLICTS, STRENGTHS, collision
from deadlocks.analyzer.render import from_value
from deadlocks.analyzer.render.words import CAUSES
from deadlocks.models import DeadlockReport
from dexter.pii import mask_text
from dexter.web.paging import Order
from issues.models import Event

NEWEST = Order("deadlocks", "occurred_at")
PERIODS = {"24h": timedelta(days=1), "7d": timedelta(days=7), "30d": timedelta(days=30)}
DAYS = 30


def reports(*, cause: str = "", period: str = "", project: str = "") -> QuerySet[DeadlockReport]:
    """Reports with what their rows show, unordered. Empty means all; what is not known matches nothing."""
    rows = DeadlockReport.objects.filter(issue__gone="").select_related("issue__project")
    if cause:
        rows = rows.filter(root_cause=cause)
    if period in PERIODS:
        rows = rows.filter(occurred_at__gte=timezone.now() - PERIODS[period])
    if project:
        rows = rows.filter(issue__project__slug=project)
    return rows


def projects_with_reports() -> list[str]:
    """Slugs of the projects that have a report."""
    rows = DeadlockReport.objects.filter(issue__gone="").order_by("issue__project__slug")
    return list(rows.values_list("issue__project__slug", flat=True).distinct())


def has_report(event: Event | None) -> bool:
    """Whether the issue of the shown event has a report; the issue knows it."""
    return event is not None and event.issue.has_deadlock


def latest_of(issue_id: int, event_id: str = "") -> DeadlockReport | None:
    """The report of the event with this id, else the newest of the issue."""
    rows = DeadlockReport.objects.filter(issue=issue_id).order_by("-occurred_at", "-pk")
    return (rows.filter(event_key=event_id).first() if event_id else None) or rows.first()


def masked(report: DeadlockReport) -> Report:
    """What everybody may know of it, with personal data masked in every text that came from outside."""
    return from_value(masked_value(report.known))


def masked_value(value: Mapping[str, Any]) -> dict[str, Any]:
    """A report as a JSON value, masked."""
    names = ("statement", "user", "application")
    processes = [{**each, **{name: _text(each[name]) for name in names}} for each in value["processes"]]
    advice = [{name: _text(text) for name, text in each.items()} for each in value["recommendations"]]
    texts = {name: [_text(text) for text in value[name]] for name in ("context", "evidence")}
    source = {**value["source"], "file": _text(value["source"]["file"])}
    return {**value, **texts, "source": source, "processes": processes, "recommendations": advice}


def _text(text: str | None) -> str | None:
    return mask_text(text) if text else text


@dataclass(frozen=True)
class Recurrence:
    """How often one like it happened, or one in the same issue where nothing is known to compare by.

    `days` are pairs of date and count, the oldest first, a pair for each of the last 30 days.
    """

    has_pair: bool
    total: int
    first: datetime | None
    days: tuple[tuple[datetime, int], ...]

    @property
    def in_period(self) -> int:
        return sum(count for _, count in self.days)

    @property
    def most(self) -> int:
        return max(count for _, count in self.days)

    def bars(self, height: int = 52, top: int = 12) -> list[dict[str, Any]]:
        """Rectangles of a chart `height` pixels high that begins at `top`; x in percent."""
        step, highest = 100 / len(self.days), self.most or 1
        tall = [round(count / highest * height, 1) for _, count in self.days]
        return [
            {"x": round(number * step + 0.37, 2), "y": top + height - tall[number], "height": tall[number],
             "day": day, "count": count}
            for number, (day, count) in enumerate(self.days)
        ]  # fmt: skip


def recurrence_of(report: DeadlockReport) -> Recurrence:
    """Two queries."""
    rows = DeadlockReport.objects.filter(issue__gone="")
    rows = rows.filter(pair=report.pair) if report.pair else rows.filter(issue=report.issue_id)
    found = rows.aggregate(total=Count("pk"), first=Min("occurred_at"))
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    start = today - timedelta(days=DAYS - 1)
    lately = rows.filter(occurred_at__gte=start).order_by().annotate(day=TruncDate("occurred_at"))
    counts = dict(lately.values_list("day").annotate(Count("pk")))
    days = [start + timedelta(days=number) for number in range(DAYS)]
    per_day = tuple((day, counts.get(day.date(), 0)) for day in days)
    return Recurrence(bool(report.pair), found["total"], found["first"], per_day)


@dataclass(frozen=True)
class Cell:
    """A cell of the lock-conflict matrix. `met` where this deadlock can have met it."""

    requested: str
    held: str
    conflicts: bool
    met: bool


@dataclass(frozen=True)
class Matrix:
    """One of PostgreSQL's two tables of conflicting locks, with the cells of this deadlock."""

    title: str
    modes: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


def matrices_of(report: Report) -> Iterator[Matrix]:
    """The conflict tables in which this deadlock's waits are; none where all wait for transactions to end."""
    collisions = [(edge.lock_type, collision(edge.lock_mode, edge.lock_type)) for edge in report.edges]
    rows = {(found.requested, held) for kind, found in collisions if kind == "tuple" for held in found.held}
    tables = {
        (found.requested, held) for kind, found in collisions if kind not in _ENDS for held in found.held
    }
    if tables:
        yield _matrix("Table-level locks", CONFLICTS, MODES, tables)
    if rows:
        yield _matrix("Row-level locks", ROW_CONFLICTS, STRENGTHS, rows)


# Who waits for these waits for a transaction to end; no cell of the tables says so.
_ENDS = {"tuple", "transactionid", "virtualxid", "spectoken", "applytransaction"}


def _matrix(
    title: str, table: Mapping[str, frozenset[str]], modes: tuple[str, ...], met: set[tuple[str, str]]
) -> Matrix:
    rows = []
    for asked in modes:
        cells = [Cell(asked, held, held in table[asked], (asked, held) in met) for held in modes]
        rows.append((asked, tuple(cells)))
    return Matrix(title, modes, tuple(rows))


def cause_choices() -> list[tuple[str, str]]:
    """Pairs of a root cause's name and its words."""
    return list(CAUSES.items())
