"""Explanations as pages show them: those of an issue, the place in the queue."""

from django.db.models import QuerySet

from ai.models import Description, Explanation, Feedback
from dexter.jobs.models import Job

State = Explanation.State
SHOWN = 20
ASKED = ("ai.tasks.explain", "ai.tasks.make_query")  # kinds of jobs that somebody waits for


def explanations() -> QuerySet[Explanation]:
    """With what every page of one needs."""
    return Explanation.objects.select_related(
        "asked_by", "model", "job", "answered_from", "follows", "issue", "event"
    ).defer("follows__sent", "follows__text", "answered_from__sent", "answered_from__text")


def of_issue(issue_id: int) -> list[Explanation]:
    """The newest first; one query."""
    return list(explanations().filter(issue_id=issue_id).order_by("-pk")[:SHOWN])


def place_in_queue(row: Explanation | Description) -> int | None:
    """How many are answered before this one, and itself; None for one that does not wait (any more)."""
    if row.state != State.QUEUED or row.job_id is None:
        return None
    waiting = Job.objects.filter(kind__in=ASKED, state=Job.State.QUEUED, pk__lte=row.job_id)
    return waiting.count() or None


def feedback_on(row: Explanation) -> list[Feedback]:
    """What people said of it, the newest first; one query."""
    return list(row.feedback.select_related("user").order_by("-given_at"))
