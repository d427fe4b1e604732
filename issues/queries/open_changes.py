"""What people changed and Sentry does not have yet: the marks in lists, the lines on an issue, the outbox."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from issues.actions import ARCHIVE_WORDS, Action, Kind, words
from issues.models import Connection, IssueAction, IssueLabel, Member, Team
from issues.queries.rows import Badge, Row

State = IssueAction.State


@dataclass(frozen=True)
class Change:
    """One open change. `what` is in the past tense; `conflicts` are sentences."""

    id: int
    issue_id: int
    short_id: str
    connection: str
    what: str
    who: str
    at: datetime
    state: str
    error: str
    attempts: int
    next_try: datetime
    conflicts: tuple[str, ...]

    @property
    def has_failed(self) -> bool:
        return self.state == State.FAILED


def changes_of(issue_ids: Iterable[int]) -> dict[int, list[Change]]:
    """Open changes by issue, oldest first; two queries, three with assignments."""
    rows = _with_related(IssueAction.objects.filter(issue__in=list(issue_ids), state__in=IssueAction.OPEN))
    found: dict[int, list[Change]] = {}
    for change in described(rows.order_by("pk")):
        found.setdefault(change.issue_id, []).append(change)
    return found


def waiting_changes(limit: int) -> list[Change]:
    """The outbox, oldest first: what waits or is being sent."""
    return described(
        _with_related(IssueAction.objects.filter(state__in=IssueAction.WAITING)).order_by("pk")[:limit]
    )


def failed_changes(limit: int) -> list[Change]:
    """What Sentry refused, newest first."""
    return described(_with_related(IssueAction.objects.filter(state=State.FAILED)).order_by("-pk")[:limit])


def recent_changes(user: Any, limit: int) -> list[IssueAction]:
    """What a person did last, newest first, whatever became of it."""
    mine = _with_related(IssueAction.objects.filter(user=user, bulk=None))
    return list(mine.order_by("-pk")[:limit])


def _with_related(rows: "QuerySet[IssueAction]") -> "QuerySet[IssueAction]":
    return rows.select_related("issue", "user", "connection")


def described(rows: Iterable[IssueAction]) -> list[Change]:
    """The rows as they are shown."""
    found = list(rows)
    said = words_of(found)
    return [
        Change(
            row.pk,
            row.issue_id,
            str(row.issue),
            row.connection.name,
            said[row.pk],
            person(row.user),
            row.created_at,
            row.state,
            row.error,
            row.attempts,
            row.try_at,
            tuple(_conflicts(row)),
        )
        for row in found
    ]


def person(user: Any) -> str:
    """How somebody is called; "Dexter" for what no person did."""
    return (user.get_full_name() or user.get_username()) if user else "Dexter"


def words_of(rows: Sequence[IssueAction]) -> dict[int, str]:
    """What each action is in the past tense, assignees by their names; a query each for people and teams."""
    names = _names(rows)
    found = {}
    for row in rows:
        text = words(Action(Kind(row.kind), row.arguments))
        for which in ("member", "team"):
            if name := names.get((row.connection_id, which, str(row.arguments.get(which)))):
                text = f"Assigned to {name}"
        found[row.pk] = text
    return found


def _names(rows: Sequence[IssueAction]) -> dict[tuple[int, str, str], str]:
    """Names of the assignees in `rows`, by (connection, kind, Sentry id)."""
    found: dict[tuple[int, str, str], str] = {}
    for which, model in (("member", Member), ("team", Team)):
        ids = {
            str(row.arguments[which]) for row in rows if row.kind == Kind.ASSIGN and row.arguments.get(which)
        }
        if ids:
            people = model.objects.filter(sentry_id__in=ids)  # type: ignore[attr-defined]
            found |= {(each.connection_id, which, each.sentry_id): str(each) for each in people}
    return found


_COLUMNS = {"member": "the assignee", "team": "the team", "is_public": "the public link"}


def _conflicts(row: IssueAction) -> Iterable[str]:
    for name, (_, now) in row.conflict.items():
        label = _COLUMNS.get(name, f"the {name}")
        yield f"Meanwhile somebody changed {label} in Sentry to {ARCHIVE_WORDS.get(now, now) or 'nothing'}."


WAITS = Badge("Waiting for Sentry", "warn", "queue", "")
FAILED = Badge("Refused by Sentry", "error", "cloud-off", "")


def marks_of(changes: Sequence[Change]) -> tuple[Badge, ...]:
    """At most one badge for the open changes of an issue: refused ones come first."""
    failed = [change for change in changes if change.has_failed]
    if failed:
        return (replace(FAILED, title=f"{failed[-1].what} by {failed[-1].who}. {failed[-1].error}"),)
    if changes:
        last = changes[-1]
        conflict = f" {' '.join(last.conflicts)}" if last.conflicts else ""
        return (replace(WAITS, title=f"{last.what} by {last.who}.{conflict}"),)
    return ()


def labels_of(issue_ids: Iterable[int]) -> dict[int, list[IssueLabel]]:
    """Dexter's own labels by issue; one query."""
    found: dict[int, list[IssueLabel]] = {}
    for each in IssueLabel.objects.filter(issue__in=list(issue_ids)).select_related("label"):
        found.setdefault(each.issue_id, []).append(each)
    return found


def with_marks(rows: Sequence[Row]) -> list[Row]:
    """The rows with the marks of open changes and the labels; two queries, more where something is open."""
    keys = [row.id for row in rows]
    changes, labels = changes_of(keys), labels_of(keys)
    return [
        replace(
            row, badges=row.badges + marks_of(changes.get(row.id, ())) + label_badges(labels.get(row.id, ()))
        )
        for row in rows
    ]


def label_badges(labels: Iterable[IssueLabel]) -> tuple[Badge, ...]:
    return tuple(Badge(each.label.name, each.label.tone, "pin", "A label of Dexter") for each in labels)


@dataclass(frozen=True)
class Backlog:
    """How much of one connection waits and failed."""

    connection: Connection
    waiting: int
    failed: int


def backlog() -> list[Backlog]:
    """Connections with something in the outbox; two queries."""
    counts = (
        IssueAction.objects.filter(state__in=IssueAction.OPEN)
        .order_by()
        .values("connection")
        .annotate(
            waiting=Count("pk", filter=Q(state__in=IssueAction.WAITING)),
            failed=Count("pk", filter=Q(state=State.FAILED)),
        )
    )
    by_key = {row["connection"]: row for row in counts}
    connections = Connection.objects.filter(pk__in=by_key)
    return [Backlog(c, by_key[c.pk]["waiting"], by_key[c.pk]["failed"]) for c in connections]


def open_counts() -> dict[str, Coalesce]:
    """Annotations `waiting` and `failed`: how much waits for Sentry and was refused, over all connections."""
    return {"waiting": _counted(*IssueAction.WAITING), "failed": _counted(State.FAILED)}


def _counted(*states: str) -> Coalesce:
    actions = IssueAction.objects.filter(state__in=states).order_by()
    return Coalesce(Subquery(actions.values(all=Value(1)).values(found=Count("pk"))), 0)
