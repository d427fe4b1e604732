"""Clients for language models: Ollama, and servers that speak OpenAI's chat completions. No Django.

    client = make_client("ollama", "http://127.0.0.1:11434")
    for piece in client.chat(Question("llama3.2", [Message("user", "Why?")])): ...
    value = ask_json(client, Question("llama3.2", [...], schema={"type": "object", ...}))

What can go wrong is drawn in `ai/llm/errors.py`; fake servers to try and to test with are in `ai/llm/fakes/`.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Protocol

from ai.llm.errors import Cancelled, EmptyAnswer, LLMError, RanOut, Refused, WrongShape
from ai.llm.ollama import Ollama
from ai.llm.openai import OpenAICompatible
from ai.llm.schema import read_json
from ai.llm.shell import Connect, IsCancelled, never
from ai.llm.values import Installed, Message, Piece, PullProgress, Question, Timeouts, Usage

__all__ = [
    "Cancelled",
    "Client",
    "Installed",
    "LLMError",
    "Message",
    "Ollama",
    "OpenAICompatible",
    "Piece",
    "PullProgress",
    "Question",
    "Timeouts",
    "Usage",
    "ask_json",
    "make_client",
]

KINDS: dict[str, type[Ollama] | type[OpenAICompatible]] = {"ollama": Ollama, "openai": OpenAICompatible}


class Client(Protocol):
    """What every kind of server can do."""

    def chat(self, question: Question, *, is_cancelled: IsCancelled = never) -> Iterator[Piece]: ...

    def models(self) -> list[Installed]: ...


def make_client(
    kind: str,
    base_url: str,
    *,
    api_key: str = "",
    connect: Connect | None = None,
    timeouts: Timeouts | None = None,
) -> Client:
    """A client for a server of `kind` ("ollama" or "openai"); KeyError for another kind."""
    return KINDS[kind](base_url, api_key=api_key, connect=connect, timeouts=timeouts)


def ask_json(
    client: Client,
    question: Question,
    *,
    is_cancelled: IsCancelled = never,
    hear: Callable[[Piece], object] = bool,
) -> Any:
    """The answer as a value that fits `question.schema`; `hear` gets every piece of it.

    Raises LLMError (WrongShape) and Cancelled.
    """
    schema = question.schema
    if schema is None:
        raise ValueError("a question for JSON needs a schema")
    try:
        text, is_cut = _whole(client.chat(question, is_cancelled=is_cancelled), hear)
    except Refused:
        # Not every server knows the form, and the question says in words what is wanted.
        question = replace(question, schema=None)
        text, is_cut = _whole(client.chat(question, is_cancelled=is_cancelled), hear)
    if not text.strip():
        raise RanOut if is_cut else EmptyAnswer
    try:
        return read_json(text, schema)
    except WrongShape as error:
        if is_cut:
            raise RanOut from error
        raise


def _whole(pieces: Iterator[Piece], hear: Callable[[Piece], object]) -> tuple[str, bool]:
    """The whole text, and whether it was cut for lack of room."""
    text, is_cut = "", False
    for piece in pieces:
        hear(piece)
        text = piece.text if piece.forget else text + piece.text
        is_cut = piece.usage.is_cut if piece.usage else is_cut
    return text, is_cut
