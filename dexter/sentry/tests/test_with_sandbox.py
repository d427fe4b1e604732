"""The client against a real server over HTTP: every operation, paging, faults, limits."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dexter.outbound import transport_for
from dexter.sentry import errors
from dexter.sentry.client import Client
from dexter.sentry.flavour import GLITCHTIP, SENTRY
from dexter.sentry.probe import probe
from dexter.sentry.retry import NO_RETRY, RetryPolicy
from dexter.sentry.sandbox.fixtures import SandboxFactory, SandboxServer, start_sandbox


def client_of(server: SandboxServer, **options: Any) -> Client:
    return Client(server.base_url, server.org, options.pop("token", server.token), **options)


@pytest.fixture(scope="module")
def changed_sandbox() -> Iterator[SandboxServer]:
    """One server for all tests of this module that change things: a start takes seconds."""
    with start_sandbox() as server:
        yield server


@pytest.fixture
def client(changed_sandbox: SandboxServer) -> Iterator[Client]:
    with client_of(changed_sandbox) as made:
        yield made
    changed_sandbox.clear_faults()


@pytest.fixture(scope="module")
def reader(shared_sandbox: SandboxServer) -> Iterator[Client]:
    with client_of(shared_sandbox, retry=NO_RETRY) as made:
        yield made


def some_issue(client: Client) -> dict[str, Any]:
    return client.issues(query="is:unresolved", limit=1).rows[0]


def test_all_issues_come_once(shared_sandbox: SandboxServer, reader: Client) -> None:
    pages = list(reader.iter_pages(lambda cursor: reader.issues(limit=7, stats_period="90d", cursor=cursor)))
    ids = [row["id"] for page in pages for row in page.rows]
    assert len(ids) == len(set(ids))
    assert len(pages) > 5
    assert set(ids) <= set(shared_sandbox.states())


READS: list[Callable[[Client, dict[str, Any]], Any]] = [
    lambda c, i: c.organization()["slug"],
    lambda c, i: c.organizations().rows,
    lambda c, i: c.projects().rows,
    lambda c, i: c.project(i["project"]["slug"]),
    lambda c, i: c.teams().rows,
    lambda c, i: c.team(c.teams().rows[0]["slug"]),
    lambda c, i: c.members().rows,
    lambda c, i: c.environments(),
    lambda c, i: c.releases(limit=5).rows,
    lambda c, i: c.release(c.releases(limit=1).rows[0]["version"]),
    lambda c, i: c.release_deploys(c.releases(limit=1).rows[0]["version"]) is not None,
    lambda c, i: c.release_commits(c.releases(limit=1).rows[0]["version"]) is not None,
    lambda c, i: c.issue(i["id"]).body["activity"] is not None,
    lambda c, i: c.issue_events(i["id"]).rows[0]["entries"],
    lambda c, i: c.latest_event(i["id"])["eventID"],
    lambda c, i: c.oldest_event(i["id"])["eventID"],
    lambda c, i: c.recommended_event(i["id"])["eventID"],
    lambda c, i: c.event(i["project"]["slug"], c.latest_event(i["id"])["eventID"]),
    lambda c, i: c.project_events(i["project"]["slug"]).rows,
    lambda c, i: c.tags(i["id"]),
    lambda c, i: c.tag(i["id"], c.tags(i["id"])[0]["key"]),
    lambda c, i: c.tag_values(i["id"], c.tags(i["id"])[0]["key"]).rows,
    lambda c, i: c.hashes(i["id"]).rows,
    lambda c, i: c.issue_stats(i["id"]),
    lambda c, i: c.issues_stats([i["id"]]),
    lambda c, i: c.issues_by_id([i["id"]])[0]["id"] == i["id"],
    lambda c, i: c.activities(i["id"]),
    lambda c, i: c.notes(i["id"]) is not None,
    lambda c, i: c.attachments(i["project"]["slug"], c.latest_event(i["id"])["eventID"]) is not None,
    lambda c, i: c.users_per_project(stats_period="14d"),
    lambda c, i: c.stats_v2(stats_period="1d")["groups"],
    lambda c, i: c.index()["version"],
]


@pytest.mark.parametrize("number", range(len(READS)))
def test_reading(reader: Client, number: int) -> None:
    assert READS[number](reader, some_issue(reader))


def test_changing(changed_sandbox: SandboxServer, client: Client) -> None:
    issue = some_issue(client)["id"]
    assert client.update_issue(issue, status="resolved")["status"] == "resolved"
    assert changed_sandbox.state(issue)["status"] == "resolved"
    others = [row["id"] for row in client.issues(query="is:unresolved", limit=3).rows]
    assert client.update_issues(others, {"priority": "low"})["priority"] == "low"
    assert {changed_sandbox.state(other)["priority"] for other in others} == {"low"}


def test_notes_and_sharing(client: Client) -> None:
    issue = some_issue(client)["id"]
    note = client.create_note(issue, "Looks like the deploy.")
    assert client.update_note(issue, note["id"], "It was the deploy.")["data"]["text"] == "It was the deploy."
    with pytest.raises(errors.BadRequest):
        client.create_note(issue, "It was the deploy.")
    client.delete_note(issue, note["id"])
    assert note["id"] not in [row["id"] for row in client.notes(issue).rows]
    assert client.share_issue(issue, public=True)
    assert client.share_issue(issue, public=False) is None


def test_merging_and_deleting(changed_sandbox: SandboxServer, client: Client) -> None:
    by_project = Counter(row["project"]["id"] for row in client.issues().rows)
    project = by_project.most_common(1)[0][0]
    rows = client.issues(project=[project], query="issue.category:error").rows[:3]
    merged = client.merge([rows[0]["id"], rows[1]["id"]])
    changed_sandbox.forward(60)
    assert client.issue(merged.children[0]).merged_into == merged.parent
    assert client.issue(merged.parent).merged_into is None
    client.delete_issue(rows[2]["id"])
    changed_sandbox.forward(60)
    with pytest.raises(errors.NotFound):
        client.issue(rows[2]["id"])


def test_a_token_without_the_scope(shared_sandbox: SandboxServer) -> None:
    with client_of(shared_sandbox, token="sandbox-readonly") as client:
        issue = some_issue(client)["id"]
        with pytest.raises(errors.PermissionDenied):
            client.update_issue(issue, status="resolved")
    with client_of(shared_sandbox, token="wrong") as client, pytest.raises(errors.AuthFailed):
        client.organization()


def test_the_probe(shared_sandbox: SandboxServer) -> None:
    full = probe(shared_sandbox.root, "acme", shared_sandbox.token)
    assert full.flavour is SENTRY
    assert full.missing == ()
    assert full.organization["slug"] == "acme"
    less = probe(shared_sandbox.base_url, "acme", "sandbox-readonly")
    assert "event:write" in dict(less.missing) | dict(less.unverified)
    with pytest.raises(errors.NotFound):
        probe(shared_sandbox.root, "nobody", shared_sandbox.token)


def test_the_guarded_transport(shared_sandbox: SandboxServer) -> None:
    transport = transport_for(shared_sandbox.base_url, ["127.0.0.1"])
    with client_of(shared_sandbox, transport=transport) as client:
        assert client.organization()["slug"] == "acme"


@pytest.mark.parametrize(
    "kind", ["error", "bad_gateway", "cut", "cut_body", "html", "garbage", "empty", "rate_limit"]
)
def test_faults_that_pass(changed_sandbox: SandboxServer, client: Client, kind: str) -> None:
    client.environments()
    changed_sandbox.fault(kind, count=2)
    client._shell.retry = RetryPolicy(base=0.01)  # so as not to wait
    assert client.environments()
    assert client.counters.requests == 4


def test_a_note_whose_answer_is_lost_is_not_written_twice(
    changed_sandbox: SandboxServer, client: Client
) -> None:
    issue = some_issue(client)["id"]
    before = len(client.notes(issue).rows)
    changed_sandbox.fault("lost_answer", method="POST")
    with pytest.raises(errors.NetworkError) as caught:
        client.create_note(issue, "Only once")
    assert caught.value.sent
    assert len(client.notes(issue).rows) == before + 1


def test_pages_with_duplicate_rows(changed_sandbox: SandboxServer, client: Client) -> None:
    changed_sandbox.fault("duplicate_rows")
    pages = client.iter_pages(lambda cursor: client.issues(limit=10, stats_period="90d", cursor=cursor))
    ids = [row["id"] for page in pages for row in page.rows]
    assert len(ids) == len(set(ids)) > 30


def test_a_brownout(changed_sandbox: SandboxServer, client: Client) -> None:
    changed_sandbox.fault("gone", count=1)
    with pytest.raises(errors.Gone410):
        client.environments()


@pytest.mark.parametrize(("limit", "workers"), [(40, 8), (10, 4)])
def test_the_rate_limit_is_kept_and_used(sandbox_factory: SandboxFactory, limit: int, workers: int) -> None:
    server = sandbox_factory(rate_limit=limit, issues=20)
    moments: list[float] = []
    with client_of(server, retry=NO_RETRY) as client:
        end = time.time() + 5.0

        def work() -> None:
            while time.time() < end:
                client.issues(limit=1)
                moments.append(time.time())

        threads = [threading.Thread(target=work) for _ in range(workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert client.counters.rate_limited == 0
    whole = sorted(Counter(int(moment) for moment in moments).items())[2:-1]
    assert sum(count for _, count in whole) / len(whole) >= 0.9 * limit


def test_endpoints_with_limits_of_their_own(sandbox_factory: SandboxFactory) -> None:
    server = sandbox_factory(rate_limit=40, issues=20)
    with client_of(server, retry=NO_RETRY) as client:
        ids = [row["id"] for row in client.issues(query="is:unresolved").rows]
        calls: list[Callable[[str], Any]] = [client.issue, client.tags, client.notes, client.latest_event]

        def work(number: int) -> None:
            for step in range(8):
                calls[(number + step) % 4](ids[step % len(ids)])

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert client.counters.requests == 65
        assert client.counters.rate_limited == 0


def test_glitchtip(sandbox_factory: SandboxFactory) -> None:
    server = sandbox_factory(flavour="glitchtip")
    assert probe(server.root, server.org, server.token).flavour is GLITCHTIP
    with client_of(server, flavour=GLITCHTIP) as client:
        pages = client.iter_pages(lambda cursor: client.issues(limit=10, cursor=cursor))
        ids = [row["id"] for page in pages for row in page.rows]
        assert len(ids) == len(set(ids)) == len(server.states())
        assert client.issue(ids[0]).body["id"] == ids[0]
        assert client.latest_event(ids[0])["eventID"]
        assert client.issue_events(ids[0]).rows[0]["eventID"]
        assert client.tags(ids[0])
        assert client.update_issue(ids[0], status="resolved")["status"] == "resolved"
        assert client.create_note(ids[0], "Seen")["data"]["text"] == "Seen"
