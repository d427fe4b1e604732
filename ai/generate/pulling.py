"""One download of a model, with its progress on the job."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ai.generate.health import check_provider
from ai.llm import Cancelled, Ollama, PullProgress
from ai.models import Provider
from ai.services.providers import client_of, usual_timeouts
from ai.services.pulling import MEGABYTE, offer
from dexter.jobs.runner import Stopped

TELL_EVERY = 0.5  # seconds
LONGEST = 24 * 3600.0  # seconds; a large model over a slow line


def pull(
    provider: Provider, name: str, *, report: Callable[..., None], is_cancelled: Callable[[], bool]
) -> None:
    """Download the model, and offer it to people. Raises LLMError, OutboundRefused and Stopped."""
    client: Any = client_of(provider, timeouts=replace(usual_timeouts(), idle=300.0, whole=LONGEST))
    if not isinstance(client, Ollama):
        raise TypeError("only Ollama downloads models")
    told = 0.0
    try:
        for step in client.pull(name, is_cancelled=is_cancelled):
            if time.monotonic() - told >= TELL_EVERY:
                told = time.monotonic()
                report(*_megabytes(step), step.status)
    except Cancelled as error:
        raise Stopped from error
    check_provider(provider)
    offer(provider, name)


def _megabytes(step: PullProgress) -> tuple[int | None, int | None]:
    return (
        None if step.total is None else (step.done or 0) // MEGABYTE,
        None if step.total is None else step.total // MEGABYTE,
    )
