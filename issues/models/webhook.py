"""Webhooks as they arrived: the raw body is stored before anything else happens to it."""

import zlib

from django.db import models
from django.db.models import Q

from issues.models.connection import Connection


class WebhookDelivery(models.Model):
    """One signed delivery. Written by the webhook view (insert) and issues.sync.webhooks (the rest).

    pending -> processing -> done | ignored | failed
       ^           |
       '-----------'  (the worker died, or Sentry has to be asked and does not answer: tried again)

    `needs_sentry` tells deliveries whose body does not say enough; they wait for a request to Sentry of their
    own kind, so that a slow Sentry holds up no others.
    """

    class State(models.TextChoices):
        PENDING = "pending", "Waiting"
        PROCESSING = "processing", "Being processed"
        DONE = "done", "Taken over"
        IGNORED = "ignored", "Kept, nothing to do"
        FAILED = "failed", "Could not be processed"

    WAITING = (State.PENDING, State.PROCESSING)

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="deliveries")
    request_id = models.CharField(max_length=64, help_text="Header Request-ID; the same one counts once.")
    resource = models.CharField(max_length=40, help_text="Header Sentry-Hook-Resource.")
    action = models.CharField(max_length=60, blank=True, help_text="From the body, once it was read.")
    issue_ref = models.CharField(max_length=40, blank=True, help_text="Sentry's id of the issue it is about.")
    body = models.BinaryField(help_text="zlib; emptied once the events in it are stored.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    needs_sentry = models.BooleanField(default=False)
    is_echo = models.BooleanField(default=False, help_text="Dexter's own change came back.")
    note = models.CharField(max_length=300, blank=True, help_text="What Dexter made of it.")
    error = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Header Sentry-Hook-Timestamp: not signed, whole seconds.
    sent_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(auto_now_add=True)
    try_at = models.DateTimeField(null=True, blank=True, help_text="Not processed before this.")
    claimed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "webhook deliveries"
        constraints = [models.UniqueConstraint(fields=["connection", "request_id"], name="delivery_once")]
        indexes = [
            # issues.sync.webhooks.claims: what waits, oldest first
            models.Index(
                fields=["connection", "id"],
                name="deliveries_waiting",
                condition=Q(state__in=["pending", "processing"]),
            ),
            # admin, newest first; issues.sync.prune
            models.Index(fields=["-received_at"], name="deliveries_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.resource}.{self.action or '?'} ({self.state})"

    @staticmethod
    def pack(raw_body: bytes) -> bytes:
        """Level 1: this runs while Sentry waits for the answer."""
        return zlib.compress(raw_body, 1)

    def unpack(self) -> bytes:
        """The body as it was signed; empty once it was emptied. Raises zlib.error when it is damaged."""
        return zlib.decompress(bytes(self.body)) if self.body else b""


class WebhookRefusal(models.Model):
    """Deliveries of one connection that were answered 401 or 413, by reason: how many, and the last few.

    One row a reason, so that whoever knocks without end fills nothing.
    """

    KEPT = 20

    class Reason(models.TextChoices):
        UNSIGNED = "unsigned", "No signature"
        WRONG_SIGNATURE = "wrong_signature", "The signature is not of this connection's secret"
        NO_SECRET = "no_secret", "No webhook secret is set here, or it cannot be decrypted"
        TOO_LARGE = "too_large", "Larger than 1 MB"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="refusals")
    reason = models.CharField(max_length=16, choices=Reason.choices)
    count = models.PositiveBigIntegerField(default=0)
    last_at = models.DateTimeField(auto_now=True)
    # Newest first, at most KEPT: [{"at": iso time, "from": address, "Request-ID": ..., ...}]
    last = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "reason"], name="refusal_key")]

    def __str__(self) -> str:
        return f"{self.count} x {self.get_reason_display()}"
