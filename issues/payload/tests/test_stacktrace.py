from typing import Any

import pytest

from issues.payload.errors import Unreadable
from issues.payload.frames import (
    MAX_LOCALS,
    Frame,
    flatten,
    grouped,
    read_frames,
    top_in_app,
)
from issues.payload.raw_trace import raw_text
from issues.payload.stacktrace import read_chain, read_threads
from issues.payload.tests.events import api_event, entry, exception, frame, library, listed_event, raw_event


def with_exceptions(*values: Any, platform: str = "python", **data: Any) -> dict[str, Any]:
    return api_event(platform=platform, entries=[entry("exception", {"values": list(values), **data})])


@pytest.mark.parametrize("payload", [listed_event(), raw_event()], ids=["listed", "raw"])
def test_every_shape_has_a_chain(payload: dict[str, Any]) -> None:
    outermost = read_chain(payload).outermost
    assert outermost
    assert outermost.title == "Full: Full happened"
    (call,) = outermost.frames
    assert (call.function, call.line, call.abs_path, call.in_app) == (
        "reserve",
        12,
        "/srv/shop/cart.py",
        True,
    )
    assert [(line.number, line.current) for line in call.context] == [(11, False), (12, True), (13, False)]
    assert call.current_line == "    raise Full(cart)"


def test_the_root_cause_comes_first_and_is_marked() -> None:
    chain = read_chain(api_event())
    assert [item.type for item in chain.exceptions] == ["Timeout", "Full"]
    assert [item.position for item in chain.exceptions] == [1, 2]
    assert chain.root_cause is chain.exceptions[0]
    assert chain.outermost is chain.exceptions[1]
    assert chain.culprit_frame is chain.exceptions[1].frames[0]


def test_a_single_exception_is_no_root_cause_of_anything() -> None:
    assert read_chain(with_exceptions(exception())).root_cause is None


def test_an_event_without_exceptions_has_an_empty_chain() -> None:
    chain = read_chain({"message": "said"})
    assert not chain
    assert (chain.outermost, chain.root_cause, chain.culprit_frame) == (None, None, None)
    assert not chain.has_raw_frames
    assert raw_text(chain) == ""


@pytest.mark.parametrize(
    "data",
    [
        {"value": exception("A")},
        exception("A"),
        {"values": [None, exception("A")]},
        {"type": "A", "value": "A happened"},
    ],
)
def test_legacy_and_gappy_forms(data: Any) -> None:
    (only,) = read_chain({"entries": [entry("exception", data)]}).exceptions
    assert only.title == "A: A happened"


@pytest.mark.parametrize(
    "data",
    [
        [],
        "x",
        {"values": "x"},
        {"values": [1, 2]},
        {"values": [{"stacktrace": []}]},
        {"values": [{"stacktrace": {"frames": 1}}]},
    ],
)
def test_what_cannot_be_read_says_so(data: Any) -> None:
    with pytest.raises(Unreadable) as caught:
        read_chain({"entries": [entry("exception", data)]})
    assert caught.value.section == "stack trace"


def test_entries_that_are_no_list() -> None:
    with pytest.raises(Unreadable, match="expected a list of entries, found a text"):
        read_chain({"entries": "x"})


def test_mechanism_omissions_and_raw_frames() -> None:
    mechanism = {
        "type": "chained",
        "handled": False,
        "source": "__cause__",
        "synthetic": True,
        "is_exception_group": True,
        "description": "d",
        "data": {"code": 5, "x": None},
    }
    value = exception(
        mechanism=mechanism,
        threadId=7,
        rawStacktrace={"frames": [frame("a"), None]},
        stacktrace={"frames": [frame()], "framesOmitted": [3, 9]},
    )
    chain = read_chain(with_exceptions(value, excOmitted=[1, "x"]))
    (only,) = chain.exceptions
    assert (only.mechanism.type, only.mechanism.source, only.mechanism.data) == (
        "chained",
        "__cause__",
        (("code", "5"),),
    )
    assert only.mechanism.synthetic
    assert only.mechanism.is_group
    assert (only.omitted, only.thread_id, chain.omitted) == ((3, 9), "7", None)
    assert chain.has_raw_frames
    assert [call.function for call in only.raw_frames] == ["a"]


@pytest.mark.parametrize(
    ("module", "kind", "name"),
    [
        ("psycopg.errors", "Deadlock", "psycopg.errors.Deadlock"),
        ("builtins", "E", "E"),
        (None, None, "?"),
        ("m", None, "m.?"),
    ],
)
def test_qualified_type(module: Any, kind: Any, name: str) -> None:
    (only,) = read_chain(with_exceptions({"module": module, "type": kind, "mechanism": {}})).exceptions
    assert only.qualified_type == name


def test_a_frame_has_its_locals() -> None:
    (call,) = read_frames({"frames": [frame()]})
    assert [(row.name, row.text) for row in call.locals] == [
        ("cart.id", "7"),
        ("cart.total", "'84.99'"),
        ("password", "'hunter2'"),
    ]


def test_frames_survive_anything() -> None:
    frames = read_frames(
        {
            "frames": [
                {},
                None,
                5,
                {"function": "?", "lineno": "x", "context": [5, [1], ["a", "b"]], "vars": []},
            ]
        }
    )
    assert [call.index for call in frames] == [0, 3]
    assert frames[0].location == "?"
    assert frames[0].current_line is None
    assert frames[1].function is None
    assert [(line.number, line.text) for line in frames[1].context] == [(None, "b")]


def test_context_without_a_line_number() -> None:
    (call,) = read_frames(
        {"frames": [{"context_line": "x = 1", "pre_context": ["y", 5], "post_context": None}]}
    )
    assert [(line.number, line.text, line.current) for line in call.context] == [
        (None, "y", False),
        (None, "x = 1", True),
    ]


def frames_of(*flags: bool, **fields: Any) -> tuple[Frame, ...]:
    return read_frames(
        {"frames": [frame(str(place), in_app=flag, **fields) for place, flag in enumerate(flags)]}
    )


@pytest.mark.parametrize(
    ("flags", "groups"),
    [
        ((), []),
        ((True,), [("0", False)]),
        ((False,), [("0", False)]),
        ((False, False, False), [("2", False), ("10", True)]),
        ((False, True, False, False, True), [("4", False), ("32", True), ("1", False), ("0", False)]),
        ((True, False, False, False), [("3", False), ("21", True), ("0", False)]),
    ],
)
def test_runs_of_library_frames_are_folded(flags: tuple[bool, ...], groups: list[tuple[str, bool]]) -> None:
    found = grouped(frames_of(*flags))
    assert [
        ("".join(call.function or "" for call in group.frames), group.folded) for group in found
    ] == groups


def test_oldest_call_first() -> None:
    found = grouped(frames_of(True, False, False, True), newest_first=False)
    assert ["".join(call.function or "" for call in group.frames) for group in found] == ["0", "12", "3"]


def test_a_folded_group_says_where_its_frames_are() -> None:
    files = [
        "django/core/handlers/base.py",
        "django/core/handlers/exception.py",
        "django/views/x.py",
        "top.py",
        "a/b/c.py",
    ]
    frames = read_frames({"frames": [library(name) for name in files] + [{}]})
    (_, folded) = grouped([*frames, *frames_of(True)])
    assert folded.label == "?, a/b and 3 more"
    (_, folded) = grouped([*frames[:3], *frames_of(True)])
    assert folded.label == "django/views, django/core/handlers"


def test_top_in_app() -> None:
    frames = frames_of(True, True, False)
    assert top_in_app(frames) is frames[1]
    assert top_in_app(()) is None


def test_locals_are_rows_that_know_where_they_stand() -> None:
    rows = list(
        flatten(
            {
                "payer": {"email": "a@b.co", "name": "Ada", "card": {"n": {"x": {"y": 1}}}},
                "n": 5,
                "none": None,
                "e": {},
            }
        )
    )
    assert [row.name for row in rows] == ["payer.email", "payer.name", "payer.card.n", "n", "none", "e"]
    assert (rows[1].key, rows[1].path) == ("name", ("payer", "person"))
    assert [row.text for row in rows[2:]] == ['{"x": {"y": 1}}', "5", "null", "{}"]


def test_locals_are_bounded() -> None:
    assert len(list(flatten({str(place): 1 for place in range(MAX_LOCALS + 5)}))) == MAX_LOCALS
    (row,) = flatten({"x": [10**5000]})
    assert row.text == "?"


PYTHON = """\
Traceback (most recent call last):
  File "/srv/shop/cart.py", line 12, in execute
    raise Full(cart)
shop.errors.Timeout: Timeout happened

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/srv/shop/cart.py", line 12, in reserve
    raise Full(cart)
shop.errors.Full: Full happened"""


def test_python_prints_the_root_cause_first() -> None:
    assert raw_text(read_chain(api_event())) == PYTHON


def test_python_tells_a_cause_from_a_context() -> None:
    first = exception("A", mechanism={"source": "__context__"}, stacktrace=None, value=None)
    text = raw_text(read_chain(with_exceptions(first, {"type": None, "stacktrace": {"frames": [{}]}})))
    assert text == (
        "shop.errors.A\n\nDuring handling of the above exception, another exception occurred:\n\n"
        'Traceback (most recent call last):\n  File "?", line ?, in ?\n?'
    )


def test_javascript_prints_the_outermost_first() -> None:
    first = exception("A", frame("a", colNo=3, absPath="app.js"), module=None)
    second = exception(
        "B", frame("b", filename="lib.js", absPath=None), frame(None, absPath="x.js"), module=None
    )
    assert raw_text(read_chain(with_exceptions(first, second, platform="node"))) == (
        "B: B happened\n    at x.js:12\n    at b (lib.js:12)\n"
        "Caused by: A: A happened\n    at a (app.js:12:3)"
    )


def test_java_and_others() -> None:
    value = exception(
        "Boom", frame("run", module="org.shop.Cart", filename="Cart.java"), {}, module="org.shop"
    )
    assert raw_text(read_chain(with_exceptions(value, platform="java"))) == (
        "org.shop.Boom: Boom happened\n\tat ?(Unknown Source)\n\tat org.shop.Cart.run(Cart.java:12)"
    )
    assert raw_text(read_chain(with_exceptions(exception("B", {}), platform="go"))).endswith("\n    at ? (?)")


def test_raw_frames_when_there_are_any() -> None:
    value = exception("A", frame("mapped"), rawStacktrace={"frames": [frame("t")]}, module=None)
    other = exception("B", frame("b"), module=None)
    text = raw_text(read_chain(with_exceptions(value, other, platform="javascript")), raw=True)
    assert "at t (" in text
    assert "mapped" not in text
    assert "at b (" in text


def test_threads() -> None:
    values = [
        {"id": 1, "name": "main", "crashed": True, "state": "RUNNABLE", "stacktrace": {"frames": [frame()]}},
        None,
        {"current": True},
    ]
    first, second = read_threads(api_event(entries=[entry("threads", {"values": values})]))
    assert (first.id, first.name, first.crashed, first.current, first.state) == (
        "1",
        "main",
        True,
        False,
        "RUNNABLE",
    )
    assert len(first.frames) == 1
    assert second.current
    assert second.frames == ()


def test_a_bare_stack_trace_is_a_thread() -> None:
    (only,) = read_threads({"message": "said", "stacktrace": {"frames": [frame()]}})
    assert only.current
    assert read_threads({}) == ()


def test_threads_of_a_wrong_type() -> None:
    with pytest.raises(Unreadable, match="threads: expected a list"):
        read_threads(api_event(entries=[entry("threads", {"values": 5})]))
