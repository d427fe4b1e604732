"""What people say about issues: comments, who watches, and what waits in somebody's inbox."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from issues.models.connection import Connection
from issues.models.issue import Issue


class Comment(models.Model):
    """A comment on an issue, written in Dexter or found among Sentry's notes; its own outbox row.

    Written by issues.services.discussion (what people do) and issues.sync.notes (the way to Sentry and back).

    local              (stays in Dexter: the author or the server wanted it so)
    pending -> sending -> sent
       ^          |--------> failed   (Sentry refused; a person tries again)
       '----------'  (Sentry did not answer, or the text changed meanwhile)

    What is to be sent follows from the row: nothing in Sentry yet (`sentry_id` empty) is created, another
    text than `sent_text` is updated, `deleted_at` is deleted. `revision` counts the changes, so that a change
    made while an earlier one is on its way is not taken for sent.
    """

    class State(models.TextChoices):
        LOCAL = "local", "In Dexter only"
        PENDING = "pending", "Waiting for Sentry"
        SENDING = "sending", "Being sent"
        SENT = "sent", "In Sentry"
        FAILED = "failed", "Sentry refused"

    WAITING = (State.PENDING, State.SENDING)
    LONGEST = 20_000

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="comments")
    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="comments")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="comments"
    )
    author_name = models.CharField(max_length=200, blank=True, help_text="As it was when it was written.")
    text = models.TextField(help_text="Markdown.")
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    # The row stays, so that the note of a deleted comment is not taken for a new one.
    deleted_at = models.DateTimeField(null=True, blank=True)

    state = models.CharField(max_length=8, choices=State.choices, default=State.LOCAL)
    revision = models.PositiveIntegerField(default=0)
    sentry_id = models.CharField(max_length=40, blank=True, help_text="Of the note; empty: not known there.")
    sent_text = models.TextField(blank=True, help_text="The text of the note, as Sentry has it.")
    attempts = models.PositiveSmallIntegerField(default=0)
    try_at = models.DateTimeField(default=timezone.now, help_text="Not sent before this.")
    claimed_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "sentry_id"], name="comment_of_note", condition=~Q(sentry_id="")
            )
        ]
        indexes = [
            # issue page, activity: the stream
            models.Index(fields=["issue", "-created_at", "-id"], name="comments_of_issue"),
            # issues.sync.notes: what waits, oldest first
            models.Index(
                fields=["connection", "id"],
                name="notes_waiting",
                condition=Q(state__in=["pending", "sending"]),
            ),
        ]

    def __str__(self) -> str:
        return f"comment {self.pk} on {self.issue_id} ({self.state})"

    @property
    def is_from_sentry(self) -> bool:
        """Whether it was written in Sentry; such a comment is changed there."""
        return self.user_id is None and bool(self.sentry_id) and not self.revision


class Watch(models.Model):
    """Whether a person hears of an issue. Without a row the assignee watches, others do not.

    Written by issues.services.watching alone.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="watches")
    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="watches")
    is_on = models.BooleanField(default=True, help_text="Off: asked not to hear of it any more.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "watches"
        # Its index begins with the issue: "who watches this one?"
        constraints = [models.UniqueConstraint(fields=["issue", "user"], name="watch_key")]

    def __str__(self) -> str:
        return f"{self.user_id} {'watches' if self.is_on else 'does not watch'} {self.issue_id}"


class InboxEntry(models.Model):
    """Something a person should hear of. Written by issues.services.inbox alone.

    `email` goes due -> sent | failed; none where the person wants no mail or has no address.
    """

    class Kind(models.TextChoices):
        MENTION = "mention", "mentioned you"
        TEAM = "team", "mentioned your team"
        COMMENT = "comment", "commented"
        ASSIGNED = "assigned", "assigned it to you"

    class Email(models.TextChoices):
        NONE = "none", "No e-mail"
        DUE = "due", "To be sent"
        SENT = "sent", "Sent"
        FAILED = "failed", "Not sent"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="inbox")
    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="inbox_entries")
    # Cascades: what was said in a deleted comment is in no inbox any more.
    comment = models.ForeignKey(
        Comment, null=True, blank=True, on_delete=models.CASCADE, related_name="inbox_entries"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)
    actor_name = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    email = models.CharField(max_length=6, choices=Email.choices, default=Email.NONE)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name_plural = "inbox entries"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "comment"], name="inbox_once", condition=Q(comment__isnull=False)
            )
        ]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="inbox_page"),  # /inbox/
            # the count at the bell of every page
            models.Index(fields=["user"], name="inbox_unread", condition=Q(read_at__isnull=True)),
            # issues.services.inbox_mail
            models.Index(fields=["id"], name="inbox_mail", condition=Q(email="due")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"
