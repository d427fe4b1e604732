"""Every request to a model, for the figures of models and templates."""

from django.db import models
from django.utils import timezone

from ai.models.provider import LanguageModel


class ModelCall(models.Model):
    """One request to a model and how it ended. What was asked is on the row that it was asked for.

    Not here: answers from the cache, and requests that somebody stopped. Written by ai.services.measuring
    alone.
    """

    class Purpose(models.TextChoices):
        EXPLANATION = "explanation"
        SUMMARY = "summary"
        SEARCH = "search"

    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    model = models.ForeignKey(LanguageModel, null=True, on_delete=models.SET_NULL, related_name="+")
    model_name = models.CharField(max_length=200)
    template_version = models.CharField(max_length=60, blank=True)
    error_code = models.CharField(max_length=30, blank=True, help_text="Empty: it answered.")
    first_token_seconds = models.FloatField(null=True, blank=True)
    tokens_per_second = models.FloatField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="model_call_age")]  # /ai/metrics/, pruning

    def __str__(self) -> str:
        return f"{self.purpose} by {self.model_name}: {self.error_code or 'answered'}"
