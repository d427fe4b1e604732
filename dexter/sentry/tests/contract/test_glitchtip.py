"""Answers that were recorded from a GlitchTip server, through `decode`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from dexter.sentry import errors
from dexter.sentry.flavour import GLITCHTIP
from dexter.sentry.probe import flavour_of
from dexter.sentry.tests.contract.openapi import SHARED
from dexter.sentry.tests.fake_server import FakeServer
from dexter.sentry.wire import Answer, decode

pytestmark = pytest.mark.contract

FOLDER = SHARED / "sentry" / "glitchtip"
PAGES = ("issues-cursor-page-0", "issues-cursor-page-1", "issues-cursor-page-2")
FAILURES: dict[str, type[errors.SentryError]] = {
    "event-404": errors.NotFound,
    "issue-detail-org-path": errors.Unsupported,
    "issue-events-org": errors.Unsupported,
    "organizations-no-token": errors.AuthFailed,
    "issues-sort-date": errors.ValidationFailed,
    "put-issue-assign": errors.ServerError,
}


def recording(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return found


def response(name: str) -> tuple[int, dict[str, str], bytes]:
    record = recording(name)
    body = record["body"]
    raw = body["_non_json"] if isinstance(body, dict) and "_non_json" in body else json.dumps(body)
    return record["status"], dict(record["headers"]), raw.encode()


def decoded(name: str) -> Answer:
    status, headers, body = response(name)
    return decode(status, headers, body, html_is_unsupported=GLITCHTIP.html_is_unsupported)


def test_there_are_recordings() -> None:
    assert len(list(FOLDER.glob("*.json"))) > 30, f"set DEXTER_SHARED: nothing in {FOLDER}"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_every_recording_is_understood(path: Path) -> None:
    expected = FAILURES.get(path.stem)
    if expected:
        with pytest.raises(expected):
            decoded(path.stem)
    else:
        assert decoded(path.stem).payload == recording(path.stem)["body"]


def test_pages_lead_on_from_one_to_the_next() -> None:
    for name, following in zip(PAGES, PAGES[1:], strict=False):
        asked = httpx.URL(recording(following)["request"]["url"]).params["cursor"]
        assert decoded(name).next_cursor == asked
    assert decoded(PAGES[0]).hits == 169


def test_a_list_on_one_page() -> None:
    assert decoded("organizations").next_cursor is None


def test_the_recorded_pages_through_the_client() -> None:
    answers = []
    for name in PAGES:
        status, headers, body = response(name)
        kept = {key: value for key, value in headers.items() if key in {"link", "x-hits", "content-type"}}
        answers.append(httpx.Response(status, headers=kept, content=body))
    server = FakeServer(answers)
    client = server.client(flavour=GLITCHTIP)
    pages = client.iter_pages(lambda cursor: client.issues(limit=10, cursor=cursor))
    rows = [row for _, page in zip(PAGES, pages, strict=False) for row in page.rows]
    assert len(rows) == len({row["id"] for row in rows}) == 30
    assert [request.url.params.get("cursor") for request in server.requests[1:]] == [
        httpx.URL(recording(name)["request"]["url"]).params["cursor"] for name in PAGES[1:]
    ]


def test_the_organization_tells_the_flavour() -> None:
    assert flavour_of(recording("organization")["body"]) is GLITCHTIP
