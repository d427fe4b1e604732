"""Servers with language models, and the models that people may choose from."""

from datetime import UTC, datetime
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models

from issues.models.fields import EncryptedTextField


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text or "").astimezone(UTC)
    except ValueError:
        return None


class Provider(models.Model):
    """A model server. The admin writes its address, ai.generate.health what was last seen of it."""

    class Kind(models.TextChoices):
        OLLAMA = "ollama", "Ollama"
        OPENAI = "openai", "OpenAI-compatible"

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.OLLAMA)
    base_url = models.URLField(
        max_length=300,
        verbose_name="address",
        help_text="Such as http://ollama.example.org:11434 or https://vllm.example.org/v1",
    )
    api_key = EncryptedTextField(default="", blank=True)
    enabled = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=100, help_text="Lower ones are listed first.")
    is_from_environment = models.BooleanField(default=False, editable=False)

    # Last seen of each installed model: {"name", "size", "parameters", "quantization", "is_loaded", "memory",
    # "until"}.
    installed = models.JSONField(default=list, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True, help_text="What is wrong with it; empty when it answered.")
    advice = models.TextField(blank=True)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_well(self) -> bool | None:
        """Whether it answered when it was last asked; None before that."""
        return None if self.checked_at is None else not self.error

    @property
    def loaded(self) -> list[dict[str, Any]]:
        """The models in its memory when it was last asked; `leaves` is when each is to go (UTC), or None."""
        loaded = [item for item in self.installed if item.get("is_loaded")]
        return [{**item, "leaves": _moment(item.get("until"))} for item in loaded]

    @property
    def not_offered(self) -> list[str]:
        """Names of installed models that nobody can choose yet; reads `models`."""
        offered = {model.name for model in self.language_models.all()}
        names = [str(item.get("name", "")) for item in self.installed]
        return [name for name in names if not {name, name.removesuffix(":latest")} & offered]


class LanguageModel(models.Model):
    """A model that people may choose; those with `position` are asked in this order when one before fails."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="language_models")
    name = models.CharField(max_length=200, help_text="As the server calls it, such as qwen2.5-coder:14b")
    context_size = models.PositiveIntegerField(
        default=8192,
        validators=[MinValueValidator(1024)],
        help_text="Tokens of question and answer together that the model is given room for.",
    )
    answer_size = models.PositiveIntegerField(
        default=1200, validators=[MinValueValidator(64)], help_text="Tokens of an answer at most."
    )
    options = models.JSONField(
        default=dict, blank=True, help_text='Passed on as they are, such as {"temperature": 0.2}'
    )
    is_default = models.BooleanField(default=False, help_text="Asked where nobody chose. One model at most.")
    is_fallback = models.BooleanField(default=True, help_text="May answer where another model fails.")
    position = models.PositiveSmallIntegerField(
        default=100, help_text="Order of the fallback: lower ones are asked first."
    )
    enabled = models.BooleanField(default=True)
    # The last test by hand: {"at", "ok", "text", "seconds", "first_token", "tokens_per_second"}
    tested = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        ordering = ["-is_default", "position", "name"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "name"], name="model_key"),
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="one_default_model"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def budget(self) -> int:
        """Tokens that a question may have, so that there is room for the answer."""
        return max(256, self.context_size - self.answer_size)
