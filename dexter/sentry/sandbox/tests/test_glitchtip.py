import re
from collections.abc import Iterator

import httpx
import pytest

from dexter.sentry.sandbox.fixtures import SandboxServer, start_sandbox
from dexter.sentry.sandbox.tests.pages import ISSUES

NEXT = re.compile(r'<([^>]+)>;[^,]*rel="next"[^,]*results="true"')


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with start_sandbox(flavour="glitchtip", issues=400, events=3) as found:
        yield found


@pytest.fixture
def client(server: SandboxServer) -> Iterator[httpx.Client]:
    with server.http() as found:
        yield found


def walk(client: httpx.Client, sort: str, most: int = 30) -> tuple[list[str], bool]:
    """The ids of all pages, and whether a link came twice."""
    url, found, seen = f"{ISSUES}?limit=50&sort={sort}", [], set()
    while url not in seen and len(seen) < most:
        seen.add(url)
        answer = client.get(url)
        found += [row["id"] for row in answer.json()]
        match = NEXT.search(answer.headers["link"])
        if match is None:
            return found, False
        url = match[1]
    return found, True


@pytest.mark.parametrize("sort", ["-last_seen", "-first_seen"])
def test_time_sorts_are_complete(client: httpx.Client, sort: str) -> None:
    found, repeats = walk(client, sort)
    assert not repeats
    assert len(found) == len(set(found)) == 400


@pytest.mark.parametrize("sort", ["count", "-priority"])
def test_other_sorts_repeat_and_lose_rows(client: httpx.Client, sort: str) -> None:
    found, repeats = walk(client, sort)
    assert repeats
    assert len(set(found)) < 400


def test_link_to_nowhere_has_no_cursor(client: httpx.Client) -> None:
    link = client.get("organizations/acme/teams/").headers["link"]
    assert link.startswith("{'<")
    assert "cursor" not in link


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        (f"{ISSUES}{{issue}}/", 405, "text/html"),
        (f"{ISSUES}{{issue}}/events/", 200, "text/html"),
        (f"{ISSUES}{{issue}}/events/latest/", 200, "text/html"),
        ("projects/acme/storefront-api/rules/", 200, "text/html"),
        ("organizations/acme/shortids/A-1/", 404, "application/json"),
        ("organizations/acme/issues", 301, "text/html"),
        (f"{ISSUES}?sort=date", 422, "application/json"),
        (f"{ISSUES}?limit=abc", 422, "application/json"),
        (f"{ISSUES}?cursor=0:100:0", 422, "application/json"),
        (f"{ISSUES}?project=storefront-api", 422, "application/json"),
        (f"{ISSUES}?query=%22", 500, "text/html"),
        ("issues/{issue}/events/oldest/", 422, "application/json"),
        ("organizations/acme/stats_v2/?statsPeriod=24h", 422, "application/json"),
    ],
)
def test_refusals_as_seen(client: httpx.Client, path: str, status: int, kind: str) -> None:
    issue = client.get(ISSUES).json()[0]["id"]
    answer = client.get(path.format(issue=issue))
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (status, kind)


@pytest.mark.parametrize(("limit", "rows"), [("0", 50), ("250", 100), ("-1", 0), ("7", 7)])
def test_limits(client: httpx.Client, limit: str, rows: int) -> None:
    assert len(client.get(ISSUES, params={"limit": limit}).json()) == rows


def test_what_it_does_not_know_is_a_tag_and_finds_nothing(client: httpx.Client) -> None:
    for query in ("!is:resolved", "assigned:me", "timesSeen:>1", "age:-24h", "is:for_review"):
        assert client.get(ISSUES, params={"query": query}).json() == []
    assert client.get(ISSUES, params={"query": "is:resolved"}).json()


def test_put_takes_a_status_only(server: SandboxServer, client: httpx.Client) -> None:
    issue = client.get(ISSUES, params={"query": "is:unresolved"}).json()[0]["id"]
    answer = client.put(f"issues/{issue}/", json={"status": "resolved", "assignedTo": "user:1"}).json()
    assert answer["share_id"] is None
    assert server.state(issue)["status"] == "resolved"
    assert client.put(f"issues/{issue}/", json={"assignedTo": "user:1"}).status_code == 500
    assert client.put(f"issues/{issue}/", json={"status": "resolvedInNextRelease"}).status_code == 422
    answer = client.put(ISSUES, params={"id": "4"}, json={"status": "resolved"})
    assert answer.json() == {"status": "resolved", "merge": None}


def test_merge_keeps_the_newest_and_does_not_add_up(server: SandboxServer, client: httpx.Client) -> None:
    old, new = sorted((row["id"] for row in client.get(ISSUES).json()[:2]), key=int)
    count = server.state(new)["count"]
    client.put(ISSUES, params={"id": [old, new]}, json={"merge": 1})
    assert server.state(old)["mergedInto"] == new
    assert server.state(new)["count"] == count
    assert old not in {row["id"] for row in client.get(ISSUES, params={"limit": 100}).json()}
    assert client.get(f"issues/{old}/").status_code == 200
    assert client.get(f"issues/{old}/events/latest/").status_code == 404


def test_comments_have_their_text_one_level_deeper(client: httpx.Client) -> None:
    path = f"issues/{client.get(ISSUES).json()[0]['id']}/comments/"
    assert client.post(path, json={"text": "no"}).status_code == 422
    made = client.post(path, json={"data": {"text": "yes"}})
    assert made.status_code == 201
    assert isinstance(made.json()["id"], int)
    assert client.delete(f"{path}{made.json()['id']}/").status_code == 204
