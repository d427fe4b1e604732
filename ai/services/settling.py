"""Rows and jobs kept in step: nothing stays "running" for ever, and a free place is given on at once."""

from django.conf import settings
from django.db.models import Case, QuerySet, When
from django.utils import timezone

from ai.models import Description, Explanation
from ai.services.streaming import Announcer
from dexter.jobs import runner
from dexter.jobs.models import Job

EXPLAIN = "ai.tasks.explain"
DESCRIBE = "ai.tasks.make_query"
SUMMARISE = "ai.tasks.write_summaries"
# Jobs that have a model write; together they take at most AI_CONCURRENCY places.
WRITING = (EXPLAIN, DESCRIBE, SUMMARISE)
State = Explanation.State
# How a row ends whose job ended without it.
_ENDS = {
    Job.State.STOPPED: (State.CANCELLED, "", ""),
    Job.State.FAILED: (
        State.FAILED,
        "The worker that asked the model ended before the answer was there.",
        "Ask again. If it happens often, look at the worker's log and its memory.",
    ),
    Job.State.DONE: (State.FAILED, "The answer was lost on its way.", "Ask again."),
}


def settle_job(job_id: int) -> int:
    """Bring the row of this job into step with it; how many rows changed."""
    open_ = {"job_id": job_id, "state__in": Explanation.OPEN}
    return _settle(Explanation.objects.filter(**open_)) + _settle(Description.objects.filter(**open_))


def settle_all() -> int:
    """Bring all rows into step with their jobs; how many changed."""
    open_ = {"state__in": Explanation.OPEN}
    return _settle(Explanation.objects.filter(**open_)) + _settle(Description.objects.filter(**open_))


def _settle(rows: "QuerySet[Explanation] | QuerySet[Description]") -> int:
    return sum(_settled(row) for row in rows.select_related("job").order_by("pk"))


def _settled(row: Explanation | Description) -> bool:
    job = row.job
    if job is not None and job.state in Job.ACTIVE:
        # Its worker was killed and it waits again.
        return job.state == Job.State.QUEUED and _to(row, State.RUNNING, state=State.QUEUED)
    state, error, advice = _ENDS[Job.State(job.state) if job else Job.State.FAILED]
    said = {"error": error, "advice": advice}
    if isinstance(row, Description):
        said = {"note": f"{error} {advice}".strip()}
    changed = _to(row, *Explanation.OPEN, state=state, finished_at=timezone.now(), **said)
    if changed and isinstance(row, Explanation):
        Announcer(row).end()
    return changed


def _to(row: Explanation | Description, *before: str, **columns: object) -> bool:
    return bool(type(row).objects.filter(pk=row.pk, state__in=before).update(**columns))


def send_next() -> int:
    """Send as many waiting jobs as there are free places; how many were sent."""
    running = Job.objects.filter(kind__in=WRITING, state=Job.State.RUNNING).count()
    free = max(0, settings.AI_CONCURRENCY - running)
    queued = Job.objects.filter(kind__in=WRITING, state=Job.State.QUEUED)
    # Nobody waits for summaries, so they come last.
    waiting = list(queued.order_by(Case(When(kind=SUMMARISE, then=1), default=0), "pk")[:free])
    for job in waiting:
        runner.send(job)
    return len(waiting)
