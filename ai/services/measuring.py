"""Requests to models, written down for the figures."""

from datetime import datetime

from ai.models import LanguageModel, ModelCall

Purpose = ModelCall.Purpose


def note_call(
    purpose: str,
    model: LanguageModel,
    template_version: str,
    *,
    error_code: str = "",
    first_token: float | None = None,
    tokens_per_second: float | None = None,
) -> None:
    """A model was asked. `error_code` is "" when it answered; times in seconds."""
    ModelCall.objects.create(
        purpose=purpose,
        model=model,
        model_name=model.name,
        template_version=template_version,
        error_code=error_code,
        first_token_seconds=first_token,
        tokens_per_second=tokens_per_second,
    )


def prune_calls(before: datetime) -> int:
    """Forget older ones; how many."""
    return ModelCall.objects.filter(created_at__lt=before).delete()[0]
