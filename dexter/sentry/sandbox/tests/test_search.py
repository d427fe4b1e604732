import httpx
import pytest

from dexter.sentry.sandbox.fixtures import SandboxServer
from dexter.sentry.sandbox.tests.pages import ISSUES, read_all


def ids(client: httpx.Client, query: str, **more: str) -> set[str]:
    return {row["id"] for row in read_all(client, ISSUES, query=query, statsPeriod="200d", **more)}


@pytest.fixture(scope="module")
def client(shared_sandbox: SandboxServer):  # type: ignore[no-untyped-def]
    with shared_sandbox.http() as found:
        yield found


CHECKS = [
    ("is:unresolved", lambda state: state["status"] == "unresolved"),
    ("is:resolved", lambda state: state["status"] == "resolved"),
    ("is:archived", lambda state: state["status"] == "ignored"),
    ("!is:unresolved", lambda state: state["status"] != "unresolved"),
    ("is:regressed", lambda state: state["substatus"] == "regressed"),
    ("is:unassigned", lambda state: state["assignedTo"] is None),
    ("is:for_review", lambda state: state["inbox"]),
    (
        "assigned:none is:unresolved",
        lambda state: state["assignedTo"] is None and state["status"] == "unresolved",
    ),
    ("timesSeen:>10", lambda state: state["count"] > 10),
    ("timesSeen:<=2", lambda state: state["count"] <= 2),
    ("project:storefront-api", lambda state: state["project"] == "storefront-api"),
    (
        "project:[storefront-api, admin-portal]",
        lambda state: state["project"] in ("storefront-api", "admin-portal"),
    ),
    ("issue.priority:high", lambda state: state["priority"] == "high"),
    ("has:assigned", lambda state: state["assignedTo"] is not None),
]


@pytest.mark.parametrize(("query", "wanted"), CHECKS, ids=[query for query, _ in CHECKS])
def test_finds_exactly_what_is_true(
    shared_sandbox: SandboxServer, client: httpx.Client, query: str, wanted
) -> None:  # type: ignore[no-untyped-def]
    states = shared_sandbox.states()
    assert ids(client, query) == {number for number, state in states.items() if wanted(state)}


def test_default_is_unresolved(client: httpx.Client) -> None:
    rows = read_all(client, ISSUES, statsPeriod="200d")
    assert {row["status"] for row in rows} == {"unresolved"}
    assert len(rows) < len(ids(client, ""))


def test_level_title_and_free_text(client: httpx.Client) -> None:
    rows = read_all(client, ISSUES, query="", statsPeriod="200d")
    assert ids(client, "level:warning") == {row["id"] for row in rows if row["level"] == "warning"}
    word = rows[0]["title"].split(":")[0]
    assert ids(client, word) >= {row["id"] for row in rows if word in row["title"]}
    assert ids(client, f'title:"{rows[0]["title"][:12]}*"') >= {rows[0]["id"]}


def test_tags_and_environments(client: httpx.Client) -> None:
    rows = read_all(client, ISSUES, query="", statsPeriod="200d")
    expected = set()
    for row in rows:
        answer = client.get(f"{ISSUES}{row['id']}/tags/environment/").json()
        if any(value["value"] == "development" for value in answer["topValues"]):
            expected.add(row["id"])
    assert ids(client, "environment:development") == expected
    assert ids(client, "", environment="development") == expected


def test_release(client: httpx.Client) -> None:
    release = client.get("organizations/acme/releases/").json()[3]["version"]
    for number in ids(client, f'release:"{release}"'):
        answer = client.get(f"{ISSUES}{number}/tags/release/").json()
        assert release in [value["value"] for value in answer["topValues"]]


def test_relative_times(client: httpx.Client) -> None:
    assert ids(client, "lastSeen:-24h") | ids(client, "lastSeen:+24h") == ids(client, "")
    assert ids(client, "lastSeen:-24h") & ids(client, "lastSeen:+24h") == set()
    assert ids(client, "age:-7d") == ids(client, "firstSeen:-7d")


@pytest.mark.parametrize(
    "query",
    [
        "is:unresolved OR is:resolved",
        "(is:unresolved)",
        "a AND b",
        "is:nonsense",
        "timesSeen:>x",
        'title:"open',
    ],
)
def test_refusals(client: httpx.Client, query: str) -> None:
    answer = client.get(ISSUES, params={"query": query})
    assert answer.status_code == 400
    assert "Error parsing search query" in answer.json()["detail"]


@pytest.mark.parametrize(
    "params",
    [
        {"sort": "count"},
        {"sort": "inbox"},
        {"groupStatsPeriod": "7d"},
        {"statsPeriod": "abc"},
        {"collapse": "nothing"},
    ],
)
def test_bad_parameters(client: httpx.Client, params: dict[str, str]) -> None:
    assert client.get(ISSUES, params=params).status_code == 400


def test_inbox_sort_wants_its_query(client: httpx.Client) -> None:
    answer = client.get(ISSUES, params={"sort": "inbox", "query": "is:unresolved is:for_review"})
    assert answer.status_code == 200


def test_projects_by_id_slug_and_minus_one(client: httpx.Client) -> None:
    row = client.get(ISSUES).json()[0]["project"]
    assert ids(client, "", project=row["id"]) == ids(client, "", project=row["slug"])
    assert ids(client, "", project="-1") == ids(client, "")
    assert client.get(ISSUES, params={"project": "99"}).status_code == 403


def test_negation_can_be_refused(sandbox: SandboxServer) -> None:
    sandbox.switches(no_advanced_search=True)
    with sandbox.http() as client:
        assert client.get(ISSUES, params={"query": "!is:resolved"}).status_code == 400
