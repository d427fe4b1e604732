"""Answers as JSON, from the models in turn."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from django.db import close_old_connections

from ai.llm import LLMError, Question, ask_json
from ai.models import LanguageModel
from ai.services.providers import OutboundRefused, client_of

log = logging.getLogger(__name__)


def ask_in_turn(
    models: Sequence[LanguageModel],
    question_for: Callable[[LanguageModel], Question],
    is_cancelled: Callable[[], bool],
) -> tuple[Any, LanguageModel]:
    """The first answer that fits the question's schema, and whose it is.

    Raises the error of the last model (LLMError, OutboundRefused), and Cancelled. `models` is not empty.
    """
    error: LLMError | OutboundRefused | None = None
    for model in models:
        question = question_for(model)
        try:
            client = client_of(model.provider)
            # A model can be silent for minutes, in which nothing of the database is held.
            close_old_connections()
            return ask_json(client, question, is_cancelled=is_cancelled), model
        except (LLMError, OutboundRefused) as failed:
            log.warning("%s did not answer: %s", model, failed)
            error = failed
    assert error is not None  # noqa: S101 - there was a model
    raise error
