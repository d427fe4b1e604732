"""Whether the model servers answer, and a try of one model."""

import time
from typing import Any

from django.utils import timezone

from ai.generate.question import question_for
from ai.generate.stopwatch import Stopwatch
from ai.llm import LLMError, Message, Timeouts
from ai.models import LanguageModel, Provider
from ai.services.providers import OutboundRefused, client_of, usual_timeouts

LOOK = Timeouts(connect=3.0)
WORD = "ready"
TRY = f"Answer with the one word {WORD} and nothing else."


def check_provider(provider: Provider) -> Provider:
    """Ask the server for its models and keep what it says, or why it says nothing."""
    provider.checked_at, provider.error, provider.advice = timezone.now(), "", ""
    try:
        found = client_of(provider, timeouts=LOOK).models()
    except (LLMError, OutboundRefused) as error:
        provider.error, provider.advice = error.what, error.todo
    else:
        provider.installed = [
            {
                "name": model.name,
                "size": model.size,
                "parameters": model.parameters,
                "quantization": model.quantization,
                "is_loaded": model.is_loaded,
                "memory": model.memory,
                "until": model.until,
            }
            for model in found
        ]
    provider.save(update_fields=["checked_at", "error", "advice", "installed"])
    return provider


def try_model(model: LanguageModel) -> dict[str, Any]:
    """Ask the model for one word and keep how that went in `model.tested`."""
    started, watch, text = time.monotonic(), Stopwatch(), ""
    result: dict[str, Any] = {"at": timezone.now().isoformat(), "ok": False}
    question = question_for(model, [Message("user", TRY)])
    try:
        for piece in client_of(model.provider, timeouts=usual_timeouts()).chat(question):
            watch.hear(piece)
            text = piece.text if piece.forget else text + piece.text
    except (LLMError, OutboundRefused) as error:
        result |= {"what": error.what, "todo": error.todo}
    else:
        result |= {"ok": bool(text.strip()), "text": text.strip()[:200]}
        if not result["ok"]:
            result |= {"what": "The model answered with nothing.", "todo": "Choose another model."}
    result |= {
        "seconds": round(time.monotonic() - started, 3),
        "first_token": watch.first_token and round(watch.first_token, 3),
        "tokens_per_second": watch.tokens_per_second and round(watch.tokens_per_second, 1),
    }
    LanguageModel.objects.filter(pk=model.pk).update(tested=result)
    return result
