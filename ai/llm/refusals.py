"""Which error a status and its body mean. Servers differ in their words; these were read from their documents
and from what Ollama, llama.cpp and vLLM really answer.

- Ollama: `{"error": "model 'x' not found"}`, https://docs.ollama.com/api/errors
- OpenAI, vLLM: `{"error": {"message": ..., "type": ..., "code": ...}}`, or these at the top (older vLLM)
- llama.cpp: `{"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}` and
  `{"error": {..., "type": "exceed_context_size_error", "n_prompt_tokens": 14429, "n_ctx": 8192}}`
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ai.llm.errors import (
    Busy,
    ContextTooSmall,
    Garbage,
    KeyRefused,
    LLMError,
    Loading,
    ModelMissing,
    Refused,
    ServerFailed,
)

_CONTEXT = re.compile(r"context (?:length|size|window)|maximum context|too many tokens", re.IGNORECASE)
_LIMIT = re.compile(r"(?:context (?:length|size|window)[^\d]{0,20}|\()(\d{3,7})", re.IGNORECASE)
_MISSING = re.compile(
    r"model.{0,120}(?:not found|does not exist|not exist|is not loaded)|try pulling",
    re.IGNORECASE | re.DOTALL,
)
_LOADING = re.compile(r"loading model|model is (?:still )?loading|currently loading", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """What a server says of an error, as far as it says it."""

    words: str = ""
    kind: str = ""
    limit: int | None = None
    needed: int | None = None


def read_said(payload: Any) -> Said | None:
    """What an error's JSON says; None for JSON that is no error."""
    if not isinstance(payload, Mapping):
        return None
    error = payload.get("error")
    if isinstance(error, str):
        return Said(error)
    inner = error if isinstance(error, Mapping) else payload if payload.get("object") == "error" else None
    if inner is None:
        detail = payload.get("detail")
        return Said(str(detail)) if detail else None
    kinds = (inner.get("type"), inner.get("code"))
    return Said(
        str(inner.get("message") or ""),
        " ".join(str(kind) for kind in kinds if kind),
        _number(inner.get("n_ctx")),
        _number(inner.get("n_prompt_tokens")),
    )


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def refusal(status: int, headers: Mapping[str, str], body: bytes, *, model: str = "") -> LLMError:
    """The error for an answer whose status is not 2xx."""
    text = body.decode("utf-8", "replace")
    try:
        said = read_said(json.loads(text))
    except (ValueError, RecursionError):
        said = None
    if said is None and 300 <= status < 500 and status not in (401, 403, 404, 429):
        return Garbage(" ".join(text.split())[:200], status=status)
    return error_of(said or Said(_plain(text)), status, headers, model=model)


def _plain(text: str) -> str:
    """The words of a body that is no JSON; nothing of a web page."""
    return "" if "<" in text[:200] else " ".join(text.split())[:200]


def error_of(
    said: Said, status: int, headers: Mapping[str, str] | None = None, *, model: str = ""
) -> LLMError:
    """The error for what a server says, as an answer or within a stream (then `status` is 200)."""
    words = said.words
    if "exceed_context" in said.kind or "context_length" in said.kind or _CONTEXT.search(words):
        found = _LIMIT.search(words)
        limit = said.limit or (int(found[1]) if found else None)
        return ContextTooSmall(words, status=status, limit=limit, needed=said.needed)
    if _LOADING.search(words):
        return Loading(words, status=status)
    if status in (401, 403):
        return KeyRefused(words, status=status)
    if status == 404 or _MISSING.search(words) or "model_not_found" in said.kind:
        return ModelMissing(words, status=status, model=model)
    if status == 429 or (status == 503 and "busy" in words.lower()):
        return Busy(words, status=status, retry_after=_seconds(headers))
    if 400 <= status < 500:
        return Refused(words, status=status)
    return ServerFailed(words, status=status)


def _seconds(headers: Mapping[str, str] | None) -> float | None:
    given = (headers or {}).get("retry-after", "")
    return float(given) if given.isdigit() else None
