import re

import pytest

from dexter.sentry.sandbox.fixtures import SandboxServer
from dexter.sentry.sandbox.tests.pages import EVERYTHING, ISSUES, next_cursor, previous_cursor, read_all


@pytest.mark.parametrize("sort", ["date", "new", "trends", "freq", "user", "recommended"])
def test_all_pages_together_hold_every_issue_once(shared_sandbox: SandboxServer, sort: str) -> None:
    with shared_sandbox.http() as client:
        rows = read_all(client, ISSUES, **EVERYTHING, sort=sort, limit=7)
    assert sorted(row["id"] for row in rows) == sorted(shared_sandbox.states())


def test_sorted_by_last_seen_newest_first(shared_sandbox: SandboxServer) -> None:
    with shared_sandbox.http() as client:
        seen = [row["lastSeen"] for row in read_all(client, ISSUES, **EVERYTHING, limit=13)]
    assert seen == sorted(seen, reverse=True)


def test_link_header_has_both_links_to_the_letter(shared_sandbox: SandboxServer) -> None:
    with shared_sandbox.http() as client:
        link = client.get(ISSUES, params={"limit": 5}).headers["link"]
    url = re.escape(f"{shared_sandbox.base_url}{ISSUES}?limit=5&cursor=")
    shape = rf'<{url}(\d+:\d+:1)>; rel="previous"; results="false"; cursor="\1", '
    shape += rf'<{url}(\d+:\d+:0)>; rel="next"; results="true"; cursor="\2"'
    assert re.fullmatch(shape, link)


def test_link_without_other_parameters(shared_sandbox: SandboxServer) -> None:
    with shared_sandbox.http() as client:
        assert "/projects/?&cursor=100:" in client.get("organizations/acme/projects/").headers["link"]


def test_previous_leads_back(shared_sandbox: SandboxServer) -> None:
    with shared_sandbox.http() as client:
        first = client.get(ISSUES, params={"limit": 5})
        second = client.get(ISSUES, params={"limit": 5, "cursor": next_cursor(first)})
        back = client.get(ISSUES, params={"limit": 5, "cursor": previous_cursor(second)})
    assert [row["id"] for row in back.json()] == [row["id"] for row in first.json()]


@pytest.mark.parametrize("size", ["0", "101", "-1", "many"])
def test_a_size_out_of_range_is_refused(shared_sandbox: SandboxServer, size: str) -> None:
    with shared_sandbox.http() as client:
        assert client.get(ISSUES, params={"limit": size}).status_code == 400
        assert client.get("organizations/acme/releases/", params={"per_page": size}).status_code == 400


def test_issue_lists_do_not_read_per_page(shared_sandbox: SandboxServer) -> None:
    with shared_sandbox.http() as client:
        assert len(client.get(ISSUES, params={"query": "", "per_page": 3}).json()) > 3


def test_a_bad_cursor_is_a_400(shared_sandbox: SandboxServer) -> None:
    with shared_sandbox.http() as client:
        answer = client.get(ISSUES, params={"cursor": "abc"})
    assert (answer.status_code, answer.json()) == (400, {"detail": "Invalid cursor parameter."})


def test_an_event_id_hits_directly(shared_sandbox: SandboxServer) -> None:
    with shared_sandbox.http() as client:
        issue = client.get(ISSUES).json()[0]["id"]
        event = client.get(f"{ISSUES}{issue}/events/oldest/").json()["id"]
        answer = client.get(ISSUES, params={"query": event})
    assert answer.headers["x-sentry-direct-hit"] == "1"
    assert "link" not in answer.headers
    assert [(row["id"], row["matchingEventId"]) for row in answer.json()] == [(issue, event)]


def test_a_short_id_hits_when_asked_for(shared_sandbox: SandboxServer) -> None:
    with shared_sandbox.http() as client:
        row = client.get(ISSUES).json()[0]
        answer = client.get(ISSUES, params={"query": row["shortId"], "shortIdLookup": "1"})
        lookup = client.get(f"organizations/acme/shortids/{row['shortId']}/").json()
    assert [found["id"] for found in answer.json()] == [row["id"]]
    assert lookup["groupId"] == row["id"]


def test_paging_holds_while_issues_move_to_the_top(sandbox: SandboxServer) -> None:
    """By sort value: what was behind the page stays behind it."""
    with sandbox.http() as client:
        first = client.get(ISSUES, params={**EVERYTHING, "limit": 20})
        expected = {row["id"] for row in read_all(client, ISSUES, **EVERYTHING)} - {
            row["id"] for row in first.json()
        }
        sandbox.new_issues(3)
        sandbox.events(first.json()[-1]["id"])
        rest = read_all(client, ISSUES, **EVERYTHING, cursor=next_cursor(first), limit=20)
        cursor, found = next_cursor(first), set()
        while cursor is not None:
            answer = client.get(ISSUES, params={**EVERYTHING, "limit": 20, "cursor": cursor})
            found |= {row["id"] for row in answer.json()}
            cursor = next_cursor(answer)
    assert found == expected
    assert rest
