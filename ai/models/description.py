"""Searches that people described in words, for a model to make a query of."""

from django.conf import settings
from django.db import models

from ai.models.explanation import Explanation
from ai.models.provider import LanguageModel
from dexter.jobs.models import Job


class Description(models.Model):
    """A search in words and the query that it became; nothing has run it. Seen by who asked alone.

    queued -> running -> done | failed | cancelled    done: `query` parses; `by` says who made it

    Where no model could, rules did, and `note` says why. Failed: rules could not either. Written by
    ai.services.describing alone.
    """

    State = Explanation.State
    OPEN = Explanation.OPEN

    class By(models.TextChoices):
        MODEL = "model"
        RULES = "rules"

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="descriptions"
    )
    words = models.CharField(max_length=300)
    chosen_model = models.ForeignKey(
        LanguageModel, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    model_name = models.CharField(max_length=200, blank=True, help_text="Which made it, or was asked last.")
    template_version = models.CharField(max_length=60, blank=True)
    # What is sent: {"messages": [{"role", "content"}]}
    sent = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    query = models.CharField(max_length=1000, blank=True)
    by = models.CharField(max_length=5, choices=By.choices, blank=True)
    said = models.CharField(max_length=300, blank=True, help_text="How the model explains its query.")
    note = models.TextField(blank=True, help_text="Why rules made it, or nobody could.")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["asked_by", "created_at"], name="description_limit"),  # the daily limit
            models.Index(fields=["state", "id"], name="description_open"),  # settling
            models.Index(fields=["created_at"], name="description_age"),  # pruning
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN
