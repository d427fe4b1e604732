"""The reaper: nothing stays "running" for ever, and no lost message loses work."""

import logging
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from dexter import pulse
from dexter.celery import app
from dexter.jobs import runner
from dexter.jobs.models import Job
from dexter.jobs.signals import job_changed

log = logging.getLogger(__name__)

# A queued job that nobody took for this long has lost its message (a broker without persistence restarted).
LOST_AFTER = timedelta(minutes=2)


@app.task
def reap() -> dict[str, int]:
    """Queue silent jobs again (or fail them after their last attempt) and resend lost messages."""
    pulse.leave("scheduler")  # the most frequent periodic task speaks for the scheduler that sent it
    now = timezone.now()
    failed = [job for job in Job.objects.silent().filter(attempts__gte=F("max_attempts") - 1) if _fail(job)]
    revived = [job for job in Job.objects.silent()[:100] if _revive(job)]
    lost = [
        job
        for job in Job.objects.filter(state=Job.State.QUEUED, created_at__lt=now - LOST_AFTER)[:100]
        if _is_lost(job, now)
    ]
    for job in [*revived, *lost]:
        log.warning("job %s (%s) is sent again", job.pk, job.kind)
        runner.send(job)
    return {"failed": len(failed), "revived": len(revived), "resent": len(lost)}


def _fail(job: Job) -> bool:
    """End a silent job for good, unless its heart beats again meanwhile, and tell those who wait for it."""
    ended = (
        Job.objects.silent()
        .filter(pk=job.pk)
        .update(
            state=Job.State.FAILED,
            finished_at=timezone.now(),
            error="The worker stopped answering; no attempt is left.",
        )
    )
    if ended:
        job_changed.send_robust(Job, job_id=job.pk, kind=job.kind, is_progress=False)
    return bool(ended)


def _revive(job: Job) -> bool:
    """Take a silent job back to the queue, unless its heart beats again meanwhile."""
    return bool(
        Job.objects.silent()
        .filter(pk=job.pk)
        .update(state=Job.State.QUEUED, attempts=F("attempts") + 1, heartbeat_at=timezone.now())
    )


def _is_lost(job: Job, now: object) -> bool:
    """Whether this look is the first in LOST_AFTER that finds the job waiting; marks it as looked at."""
    return bool(
        Job.objects.filter(pk=job.pk, state=Job.State.QUEUED)
        .exclude(heartbeat_at__gt=timezone.now() - LOST_AFTER)
        .update(heartbeat_at=now)
    )
