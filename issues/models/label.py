"""Labels of issues: Dexter's own, never sent to Sentry."""

from django.conf import settings
from django.db import models

from issues.models.issue import Issue


class Label(models.Model):
    class Tone(models.TextChoices):
        DEBUG = "debug", "Grey"
        INFO = "info", "Blue"
        OK = "ok", "Green"
        WARN = "warn", "Amber"
        ERROR = "error", "Red"
        LOCK = "lock", "Violet"

    name = models.CharField(max_length=40, unique=True)
    tone = models.CharField(max_length=6, choices=Tone.choices, default=Tone.DEBUG)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class IssueLabel(models.Model):
    """A label that somebody put on an issue. Written by issues.services.labels alone."""

    # Without an index of its own: the one of issue_label_key begins with it.
    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="labels", db_index=False)
    label = models.ForeignKey(Label, on_delete=models.CASCADE, related_name="issues")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["label__name"]
        constraints = [models.UniqueConstraint(fields=["issue", "label"], name="issue_label_key")]

    def __str__(self) -> str:
        return f"{self.label_id} on {self.issue_id}"
