"""Ollama's own API: https://github.com/ollama/ollama/blob/main/docs/api.md , https://docs.ollama.com/api/errors"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ai.llm.errors import CutOff, Garbage
from ai.llm.refusals import error_of, read_said, refusal
from ai.llm.shell import Connect, IsCancelled, Shell, never, parse
from ai.llm.thinking import without_thinking
from ai.llm.values import Installed, Piece, PullProgress, Question, Timeouts, Usage

NANOSECONDS = 1_000_000_000
# Options that stand beside `options` in a request: https://github.com/ollama/ollama/blob/main/docs/api.md#parameters-1
BESIDE = ("keep_alive", "think")


class Ollama:
    """One Ollama server."""

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str = "",
        connect: Connect | None = None,
        timeouts: Timeouts | None = None,
    ) -> None:
        def given(refusal_of: str) -> Shell:
            return Shell(
                base_url,
                refusal=lambda status, headers, body: refusal(status, headers, body, model=refusal_of),
                api_key=api_key,
                connect=connect,
                timeouts=timeouts,
            )

        self._shell = given

    # https://github.com/ollama/ollama/blob/main/docs/api.md#generate-a-chat-completion
    def chat(self, question: Question, *, is_cancelled: IsCancelled = never) -> Iterator[Piece]:
        """The answer in pieces, the last with the usage. Raises LLMError and Cancelled."""
        yield from without_thinking(self._pieces(question, is_cancelled))

    def _pieces(self, question: Question, is_cancelled: IsCancelled) -> Iterator[Piece]:
        is_done = False
        body = chat_body(question)
        for line in self._shell(question.model).lines("/api/chat", body, is_cancelled=is_cancelled):
            if is_done:
                continue
            piece = read_line(line, question.model)
            is_done = piece.usage is not None
            if piece.text or piece.is_thinking or is_done:
                yield piece
        if not is_done:
            raise CutOff("the last line was missing")

    # https://github.com/ollama/ollama/blob/main/docs/api.md#list-local-models and #list-running-models
    def models(self) -> list[Installed]:
        """What is installed, and whether it is in memory now. Raises LLMError."""
        shell = self._shell("")
        installed, running = _models(shell.get("/api/tags")), _models(shell.get("/api/ps"))
        loaded = {item.get("name"): item for item in running}
        return [_installed(item, loaded.get(item["name"])) for item in installed if item.get("name")]

    # https://github.com/ollama/ollama/blob/main/docs/api.md#pull-a-model
    def pull(self, model: str, *, is_cancelled: IsCancelled = never) -> Iterator[PullProgress]:
        """Download a model; Ollama goes on where a cancelled pull ended. Raises LLMError and Cancelled."""
        status = ""
        for line in self._shell(model).lines("/api/pull", {"model": model}, is_cancelled=is_cancelled):
            item = _object(line, model)
            status = str(item.get("status") or "")
            yield PullProgress(status, _whole(item.get("completed")), _whole(item.get("total")))
        if status != "success":
            raise CutOff(f"the last step was {status or 'none'}")


def chat_body(question: Question) -> dict[str, Any]:
    """The body of a request to /api/chat."""
    options = dict(question.options)
    beside = {name: options.pop(name) for name in BESIDE if name in options}
    if question.context_size:
        options.setdefault("num_ctx", question.context_size)
    if question.max_tokens:
        options.setdefault("num_predict", question.max_tokens)
    body: dict[str, Any] = {
        "model": question.model,
        "messages": [{"role": item.role, "content": item.content} for item in question.messages],
        "stream": True,
        "options": options,
    }
    if question.schema is not None:
        # A short answer of a fixed form needs no minutes of thought.
        body |= {"format": dict(question.schema), "think": False}
    body |= beside
    return body


def read_line(line: str, model: str = "") -> Piece:
    """A line of the stream of /api/chat. An error within the stream is raised."""
    item = _object(line, model)
    message = item.get("message")
    is_done = item.get("done") is True
    if not isinstance(message, Mapping) and not is_done:
        raise Garbage(line[:200])
    message = message if isinstance(message, Mapping) else {}
    content = message.get("content") or ""
    if not isinstance(content, str):
        raise Garbage(line[:200])
    return Piece(content, _usage(item) if is_done else None, is_thinking=bool(message.get("thinking")))


def _object(line: str, model: str) -> Mapping[str, Any]:
    item = parse(line)
    if not isinstance(item, Mapping):
        raise Garbage(line[:200])
    said = read_said(item)
    if said is not None:
        raise error_of(said, 200, model=model)
    return item


def _usage(item: Mapping[str, Any]) -> Usage:
    return Usage(
        prompt_tokens=_whole(item.get("prompt_eval_count")),
        answer_tokens=_whole(item.get("eval_count")),
        load_seconds=_seconds(item.get("load_duration")),
        answer_seconds=_seconds(item.get("eval_duration")),
        finish=str(item.get("done_reason") or "stop"),
    )


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _seconds(value: Any) -> float | None:
    whole = _whole(value)
    return None if whole is None else whole / NANOSECONDS


def _models(payload: Any) -> list[Mapping[str, Any]]:
    models = payload.get("models") if isinstance(payload, Mapping) else None
    if models is None and isinstance(payload, Mapping) and "models" in payload:
        return []  # Ollama answers null where there are none
    if not isinstance(models, list):
        raise Garbage(str(payload)[:200])
    return [item for item in models if isinstance(item, Mapping)]


def _installed(item: Mapping[str, Any], loaded: Mapping[str, Any] | None) -> Installed:
    details = item.get("details")
    details = details if isinstance(details, Mapping) else {}
    return Installed(
        str(item["name"]),
        _whole(item.get("size")),
        str(details.get("family") or ""),
        str(details.get("parameter_size") or ""),
        str(details.get("quantization_level") or ""),
        loaded is not None,
        _whole(loaded.get("size_vram")) if loaded else None,
        str(loaded.get("expires_at") or "") if loaded else "",
    )
