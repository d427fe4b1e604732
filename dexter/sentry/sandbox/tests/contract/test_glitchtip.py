"""The GlitchTip flavour against bodies and headers recorded from a running GlitchTip."""

import json
import re
from typing import Any

import httpx
import pytest

from dexter.sentry.sandbox.fixtures import SandboxServer, start_sandbox
from dexter.sentry.sandbox.tests.contract.schema import folder

pytestmark = pytest.mark.contract


@pytest.fixture(scope="module")
def server() -> Any:
    with start_sandbox(flavour="glitchtip", issues=150) as found:
        yield found


@pytest.fixture(scope="module")
def client(server: SandboxServer) -> Any:
    with server.http() as found:
        yield found


def recorded(name: str) -> Any:
    return json.loads((folder() / "glitchtip" / f"{name}.json").read_text())


def translated(client: httpx.Client, call: Any) -> httpx.Response:
    """The recorded request, put to the sandbox's own organization, issues and events."""
    issue = client.get("organizations/acme/issues/?limit=1").json()[0]
    event = client.get(f"issues/{issue['id']}/events/latest/").json()["id"]
    path = call["request"]["url"].split("/api/0/", 1)[1]
    path = path.replace("peers-org", "acme").replace("shop-api", "storefront-api")
    path = re.sub(r"issues/\d+/", f"issues/{issue['id']}/", path)
    path = re.sub(r"(id|groups)=\d+", rf"\1={issue['id']}", path)
    path = re.sub(r"events/(?!0{32})[0-9a-f]{32}/", f"events/{event}/", path)
    path = re.sub(r"[?&]cursor=[^&]+", lambda found: found.group()[0], path).replace("?&", "?")
    return client.request(call["request"]["method"], path, json=call["request"]["body"])


READABLE = [
    "comment-add",
    "comments",
    "event-404",
    "event-detail",
    "event-latest-chained",
    "event-latest-flask",
    "event-latest-message",
    "issue-detail-org-path",
    "issue-detail",
    "issue-events-org",
    "issue-tags",
    "issues-cursor-page-0",
    "issues-limit-25",
    "issues-query-01",
    "issues-sort-date",
    "issues-stats",
    "members",
    "org-environments",
    "organizations",
    "project",
    "projects",
    "put-issue-assign",
    "put-issue-resolved",
    "releases",
    "stats-v2",
    "teams",
    "bulk-put-resolved",
]


@pytest.mark.parametrize("name", READABLE)
def test_answers_as_recorded(client: httpx.Client, name: str) -> None:
    call = recorded(name)
    answer = translated(client, call)
    headers = dict(call["headers"])
    assert answer.status_code == call["status"]
    assert answer.headers["content-type"].split(";")[0] == headers["content-type"].split(";")[0]
    assert ("link" in answer.headers) == ("link" in headers)
    assert ("x-hits" in answer.headers) == ("x-hits" in headers)
    if "json" in headers["content-type"] and answer.json():
        ours, theirs = answer.json(), call["body"]
        ours, theirs = (ours[0], theirs[0]) if isinstance(theirs, list) and theirs else (ours, theirs)
        if isinstance(theirs, dict):
            assert set(ours) == set(theirs)


def test_link_header_is_a_printed_set(client: httpx.Client) -> None:
    theirs = dict(recorded("issues-cursor-page-0")["headers"])["link"]
    ours = client.get("organizations/acme/issues/?limit=10").headers["link"]
    shape = re.compile(r"https?://[^>]*|cursor=\"[^\"]*\"")
    assert shape.sub("~", ours) == shape.sub("~", theirs)


def test_without_a_token(server: SandboxServer) -> None:
    call = recorded("organizations-no-token")
    answer = httpx.get(f"{server.base_url}organizations/")
    assert (answer.status_code, answer.json()) == (call["status"], call["body"])
