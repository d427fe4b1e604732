"""A row per sync: what the freshness line and `doctor` read."""

from django.db import models

from dexter.jobs.models import Job
from issues.models.connection import Connection


class SyncRun(models.Model):
    """One sync of one connection. Written by issues.sync alone; state and heartbeat are the job's."""

    class Kind(models.TextChoices):
        FULL = "full", "Full"
        INCREMENTAL = "incremental", "Incremental"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="runs")
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="sync_runs")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    projects = models.JSONField(default=list, blank=True, help_text="Slugs it was limited to; empty: all.")
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    is_complete = models.BooleanField(default=False)
    # Where a killed run goes on: {"since": iso time, "<project id>": {"cursor": str | null, "done": bool}}
    checkpoint = models.JSONField(default=dict, blank=True)
    pages = models.PositiveIntegerField(default=0)
    issues_seen = models.PositiveIntegerField(default=0)
    issues_created = models.PositiveIntegerField(default=0)
    issues_changed = models.PositiveIntegerField(
        default=0, help_text="New, or with another status or assignee than the cache had."
    )
    issues_gone = models.PositiveIntegerField(default=0)
    events_stored = models.PositiveIntegerField(default=0)
    requests = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0, help_text="Answers with status 429.")
    # {"limit": 40, "remaining": 3, "seconds": 12.5}: what the server allowed and how long the run took
    budget = models.JSONField(default=dict, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["connection", "-started_at"], name="run_history")]  # freshness line

    def __str__(self) -> str:
        return f"{self.kind} sync of {self.connection_id}"
