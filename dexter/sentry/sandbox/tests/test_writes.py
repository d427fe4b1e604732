import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from dexter.sentry.sandbox.fixtures import SandboxServer, start_sandbox
from dexter.sentry.sandbox.tests.pages import EVERYTHING, ISSUES, read_all


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with start_sandbox(issues=80) as found:
        yield found


@pytest.fixture
def client(server: SandboxServer) -> Iterator[httpx.Client]:
    with server.http() as found:
        yield found


def unresolved(client: httpx.Client, count: int = 1, project: str = "") -> list[str]:
    more = {"project": project} if project else {}
    rows = client.get(ISSUES, params={"query": "is:unresolved", "statsPeriod": "200d", **more}).json()
    return [row["id"] for row in rows[:count]]


def put(client: httpx.Client, issue: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.put(f"{ISSUES}{issue}/", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize(
    ("body", "status", "substatus", "details"),
    [
        ({"status": "resolved"}, "resolved", None, {}),
        ({"status": "resolved", "statusDetails": {"inNextRelease": True}}, "resolved", None,
         {"inNextRelease": True}),
        ({"status": "resolvedInNextRelease"}, "resolved", None, {"inNextRelease": True}),
        ({"status": "ignored", "substatus": "archived_forever"}, "ignored", "archived_forever", {}),
        ({"status": "ignored"}, "ignored", "archived_until_escalating", {}),
        ({"status": "ignored", "statusDetails": {"ignoreCount": 5, "ignoreWindow": 60}}, "ignored",
         "archived_until_condition_met", {"ignoreCount": 5, "ignoreWindow": 60}),
        ({"status": "unresolved"}, "unresolved", "ongoing", {}),
    ],
)  # fmt: skip
def test_status(
    server: SandboxServer, client: httpx.Client, body: Any, status: str, substatus: Any, details: Any
) -> None:
    issue = client.get(ISSUES, params={"query": "is:resolved", "statsPeriod": "200d"}).json()[0]["id"]
    put(client, issue, {"status": "resolved"})
    answer = put(client, issue, body)
    assert (answer["status"], answer["substatus"], answer["statusDetails"]) == (status, substatus, details)
    state = server.state(issue)
    assert (state["status"], state["substatus"], state["statusDetails"]) == (status, substatus, details)


def test_archive_for_a_time_ends(server: SandboxServer, client: httpx.Client) -> None:
    issue = unresolved(client)[0]
    answer = put(client, issue, {"status": "ignored", "statusDetails": {"ignoreDuration": 30}})
    assert "ignoreUntil" in answer["statusDetails"]
    server.events(issue)
    assert server.state(issue)["status"] == "ignored"
    server.forward(1900)
    server.events(issue)
    assert server.state(issue)["substatus"] == "escalating"


def test_resolve_in_release_and_commit(client: httpx.Client) -> None:
    issue = unresolved(client)[0]
    release = client.get("organizations/acme/releases/").json()[0]
    commit = client.get(f"organizations/acme/releases/{release['version']}/commits/").json()[0]["id"]
    answer = put(client, issue, {"status": "resolved", "statusDetails": {"inRelease": release["version"]}})
    assert answer["statusDetails"] == {"inRelease": release["version"]}
    wanted = {"inCommit": {"repository": "acme/shop", "commit": commit}}
    assert put(client, issue, {"status": "resolved", "statusDetails": wanted})["statusDetails"] == wanted
    refused = client.put(
        f"{ISSUES}{issue}/", json={"status": "resolved", "statusDetails": {"inRelease": "no@1"}}
    )
    assert refused.status_code == 400
    assert "inRelease" in refused.json()["statusDetails"]


@pytest.mark.parametrize(
    ("owner", "state"),
    [
        ("user:3", "user:3"),
        ("3", "user:3"),
        ("team:4509101", "team:4509101"),
        ("#data", "team:4509102"),
        ("", None),
    ],
)
def test_assign(server: SandboxServer, client: httpx.Client, owner: str, state: str | None) -> None:
    issue = unresolved(client)[0]
    answer = put(client, issue, {"assignedTo": owner})
    assert server.state(issue)["assignedTo"] == state
    assert (answer["assignedTo"] is None) == (state is None)


def test_assign_to_a_stranger_is_refused(client: httpx.Client) -> None:
    answer = client.put(f"{ISSUES}{unresolved(client)[0]}/", json={"assignedTo": "user:999"})
    assert (answer.status_code, answer.json()) == (400, {"assignedTo": ["Cannot assign to non-team member"]})


def test_flags_belong_to_the_tokens_user(server: SandboxServer, client: httpx.Client) -> None:
    issue = unresolved(client)[0]
    with server.http("sandbox-user-4") as person:
        put(person, issue, {"isBookmarked": True, "hasSeen": True, "isSubscribed": True})
        row = person.get(f"{ISSUES}{issue}/").json()
    other = client.get(f"{ISSUES}{issue}/").json()
    assert (row["isBookmarked"], row["hasSeen"], row["isSubscribed"]) == (True, True, True)
    assert (other["isBookmarked"], other["hasSeen"], other["isSubscribed"]) == (False, False, False)
    assert 4 in server.state(issue)["bookmarkedBy"]


def test_share_and_priority(server: SandboxServer, client: httpx.Client) -> None:
    issue = unresolved(client)[0]
    answer = put(client, issue, {"isPublic": True, "priority": "low"})
    assert answer["shareId"] == server.state(issue)["shareId"] is not None
    assert put(client, issue, {"isPublic": False})["shareId"] is None
    assert server.state(issue)["priority"] == "low"
    assert client.put(f"{ISSUES}{issue}/", json={"priority": "urgent"}).status_code == 400


def test_bulk_skips_unknown_ids_silently(server: SandboxServer, client: httpx.Client) -> None:
    ids = unresolved(client, 3)
    answer = client.put(ISSUES, params={"id": [*ids, "123"]}, json={"status": "resolved"})
    assert answer.json() == {"status": "resolved", "statusDetails": {}}
    assert {server.state(issue)["status"] for issue in ids} == {"resolved"}
    assert client.put(ISSUES, params={"id": ["123"]}, json={"status": "resolved"}).status_code == 204


def test_bulk_without_id_changes_all_that_the_query_matches(
    server: SandboxServer, client: httpx.Client
) -> None:
    query = "is:unresolved level:error project:web-frontend"
    matching = {row["id"] for row in read_all(client, ISSUES, query=query, statsPeriod="200d")}
    others = {
        number for number, state in server.states().items() if state["status"] == "unresolved"
    } - matching
    client.put(ISSUES, params={"query": query, "statsPeriod": "200d"}, json={"status": "resolved"})
    states = server.states()
    assert matching
    assert {states[number]["status"] for number in matching} == {"resolved"}
    assert {states[number]["status"] for number in others} == {"unresolved"}


def test_bulk_without_id_may_only_change_states(client: httpx.Client) -> None:
    assert client.put(ISSUES, params={"query": ""}, json={"assignedTo": "user:1"}).status_code == 400


def pair(client: httpx.Client) -> list[dict[str, Any]]:
    for project in client.get("organizations/acme/projects/").json():
        rows = client.get(
            ISSUES, params={"query": "is:unresolved", "project": project["id"], "statsPeriod": "200d"}
        ).json()
        if len(rows) >= 2:
            return sorted(rows[:2], key=lambda row: (int(row["lifetime"]["count"]), int(row["id"])))
    raise AssertionError("no project has two unresolved issues")


def test_merge_and_unmerge(server: SandboxServer, client: httpx.Client) -> None:
    child, parent = pair(client)
    ids = [child["id"], parent["id"]]
    answer = client.put(ISSUES, params={"id": ids}, json={"merge": 1})
    assert answer.json() == {"merge": {"parent": parent["id"], "children": [child["id"]]}}
    assert client.get(f"{ISSUES}{child['id']}/").status_code == 404
    server.forward(1)
    merged = client.get(f"{ISSUES}{child['id']}/").json()
    assert merged["id"] == parent["id"]
    total = int(child["lifetime"]["count"]) + int(parent["lifetime"]["count"])
    assert merged["count"] == str(total)
    assert len(read_all(client, f"{ISSUES}{parent['id']}/events/", statsPeriod="200d")) == total
    hashes = client.get(f"{ISSUES}{parent['id']}/hashes/").json()
    assert len(hashes) == 2
    path = f"{ISSUES}{parent['id']}/hashes/"
    assert client.put(path, params={"id": hashes[1]["id"]}).status_code == 202
    assert client.put(path, params={"id": hashes[1]["id"]}).status_code == 409
    server.forward(1)
    assert len(client.get(path).json()) == 1
    assert sum(state["count"] for state in server.states().values() if hashes[1]["id"] in state["hashes"]) > 0


def test_merge_over_projects_is_refused_and_with_200_by_older_servers(
    server: SandboxServer, client: httpx.Client
) -> None:
    rows = read_all(client, ISSUES, **EVERYTHING)
    first = rows[0]
    second = next(row for row in rows if row["project"]["id"] != first["project"]["id"])
    ids = {"id": [first["id"], second["id"]]}
    body = {"detail": "Merging across multiple projects is not supported"}
    refused = client.put(ISSUES, params=ids, json={"merge": 1})
    server.switches(old_refusals=True)
    older = client.put(ISSUES, params=ids, json={"merge": 1})
    server.switches(old_refusals=False)
    assert (refused.status_code, refused.json()) == (400, body)
    assert (older.status_code, older.json()) == (200, body)


def test_delete_one_and_many(server: SandboxServer, client: httpx.Client) -> None:
    one, two, three = unresolved(client, 3)
    assert client.delete(f"{ISSUES}{one}/").status_code == 202
    assert client.delete(ISSUES, params={"id": [two, three]}).status_code == 204
    for issue in (one, two, three):
        assert client.get(f"{ISSUES}{issue}/").status_code == 404
        assert server.state(issue)["deleted"] is True
    assert not {one, two, three} & {row["id"] for row in read_all(client, ISSUES, **EVERYTHING)}


def test_notes(server: SandboxServer, client: httpx.Client) -> None:
    path = f"{ISSUES}{unresolved(client)[0]}/notes/"
    made = client.post(path, json={"text": "looks like the retry order"})
    assert made.status_code == 201
    again = client.post(path, json={"text": "looks like the retry order"})
    assert (again.status_code, again.json()) == (400, {"detail": "You have already posted that comment."})
    with server.http("sandbox-user-2") as other:
        assert other.put(f"{path}{made.json()['id']}/", json={"text": "no"}).status_code == 403
    assert (
        client.put(f"{path}{made.json()['id']}/", json={"text": "better"}).json()["data"]["text"] == "better"
    )
    assert client.get(path).json()[0]["data"]["text"] == "better"
    assert client.delete(f"{path}{made.json()['id']}/").status_code == 204
    assert client.post(path, json={"text": " "}).status_code == 400


def test_activity_tells_what_happened(client: httpx.Client) -> None:
    issue = unresolved(client)[0]
    put(client, issue, {"status": "resolved"})
    put(client, issue, {"assignedTo": "user:2"})
    client.post(f"{ISSUES}{issue}/comments/", json={"text": f"note {time.time()}"})
    kinds = [entry["type"] for entry in client.get(f"{ISSUES}{issue}/activities/").json()["activity"]]
    assert kinds[:3] == ["note", "assigned", "set_resolved"]
    assert kinds[-1] == "first_seen"


def test_a_release_and_a_deploy_can_be_made(client: httpx.Client) -> None:
    body = {"version": "data-pipeline@9.9.9", "projects": ["data-pipeline"]}
    assert client.post("organizations/acme/releases/", json=body).status_code == 201
    assert client.post("organizations/acme/releases/", json=body).status_code == 208
    path = "organizations/acme/releases/data-pipeline@9.9.9/deploys/"
    assert client.post(path, json={"environment": "production"}).status_code == 201
    assert [deploy["environment"] for deploy in client.get(path).json()] == ["production"]
