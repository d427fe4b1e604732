"""Answers as JSON, from the models in turn."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import close_old_connections

from ai.generate.question import question_for
from ai.generate.stopwatch import Stopwatch
from ai.llm import LLMError, Message, ask_json
from ai.models import LanguageModel
from ai.services.measuring import note_call
from ai.services.providers import OutboundRefused, client_of

log = logging.getLogger(__name__)


def ask_in_turn(
    models: Sequence[LanguageModel],
    messages: Sequence[Message],
    schema: Mapping[str, Any],
    is_cancelled: Callable[[], bool],
    *,
    purpose: str,
    template_version: str,
) -> tuple[Any, LanguageModel]:
    """The first answer that fits the schema, and whose it is.

    Each request is noted for the figures. Raises the error of the last model (LLMError, OutboundRefused),
    and Cancelled. `models` is not empty.
    """
    error: LLMError | OutboundRefused | None = None
    for model in models:
        watch = Stopwatch()
        try:
            client = client_of(model.provider)
            # A model can be silent for minutes, in which nothing of the database is held.
            close_old_connections()
            question = question_for(model, messages, schema)
            answer = ask_json(client, question, is_cancelled=is_cancelled, hear=watch.hear)
        except (LLMError, OutboundRefused) as failed:
            log.warning("%s did not answer: %s", model, failed)
            note_call(purpose, model, template_version, error_code=code_of(failed))
            error = failed
            continue
        note_call(
            purpose,
            model,
            template_version,
            first_token=watch.first_token,
            tokens_per_second=watch.tokens_per_second,
        )
        return answer, model
    assert error is not None  # noqa: S101 - there was a model
    raise error


def code_of(error: LLMError | OutboundRefused) -> str:
    """The error's word for programs."""
    return getattr(error, "code", "refused")
