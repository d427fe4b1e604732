"""What a team wants to keep: how an issue was fixed, and events that show something."""

from django.conf import settings
from django.db import models

from issues.models.event import Event
from issues.models.issue import Issue


class ResolutionNote(models.Model):
    """How an issue was fixed, in a person's words; shown where a similar issue appears.

    Written by issues.services.knowledge alone.
    """

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="resolution_notes")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="resolution_notes"
    )
    text = models.CharField(max_length=500)
    url = models.URLField(max_length=500, blank=True, help_text="Of the change, the ticket, the runbook.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["issue", "-created_at"], name="resolutions_of_issue"
            )  # issue page, "seen before"
        ]

    def __str__(self) -> str:
        return self.text


class Pin(models.Model):
    """Who keeps an event past pruning. `Event.is_pinned` says the same where only that is asked.

    Written by issues.services.knowledge alone.
    """

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="pin")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="pins"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["-created_at", "-id"], name="pins_newest")]  # /pins/

    def __str__(self) -> str:
        return f"pin of event {self.event_id}"
