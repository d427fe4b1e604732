"""Servers that speak OpenAI's chat completions: vLLM, llama.cpp, LM Studio, LocalAI and others.

https://platform.openai.com/docs/api-reference/chat , the stream is of server-sent events:
https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ai.llm.errors import CutOff, Garbage
from ai.llm.refusals import error_of, read_said, refusal
from ai.llm.shell import Connect, IsCancelled, Shell, never, parse
from ai.llm.thinking import without_thinking
from ai.llm.values import Installed, Piece, Question, Timeouts, Usage

DONE = "[DONE]"
# What a reasoning model thinks: llama.cpp, LM Studio, DeepSeek and vLLM before 0.11; vLLM since.
THOUGHTS = ("reasoning_content", "reasoning")


class OpenAICompatible:
    """One such server. `base_url` with or without the /v1 at its end."""

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str = "",
        connect: Connect | None = None,
        timeouts: Timeouts | None = None,
    ) -> None:
        base = base_url.rstrip("/").removesuffix("/v1")

        def given(model: str) -> Shell:
            return Shell(
                base,
                refusal=lambda status, headers, body: refusal(status, headers, body, model=model),
                api_key=api_key,
                connect=connect,
                timeouts=timeouts,
            )

        self._shell = given

    # https://platform.openai.com/docs/api-reference/chat/create
    def chat(self, question: Question, *, is_cancelled: IsCancelled = never) -> Iterator[Piece]:
        """The answer in pieces, the last with the usage. Raises LLMError and Cancelled."""
        yield from without_thinking(self._pieces(question, is_cancelled))

    def _pieces(self, question: Question, is_cancelled: IsCancelled) -> Iterator[Piece]:
        lines = self._shell(question.model).lines(
            "/v1/chat/completions", chat_body(question), is_cancelled=is_cancelled, begins=_begins
        )
        finish, usage, is_done = "", Usage(), False
        for data in events(lines):
            is_done = is_done or data == DONE
            if is_done:
                continue
            piece, reason, counted = read_chunk(data, question.model)
            finish, usage = reason or finish, counted or usage
            if piece.text or piece.is_thinking:
                yield piece
        # Some servers leave the closing mark out, but none the reason why the answer ends.
        if not is_done and not finish:
            raise CutOff("the last event was missing")
        yield Piece(usage=Usage(usage.prompt_tokens, usage.answer_tokens, finish=finish or "stop"))

    # https://platform.openai.com/docs/api-reference/models/list
    def models(self) -> list[Installed]:
        """What the server offers. Raises LLMError."""
        payload = self._shell("").get("/v1/models")
        found = payload.get("data") if isinstance(payload, Mapping) else None
        if not isinstance(found, list):
            raise Garbage(str(payload)[:200])
        return [Installed(str(item["id"])) for item in found if isinstance(item, Mapping) and item.get("id")]


def _begins(line: str) -> bool:
    """Whether a line holds the first token: most servers send one with the role alone before it."""
    return any(data == DONE or read_chunk(data)[0] != Piece() for data in events([line]))


def chat_body(question: Question) -> dict[str, Any]:
    """The body of a request to /v1/chat/completions."""
    body: dict[str, Any] = {
        "model": question.model,
        "messages": [{"role": item.role, "content": item.content} for item in question.messages],
        "stream": True,
        "stream_options": {"include_usage": True},
        **question.options,
    }
    if question.max_tokens and "max_completion_tokens" not in body:  # its newer name
        body.setdefault("max_tokens", question.max_tokens)
    if question.schema is not None:
        schema = {"name": "answer", "strict": True, "schema": dict(question.schema)}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    return body


def events(lines: Iterable[str]) -> Iterator[str]:
    """The data of server-sent events of one line each; JSON that is no event is passed on as it is."""
    for line in lines:
        name, colon, value = line.partition(":")
        if line.startswith("{"):
            yield line  # an error that came with status 200, or a server that does not stream
        elif name == "data" and colon:
            yield value.removeprefix(" ")
        elif colon and name in ("", "event", "id", "retry", "error"):
            if name == "error":  # llama.cpp's older way
                yield value.strip()
        else:
            raise Garbage(line[:200])


def read_chunk(data: str, model: str = "") -> tuple[Piece, str, Usage | None]:
    """What is said, reason of the end and usage of a chunk. An error within the stream is raised."""
    item = parse(data)
    said = read_said(item)
    if said is not None:
        raise error_of(said, 200, model=model)
    if not isinstance(item, Mapping) or ("choices" not in item and "usage" not in item):
        raise Garbage(data[:200])
    usage = _usage(item.get("usage"))
    choices = item.get("choices") or []
    if not isinstance(choices, list) or not choices:
        return Piece(), "", usage
    choice = choices[0] if isinstance(choices[0], Mapping) else {}
    part = choice.get("delta") or choice.get("message") or {}
    part = part if isinstance(part, Mapping) else {}
    content = part.get("content")
    if content is not None and not isinstance(content, str):
        raise Garbage(data[:200])
    piece = Piece(content or "", is_thinking=any(part.get(name) for name in THOUGHTS))
    return piece, str(choice.get("finish_reason") or ""), usage


def _usage(given: Any) -> Usage | None:
    if not isinstance(given, Mapping):
        return None
    prompt, answer = given.get("prompt_tokens"), given.get("completion_tokens")
    return Usage(prompt if isinstance(prompt, int) else None, answer if isinstance(answer, int) else None)
