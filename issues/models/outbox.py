"""What people did, and how far it has come to Sentry: history and outbox in one append-only table."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from dexter.jobs.models import Job
from issues.models.connection import Connection
from issues.models.issue import Issue


class IssueAction(models.Model):
    """One action on one issue. Written by issues.services.triage and issues.sync.push alone.

    pending -> sending -> done
       |          |-----> pending   (Sentry did not answer: tried again, in order)
       |          '-----> failed    (Sentry refused: retry or discard by a person)
       '----------------> superseded (a later action made it needless) | withdrawn (taken back, or discarded)
    unchanged          (the issue was like that already; kept for the receipt of a bulk job)
    refused            (Dexter left the issue out and says why; kept for the receipt of a bulk job)
    """

    class State(models.TextChoices):
        PENDING = "pending", "Waiting for Sentry"
        SENDING = "sending", "Being sent"
        DONE = "done", "In Sentry"
        FAILED = "failed", "Sentry refused"
        SUPERSEDED = "superseded", "A later change made it needless"
        WITHDRAWN = "withdrawn", "Taken back"
        UNCHANGED = "unchanged", "It was like that already"
        REFUSED = "refused", "Left out"

    # States in which the cache shows something that Sentry does not say yet.
    OPEN = (State.PENDING, State.SENDING, State.FAILED)
    WAITING = (State.PENDING, State.SENDING)

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="actions")
    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="actions")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="issue_actions"
    )
    kind = models.CharField(max_length=12, help_text="issues.actions.Kind")
    arguments = models.JSONField(default=dict)
    before = models.JSONField(default=dict, help_text="The columns it changed, as they were.")
    after = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    try_at = models.DateTimeField(default=timezone.now, help_text="Not sent before this.")
    claimed_at = models.DateTimeField(null=True, blank=True)
    answer = models.JSONField(null=True, blank=True, help_text="What Sentry said, read back.")
    error = models.TextField(blank=True)
    # Sentry said something else than `before` when it was sent: {"status": ["resolved", "ignored"], ...}
    conflict = models.JSONField(default=dict, blank=True)
    undoes = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="undone_by"
    )
    bulk = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="actions")
    batch = models.UUIDField(null=True, blank=True, help_text="One for all issues a person acted on at once.")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            # issues.sync.push: what waits, oldest first
            models.Index(
                fields=["connection", "id"],
                name="outbox_waiting",
                condition=Q(state__in=["pending", "sending"]),
            ),
            # issue page: activity; issues.sync.store: open changes of the issues on a page
            models.Index(fields=["issue", "-id"], name="actions_of_issue"),
            # outbox page: what failed
            models.Index(fields=["state", "-id"], name="outbox_states"),
            # undo of what one person did last
            models.Index(fields=["user", "-id"], name="actions_of_person"),
            # undo of what was done at once
            models.Index(fields=["batch"], name="actions_of_batch"),
            # receipt of a bulk job, item by item
            models.Index(fields=["bulk", "id"], name="actions_of_bulk"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of issue {self.issue_id} ({self.state})"


class Bulk(models.Model):
    """An action on many issues: the list as it was when somebody said so, and the job that works through it.

    Its receipt, item by item, are the rows of `job.actions`.
    """

    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="bulk")
    kind = models.CharField(max_length=12)
    arguments = models.JSONField(default=dict)
    query = models.CharField(
        max_length=1000, blank=True, help_text="The search, when all that matched were meant."
    )
    issue_ids = models.JSONField(default=list, help_text="Primary keys, frozen.")
    undoes = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="undone_by"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} of {len(self.issue_ids)} issues"
