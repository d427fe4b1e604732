"""What was asked and answered. A row is the record of who asked what, and of exactly what was sent."""

from django.conf import settings
from django.db import models

from ai.models.provider import LanguageModel
from dexter.jobs.models import Job
from issues.models import Event, Issue


class Explanation(models.Model):
    """One question about an event and its answer. Written by ai.services.asking and ai.generate alone.

    queued -> running -> done | failed | cancelled    (a hit in the cache is done at once)

    The job does the work and is what brings it back: when it ends without having ended the row (its worker
    was killed for the last time), ai.services.settling does.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    OPEN = (State.QUEUED, State.RUNNING)
    LONGEST_QUESTION = 1000

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="explanations",
    )
    issue = models.ForeignKey(Issue, null=True, on_delete=models.SET_NULL, related_name="explanations")
    event = models.ForeignKey(Event, null=True, on_delete=models.SET_NULL, related_name="explanations")
    # Stay true when issue and event are no longer in the cache.
    issue_ref = models.CharField(max_length=100, blank=True)
    event_ref = models.CharField(max_length=32, blank=True)
    question = models.CharField(
        max_length=LONGEST_QUESTION, blank=True, help_text="Empty: explain the error."
    )
    follows = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="followed_by"
    )
    retry_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="retries"
    )

    chosen_model = models.ForeignKey(
        LanguageModel, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    model = models.ForeignKey(
        LanguageModel, null=True, blank=True, on_delete=models.SET_NULL, related_name="explanations"
    )
    model_name = models.CharField(max_length=200, blank=True, help_text="Which answered, or was asked last.")
    category = models.CharField(max_length=40, blank=True)
    template_version = models.CharField(max_length=60, blank=True)
    context_hash = models.CharField(max_length=64, blank=True)
    cache_key = models.CharField(max_length=64, blank=True)
    answered_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="reused_by"
    )

    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField(blank=True)
    # Markers that were found, as ai.prompts.check gives them, and those that were made up.
    citations = models.JSONField(default=list, blank=True)
    invented = models.JSONField(default=list, blank=True)
    is_grounded = models.BooleanField(null=True, blank=True, help_text="None until the answer was checked.")
    is_cut = models.BooleanField(default=False, help_text="It ended for lack of room (answer size).")
    # {"messages": [{"role", "content"}], "parts": [{"name", "label", "tokens", ...}], "markers": {...}}
    sent = models.JSONField(default=dict, blank=True)
    left_out = models.JSONField(default=list, blank=True)
    # Models that failed before: [{"model", "code", "what", "todo"}, ...]
    tried = models.JSONField(default=list, blank=True)
    error_code = models.CharField(max_length=30, blank=True)
    error = models.TextField(blank=True)
    advice = models.TextField(blank=True)

    estimated_tokens = models.PositiveIntegerField(null=True, blank=True)
    prompt_tokens = models.PositiveIntegerField(null=True, blank=True)
    answer_tokens = models.PositiveIntegerField(null=True, blank=True)
    first_token_seconds = models.FloatField(null=True, blank=True, help_text="From asking the model.")
    tokens_per_second = models.FloatField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["issue", "-id"], name="explanations_of_issue"),  # the issue page's panel
            models.Index(
                fields=["cache_key", "-id"], name="explanation_cache"
            ),  # asking: has this been answered?
            models.Index(fields=["asked_by", "created_at"], name="explanation_limit"),  # the daily limit
            models.Index(fields=["state", "id"], name="explanation_queue"),  # place in the queue, settling
            models.Index(fields=["created_at"], name="explanation_age"),  # /ai/metrics/, pruning
        ]

    def __str__(self) -> str:
        return f"explanation {self.pk} of {self.issue_ref or 'an issue'}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def invented_words(self) -> str:
        """For a badge: "2 made up"."""
        return f"{len(self.invented)} made up"


class Feedback(models.Model):
    """What a person says of an answer: one row per person."""

    explanation = models.ForeignKey(Explanation, on_delete=models.CASCADE, related_name="feedback")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="explanation_feedback"
    )
    is_helpful = models.BooleanField()
    reason = models.CharField(max_length=500, blank=True)
    given_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["explanation", "user"], name="one_feedback_each")]

    def __str__(self) -> str:
        return f"{'helpful' if self.is_helpful else 'not helpful'}: {self.explanation}"
