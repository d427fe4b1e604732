"""From rows of the outbox and jobs to what the API answers."""

from collections.abc import Sequence
from typing import Any

from dexter.jobs.models import Job
from issues.models import Bulk, IssueAction
from issues.queries.open_changes import person, words_of
from issues.queries.receipt import outcome_of, tally_of


def action_shapes(rows: Sequence[IssueAction]) -> list[dict[str, Any]]:
    """ActionOuts of rows loaded with issue and user."""
    said = words_of(rows)
    return [
        {
            "id": row.pk,
            "issue": row.issue_id,
            "short_id": str(row.issue),
            "action": row.kind,
            "arguments": row.arguments,
            "state": row.state,
            "what": said[row.pk],
            "by": person(row.user) if row.user else None,
            "attempts": row.attempts,
            "error": row.error,
            "conflict": row.conflict,
            "next_try": row.try_at if row.state == IssueAction.State.PENDING else None,
            "created": row.created_at,
            "finished": row.finished_at,
        }
        for row in rows
    ]


def job_shape(bulk: Bulk) -> dict[str, Any]:
    """A JobOut."""
    job, tally = bulk.job, tally_of(bulk)
    over = job.state not in Job.ACTIVE
    return {
        "id": job.pk,
        "state": "running" if over and tally.waiting else job.state,
        "action": bulk.kind,
        "arguments": bulk.arguments,
        "query": bulk.query,
        "undoes": bulk.undoes.job_id if bulk.undoes else None,
        "progress": {
            **{name: getattr(tally, name) for name in ("total", "done", "unchanged", "failed", "waiting")},
            "taken_back": tally.taken_back,
            "percent": tally.percent,
        },
        "message": job.message,
        "error": job.error,
        "created": job.created_at,
        "finished": None if tally.is_running else job.finished_at,
        "url": f"/jobs/{job.pk}/",
    }


def item_shape(row: IssueAction) -> dict[str, Any]:
    """An Item of a row loaded with its issue."""
    return {
        "id": row.pk,
        "issue": row.issue_id,
        "short_id": str(row.issue),
        "outcome": outcome_of(row),
        "state": row.state,
        "reason": row.error,
        "finished": row.finished_at,
    }
