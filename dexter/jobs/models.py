"""Job rows: what people and `doctor` see of background work, and what brings it back when a worker dies."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

# A running job writes its heartbeat at least this often; three missed ones and the reaper takes it.
HEARTBEAT = timedelta(seconds=10)
SILENT_AFTER = 3 * HEARTBEAT


class JobQuerySet(models.QuerySet["Job"]):
    def active(self) -> "JobQuerySet":
        return self.filter(state__in=Job.ACTIVE)

    def silent(self) -> "JobQuerySet":
        """Running jobs whose worker no longer writes their heartbeat."""
        return self.filter(state=Job.State.RUNNING, heartbeat_at__lt=timezone.now() - SILENT_AFTER)


class Job(models.Model):
    """One piece of background work. Written by dexter.jobs.runner only.

    queued -> running -> done | failed | stopped
               |  ^
               v  |  (heartbeat silent: the reaper queues it again, at most `max_attempts` times, then failed)
              queued
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        STOPPED = "stopped"

    ACTIVE = (State.QUEUED, State.RUNNING)

    kind = models.CharField(max_length=60, help_text="Dotted name of the Celery task that does the work.")
    # At most one active job per key, held by the constraint below: enqueueing twice is harmless.
    key = models.CharField(max_length=200)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="jobs"
    )
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True, blank=True, help_text="None while it is not known.")
    message = models.CharField(max_length=300, blank=True)
    error = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=3)
    stop_requested = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=models.Q(state__in=["queued", "running"]),
                name="one_active_job_per_key",
            )
        ]
        indexes = [
            models.Index(fields=["state", "heartbeat_at"], name="job_reaper"),  # dexter.jobs.tasks.reap
            models.Index(fields=["kind", "-created_at"], name="job_history"),  # doctor, connection page
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} ({self.state})"

    @property
    def is_active(self) -> bool:
        return self.state in self.ACTIVE

    @property
    def percent(self) -> int | None:
        """Progress, 0 to 100; None while the total is not known."""
        return min(100, self.done * 100 // self.total) if self.total else None
