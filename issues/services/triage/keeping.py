"""What people changed stays on the pages while Sentry does not have it yet, whatever a sync brings."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db.models import Q

from issues.actions import Kind
from issues.models import Issue, IssueAction
from issues.services.triage.columns import People, columns_of, set_columns
from issues.services.triage.errors import Refused

# Columns in which another value than before means that somebody changed it in Sentry.
CONFLICTING = frozenset({"status", "member", "team", "priority", "is_public"})


def keep_changes(
    keys: Iterable[int], asked_at: datetime, as_sentry_has: Callable[[int], Issue]
) -> dict[int, Issue]:
    """Issues as they are to be stored, so that what people changed meanwhile is not lost: those of the
    primary `keys` that have open actions, or some that reached Sentry after it was asked for the issues, from
    what `as_sentry_has` makes of a key.

    A column on which Sentry says neither what was before nor what is wanted was changed there too: the action
    keeps that as its conflict, for people to see.
    """
    kept: dict[int, Issue] = {}
    too_late = Q(state=IssueAction.State.DONE, finished_at__gt=asked_at)
    rows = (
        IssueAction.objects.filter(too_late | Q(state__in=IssueAction.OPEN), issue__in=list(keys))
        .select_related("connection")
        .order_by("pk")
    )
    people = People()
    for row in rows:
        if row.issue_id not in kept:
            kept[row.issue_id] = as_sentry_has(row.issue_id)
        issue = kept[row.issue_id]
        if row.state in IssueAction.WAITING:
            _note_conflict(issue, row)
        _overlay(issue, row, people)
    return kept


def _note_conflict(issue: Issue, row: IssueAction) -> None:
    said = columns_of(Kind(row.kind), issue)
    conflict = {
        name: [row.before.get(name), value]
        for name, value in said.items()
        if name in CONFLICTING and value not in (row.before.get(name), row.after.get(name, value))
    }
    if conflict and conflict != row.conflict:
        IssueAction.objects.filter(pk=row.pk).update(conflict=conflict)


def _overlay(issue: Issue, row: IssueAction, people: People) -> None:
    try:
        set_columns(issue, row.after, people)
    except Refused:
        return  # the person or team has left meanwhile; Sentry will say so when the change is sent
    if row.kind == Kind.MERGE:
        survivor = _survivor(row)
        if survivor == issue.sentry_id:
            issue.gone = ""
        else:
            mine = Issue.objects.filter(connection=row.connection_id, sentry_id=survivor)
            issue.merged_into = mine.first()


def _survivor(row: IssueAction) -> str:
    """The id of the issue that stays: the one that is wanted, until Sentry has chosen."""
    chosen = (row.answer or {}).get("merge", {}).get("parent")
    return str(chosen or row.arguments["with"][0])
