"""Every way in which a model server fails has an error of its own, which says what to do."""

import inspect
import re
from dataclasses import replace

import pytest

from ai.llm import errors
from ai.llm.errors import (
    Busy,
    ContextTooSmall,
    CutOff,
    Garbage,
    KeyRefused,
    Loading,
    ModelMissing,
    NoFirstToken,
    Refused,
    ServerFailed,
    Stalled,
    TookTooLong,
    Unreachable,
)
from ai.llm.fakes import Behaviour, FakeOllama, FakeOpenAI
from ai.llm.tests.asking import KINDS, PATIENT, answer, client_of, question

OPENAI_MISSING = {"error": {"message": "The model `x` does not exist.", "type": "NotFoundError", "code": 404}}
VLLM_LONG = {
    "object": "error",
    "message": "This model's maximum context length is 8192 tokens. However, you requested 8204 tokens (12 in"
    " the messages, 8192 in the completion). Please reduce the length of the messages or completion.",
    "type": "BadRequestError",
    "code": 400,
}
LLAMA_LONG = {
    "error": {
        "code": 400,
        "message": "request (4390 tokens) exceeds the available context size (4096 tokens), try more",
        "type": "exceed_context_size_error",
        "n_prompt_tokens": 4390,
        "n_ctx": 4096,
    }
}
LLAMA_LOADING = {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}

REFUSALS = [
    (404, {"error": "model 'fake-small' not found"}, ModelMissing),
    (404, OPENAI_MISSING, ModelMissing),
    (400, {"error": {"message": "Model does not exist", "code": "model_not_found"}}, ModelMissing),
    (400, VLLM_LONG, ContextTooSmall),
    (400, LLAMA_LONG, ContextTooSmall),
    (500, {"error": {"message": "Context size has been exceeded.", "type": "server_error"}}, ContextTooSmall),
    (503, LLAMA_LOADING, Loading),
    (503, {"error": "server busy, please try again. maximum pending requests exceeded"}, Busy),
    (429, {"error": {"message": "Rate limit reached", "type": "requests"}}, Busy),
    (401, {"error": {"message": "Incorrect API key provided", "type": "invalid_request_error"}}, KeyRefused),
    (403, {"error": "forbidden"}, KeyRefused),
    (400, {"error": "invalid options: temprature"}, Refused),
    (
        500,
        {"error": "model requires more system memory (18.5 GiB) than is available (7.7 GiB)"},
        ServerFailed,
    ),
    (502, None, ServerFailed),
    (302, None, Garbage),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("status", "body", "expected"), REFUSALS)
def test_a_refusal(kind, status, body, expected):
    with kind(Behaviour(status=status, body=body)) as server, pytest.raises(expected) as caught:
        answer(server)
    assert type(caught.value) is expected
    assert caught.value.status == status
    assert caught.value.what
    assert caught.value.todo


@pytest.mark.parametrize(("body", "limit", "needed"), [(VLLM_LONG, 8192, None), (LLAMA_LONG, 4096, 4390)])
def test_how_long_the_context_is(body, limit, needed):
    with FakeOpenAI(Behaviour(status=400, body=body)) as server, pytest.raises(ContextTooSmall) as caught:
        answer(server)
    assert (caught.value.limit, caught.value.needed) == (limit, needed)


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_model_is_named_with_the_way_to_install_it(kind):
    with kind(models=["another"]) as server, pytest.raises(ModelMissing) as caught:
        answer(server)
    assert "fake-small" in caught.value.what
    assert "ollama pull fake-small" in caught.value.todo


# What is waited for in a test of it; the rest is waited for as long as a busy machine needs.
SHORT = {NoFirstToken: {"first": 0.5}, Stalled: {"idle": 1.0}, TookTooLong: {"whole": 3.0}}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("behaviour", "expected", "begun"),
    [
        (Behaviour("one two three four", cut_after=2), CutOff, "one two "),
        (Behaviour("one two three four", cut_after=0), CutOff, ""),
        (Behaviour("one two three four", stall_after=2), Stalled, "one two "),
        (Behaviour("one two", delay=20), NoFirstToken, ""),
        (Behaviour("word " * 600, pause=0.1), TookTooLong, "word word "),
        (Behaviour("one two three four", error_after=2), ServerFailed, "one two "),
        (Behaviour(raw=b"<html><body>nginx</body></html>\n"), Garbage, ""),
        (Behaviour(raw=b'{"message": \n'), Garbage, ""),
        (Behaviour(raw=b"[1, 2]\n"), Garbage, ""),
        (Behaviour(raw=b"\x00\xff\xfe garbage\n"), Garbage, ""),
        (Behaviour(raw=b"x" * 2_000_000), Garbage, ""),
        (Behaviour(raw=b""), CutOff, ""),
    ],
)
def test_a_stream_that_goes_wrong(kind, behaviour, expected, begun):
    said: list[str] = []
    timeouts = replace(PATIENT, **SHORT.get(expected, {}))
    with kind(behaviour) as server, pytest.raises(expected) as caught:
        said.extend(piece.text for piece in client_of(server, timeouts=timeouts).chat(question()))
    assert type(caught.value) is expected
    assert "".join(said).startswith(begun)


def test_the_other_kind_of_server_is_told_apart():
    with FakeOllama() as server, pytest.raises(errors.LLMError):
        answer(type("Wrong", (), {"kind": "openai", "url": server.url}))
    with FakeOpenAI() as server, pytest.raises(Garbage):
        client_of(type("Wrong", (), {"kind": "ollama", "url": f"{server.url}/v1/models#"})).models()


@pytest.mark.parametrize("kind", ["ollama", "openai"])
@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://nowhere.invalid", "ftp://127.0.0.1"])
def test_nobody_answers(kind, url):
    server = type("Nobody", (), {"kind": kind, "url": url})
    with pytest.raises(Unreachable):
        answer(server)
    with pytest.raises(Unreachable):
        client_of(server).models()


def test_the_tree_in_the_docstring_is_the_tree_of_the_classes():
    drawn = re.findall(r"^[│├└─ ]*(\w+)(?=\s|$)", errors.__doc__.split("\n\n")[1], re.MULTILINE)
    classes = [
        name
        for name, item in inspect.getmembers(errors, inspect.isclass)
        if issubclass(item, errors.LLMError)
    ]
    assert sorted(drawn) == sorted(classes)
    codes = [getattr(errors, name).code for name in classes]
    assert len(set(codes)) == len(codes)


def test_timeouts_are_told():
    timeouts = replace(PATIENT, first=0.5)
    with FakeOllama(Behaviour(delay=20)) as server, pytest.raises(NoFirstToken) as caught:
        answer(server, timeouts=timeouts)
    assert caught.value.seconds == 0.5
