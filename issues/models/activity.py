"""What happened to an issue: Sentry's own activity, and who looked behind a mask."""

from django.conf import settings
from django.db import models

from issues.models.event import Event
from issues.models.issue import Issue


class Activity(models.Model):
    """One entry of Sentry's activity feed. Written by issues.sync alone."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="activity")
    sentry_id = models.CharField(max_length=40)
    type = models.CharField(max_length=60, help_text="set_resolved, assigned, note, ...")
    user_name = models.CharField(max_length=200, blank=True, help_text="Empty: Sentry itself.")
    data = models.JSONField(default=dict)
    date = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issue", "sentry_id"], name="activity_key")]
        indexes = [models.Index(fields=["issue", "-date"], name="activity_feed")]  # issue page, activity

    def __str__(self) -> str:
        return f"{self.type} of {self.issue_id}"


class Reveal(models.Model):
    """Who looked at which masked value, and when. Append-only; the value itself is not stored."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="reveals"
    )
    event = models.ForeignKey(Event, null=True, on_delete=models.SET_NULL, related_name="reveals")
    issue = models.ForeignKey(Issue, null=True, on_delete=models.SET_NULL, related_name="reveals")
    event_ref = models.CharField(max_length=32, help_text="The event's id, kept when the event is pruned.")
    path = models.CharField(max_length=300, help_text="Where in the event, for example user.email")
    kind = models.CharField(max_length=40)
    date = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["-date"], name="reveal_log")]  # admin, reveals
        permissions = [("reveal_personal_data", "Can look at masked personal data of events")]

    def __str__(self) -> str:
        return f"{self.path} of {self.event_ref}"
