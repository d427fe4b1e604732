"""Every request that the client can make, against Sentry's public OpenAPI document."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from dexter.sentry.client import Client
from dexter.sentry.flavour import CHANGE_NEEDS
from dexter.sentry.tests.contract.openapi import SHARED, violations
from dexter.sentry.tests.fake_server import FakeServer, answer

pytestmark = pytest.mark.contract

Call = Callable[[Client], Any]
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
NOT_DOCUMENTED = "is not in the document"

# method of the client -> calls with every parameter that it can send
CALLS: dict[str, list[Call]] = {
    "organizations": [lambda c: c.organizations(cursor="0:100:0")],
    "organization": [lambda c: c.organization()],
    "projects": [lambda c: c.projects(cursor="0:100:0")],
    "project": [lambda c: c.project("web")],
    "teams": [lambda c: c.teams(cursor="0:100:0")],
    "team": [lambda c: c.team("core")],
    "members": [lambda c: c.members(cursor="0:100:0")],
    "environments": [lambda c: c.environments()],
    "releases": [lambda c: c.releases(project=[1, "web"], query="1.", limit=10, cursor="0:100:0")],
    "release": [lambda c: c.release("app@1.0/rc")],
    "release_deploys": [lambda c: c.release_deploys("1.0", cursor="0:100:0")],
    "release_commits": [lambda c: c.release_commits("1.0", cursor="0:100:0")],
    "issues": [
        lambda c: c.issues(),
        lambda c: c.issues(
            project=[1, "web"],
            query="is:unresolved",
            sort=c.flavour.recent_sort,
            stats_period="14d",
            group_stats_period="auto",
            limit=25,
            cursor="1:0:0",
            collapse=["stats", "lifetime", "filtered", "unhandled", "base"],
            expand=["inbox", "owners", "sessions", "integrationIssues", "latestEventHasAttachments"],
            environment=["prod", "test"],
            short_id_lookup=True,
        ),
        lambda c: c.issues(start=NOON, end=NOON, group_stats_period=""),
    ],
    "issue": [lambda c: c.issue(5, expand=["inbox", "owners"], collapse=["release", "stats", "tags"])],
    "tag": [lambda c: c.tag(5, "browser.name")],
    "tag_values": [
        lambda c: c.tag_values(5, "browser", sort="count"),
        lambda c: c.tag_values(5, "browser", sort="id"),
    ],
    "hashes": [lambda c: c.hashes(5, full=True, cursor="0:100:0")],
    "issue_events": [
        lambda c: c.issue_events(
            5, query="x", stats_period="1d", environment=["p"], limit=10, cursor="0:1:0"
        ),
        lambda c: c.issue_events(5, full=False, start=NOON, end=NOON),
    ],
    "issue_event": [lambda c: c.issue_event(5, "ab" * 16)],
    "latest_event": [lambda c: c.latest_event(5)],
    "oldest_event": [lambda c: c.oldest_event(5)],
    "recommended_event": [lambda c: c.recommended_event(5)],
    "event": [lambda c: c.event("web", "ab" * 16)],
    "project_events": [lambda c: c.project_events("web", full=True, stats_period="1d", cursor="0:1:0")],
    "attachments": [lambda c: c.attachments("web", "ab" * 16, cursor="0:1:0")],
    "users_per_project": [
        lambda c: c.users_per_project(),
        lambda c: c.users_per_project(project=[1], stats_period="14d", environment=["p"]),
    ],
    "stats_v2": [
        lambda c: c.stats_v2(stats_period="14d"),
        lambda c: c.stats_v2(
            group_by=["project", "outcome"], start=NOON, end=NOON, project=[1], outcome=None
        ),
    ],
    "update_issue": [
        lambda c: c.update_issue(5, status="resolved", statusDetails={"inNextRelease": True}),
        lambda c: c.update_issue(5, status="resolved", statusDetails={"inRelease": "latest"}),
        lambda c: c.update_issue(
            5, status="resolved", statusDetails={"inCommit": {"repository": "a/b", "commit": "ab"}}
        ),
        lambda c: c.update_issue(5, status="ignored", substatus="archived_until_escalating"),
        lambda c: c.update_issue(
            5, status="ignored", substatus="archived_until_condition_met", statusDetails={"ignoreCount": 10}
        ),
        lambda c: c.update_issue(5, assignedTo="user:1"),
        lambda c: c.update_issue(5, assignedTo=""),
        lambda c: c.update_issue(5, priority="high"),
        lambda c: c.update_issue(
            5, hasSeen=True, isBookmarked=True, isSubscribed=False, isPublic=True, inbox=False
        ),
    ],
    "update_issues": [lambda c: c.update_issues([5, 6], {"status": "unresolved"})],
    "delete_issue": [lambda c: c.delete_issue(5)],
    "delete_issues": [lambda c: c.delete_issues([5, 6])],
    "merge": [lambda c: c.merge([5, 6])],
    "share_issue": [lambda c: c.share_issue(5, public=True)],
}

# method of the client -> calls, and why the document does not have them
SERVED_ONLY: dict[str, tuple[Call, str]] = {
    "index": (lambda c: c.index(), "the API's root, which tells the token's scopes"),
    "issues_by_id": (
        lambda c: c.issues_by_id([5, 6]),
        "the list takes `group`, as Sentry's own pages send it",
    ),
    "tags": (lambda c: c.tags(5, environment=["p"]), "all tags at once; the document has one key at a time"),
    "issue_stats": (lambda c: c.issue_stats(5, since=1, until=2, resolution="1h"), "private endpoint"),
    "issues_stats": (lambda c: c.issues_stats([5, 6]), "private endpoint"),
    "activities": (lambda c: c.activities(5), "private endpoint; the detail has the last 100 only"),
    "notes": (lambda c: c.notes(5), "private endpoint"),
    "create_note": (lambda c: c.create_note(5, "x"), "private endpoint"),
    "update_note": (lambda c: c.update_note(5, 1, "x"), "private endpoint"),
    "delete_note": (lambda c: c.delete_note(5, 1), "private endpoint"),
    "tag_values, paged": (lambda c: c.tag_values(5, "x", cursor="0:1:0"), "it pages without saying so"),
    "unmerge": (lambda c: c.unmerge(5, ["ab"]), "PUT on the documented path of the hashes"),
}
NOT_OPERATIONS = {"for_people", "iter_pages", "close"}


OBJECTS = re.compile(
    r"/api/0/$|/organizations/\w+/$|/projects/acme/web/$|/teams/acme/core/$|/releases/[^/]+/$|/issues/\d+/$"
    r"|/events/\w+/$|/tags/[\w.]+/$|/activities/$|/sessions/$|/stats_v2/$"
)


def respond(request: httpx.Request) -> httpx.Response:
    """Something of the shape that the client looks for."""
    path = request.url.raw_path.decode().partition("?")[0]
    if request.method != "GET":
        return answer({"id": "5", "merge": {"parent": "5", "children": ["6"]}})
    if path.endswith("/stats/"):
        return answer([[1, 2]])
    return answer({} if OBJECTS.search(path) else [])


def made(call: Call) -> list[str]:
    """The violations of the requests that a call makes; the call must make one."""
    server = FakeServer(respond)
    call(server.client())
    assert server.requests
    return [
        violation
        for request, body in zip(server.requests, server.bodies, strict=True)
        for violation in violations(request.method, str(request.url), body)
    ]


def test_the_document_is_there() -> None:
    assert (SHARED / "sentry" / "openapi-subset.json").is_file(), f"set DEXTER_SHARED: nothing in {SHARED}"


def test_every_operation_of_the_client_is_checked() -> None:
    public = {name for name, _ in inspect.getmembers(Client, inspect.isfunction) if not name.startswith("_")}
    assert public - NOT_OPERATIONS == {name.partition(",")[0] for name in [*CALLS, *SERVED_ONLY]}


@pytest.mark.parametrize(
    ("name", "number"), [(name, n) for name, calls in CALLS.items() for n in range(len(calls))]
)
def test_documented(name: str, number: int) -> None:
    assert made(CALLS[name][number]) == []


@pytest.mark.parametrize("name", SERVED_ONLY)
def test_served_only(name: str) -> None:
    """Should one of these become documented, it belongs to the strict ones."""
    call, _reason = SERVED_ONLY[name]
    found = made(call)
    assert found != []
    undocumented = {"issues_by_id": "group", "tag_values, paged": "cursor"}.get(name)
    if undocumented:
        assert found == [f"parameter {undocumented} does not exist"]
    else:
        assert all(NOT_DOCUMENTED in violation for violation in found)


def test_all_changes_that_are_known_are_documented() -> None:
    values: dict[str, Any] = {
        "assignedTo": "",
        "priority": "low",
        "substatus": "ongoing",
        "statusDetails": {},
    }
    changes = {key: values.get(key, True) for key in CHANGE_NEEDS}
    assert made(lambda c: c.update_issue(5, **changes)) == []


@pytest.mark.parametrize(
    ("method", "path", "body", "complaint"),
    [
        ("GET", "organizations/acme/isues/", None, NOT_DOCUMENTED),
        ("GET", "organizations/acme/issues/?sort=last_seen", None, "does not fit"),
        ("GET", "organizations/acme/issues/?per_page=5", None, "does not exist"),
        ("GET", "organizations/acme/issues/?limit=x", None, "does not fit"),
        ("GET", "organizations/acme/issues/?start=2026-11-20", None, "does not fit"),
        ("GET", "organizations/acme/issues/?limit=1&limit=2", None, "more than once"),
        ("GET", "organizations/acme/sessions/", None, "is required"),
        ("PUT", "organizations/acme/issues/?id=WEB-1", {"status": "resolved"}, "does not fit"),
        ("PUT", "organizations/acme/issues/5/", {"status": "solved"}, "not one of"),
        ("PUT", "organizations/acme/issues/5/", {"stauts": "resolved"}, "Additional properties"),
        ("PUT", "organizations/acme/issues/5/", {"statusDetails": {"ignoreFor": 1}}, "Additional properties"),
        ("PUT", "organizations/acme/issues/5/", None, "a body is required"),
        ("DELETE", "organizations/acme/issues/5/", {}, "none is described"),
    ],
)
def test_the_check_can_fail(method: str, path: str, body: Any, complaint: str) -> None:
    found = violations(method, f"https://sentry.example/api/0/{path}", body)
    assert len(found) == 1
    assert complaint in found[0]
