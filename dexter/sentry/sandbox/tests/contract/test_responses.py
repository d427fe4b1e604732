"""Every operation that the sandbox serves and the official document has: the answer fits its schema."""

import json
from typing import Any

import httpx
import pytest

from dexter.sentry.sandbox.fixtures import SandboxServer
from dexter.sentry.sandbox.routes import ROUTES
from dexter.sentry.sandbox.tests.contract.schema import (
    document,
    example,
    response_schema,
    type_errors,
    unknown_keys,
)

pytestmark = pytest.mark.contract

NAMES = {
    "{org}": "{organization_id_or_slug}", "{project}": "{project_id_or_slug}", "{issue}": "{issue_id}",
    "{event}": "{event_id}", "{team}": "{team_id_or_slug}", "{member}": "{member_id}",
}  # fmt: skip
QUERIES = {
    "/stats_v2/": "field=sum(quantity)&groupBy=project&groupBy=outcome&statsPeriod=24h",
    "/sessions/": "field=count_unique(user)&field=sum(session)&groupBy=project&statsPeriod=24h",
}
BODIES = {"PUT /issues/{issue}/": {"status": "resolved", "statusDetails": {"inNextRelease": True}}}
# Keys of real servers that the document does not list, or lists under another name.
EXTRA = {".access", ".features", ".contexts", ".metadata", ".data", ".user.geo", ".user.data"}


def official(path: str) -> str:
    for short, long in NAMES.items():
        path = path.replace(short, long)
    return path


def shared_operations() -> list[tuple[str, str]]:
    paths = document()["paths"]
    found = {(route.method, route.path) for route in ROUTES}
    return sorted(
        (method, path)
        for method, path in found
        if method.lower() in paths.get(official(path), {}) and method == "GET"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "operation" in metafunc.fixturenames:
        metafunc.parametrize("operation", shared_operations(), ids=lambda each: f"{each[0]} {each[1]}")


@pytest.fixture(scope="module")
def client(shared_sandbox: SandboxServer) -> Any:
    with shared_sandbox.http() as found:
        yield found


@pytest.fixture(scope="module")
def values(client: httpx.Client) -> dict[str, str]:
    issue = client.get("organizations/acme/issues/?query=&limit=1&sort=freq").json()[0]
    event = client.get(f"organizations/acme/issues/{issue['id']}/events/latest/").json()
    release = client.get("organizations/acme/releases/").json()[0]
    return {"org": "acme", "project": issue["project"]["slug"], "issue": issue["id"], "event": event["id"],
            "team": "data", "member": "57000", "key": "environment",
            "version": release["version"]}  # fmt: skip


def test_answer_fits_the_official_schema(
    operation: tuple[str, str], client: httpx.Client, values: dict[str, str]
) -> None:
    method, path = operation
    query = next((text for end, text in QUERIES.items() if path.endswith(end)), "")
    wanted = {**values, "issue": "STOREFRONT-API-1"} if "shortids" in path else values
    answer = client.request(method, f"{path.format(**wanted).removeprefix('/api/0/')}?{query}")
    assert answer.status_code == 200, answer.text
    schema = response_schema(method, official(path), 200)
    body = answer.json()
    assert [error for error in type_errors(schema, body) if not _expected(path, error)] == []
    if path != OLD_LIST:  # its description is older than half of the keys of an issue
        assert [key for key in unknown_keys(schema, body) if key.replace("[]", "") not in EXTRA] == []


OLD_LIST = "/api/0/projects/{org}/{project}/issues/"


def _expected(path: str, error: str) -> bool:
    """The old list's metadata is described as one of two shapes that both fit once nothing is required."""
    return path == OLD_LIST and "/metadata: " in error


def test_at_least_forty_operations_are_held_against_the_document() -> None:
    assert len(shared_operations()) >= 35


@pytest.mark.parametrize("sort", ["date", "new", "trends", "freq", "user", "recommended"])
@pytest.mark.parametrize("period", ["", "24h", "14d", "auto"])
def test_issue_list_fits_for_every_sort_and_period(client: httpx.Client, sort: str, period: str) -> None:
    answer = client.get(
        "organizations/acme/issues/",
        params={
            "query": "",
            "sort": sort,
            "groupStatsPeriod": period,
            "expand": ["inbox", "owners", "sessions"],
        },
    )
    schema = response_schema("GET", official("/api/0/organizations/{org}/issues/"), 200)
    # A real server says null for "nobody" and "not in the inbox"; the document forgets it.
    rows = [
        {key: value for key, value in row.items() if value is not None or key not in ("inbox", "owners")}
        for row in answer.json()
    ]
    assert type_errors(schema, rows) == []


def test_every_kind_of_event_fits(client: httpx.Client) -> None:
    schema = response_schema(
        "GET", official("/api/0/organizations/{org}/issues/{issue}/events/{event}/"), 200
    )
    for issue in client.get("organizations/acme/issues/?query=").json():
        body = client.get(f"organizations/acme/issues/{issue['id']}/events/recommended/").json()
        assert type_errors(schema, body) == [], issue["title"]


def test_single_put_fits(sandbox: SandboxServer) -> None:
    path = "/api/0/organizations/{org}/issues/{issue}/"
    with sandbox.http("sandbox-user-1") as client:
        issue = client.get("organizations/acme/issues/?limit=1").json()[0]["id"]
        for body in (
            {"status": "resolved", "statusDetails": {"inNextRelease": True}},
            {"status": "ignored", "substatus": "archived_until_escalating"},
            {"status": "ignored", "statusDetails": {"ignoreCount": 10, "ignoreWindow": 60}},
            {"assignedTo": "user:2", "priority": "low", "isBookmarked": True, "hasSeen": True},
        ):
            answer = client.put(f"organizations/acme/issues/{issue}/", json=body)
            schema = response_schema("PUT", official(path), 200)
            assert type_errors(schema, answer.json()) == []
            assert unknown_keys(schema, answer.json()) == []


def test_bulk_put_fits(sandbox: SandboxServer) -> None:
    with sandbox.http() as client:
        rows = client.get("organizations/acme/issues/?query=&limit=100").json()
        ids = [row["id"] for row in rows if row["project"]["slug"] == rows[0]["project"]["slug"]][:2]
        schema = response_schema("PUT", official("/api/0/organizations/{org}/issues/"), 200)
        for body in ({"status": "resolved"}, {"isPublic": True, "assignedTo": "user:1"}, {"merge": 1}):
            answer = client.put("organizations/acme/issues/", params={"id": ids}, json=body)
            assert answer.status_code == 200
            assert type_errors(schema, answer.json()) == []


ALIKE = {
    "listOrganizationIssues": "organizations/acme/issues/?expand=inbox&expand=owners&expand=sessions&limit=1",
    "getOrganizationIssue": "organizations/acme/issues/{issue}/",
    "listOrganizationIssueEvents": "organizations/acme/issues/{issue}/events/",
    "getOrganizationIssueEvent": "organizations/acme/issues/{issue}/events/latest/",
    "listOrganizationReleases": "organizations/acme/releases/",
    "listOrganizationMembers": "organizations/acme/members/",
    "listOrganizationTeams": "organizations/acme/teams/",
    "listOrganizationProjects": "organizations/acme/projects/",
    "getOrganization": "organizations/acme/",
    "getOrganizationIssueTag": "organizations/acme/issues/{issue}/tags/environment/",
    "listOrganizationIssueTagValues": "organizations/acme/issues/{issue}/tags/environment/values/",
    "listOrganizationIssueHashes": "organizations/acme/issues/{issue}/hashes/",
}
# Only where a feature is on that the sandbox has not, or for one row of a search.
ABSENT = {"derivedData", "integrationIssues", "sentryAppIssues", "latestEventHasAttachments",
          "matchingEventId", "matchingEventEnvironment"}  # fmt: skip


@pytest.mark.parametrize("name", sorted(ALIKE))
def test_keys_are_those_of_the_official_example(
    name: str, client: httpx.Client, values: dict[str, str]
) -> None:
    body, given = client.get(ALIKE[name].format(**values)).json(), example(name)
    body, given = (body[0], given[0]) if isinstance(given, list) else (body, given)
    assert set(given) - set(body) <= ABSENT, json.dumps(sorted(set(given) - set(body)))
