"""Actions on many issues: the list frozen at the click, a job that works through it, stop, retry, undo."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from dexter.jobs import runner
from dexter.jobs.models import Job
from issues.actions import Action
from issues.models import Bulk, IssueAction
from issues.queries.receipt import undone_by
from issues.services.triage import Refused, send_again, withdraw

State = IssueAction.State
BULK_TASK = "issues.tasks.run_bulk"
# Rows that one transaction takes.
CHUNK = 500


def start(action: Action, issue_ids: Sequence[int], *, user: Any, query: str = "") -> Bulk:
    """Freeze the list and begin; the job is `bulk.job`. Raises Refused for an empty list."""
    if not issue_ids:
        raise Refused("No issue matches. Nothing was changed.")
    return _begin(
        user, kind=action.kind, arguments=dict(action.arguments), query=query, issue_ids=list(issue_ids)
    )


def _begin(user: Any, **columns: Any) -> Bulk:
    with transaction.atomic():
        bulk = Bulk(**columns)
        owner_id = user.pk if user else None
        # The row needs its job and the job's message the row's key: both exist when the transaction ends.
        job = Job.objects.create(kind=BULK_TASK, key=f"bulk:new:{uuid.uuid4()}", owner_id=owner_id)
        bulk.job = job
        bulk.save()
        job.key, job.arguments, job.total = f"bulk:{bulk.pk}", {"bulk_id": bulk.pk}, len(bulk.issue_ids)
        job.save(update_fields=["key", "arguments", "total"])
        transaction.on_commit(lambda: runner.send(job))
    return bulk


def stop(bulk: Bulk) -> int:
    """Send nothing more: what was not sent is taken back; answers how many."""
    runner.request_stop(bulk.job)
    return take_back_waiting(bulk.job)


def take_back_waiting(job: Job) -> int:
    """Withdraw the job's rows that were never sent; the issues show what they were before."""
    count = 0
    while True:
        rows = list(
            IssueAction.objects.filter(bulk=job, state=State.PENDING, attempts=0).order_by("-pk")[:CHUNK]
        )
        ended = withdraw(rows, states=[State.PENDING], fresh=True) if rows else []
        if not ended:
            return count
        count += len(ended)


def retry_failed(bulk: Bulk) -> int:
    """Send what Sentry refused once more, and go on with what was not begun; answers how many failed ones.

    Raises Refused when there is neither.
    """
    failed = IssueAction.objects.filter(bulk=bulk.job, state=State.FAILED)
    keys = list(failed.values_list("pk", "connection"))
    count = send_again([pk for pk, _ in keys], [State.FAILED], {connection for _, connection in keys})
    begun = IssueAction.objects.filter(bulk=bulk.job).count()
    missing = 0 if bulk.undoes_id else len(bulk.issue_ids) - begun
    if not count and missing <= 0:
        if IssueAction.objects.filter(bulk=bulk.job, state=State.REFUSED).exists():
            raise Refused("What failed here cannot be sent again; its receipt says why.")
        raise Refused("Nothing of this job failed.")
    _go_on(bulk.job)
    return count


def _go_on(job: Job) -> None:
    again = Job.objects.filter(pk=job.pk).exclude(state__in=Job.ACTIVE)
    if again.update(
        state=Job.State.QUEUED,
        stop_requested=False,
        attempts=0,
        error="",
        finished_at=None,
        heartbeat_at=None,
    ):
        transaction.on_commit(lambda: runner.send(Job.objects.get(pk=job.pk)))


def undo(bulk: Bulk, *, user: Any) -> Bulk:
    """Stop the job and begin another that takes back what it did. Raises Refused for one that is undone."""
    if undone_by(bulk):
        raise Refused("This was taken back already; its receipt says what became of it.")
    stop(bulk)
    rows = IssueAction.objects.filter(bulk=bulk.job, state__in=(State.DONE, *IssueAction.OPEN))
    keys = list(rows.order_by("pk").values_list("issue", flat=True))
    if not keys:
        raise Refused("Nothing of this job reached Sentry; what was waiting is taken back.")
    return _begin(
        user, kind=bulk.kind, arguments=bulk.arguments, query=bulk.query, issue_ids=keys, undoes=bulk
    )
