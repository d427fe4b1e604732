"""What goes to a model server and what comes back, without the forms of any one server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """`role` is "system", "user" or "assistant"."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Question:
    """One request to a model. `context_size` (tokens) is told to servers that take it; `options` go as given.

    With `schema` (a JSON schema of an object) the answer is to be JSON.
    """

    model: str
    messages: Sequence[Message]
    context_size: int | None = None
    max_tokens: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    schema: Schema | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What the server counted; None for what it does not tell. Times in seconds."""

    prompt_tokens: int | None = None
    answer_tokens: int | None = None
    load_seconds: float | None = None
    answer_seconds: float | None = None
    finish: str = ""

    @property
    def is_cut(self) -> bool:
        """Whether the answer ends because it had no more room, not because it was complete."""
        return self.finish == "length"

    @property
    def tokens_per_second(self) -> float | None:
        if not self.answer_tokens or not self.answer_seconds:
            return None
        return self.answer_tokens / self.answer_seconds


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an answer: some text, or at the end the usage.

    `is_thinking`: the model reasons, which is no part of the answer. `forget`: neither is what came before.
    """

    text: str = ""
    usage: Usage | None = None
    is_thinking: bool = False
    forget: bool = False


@dataclass(frozen=True, slots=True)
class Installed:
    """A model that the server has. `size` in bytes; None and "" where the server does not tell.

    `memory` is how many bytes it takes of the graphics card now, `until` when it leaves it (ISO 8601).
    """

    name: str
    size: int | None = None
    family: str = ""
    parameters: str = ""
    quantization: str = ""
    is_loaded: bool | None = None
    memory: int | None = None
    until: str = ""


@dataclass(frozen=True, slots=True)
class PullProgress:
    """A step of a download: bytes `done` of `total`, None while that is not known."""

    status: str
    done: int | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, to the first token, between two tokens, for the whole answer."""

    connect: float = 5.0
    first: float = 120.0
    idle: float = 60.0
    whole: float = 600.0
