"""Short ways to ask a server in a test."""

from typing import Any

from ai.llm import Message, Question, Timeouts, make_client
from ai.llm.fakes import FakeOllama, FakeOpenAI

KINDS = [FakeOllama, FakeOpenAI]
# Long enough for a machine with much to do; a test of one of them shortens that one.
PATIENT = Timeouts(connect=10.0, first=20.0, idle=20.0, whole=60.0)


def question(text: str = "Why?", **given: Any) -> Question:
    return Question("fake-small", [Message("user", text)], **given)


def client_of(server: Any, **given: Any) -> Any:
    return make_client(server.kind, server.url, **{"timeouts": PATIENT, **given})


def answer(server: Any, asked: Question | None = None, **given: Any) -> str:
    return "".join(piece.text for piece in client_of(server, **given).chat(asked or question()))
