"""Doing an action: cache and outbox in one transaction."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from dexter.jobs.models import Job
from dexter.sentry.flavour import FLAVOURS
from issues.actions import IRREVERSIBLE, Action, Kind, changes, needs
from issues.models import Issue, IssueAction
from issues.services.inbox import tell_assigned
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

# What cannot be taken back whole in Sentry waits this long, so that it can be taken back here.
GRACE = timedelta(seconds=30)
WAITS = IRREVERSIBLE | {Kind.MERGE}


@dataclass(frozen=True, slots=True)
class Acted:
    """What `act` did: a row per issue that changed or waits, and how many were like that already.

    `batch` names it for the undo. `refused` has (issue key, reason) of those that `act_where_possible` left.
    """

    actions: tuple[IssueAction, ...]
    unchanged: int = 0
    batch: uuid.UUID | None = None
    refused: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Act:
    """What the rows of one act have in common."""

    action: Action
    user: User | None
    bulk: Job | None
    undoes: Mapping[int, IssueAction]
    batch: uuid.UUID
    now: datetime


def act(
    action: Action,
    issue_ids: Sequence[int],
    *,
    user: User | None,
    bulk: Job | None = None,
    undoes: Mapping[int, IssueAction] | None = None,
    batch: uuid.UUID | None = None,
) -> Acted:
    """Do `action` on the issues, in the cache and the outbox. `undoes` has the rows it takes back, by issue.

    Raises Refused (nothing is changed then) when a server cannot do it, the assignee is not known there, or
    issues of several projects are to be merged. Issues that are gone are left out.
    """
    common = _Act(action, user, bulk, undoes or {}, batch or uuid.uuid4(), timezone.now())
    with transaction.atomic():
        issues = [issue for issue in locked(issue_ids) if not issue.gone]
        if not issues:
            raise Refused("None of these issues is there any more. Load the list again.")
        check(action, issues)
        people = People()
        rows = [_row(common, issue, people) for issue in issues]
        changed = [
            (issue, row) for issue, row in zip(issues, rows, strict=True) if row.state == State.PENDING
        ]
        _supersede(action, [issue.pk for issue, _ in changed])
        kept = rows if bulk else [row for _, row in changed]
        IssueAction.objects.bulk_create(kept, batch_size=500)
        store_columns(action.kind, [issue for issue, _ in changed])
        if action.kind == Kind.MERGE:
            _point_to_survivor(action, [issue for issue, _ in changed])
        if action.kind == Kind.ASSIGN:
            tell_assigned([row for _, row in changed])
        _announce([issue for issue, _ in changed])
    return Acted(tuple(row for _, row in changed), len(rows) - len(changed), common.batch)


def act_where_possible(
    action: Action,
    issue_ids: Sequence[int],
    *,
    user: User | None,
    bulk: Job | None = None,
    undoes: Mapping[int, IssueAction] | None = None,
    batch: uuid.UUID | None = None,
) -> Acted:
    """Like `act`, connection by connection: what one server cannot do does not keep the others from it.

    The issues left out, gone ones among them, are in `refused`, with a receipt row each for a bulk job.
    """
    batch = batch or uuid.uuid4()
    issues = list(Issue.objects.filter(pk__in=issue_ids).order_by("pk"))
    groups: dict[int, list[int]] = {}
    for issue in issues:
        if not issue.gone:
            groups.setdefault(issue.connection_id, []).append(issue.pk)
    refused = {issue.pk: _gone_words(issue) for issue in issues if issue.gone}
    actions: list[IssueAction] = []
    unchanged = 0
    for keys in groups.values():
        try:
            acted = act(action, keys, user=user, bulk=bulk, undoes=undoes, batch=batch)
        except Refused as error:
            refused |= dict.fromkeys(keys, str(error))
        else:
            actions += acted.actions
            unchanged += acted.unchanged
    if bulk:
        _note_refusals(action, [issue for issue in issues if issue.pk in refused], refused, user, bulk, batch)
    return Acted(tuple(actions), unchanged, batch, tuple(refused.items()))


def _gone_words(issue: Issue) -> str:
    if issue.gone == Issue.Gone.MERGED:
        return f"It was merged into {issue.merged_into or 'another issue'} meanwhile."
    return f"{issue.get_gone_display()}."


def _note_refusals(
    action: Action,
    issues: list[Issue],
    reasons: dict[int, str],
    user: User | None,
    bulk: Job,
    batch: uuid.UUID,
) -> None:
    now = timezone.now()
    IssueAction.objects.bulk_create(
        [
            IssueAction(
                connection_id=issue.connection_id,
                issue=issue,
                user=user,
                kind=action.kind,
                arguments=dict(action.arguments),
                state=State.REFUSED,
                error=reasons[issue.pk],
                finished_at=now,
                bulk=bulk,
                batch=batch,
            )
            for issue in issues
        ],
        batch_size=500,
    )


def check(action: Action, issues: Iterable[Issue]) -> None:
    """Raise Refused when a server of these issues cannot do the action, with its reason."""
    needed = needs(action)
    for flavour in {issue.connection.flavour for issue in issues}:
        if needed and (reason := FLAVOURS[flavour].why_not(needed)):
            raise Refused(reason)
    if action.kind == Kind.MERGE:
        _check_merge(action, list(issues))


def _check_merge(action: Action, issues: list[Issue]) -> None:
    one = issues[0]
    others = Issue.objects.filter(
        connection=one.connection_id, sentry_id__in=action.arguments["with"], gone=""
    )
    projects = {issue.project_id for issue in issues} | set(others.values_list("project", flat=True))
    if len(projects) > 1:
        raise Refused("Only issues of one project can be merged. Select issues of one project.")
    if {issue.sentry_id for issue in issues} & set(action.arguments["with"]):
        raise Refused("An issue cannot be merged into itself. Choose another one.")


def _row(common: _Act, issue: Issue, people: People) -> IssueAction:
    """The outbox row of one issue; the issue's columns are set on the way, not saved."""
    action, now = common.action, common.now
    before = columns_of(action.kind, issue)
    after = changes(action, now)
    set_columns(issue, after, people)
    same = action.kind not in IRREVERSIBLE and before == {**before, **after}
    return IssueAction(
        connection_id=issue.connection_id,
        issue=issue,
        user=common.user,
        kind=action.kind,
        arguments=dict(action.arguments),
        before=before,
        after=after,
        state=State.UNCHANGED if same else State.PENDING,
        try_at=now + (GRACE if action.kind in WAITS and not common.undoes else timedelta()),
        finished_at=now if same else None,
        bulk=common.bulk,
        batch=common.batch,
        undoes=common.undoes.get(issue.pk),
    )


def _supersede(action: Action, issue_ids: list[int]) -> None:
    """Changes that this one overwrites whole, waiting or refused, need not be sent any more."""
    IssueAction.objects.filter(
        issue__in=issue_ids,
        kind__in=kinds_like(action.kind),
        state__in=(State.PENDING, State.FAILED),
        bulk=None,
    ).update(state=State.SUPERSEDED, finished_at=timezone.now())


def _point_to_survivor(action: Action, issues: list[Issue]) -> None:
    """Until Sentry has said which one survives: the first of those that were named."""
    for connection_id in {issue.connection_id for issue in issues}:
        survivor = Issue.objects.filter(
            connection=connection_id, sentry_id=action.arguments["with"][0]
        ).first()
        keys = [issue.pk for issue in issues if issue.connection_id == connection_id]
        Issue.objects.filter(pk__in=keys).update(merged_into=survivor)


def _announce(issues: list[Issue]) -> None:
    connections = sorted({issue.connection_id for issue in issues})
    if connections:
        transaction.on_commit(
            lambda: actions_waiting.send(IssueAction, connection_ids=connections), robust=True
        )
        tell([issue.pk for issue in issues])
