from datetime import UTC, datetime
from typing import Any

import pytest

from issues.payload.attachments import Attachment, read_attachments
from issues.payload.contexts import (
    MAX_NOTES,
    Context,
    read_contexts,
    read_extra,
    read_packages,
    read_scrub_notes,
)
from issues.payload.errors import Unreadable
from issues.payload.tests.events import api_event, raw_event


def test_contexts_with_their_headlines() -> None:
    trace, runtime = read_contexts(api_event())
    assert trace == Context("trace", "trace", "Trace", (("trace_id", "t" * 32),))
    assert trace.headline is None
    assert runtime.headline == "CPython 3.12"


def test_odd_contexts() -> None:
    found = read_contexts(
        {"contexts": {"os": {"name": "Debian"}, "a_b": "text", "empty": {}, "none": None, "t": {"type": "t"}}}
    )
    assert [(context.title, context.headline) for context in found] == [
        ("Operating system", "Debian"),
        ("A b", None),
    ]
    assert found[1].items == (("value", "text"),)


def test_extra_and_packages() -> None:
    assert read_extra(api_event()) == read_extra(raw_event()) == (("order", 88213),)
    assert read_packages(api_event()) == (("attrs", "25.1"), ("django", "5.2"))
    assert read_packages({"packages": {"x": None}}) == (("x", ""),)


@pytest.mark.parametrize(
    ("read", "name"),
    [
        (read_contexts, "contexts"),
        (read_extra, "context"),
        (read_packages, "packages"),
        (read_scrub_notes, "_meta"),
    ],
)
def test_each_section_fails_alone(read: Any, name: str) -> None:
    with pytest.raises(Unreadable, match="expected an object, found a list"):
        read({name: []})
    assert read({name: None}) == ()


def test_scrub_notes_say_by_which_rule() -> None:
    annotation = {"": {"rem": [["@password:filter", "s", 0, 10], ["@password:filter", "s"]], "len": 64}}
    (note,) = read_scrub_notes(
        {"_meta": {"entries": {"1": {"data": {"headers": {"3": {"1": annotation}}}}}, "user": None}}
    )
    assert note.path == ("entries", "1", "data", "headers", "3", "1")
    assert note.text == "replaced by @password:filter"


@pytest.mark.parametrize(
    ("annotation", "texts"),
    [
        (
            {"err": ["invalid_data", ["missing_attribute", {"attribute": "x"}]]},
            ["invalid_data, missing_attribute"],
        ),
        ({"rem": [["@ip", "x"]]}, ["removed by @ip"]),
        ({"rem": [["@ip", "?"]]}, ["scrubbed by @ip"]),
        ({"rem": [["@ip"]]}, ["scrubbed by @ip"]),
        ({"rem": [[], 5, [None]]}, []),
        ({"rem": "x", "err": None}, []),
    ],
)
def test_annotations(annotation: Any, texts: list[str]) -> None:
    assert [note.text for note in read_scrub_notes({"_meta": {"user": {"": annotation}}})] == texts


def test_scrub_notes_are_bounded() -> None:
    note = {"": {"err": ["x"]}}
    assert len(read_scrub_notes({"_meta": {str(place): note for place in range(MAX_NOTES + 1)}})) == MAX_NOTES
    deep: dict[str, Any] = note
    for _ in range(100):
        deep = {"a": deep}
    assert read_scrub_notes({"_meta": deep}) == ()


def test_attachments() -> None:
    given = [
        {
            "id": "1",
            "name": "log.txt",
            "mimetype": "text/plain",
            "size": 5,
            "type": "event.attachment",
            "dateCreated": 0,
        },
        {},
    ]
    assert read_attachments(given) == (
        Attachment("1", "log.txt", "text/plain", 5, "event.attachment", datetime(1970, 1, 1, tzinfo=UTC)),
        Attachment(None, "(no name)", None, None, None, None),
    )
    with pytest.raises(Unreadable, match="attachments: expected a list"):
        read_attachments({"detail": "x"})
