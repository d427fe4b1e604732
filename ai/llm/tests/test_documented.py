"""The examples of the servers' own documents: https://github.com/ollama/ollama/blob/main/docs/api.md ,
https://docs.ollama.com/api/errors , https://platform.openai.com/docs/api-reference/chat-streaming .
Values are shortened, names and types of the fields are as they stand there."""

import json

import pytest

from ai.llm.errors import ServerFailed
from ai.llm.fakes import Behaviour, FakeOllama, FakeOpenAI
from ai.llm.ollama import read_line
from ai.llm.openai import events, read_chunk
from ai.llm.tests.asking import answer, client_of, question

OLLAMA_PART = {
    "model": "llama3.2",
    "created_at": "2023-08-04T08:52:19.385406455-07:00",
    "message": {"role": "assistant", "content": "The", "images": None},
    "done": False,
}
OLLAMA_LAST = {
    "model": "llama3.2",
    "created_at": "2023-08-04T19:22:45.499127Z",
    "done": True,
    "total_duration": 4883583458,
    "load_duration": 1334875,
    "prompt_eval_count": 26,
    "prompt_eval_duration": 342546000,
    "eval_count": 282,
    "eval_duration": 4535599000,
}
OLLAMA_WHOLE = {
    "model": "llama3.1",
    "created_at": "2024-12-06T00:46:58.265747Z",
    "message": {"role": "assistant", "content": '{"age": 22, "available": false}'},
    "done_reason": "stop",
    "done": True,
    "total_duration": 2254970291,
    "eval_count": 12,
    "eval_duration": 175000000,
}
OPENAI_STREAM = """data: {"id":"chatcmpl-123","object":"chat.completion.chunk","created":1694268190,"model":"gpt-4o-mini","system_fingerprint":"fp_44709d6fcb","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}]}

data: {"id":"chatcmpl-123","object":"chat.completion.chunk","created":1694268190,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{"content":"Hello"},"logprobs":null,"finish_reason":null}]}

data: {"id":"chatcmpl-123","object":"chat.completion.chunk","created":1694268190,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]}

data: {"id":"chatcmpl-123","object":"chat.completion.chunk","created":1694268190,"model":"gpt-4o-mini","choices":[],"usage":{"prompt_tokens":19,"completion_tokens":10,"total_tokens":29}}

data: [DONE]
"""  # noqa: E501 - as it goes over the wire


def test_a_part_of_ollamas_stream():
    assert read_line(json.dumps(OLLAMA_PART)).text == "The"
    assert read_line(json.dumps(OLLAMA_PART)).usage is None


def test_the_last_line_of_ollamas_stream_which_has_no_message():
    usage = read_line(json.dumps(OLLAMA_LAST)).usage
    assert (usage.prompt_tokens, usage.answer_tokens) == (26, 282)
    # As the document computes it: eval_count / eval_duration * 10^9.
    assert usage.tokens_per_second == pytest.approx(282 / 4535599000 * 10**9)


def test_ollamas_answer_in_one_piece():
    piece = read_line(json.dumps(OLLAMA_WHOLE))
    assert json.loads(piece.text) == {"age": 22, "available": False}
    assert piece.usage.finish == "stop"


def test_an_error_within_ollamas_stream():
    with pytest.raises(ServerFailed, match="while running the model"):
        read_line('{"error":"an error was encountered while running the model"}')


def test_openais_stream():
    lines = [line for line in OPENAI_STREAM.splitlines() if line]
    chunks = [read_chunk(data) for data in events(lines) if data != "[DONE]"]
    assert "".join(piece.text for piece, _, _ in chunks) == "Hello"
    assert [reason for _, reason, _ in chunks if reason] == ["stop"]
    assert chunks[-1][2].answer_tokens == 10


def test_comments_and_other_fields_of_server_sent_events_say_nothing():
    assert list(events([": keep-alive", "event: message", "id: 7", "retry: 10", "data:x", "data: y"])) == [
        "x",
        "y",
    ]


def test_a_usage_chunk_whose_choices_are_null():
    assert read_chunk('{"choices": null, "usage": {"prompt_tokens": 1, "completion_tokens": 2}}')[2]


def test_a_server_that_ends_without_the_closing_mark():
    raw = OPENAI_STREAM.replace("data: [DONE]\n", "").encode()
    with FakeOpenAI(Behaviour(raw=raw)) as server:
        assert answer(server) == "Hello"


def test_the_documented_stream_over_http():
    with FakeOpenAI(Behaviour(raw=OPENAI_STREAM.encode())) as server:
        assert answer(server) == "Hello"
    raw = b"".join(json.dumps(item).encode() + b"\n" for item in (OLLAMA_PART, OLLAMA_LAST))
    with FakeOllama(Behaviour(raw=raw)) as server:
        pieces = list(client_of(server).chat(question()))
    assert [piece.text for piece in pieces] == ["The", ""]
    assert pieces[-1].usage.load_seconds == pytest.approx(0.001334875)
