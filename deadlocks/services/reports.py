"""Storing the deadlock reports that are found in events."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.db.models import Count
from django.utils import timezone

from deadlocks.analyzer import VERSION, Report, analyze_event
from deadlocks.analyzer.diagnosis.severity import severity
from deadlocks.analyzer.render import from_value, to_value
from deadlocks.analyzer.sql import normalised
from deadlocks.joining import joined
from deadlocks.models import DeadlockReport, FollowedAdvice
from deadlocks.queries.joined import in_kept_logs
from deadlocks.services.originals import of_event
from issues.models import Event, Issue
from issues.services.marks import mark

MOST_REPORTS = 20  # of one event
MOST_TABLES = 12
_KEY = ["issue", "event_key", "position"]


@dataclass(frozen=True)
class Found:
    """A report and its text as the event has it."""

    report: Report
    raw: str


def found_in(payload: Any) -> list[Found]:
    """The reports of an event's payload."""
    return [Found(report, of_event(payload, report)) for report in analyze_event(payload)[:MOST_REPORTS]]


def store(read: Sequence[tuple[Event, list[Found]]]) -> int:
    """Replaces the reports of these events; answers how many there are. Call it in a transaction.

    A handful of queries, whatever the number of events; three where none has a report.
    """
    found = [(event, reports) for event, reports in read if reports]
    before = DeadlockReport.objects.filter(event__in=[event for event, _ in read])
    had = {(row.issue_id, row.event_key, row.position): row.pk for row in before.only(*_KEY)}
    touched = {issue for issue, *_ in had} | {event.issue_id for event, _ in found}
    if not touched:
        return 0
    rows = _rows(found)
    stays = {(row.issue_id, row.event_key, row.position) for row in rows}
    if gone := [pk for key, pk in had.items() if key not in stays]:
        DeadlockReport.objects.filter(pk__in=gone).delete()
    # What is replaced keeps its number: people have its address.
    DeadlockReport.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=_KEY,
        update_fields=["event", "version", "tried", "occurred_at", "victim_pid", "raw", *CONCLUDED],
    )
    mark("has_deadlock", touched, having=set(_with_reports(touched)))
    return len(rows)


def pair_of(report: Report) -> str:
    """Sixteen hex digits that are equal for the same statements, whatever their values and order.

    Most clients never see the other side's statement: then those of one cause on the same tables are alike.
    "" where neither is known.
    """
    alike = sorted(map(normalised, report.statements))
    if len(alike) < 2:
        tables = sorted(report.diagnosis.relations)
        alike = [report.diagnosis.root_cause, *tables] if tables else []
    return sha256("\n".join(alike).encode()).hexdigest()[:16] if alike else ""


def _with_reports(issues: set[int]) -> list[int]:
    return list(DeadlockReport.objects.filter(issue__in=issues).values_list("issue", flat=True).distinct())


def _rows(found: Sequence[tuple[Event, list[Found]]]) -> list[DeadlockReport]:
    since = timezone.now() - timedelta(days=1)
    rows = [
        DeadlockReport(
            issue_id=event.issue_id,
            event=event,
            event_key=event.event_id,
            position=position,
            version=VERSION,
            occurred_at=event.date,
            victim_pid=one.report.victim.pid if one.report.victim else None,
            value=clean(to_value(one.report, timeline=True)),
            raw=one.raw,
        )
        for event, reports in found
        for position, one in enumerate(reports)
    ]
    _conclude(rows, Counter(event.issue_id for event, _ in found if event.date >= since))
    return rows


#: What is concluded of a report and may change with a log.
CONCLUDED = (
    "root_cause", "confidence", "severity", "tables", "pair", "value", "joined", "log_report",
)  # fmt: skip


def join(rows: Sequence[DeadlockReport]) -> None:
    """Adds to reports of events what logs say that everybody may see, or takes it away where none is left.

    Advice that was followed stays followed where what a log knows makes it another pair of statements. Six
    queries for any number of rows.
    """
    if rows:
        before = {row.pk: row.pair for row in rows}
        _conclude(rows, Counter())
        DeadlockReport.objects.bulk_update(rows, CONCLUDED)
        _keep_followed([(before[row.pk], row.pair) for row in rows])


def _keep_followed(pairs: Iterable[tuple[str, str]]) -> None:
    """Marks of the first of two pairs hold for the second too."""
    became: dict[str, set[str]] = defaultdict(set)
    for old, new in pairs:
        if old and new and old != new:
            became[old].add(new)
    if became:
        marks = FollowedAdvice.objects.filter(pair__in=became)
        FollowedAdvice.objects.bulk_create(
            [
                FollowedAdvice(pair=new, title=mark.title, done_by_id=mark.done_by_id, done_at=mark.done_at)
                for mark in marks
                for new in sorted(became[mark.pair])
            ],
            ignore_conflicts=True,
        )


def _conclude(rows: Sequence[DeadlockReport], fresh: Counter[int]) -> None:
    """Sets the columns of CONCLUDED. `fresh` counts events of an issue that have no row yet."""
    issues = {row.issue_id for row in rows}
    users = dict(Issue.objects.filter(pk__in=issues).values_list("pk", "user_count"))
    since = timezone.now() - timedelta(days=1)
    lately = DeadlockReport.objects.filter(issue__in=issues, occurred_at__gte=since).order_by()
    times = Counter(dict(lately.values_list("issue").annotate(Count("pk")))) + fresh
    for row, log in zip(rows, in_kept_logs(rows), strict=True):
        report = from_value(row.value)
        if log:
            report = joined(report, from_value(log.value)).report
        diagnosis = report.diagnosis
        row.root_cause, row.confidence = diagnosis.root_cause, diagnosis.confidence
        row.severity = severity(
            report, row.root_cause, times_a_day=max(1, times[row.issue_id]), users=users[row.issue_id]
        )
        row.tables = list(diagnosis.relations[:MOST_TABLES])
        row.pair = pair_of(report)
        row.value["severity"] = row.severity
        row.log_report = log
        row.joined = clean(to_value(replace(report, severity=row.severity), timeline=True)) if log else None


def clean(value: Any) -> Any:
    """Without what PostgreSQL's jsonb refuses: NUL, and halves of surrogate pairs."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [clean(item) for item in value]
    if isinstance(value, dict):
        return {key: clean(item) for key, item in value.items()}
    return value
