"""Both kinds of servers over real HTTP: what goes out, what comes back, how it is stopped."""

import time
from itertools import islice

import pytest

from ai.llm import Cancelled, ask_json
from ai.llm.errors import WrongShape
from ai.llm.fakes import Behaviour, FakeOllama, FakeOpenAI
from ai.llm.tests.asking import KINDS, answer, client_of, question

SCHEMA = {
    "type": "object",
    "properties": {"query": {"type": "string"}, "sure": {"type": "boolean"}},
    "required": ["query"],
    "additionalProperties": False,
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_comes_in_pieces_with_its_usage_at_the_end(kind):
    with kind(Behaviour("Because the pool is empty.\n\nWait.")) as server:
        pieces = list(client_of(server).chat(question()))
    assert "".join(piece.text for piece in pieces) == "Because the pool is empty.\n\nWait."
    assert len(pieces) > 5
    assert [piece.usage is None for piece in pieces] == [True] * (len(pieces) - 1) + [False]
    assert pieces[-1].usage.answer_tokens == 6
    assert pieces[-1].usage.finish == "stop"


@pytest.mark.parametrize("kind", KINDS)
def test_every_piece_is_there_as_soon_as_it_was_sent(kind):
    with kind(Behaviour("one two three", pause=3)) as server:
        first = next(piece for piece in client_of(server).chat(question()) if piece.text)
        came = time.monotonic() - server.first_tokens.at[0]
    assert first.text == "one "
    assert came < 2


def test_what_ollama_is_asked():
    with FakeOllama(Behaviour("ok")) as server:
        answer(server, question(context_size=8192, max_tokens=700, options={"temperature": 0}, schema=SCHEMA))
    (body,) = server.chats
    assert body == {
        "model": "fake-small",
        "messages": [{"role": "user", "content": "Why?"}],
        "stream": True,
        "options": {"temperature": 0, "num_ctx": 8192, "num_predict": 700},
        "format": SCHEMA,
        "think": False,
    }


def test_what_an_openai_compatible_server_is_asked():
    with FakeOpenAI(Behaviour("ok")) as server:
        answer(server, question(max_tokens=700, options={"temperature": 0}, schema=SCHEMA), api_key="sk-1")
    (body,) = server.chats
    assert body == {
        "model": "fake-small",
        "messages": [{"role": "user", "content": "Why?"}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0,
        "max_tokens": 700,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA},
        },
    }
    assert server.asked[0].path == "/v1/chat/completions"
    assert server.asked[0].headers["Authorization"] == "Bearer sk-1"


@pytest.mark.parametrize("ending", ["", "/", "/v1", "/v1/"])
def test_the_address_of_an_openai_compatible_server_may_end_in_v1(ending):
    with FakeOpenAI(Behaviour("ok")) as server:
        server_url = type("Server", (), {"kind": "openai", "url": server.url + ending})
        assert answer(server_url) == "ok"


@pytest.mark.parametrize("kind", KINDS)
def test_installed_models(kind):
    with kind(models=["qwen3:8b", "llama3.2:latest"]) as server:
        models = client_of(server).models()
    assert [model.name for model in models] == ["qwen3:8b", "llama3.2:latest"]
    assert [model.is_loaded for model in models] == ([True, False] if kind is FakeOllama else [None, None])


def test_a_model_is_pulled_with_progress():
    with FakeOllama() as server:
        steps = list(client_of(server).pull("new-model"))
        assert "new-model" in server.models
    assert steps[0].status == "pulling manifest"
    done = [step.done for step in steps if step.total]
    assert done == sorted(done)
    assert steps[-1].status == "success"


@pytest.mark.parametrize("kind", KINDS)
def test_a_cancelled_answer_ends_at_once_even_before_its_first_token(kind):
    with kind(Behaviour("late", delay=30)) as server:
        asked_at = time.monotonic()
        with pytest.raises(Cancelled):
            list(client_of(server).chat(question(), is_cancelled=lambda: time.monotonic() > asked_at + 0.2))
        assert time.monotonic() - asked_at < 15


@pytest.mark.parametrize("kind", KINDS)
def test_a_cancelled_answer_lets_go_of_the_server(kind):
    with kind(Behaviour("word " * 500, pause=0.05)) as server:
        pieces = client_of(server).chat(question())
        assert len(list(islice(pieces, 3))) == 3
        pieces.close()
        limit = time.monotonic() + 3
        while server.running and time.monotonic() < limit:
            time.sleep(0.02)
        assert server.running == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "text",
    [
        '{"query": "is:unresolved", "sure": true}',
        'Here it is:\n```json\n{"query": "is:unresolved", "sure": true}\n```\nGood luck.',
    ],
)
def test_a_value_by_schema(kind, text):
    with kind(Behaviour(text)) as server:
        value = ask_json(client_of(server), question(schema=SCHEMA))
    assert value == {"query": "is:unresolved", "sure": True}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("I would search for unresolved issues.", "no JSON object"),
        ('{"query": ', "no JSON"),
        ('{"sure": true}', "answer.query is missing"),
        ('{"query": 7}', "answer.query is not of type string"),
        ('{"query": "x", "drop": "table"}', "answer.drop was not asked for"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_whatever_the_server_promises(kind, text, problem):
    with kind(Behaviour(text)) as server, pytest.raises(WrongShape, match=problem):
        ask_json(client_of(server), question(schema=SCHEMA))


@pytest.mark.parametrize("kind", KINDS)
def test_the_fakes_say_what_they_are(kind):
    with kind() as server:
        said = answer(server, question("Look at [F1] and [B12]"))
        assert "fake model server" in said
        assert "[F1]" in said
        assert "[B12]" in said
        assert ask_json(client_of(server), question(schema=SCHEMA)) == {"query": "", "sure": False}
