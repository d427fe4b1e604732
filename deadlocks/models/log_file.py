"""Server logs that people or shippers gave, and the reports found in them."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from dexter.jobs.models import Job


class LogFile(models.Model):
    """A log or a pasted text. Written by deadlocks.services.logs and the job that reads it.

    Its file lies in LOGS_DIR until it was read. Without `kept` the row and its reports go after
    KEEP_LOGS_HOURS.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="log_files"
    )
    name = models.CharField(max_length=200)
    file = models.CharField(max_length=60, blank=True, help_text="Its name in LOGS_DIR; empty: none.")
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes that came.")
    job = models.OneToOneField(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="log_file")
    found = models.PositiveIntegerField(null=True, blank=True, help_text="Reports; None: not read yet.")
    looks_like = models.CharField(max_length=30, blank=True, help_text="What it is instead, without reports.")
    keeps = models.BooleanField(default=False, help_text="To be kept as soon as a report is found in it.")
    kept = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-id"], name="logs_of_person"),  # /deadlocks/analyze/
            models.Index(fields=["kept", "-id"], name="logs_kept"),  # /deadlocks/analyze/
            models.Index(fields=["created_at"], name="logs_to_prune"),  # deadlocks.services.logs
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_waiting(self) -> bool:
        """Whether a job reads it, or will."""
        return self.found is None and self.job is not None and self.job.state in Job.ACTIVE

    @property
    def goes_at(self) -> Any:
        return (self.created_at or timezone.now()) + timedelta(hours=settings.KEEP_LOGS_HOURS)


class LogReport(models.Model):
    """One report of a log. Written with the log."""

    log = models.ForeignKey(LogFile, on_delete=models.CASCADE, related_name="reports")
    position = models.PositiveIntegerField(help_text="From 0, in the order of the log.")
    root_cause = models.CharField(max_length=40)
    value = models.JSONField(help_text="deadlocks.analyzer.render.to_value, with its timeline.")
    raw = models.TextField(blank=True, help_text="Its text as the log has it; masked when it is shown.")
    version = models.CharField(max_length=10, help_text="Of the analyzer.")
    tried = models.CharField(max_length=10, blank=True, help_text="Version that made it again, or could not.")
    victim_pid = models.PositiveBigIntegerField(null=True)
    # Equal for deadlocks that are alike, here and in events: deadlocks.services.reports.pair_of.
    pair = models.CharField(max_length=16, blank=True)
    occurred_at = models.DateTimeField(null=True, help_text="None: the log's time names no offset.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["log", "position"], name="log_report_key")]
        indexes = [
            # /deadlocks/<id>/, the same deadlock in a log
            models.Index(fields=["victim_pid", "occurred_at"], name="log_reports_of_victim"),
            # /deadlocks/history/
            models.Index(fields=["pair", "occurred_at"], name="log_reports_of_pair"),
            models.Index(fields=["occurred_at"], name="log_reports_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.root_cause} in log {self.log_id}"

    def get_absolute_url(self) -> str:
        return f"/deadlocks/logs/{self.log_id}/?from={self.position}"

    def get_follow_url(self) -> str:
        return reverse("deadlocks:follow-log", args=[self.log_id, self.position])

    @property
    def known(self) -> dict[str, Any]:
        """All that is known of it, as in DeadlockReport."""
        return dict(self.value)
