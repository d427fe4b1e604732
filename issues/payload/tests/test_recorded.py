"""Events recorded from running servers and sent by real SDKs, kept in a folder beside the checkout."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dexter.pii import mask_value
from issues.payload.breadcrumbs import read_breadcrumbs
from issues.payload.contexts import read_contexts, read_extra, read_packages, read_scrub_notes
from issues.payload.markdown import as_markdown
from issues.payload.raw_trace import raw_text
from issues.payload.request import curl, read_request
from issues.payload.stacktrace import read_chain, read_threads
from issues.payload.summary import facts, search_parts

pytestmark = pytest.mark.contract

SHARED = Path(os.environ.get("DEXTER_SHARED") or Path(__file__).resolve().parents[4] / "shared")
PATTERNS = (
    "sentry/glitchtip/event-latest-*.json",
    "sentry/glitchtip/event-detail.json",
    "sentry/examples/*Event.json",
    "sentry/examples/list*IssueEvents.json",
    "sentry/examples/listProjectEvents.json",
    "sentry/examples/webhooks/error.created.json",
    "deadlocks/samples/sentry/**/event*.json",
)
# What the recorded customers put into locals, breadcrumbs, extra data and requests.
PERSONAL = (
    "@example.com",
    "hunter2",
    "4111 1111",
    "5500-0000",
    "eyJhbGci",
    "203.0.113",
    "DE89 3704",
    "+49 151",
    "sk_live",
)


def events() -> Iterator[tuple[str, dict[str, Any]]]:
    for pattern in PATTERNS:
        for path in sorted(SHARED.glob(pattern)):
            document = json.loads(path.read_text())
            document = document.get("body", document) if isinstance(document, dict) else document[0]
            found = document.get("data", {}).get("error", document) if "action" in document else document
            if "eventID" in found or "event_id" in found:
                yield str(path.relative_to(SHARED)), found


def test_the_recorded_events_are_there() -> None:
    assert SHARED.is_dir(), f"{SHARED} is missing: set DEXTER_SHARED to the folder with the recorded events"
    assert len(list(events())) >= 12


def test_every_recorded_event_is_read_in_full() -> None:
    for name, event in events():
        found = facts(event)
        assert found.event_id, name
        assert found.date, name
        assert found.title != "(No title)", name
        assert found.platform, name
        assert search_parts(event), name
        for read in (
            read_threads,
            read_breadcrumbs,
            read_contexts,
            read_extra,
            read_packages,
            read_scrub_notes,
        ):
            read(event)
        if found.exception_types:
            assert found.filename, name
            assert raw_text(read_chain(event)), name


def test_nothing_personal_is_left_after_masking() -> None:
    for name, event in events():
        request = read_request(event)
        shown = json.dumps(mask_value(event)) + as_markdown({}, event, "https://dexter.example/")
        shown += curl(request) if request else ""
        assert not [value for value in PERSONAL if value in shown], name
