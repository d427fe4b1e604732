"""Events: a kept sample per issue; the columns a page filters by, the payload in a table of its own."""

import json
import zlib
from typing import Any

from django.db import models

from issues.models.issue import Issue
from issues.models.project import Project


class Event(models.Model):
    """One cached event. Written by issues.sync alone; pruned to the kept sample, pinned ones stay."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="events")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="events")
    event_id = models.CharField(max_length=32)
    date = models.DateTimeField()
    title = models.CharField(max_length=500, blank=True)
    message = models.CharField(max_length=1000, blank=True)
    level = models.CharField(max_length=8, blank=True)
    platform = models.CharField(max_length=64, blank=True)
    environment = models.CharField(max_length=64, blank=True)
    release = models.CharField(max_length=250, blank=True)
    transaction = models.CharField(max_length=300, blank=True)
    trace_id = models.CharField(max_length=32, blank=True)
    user_key = models.CharField(
        max_length=200, blank=True, help_text="Identity; masked wherever it is shown."
    )
    is_pinned = models.BooleanField(default=False)
    stored_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "event_id"], name="event_key")]
        indexes = [
            models.Index(
                fields=["issue", "-date", "-id"], name="events_of_issue"
            ),  # issue page, events table
            models.Index(fields=["event_id"], name="event_lookup"),  # search by event id
            models.Index(fields=["trace_id"], name="event_trace"),  # search by trace
            models.Index(fields=["stored_at"], name="event_prune"),  # issues.sync.prune
        ]

    def __str__(self) -> str:
        return self.event_id


class EventPayload(models.Model):
    """The event as the Web API gave it: JSON, zlib-compressed."""

    event = models.OneToOneField(
        Event, on_delete=models.CASCADE, primary_key=True, related_name="stored_payload"
    )
    data = models.BinaryField()
    attachments = models.JSONField(
        null=True, blank=True, help_text="As Sentry lists them; None: nobody asked yet."
    )

    def __str__(self) -> str:
        return f"payload of {self.event_id}"

    @staticmethod
    def pack(payload: dict[str, Any]) -> bytes:
        return zlib.compress(json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode(), 6)

    def unpack(self) -> dict[str, Any]:
        """Raises zlib.error or ValueError when the stored bytes are damaged."""
        return json.loads(zlib.decompress(bytes(self.data)))
