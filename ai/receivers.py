"""What happens when a job of this app ended: its row learns of it, and the next one gets its place."""

from typing import Any

from django.dispatch import receiver

from ai.services.settling import WRITING, send_next, settle_job
from dexter.jobs.models import Job
from dexter.jobs.signals import job_changed


@receiver(job_changed)
def follow_the_job(sender: object, job_id: int, kind: str, is_progress: bool, **_: Any) -> None:
    if kind not in WRITING or is_progress or Job.objects.active().filter(pk=job_id).exists():
        return
    settle_job(job_id)
    send_next()
