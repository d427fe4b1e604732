"""Whatever an event holds, a reader returns or raises Unreadable, and nothing else."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from issues.payload.attachments import read_attachments
from issues.payload.breadcrumbs import read_breadcrumbs
from issues.payload.contexts import read_contexts, read_extra, read_packages, read_scrub_notes
from issues.payload.errors import Unreadable
from issues.payload.event import read_header
from issues.payload.frames import grouped
from issues.payload.highlight import highlight
from issues.payload.markdown import as_markdown
from issues.payload.raw_trace import raw_text
from issues.payload.request import curl, read_request
from issues.payload.shape import normalise
from issues.payload.stacktrace import read_chain, read_threads
from issues.payload.summary import facts, search_parts
from issues.payload.tests.events import api_event, entry, listed_event, raw_event

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(
        ["", "\x00", "\ud800", "2026-11-20T10:00:00Z", "python", "node", "java", "a=1&b", 10**400, 1e308]
    )
)
NAMES = st.sampled_from(
    [
        *(
            "type",
            "value",
            "values",
            "data",
            "entries",
            "exception",
            "stacktrace",
            "frames",
            "vars",
            "context",
            "",
        ),
        *(
            "timestamp",
            "dateCreated",
            "message",
            "formatted",
            "category",
            "tags",
            "key",
            "user",
            "id",
            "headers",
        ),
        *(
            "url",
            "query",
            "cookies",
            "contexts",
            "trace",
            "_meta",
            "rem",
            "err",
            "mechanism",
            "lineNo",
            "inApp",
        ),
        *(
            "framesOmitted",
            "excOmitted",
            "release",
            "version",
            "metadata",
            "title",
            "packages",
            "sdk",
            "method",
        ),
    ]
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=4), inner, max_size=5)
    ),
    max_leaves=15,
)
KINDS = st.sampled_from(["exception", "breadcrumbs", "request", "message", "threads", "stacktrace", "csp"])
EVENTS = st.one_of(
    JSON,
    st.dictionaries(NAMES, JSON, max_size=6),
    st.lists(st.builds(entry, KINDS, JSON), max_size=4).map(lambda entries: {"entries": entries}),
    st.dictionaries(KINDS | NAMES, JSON, max_size=6),
)


def request_as_curl(payload: Any) -> None:
    request = read_request(payload)
    if request:
        curl(request)
        curl(request, masked=False)


def chain_in_full(payload: Any) -> None:
    chain = read_chain(payload)
    raw_text(chain, raw=True)
    for exception in chain.exceptions:
        for group in grouped(exception.frames):
            assert isinstance(group.label, str)
            for call in group.frames:
                highlight([line.text for line in call.context], filename=call.path, platform=chain.platform)
                assert all(isinstance(row.text, str) for row in call.locals)


def crumbs_in_full(payload: Any) -> None:
    crumbs = read_breadcrumbs(payload)
    assert all(isinstance(crumb.text, str) for crumb in crumbs.items)
    assert sum(count for _, count in crumbs.kinds) == len(crumbs)


def contexts_in_full(payload: Any) -> None:
    assert all(isinstance(context.headline, str | None) for context in read_contexts(payload))


def notes_in_full(payload: Any) -> None:
    assert all(isinstance(note.text, str) for note in read_scrub_notes(payload))


READERS: list[Callable[[Any], Any]] = [
    *(normalise, read_header, chain_in_full, read_threads, crumbs_in_full, request_as_curl, contexts_in_full),
    *(read_extra, read_packages, notes_in_full, read_attachments, facts, search_parts),
    lambda payload: as_markdown({"Issue": payload}, payload, "https://dexter.example/"),
]


@settings(max_examples=40, deadline=None)
@pytest.mark.parametrize("read", READERS)
@given(payload=EVENTS)
def test_a_reader_returns_or_says_what_it_cannot_read(read: Callable[[Any], Any], payload: Any) -> None:
    with suppress(Unreadable):
        read(payload)


@settings(max_examples=40, deadline=None)
@pytest.mark.parametrize("event", [api_event, listed_event, raw_event])
@given(data=st.data())
def test_one_broken_field_does_not_touch_the_others(
    event: Callable[[], dict[str, Any]], data: st.DataObject
) -> None:
    payload = event()
    name = data.draw(st.sampled_from(sorted(set(payload) - {"entries"})))
    payload[name] = data.draw(JSON)
    assert facts(payload).title
    assert all(type(part) is str and part.encode() for part in search_parts(payload))


@settings(max_examples=40, deadline=None)
@given(payload=st.dictionaries(KINDS | NAMES, JSON, max_size=6))
def test_columns_can_be_stored(payload: Any) -> None:
    found = facts(payload)
    for value in (
        found.title,
        found.message,
        found.culprit,
        found.release,
        *(part for tag in found.tags for part in tag),
    ):
        if value is not None:
            assert "\x00" not in value
            value.encode()
