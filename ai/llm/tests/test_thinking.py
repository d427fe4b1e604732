"""What a reasoning model thinks is no part of its answer, in whichever way the server sends it."""

from dataclasses import replace

import pytest

from ai.llm import Piece, Usage, ask_json
from ai.llm.errors import EmptyAnswer, RanOut, Refused
from ai.llm.fakes import Behaviour, FakeOllama, FakeOpenAI
from ai.llm.tests.asking import KINDS, PATIENT, answer, client_of, question
from ai.llm.tests.test_chat import SCHEMA
from ai.llm.thinking import without_thinking

VALUE = '{"query": "is:unresolved", "sure": true}'
USAGE = Usage(answer_tokens=3)


def said(text, size):
    """What is left of a text that comes in pieces of so many characters."""
    pieces = [Piece(text[at : at + size]) for at in range(0, len(text), size)]
    left = ""
    for piece in without_thinking([*pieces, Piece(usage=USAGE)]):
        left = piece.text if piece.forget else left + piece.text
    return left


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<think>\nIt is the pool.\n</think>\n\nThe pool is empty.", "The pool is empty."),
        ("\n<thinking>a < b</thinking>## What", "## What"),
        ("<THINK></THINK>\n\nIt waits.", "It waits."),
        ("It may be the pool, or <b>.\n</think>\n\nThe pool is empty.", "The pool is empty."),
        ("<think>never an end", ""),
        ("The tag <think> is not closed: </think> is missing.", None),
        ("```\n<thin\n```\n< 5\n<", None),
        ("<this> is no thought", None),
        ("  indented\n\n  </thin", None),
    ],
)
def test_thoughts_within_the_text(text, left, size):
    assert said(text, size) == (text if left is None else left)


def test_an_answer_is_not_held_back():
    pieces = without_thinking(iter([Piece("one "), Piece("two <"), Piece("b>")]))
    assert next(pieces).text == "one "
    assert next(pieces).text == "two <"


@pytest.mark.parametrize("kind", KINDS)
def test_thoughts_in_a_field_of_their_own(kind):
    with kind(Behaviour("The pool is empty.", thinks="Let me see")) as server:
        pieces = list(client_of(server).chat(question()))
    assert "".join(piece.text for piece in pieces) == "The pool is empty."
    assert sum(piece.is_thinking for piece in pieces) == 3


@pytest.mark.parametrize("kind", KINDS)
def test_who_thinks_has_begun_to_answer(kind):
    """Thinking for longer than the first token may take is no silence."""
    busy = Behaviour("Yes.", thinks="so " * 30, pause=0.1)
    timeouts = replace(PATIENT, first=2.0)
    with kind(busy) as server:
        assert answer(server, timeouts=timeouts) == "Yes."


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "behaviour",
    [Behaviour(f"<think>\nA {{}} maybe?\n</think>\n{VALUE}"), Behaviour(VALUE, thinks="A {} maybe?")],
    ids=["in the text", "in a field"],
)
def test_thoughts_do_not_break_a_value(kind, behaviour):
    with kind(behaviour) as server:
        assert ask_json(client_of(server), question(schema=SCHEMA))["query"] == "is:unresolved"


@pytest.mark.parametrize("kind", KINDS)
def test_thoughts_that_leave_no_room_for_a_value_are_told_from_silence(kind):
    with kind(Behaviour("<think>and", finish="length")) as server, pytest.raises(RanOut, match="answer size"):
        ask_json(client_of(server), question(schema=SCHEMA))
    with kind(Behaviour('{"query": "is:unres', finish="length")) as server, pytest.raises(RanOut):
        ask_json(client_of(server), question(schema=SCHEMA))
    with kind(Behaviour(" ")) as server, pytest.raises(EmptyAnswer):
        ask_json(client_of(server), question(schema=SCHEMA))


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_that_was_cut_for_lack_of_room_says_so(kind):
    with kind(Behaviour("It waits for", finish="length"), Behaviour("Whole.")) as server:
        cut, whole = (list(client_of(server).chat(question()))[-1].usage for _ in range(2))
    assert (cut.is_cut, whole.is_cut) == (True, False)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", [400, 422])
def test_a_server_that_does_not_know_the_form_is_asked_in_words_alone(kind, status):
    no = Behaviour(status=status, body={"error": {"message": "response_format is not supported"}})
    with kind(no, Behaviour(f"Here: {VALUE}")) as server:
        assert ask_json(client_of(server), question(schema=SCHEMA))["query"] == "is:unresolved"
    first, second = server.chats
    assert {"format", "response_format"} & first.keys()
    assert not {"format", "response_format", "think"} & second.keys()


def test_a_server_that_refuses_in_any_case_is_asked_twice_at_most():
    with (
        FakeOpenAI(Behaviour(status=400, body={"error": {"message": "no"}})) as server,
        pytest.raises(Refused),
    ):
        ask_json(client_of(server), question(schema=SCHEMA))
    assert len(server.chats) == 2


def test_what_stands_beside_the_options_for_ollama():
    with FakeOllama(Behaviour("ok")) as server:
        answer(server, question(options={"keep_alive": "30m", "think": "low", "top_k": 3}, schema=SCHEMA))
    (body,) = server.chats
    assert (body["keep_alive"], body["think"], body["options"]) == ("30m", "low", {"top_k": 3})


def test_the_newer_name_of_the_limit_takes_the_place_of_the_older():
    with FakeOpenAI(Behaviour("ok")) as server:
        answer(server, question(max_tokens=700, options={"max_completion_tokens": 900}))
    (body,) = server.chats
    assert (body["max_completion_tokens"], "max_tokens" in body) == (900, False)
