"""Storing repeated and slow statements of events, and marking the issues that have some."""

from collections.abc import Mapping, Sequence

from deadlocks.models import QueryFinding
from issues.models import Event
from issues.services.marks import Mark, mark, marked

_COLUMNS: Mapping[str, Mark] = {
    QueryFinding.Kind.N_PLUS_ONE: "has_n_plus_one",
    QueryFinding.Kind.SLOW: "has_slow_query",
}


def store(event_ids: Sequence[int], rows: Sequence[QueryFinding]) -> None:
    """Replaces the findings of these events. Call it in a transaction.

    A handful of queries, whatever the number of events; three where none has or had a finding.
    """
    before = QueryFinding.objects.filter(event__in=event_ids)
    had = set(before.values_list("event", flat=True).distinct())
    if had:
        before.delete()
    QueryFinding.objects.bulk_create(rows, ignore_conflicts=True)
    if touched := had | {row.event_id for row in rows}:
        _mark(set(Event.objects.filter(pk__in=touched).values_list("issue", flat=True)))


def unmark_pruned() -> None:
    """Takes the marks from issues whose findings went with their events."""
    for kind, column in _COLUMNS.items():
        if issues := marked(column):
            mark(column, issues, having=_having(kind, issues))


def _mark(issues: set[int]) -> None:
    for kind, column in _COLUMNS.items():
        mark(column, issues, having=_having(kind, issues))


def _having(kind: str, issues: set[int]) -> set[int]:
    rows = QueryFinding.objects.filter(kind=kind, event__issue__in=issues).order_by()
    return set(rows.values_list("event__issue", flat=True).distinct())
