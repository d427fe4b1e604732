"""Deadlock reports, as `deadlocks.analyzer` reads them."""

from typing import Any

from django.db import models
from django.urls import reverse

from deadlocks.models.log_file import LogReport
from issues.models import Event, Issue


class DeadlockReport(models.Model):
    """One report of one event. Written by deadlocks.services.reports alone.

    It outlives its event, which the cache keeps for a time only. `value` is what
    `deadlocks.analyzer.render.to_value` made of the report, with its timeline; personal data in it are
    masked when it is shown.
    """

    class Severity(models.TextChoices):
        CRITICAL = "critical"
        HIGH = "high"
        MEDIUM = "medium"
        LOW = "low"

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="deadlock_reports")
    event = models.ForeignKey(Event, null=True, on_delete=models.SET_NULL, related_name="deadlock_reports")
    event_key = models.CharField(max_length=36, help_text="Sentry's id of the event.")
    position = models.PositiveSmallIntegerField(help_text="Among the reports of the event.")
    version = models.CharField(max_length=10, help_text="Of the analyzer.")
    tried = models.CharField(max_length=10, blank=True, help_text="Version that made it again, or could not.")
    root_cause = models.CharField(max_length=40)
    confidence = models.FloatField(help_text="0 to 1.")
    severity = models.CharField(max_length=8, choices=Severity.choices)
    occurred_at = models.DateTimeField(help_text="Of the event, UTC.")
    victim_pid = models.PositiveIntegerField(null=True)
    tables = models.JSONField(default=list)
    # Equal for deadlocks that are alike: deadlocks.services.reports.pair_of.
    pair = models.CharField(max_length=16, blank=True)
    value = models.JSONField()
    joined = models.JSONField(
        null=True, help_text="The same with what a kept log adds; the columns above say what this says."
    )
    log_report = models.ForeignKey(
        LogReport, null=True, on_delete=models.SET_NULL, related_name="joined_reports"
    )
    raw = models.TextField(blank=True, help_text="Its text as the event has it; masked when it is shown.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issue", "event_key", "position"], name="deadlock_report_key")
        ]
        indexes = [
            # /deadlocks/, newest first; all causes or one
            models.Index(fields=["-occurred_at", "-id"], name="deadlocks_newest"),
            models.Index(fields=["root_cause", "-occurred_at", "-id"], name="deadlocks_of_cause"),
            # Panel of an issue; how often it was in a day
            models.Index(fields=["issue", "-occurred_at"], name="deadlocks_of_issue"),
            # Page of a report: how often the same statements met
            models.Index(fields=["pair", "-occurred_at"], name="deadlocks_of_pair"),
            # deadlocks.services.joins: a log that was kept looks for its events
            models.Index(fields=["victim_pid", "occurred_at"], name="deadlocks_of_victim"),
        ]

    def __str__(self) -> str:
        return f"{self.root_cause} in {self.event_key}"

    def get_absolute_url(self) -> str:
        return f"/deadlocks/{self.pk}/"

    def get_follow_url(self) -> str:
        return reverse("deadlocks:follow", args=[self.pk])

    @property
    def known(self) -> dict[str, Any]:
        """All that is known of it to everybody: `value`, with what a kept log adds."""
        return self.joined or self.value
