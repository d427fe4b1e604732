"""What people changed stays on the pages while Sentry does not have it yet, whatever a sync brings."""

from collections.abc import Mapping

from issues.actions import Kind
from issues.models import Issue, IssueAction
from issues.services.triage.columns import People, columns_of, set_columns
from issues.services.triage.errors import Refused

# Columns in which another value than before means that somebody changed it in Sentry.
CONFLICTING = frozenset({"status", "member", "team", "priority", "is_public"})


def keep_open_changes(by_key: Mapping[int, Issue]) -> None:
    """Set on issues as Sentry has them what people changed meanwhile, so that storing them loses nothing.

    `by_key` has the issues by primary key. A column on which Sentry says neither what was before nor what is
    wanted was changed there too: the action keeps that as its conflict, for people to see.
    """
    rows = (
        IssueAction.objects.filter(issue__in=list(by_key), state__in=IssueAction.OPEN)
        .select_related("connection")
        .defer("connection__token", "connection__webhook_secret")
        .order_by("pk")
    )
    people = People()
    for row in rows:
        issue = by_key[row.issue_id]
        said = columns_of(Kind(row.kind), issue)
        conflict = {
            name: [row.before.get(name), value]
            for name, value in said.items()
            if name in CONFLICTING and value not in (row.before.get(name), row.after.get(name, value))
        }
        if conflict and conflict != row.conflict and row.state != IssueAction.State.FAILED:
            IssueAction.objects.filter(pk=row.pk).update(conflict=conflict)
        _overlay(issue, row, people)


def _overlay(issue: Issue, row: IssueAction, people: People) -> None:
    try:
        set_columns(issue, row.after, people)
    except Refused:
        return  # the person or team has left meanwhile; Sentry will say so when the change is sent
    if row.kind == Kind.MERGE:
        survivor = Issue.objects.filter(connection=row.connection_id, sentry_id=row.arguments["with"][0])
        issue.merged_into = survivor.first()
