"""Advice that somebody followed."""

from django.conf import settings
from django.db import models


class FollowedAdvice(models.Model):
    """A recommendation for all deadlocks of the same statements that a person marked as done. Written by
    deadlocks.services.advice alone.
    """

    pair = models.CharField(max_length=16, help_text="As in DeadlockReport.")
    title = models.CharField(max_length=300, help_text="Of the recommendation.")
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="followed_advice"
    )
    done_at = models.DateTimeField()

    class Meta:
        # Marking twice is harmless. Serves /deadlocks/history/ and the page of a report.
        constraints = [models.UniqueConstraint(fields=["pair", "title"], name="followed_advice_key")]

    def __str__(self) -> str:
        return self.title
