"""Issues in one line: what a model made of each, with what it was asked by."""

from django.db import models

from ai.models.provider import LanguageModel
from issues.models import Event, Issue


class Summary(models.Model):
    """The last try to have an issue said in one line. `text` is "" where no model could; `error` says why.

    Written by ai.services.summaries alone, which also puts the text on the issue, where lists read it.
    """

    issue = models.OneToOneField(Issue, on_delete=models.CASCADE, related_name="written_summary")
    event = models.ForeignKey(Event, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    model = models.ForeignKey(
        LanguageModel, null=True, blank=True, on_delete=models.SET_NULL, related_name="summaries"
    )
    model_name = models.CharField(max_length=200, blank=True)
    template_version = models.CharField(max_length=60)
    context_hash = models.CharField(max_length=64, blank=True)
    # What was sent: {"messages": [{"role", "content"}]}
    sent = models.JSONField(default=dict, blank=True)
    text = models.CharField(max_length=300, blank=True)
    error = models.TextField(blank=True)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["made_at"], name="summary_age")]  # the day's budget, pruning
        verbose_name_plural = "summaries"

    def __str__(self) -> str:
        return self.text or self.error
