"""Fake model servers over real HTTP, for tests and for trying Dexter out without a model.

They say what they are: in the `Server` header, in the names of their models, and in every answer that was not
written for a test. They keep each request body, so that a test can search them for what must not leave.

    with FakeOllama() as server: make_client("ollama", server.url)
    python -m ai.llm.fakes --kind ollama --port 11434
"""

from ai.llm.fakes.behaviour import Behaviour
from ai.llm.fakes.ollama import FakeOllama
from ai.llm.fakes.openai import FakeOpenAI
from ai.llm.fakes.server import FakeServer

__all__ = ["Behaviour", "FakeOllama", "FakeOpenAI", "FakeServer"]
