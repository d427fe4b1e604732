"""Working through an action on many issues: into cache and outbox chunk by chunk, then ahead to Sentry.

A worker that is killed is followed by another, which skips what has a row already. When Sentry does not
answer, the job ends and the outbox goes on by itself: the receipt is of the rows, not of the job.
"""

import logging
from collections.abc import Iterator

from django.utils import timezone

from dexter.jobs import runner
from dexter.sentry.errors import AuthFailed, Transient
from issues.actions import Action, Kind
from issues.models import Bulk, Connection, IssueAction
from issues.services.bulk import CHUNK, take_back_waiting
from issues.services.triage import act_where_possible, undo_all
from issues.sync.push import push_outbox

log = logging.getLogger(__name__)

State = IssueAction.State


def work_through(bulk: Bulk, progress: runner.Progress) -> None:
    """The whole job. Raises runner.Stopped after it took back what was not sent."""
    try:
        for chunk in _chunks(_left(bulk)):
            progress.report(_ended(bulk), len(bulk.issue_ids), "Noting what is to be done")
            if bulk.undoes is None:
                action = Action(Kind(bulk.kind), bulk.arguments)
                act_where_possible(action, chunk, user=bulk.job.owner, bulk=bulk.job)
            else:
                _take_back(bulk, chunk)
        _push(bulk, progress)
    except runner.Stopped:
        take_back_waiting(bulk.job)
        raise


def _left(bulk: Bulk) -> list[int]:
    begun = set(IssueAction.objects.filter(bulk=bulk.job).values_list("issue", flat=True))
    return [key for key in bulk.issue_ids if key not in begun]


def _chunks(keys: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]


def _ended(bulk: Bulk) -> int:
    return IssueAction.objects.filter(bulk=bulk.job).exclude(state__in=IssueAction.WAITING).count()


def _take_back(bulk: Bulk, issue_ids: list[int]) -> None:
    """The opposites of what the other job did to these issues; what cannot be taken back says why."""
    assert bulk.undoes is not None
    rows = list(
        IssueAction.objects.filter(bulk=bulk.undoes.job, issue__in=issue_ids)
        .filter(state__in=(State.DONE, *IssueAction.OPEN))
        .order_by("pk")
    )
    undone = undo_all(rows, user=bulk.job.owner, bulk=bulk.job)
    reasons = {row.pk: reason for row, reason in undone.refused}
    now = timezone.now()
    receipts = [row for row in rows if row.pk in reasons or row.pk in undone.withdrawn]
    IssueAction.objects.bulk_create(
        IssueAction(
            connection_id=row.connection_id,
            issue_id=row.issue_id,
            user=bulk.job.owner,
            kind=row.kind,
            arguments=row.arguments,
            state=State.REFUSED if row.pk in reasons else State.UNCHANGED,
            error=reasons.get(row.pk, "It had not reached Sentry; it was withdrawn."),
            finished_at=now,
            bulk=bulk.job,
            undoes=row,
        )
        for row in receipts
    )


def _push(bulk: Bulk, progress: runner.Progress) -> None:
    """Carry the rows to Sentry, as far as it answers."""
    said = ""
    waiting = IssueAction.objects.filter(bulk=bulk.job, state__in=IssueAction.WAITING)
    for connection in Connection.objects.filter(pk__in=waiting.values("connection").distinct()):
        try:
            push_outbox(
                connection,
                report=lambda *_: progress.report(_ended(bulk), len(bulk.issue_ids), "Writing to Sentry"),
            )
        except (Transient, AuthFailed) as error:
            log.info("job %s: %s", bulk.job_id, error)
            said = f"{error.what} What waits goes on by itself."
    progress.report(_ended(bulk), len(bulk.issue_ids), said)
