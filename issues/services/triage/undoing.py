"""Taking back: what was not sent is withdrawn, what Sentry has is changed by its opposite."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from dexter.jobs.models import Job
from issues.actions import COLUMNS, Action, Kind, inverse
from issues.models import Issue, IssueAction
from issues.services.triage.acting import act
from issues.services.triage.columns import (
    People,
    columns_of,
    kinds_like,
    locked,
    set_columns,
    store_columns,
    tell,
)
from issues.services.triage.errors import Refused
from issues.signals import actions_waiting

State = IssueAction.State

# Ends from which there is nothing to take back.
OVER = frozenset({State.WITHDRAWN, State.UNCHANGED, State.REFUSED})


@dataclass(frozen=True, slots=True)
class Undone:
    """`withdrawn` rows were never sent, `opposites` are on their way, `refused` has (row, reason)."""

    withdrawn: tuple[int, ...]
    opposites: tuple[IssueAction, ...]
    refused: tuple[tuple[IssueAction, str], ...] = ()

    @property
    def count(self) -> int:
        return len(self.withdrawn) + len(self.opposites)


def undo(row: IssueAction, *, user: User | None) -> IssueAction | None:
    """Take one action back; answers the row of the opposite, None when it was withdrawn or is over already.

    Raises Refused where Sentry cannot take it back any more.
    """
    undone = undo_all([row], user=user)
    if undone.refused:
        raise Refused(undone.refused[0][1])
    return undone.opposites[0] if undone.opposites else None


def undo_all(rows: Sequence[IssueAction], *, user: User | None, bulk: Job | None = None) -> Undone:
    """Take many actions back. For a bulk job, issues that were changed again since are left as they are."""
    withdrawn = withdraw(rows, states=[State.PENDING], fresh=True)
    withdrawn += withdraw(rows, states=[State.FAILED])
    rest = IssueAction.objects.filter(pk__in=[row.pk for row in rows]).exclude(state__in=OVER)
    batch = uuid.uuid4()
    opposites: list[IssueAction] = []
    refused: list[tuple[IssueAction, str]] = []
    groups: dict[str, tuple[Action, dict[int, IssueAction]]] = {}
    for row in rest.select_related("issue__assignee", "issue__assignee_team", "issue__merged_into"):
        _sort(row, groups, refused, careful=bulk is not None)
    for opposite, taken_back in groups.values():
        try:
            acted = act(opposite, list(taken_back), user=user, bulk=bulk, undoes=taken_back, batch=batch)
        except Refused as error:
            refused += [(row, str(error)) for row in taken_back.values()]
        else:
            opposites += acted.actions
    return Undone(tuple(withdrawn), tuple(opposites), tuple(refused))


def _sort(
    row: IssueAction,
    groups: dict[str, tuple[Action, dict[int, IssueAction]]],
    refused: list[tuple[IssueAction, str]],
    *,
    careful: bool,
) -> None:
    """Put a row to those with the same opposite, or to the refused."""
    opposite = opposite_of(row)
    if opposite is None:
        refused.append((row, f"{Kind(row.kind).value.capitalize()} cannot be taken back in Sentry."))
    elif careful and not _is_still(row):
        refused.append((row, "It was changed again since; it was left as it is."))
    else:
        target = row.issue.merged_into_id if row.kind == Kind.MERGE else row.issue_id
        key = repr((opposite.kind, sorted(opposite.arguments.items())))
        groups.setdefault(key, (opposite, {}))[1][target or row.issue_id] = row


def opposite_of(row: IssueAction) -> Action | None:
    """What would take `row` back in Sentry, None where nothing can."""
    if row.kind == Kind.MERGE:
        hashes = (row.answer or {}).get("hashes")
        return Action(Kind.UNMERGE, {"hashes": hashes}) if hashes else None
    return inverse(Action(Kind(row.kind), row.arguments), row.before, timezone.now())


def _is_still(row: IssueAction) -> bool:
    """Whether the issue shows what the action made of it; Sentry's own details do not count."""
    now = columns_of(Kind(row.kind), row.issue)
    return all(now.get(name) == row.after[name] for name in row.after if name in ("status", *_DECIDING))


_DECIDING = ("member", "team", "priority", "is_bookmarked", "has_seen", "is_subscribed", "is_public", "gone")


def discard(row: IssueAction) -> None:
    """Give up an action that Sentry refused and show what Sentry has. Raises Refused if it is not failed."""
    if not withdraw([row], states=[State.FAILED]):
        raise Refused("Only a change that Sentry refused can be discarded.")


def withdraw(rows: Iterable[IssueAction], *, states: Sequence[str], fresh: bool = False) -> list[int]:
    """End the rows that are in one of `states` and bring the columns back; answers their keys.

    `fresh`: only those that were never sent. A change that one of them had made needless waits again.
    """
    with transaction.atomic():
        found = IssueAction.objects.select_for_update(of=("self",)).filter(
            pk__in=[row.pk for row in rows], state__in=states
        )
        ended = list((found.filter(attempts=0) if fresh else found).order_by("-pk"))
        if not ended:
            return []
        IssueAction.objects.filter(pk__in=[row.pk for row in ended]).update(
            state=State.WITHDRAWN, finished_at=timezone.now()
        )
        _bring_back(ended)
        _revive(ended)
        tell([row.issue_id for row in ended])
    return [row.pk for row in ended]


def _bring_back(ended: list[IssueAction]) -> None:
    """The columns as they were, where they still show what the action made of them."""
    issues = {issue.pk: issue for issue in locked([row.issue_id for row in ended])}
    people = People()
    restored: dict[Kind, dict[int, Issue]] = {}
    for row in ended:
        issue, kind = issues[row.issue_id], Kind(row.kind)
        if columns_of(kind, issue) == {**row.before, **row.after}:
            set_columns(issue, row.before, people)
            restored.setdefault(kind, {})[issue.pk] = issue
    for kind, some in restored.items():
        store_columns(kind, some.values())
        if "merged_into" in COLUMNS[kind]:
            Issue.objects.filter(pk__in=some).update(merged_into=None)


def _revive(ended: list[IssueAction]) -> None:
    """What a withdrawn row had superseded was never sent, so it waits again."""
    for kind in {row.kind for row in ended}:
        first = {row.issue_id: row.pk for row in ended if row.kind == kind}
        earlier = (
            IssueAction.objects.filter(issue__in=first, kind__in=kinds_like(kind))
            .exclude(state__in=OVER)
            .order_by("pk")
            .values_list("issue", "pk", "state", "connection")
        )
        last: dict[int, tuple[int, str, int]] = {
            issue: (pk, state, connection) for issue, pk, state, connection in earlier if pk < first[issue]
        }
        revived = [(pk, connection) for pk, state, connection in last.values() if state == State.SUPERSEDED]
        if revived:
            send_again(
                [pk for pk, _ in revived], [State.SUPERSEDED], {connection for _, connection in revived}
            )


def retry(row: IssueAction) -> None:
    """Send a refused action again. Raises Refused if it is not failed."""
    if not send_again([row.pk], [State.FAILED], {row.connection_id}):
        raise Refused("Only a change that Sentry refused can be sent again.")


def send_again(keys: Sequence[int], states: Sequence[str], connection_ids: Iterable[int]) -> int:
    """Back to the queue, those of `keys` that are in one of `states`; answers how many."""
    changed: dict[str, Any] = {
        "state": State.PENDING,
        "error": "",
        "finished_at": None,
        "try_at": timezone.now(),
    }
    count = IssueAction.objects.filter(pk__in=keys, state__in=states).update(**changed)
    connections = sorted(connection_ids)
    if count:
        transaction.on_commit(
            lambda: actions_waiting.send(IssueAction, connection_ids=connections), robust=True
        )
    return count
