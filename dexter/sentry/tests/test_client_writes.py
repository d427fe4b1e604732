"""Which request each changing operation makes, and what it refuses to ask for."""

from collections.abc import Callable
from typing import Any

import pytest

from dexter.sentry import errors
from dexter.sentry.client import Client, Merged
from dexter.sentry.flavour import GLITCHTIP
from dexter.sentry.tests.fake_server import FakeServer, answer

ORG = "organizations/acme/"


def test_update_an_issue() -> None:
    server = FakeServer([answer({"id": "5", "status": "ignored"})])
    row = server.client().update_issue(5, status="ignored", substatus="archived_forever")
    assert row["status"] == "ignored"
    assert server.lines == [f"PUT {ORG}issues/5/"]
    assert server.bodies == [{"status": "ignored", "substatus": "archived_forever"}]


def test_update_issues_returns_the_delta() -> None:
    server = FakeServer([answer({"status": "resolved"})])
    assert server.client().update_issues(["5", 6], {"status": "resolved"}) == {"status": "resolved"}
    assert server.lines == [f"PUT {ORG}issues/?id=5&id=6"]


def test_nothing_matched() -> None:
    assert FakeServer([answer(status=204)]).client().update_issues([5], {"status": "resolved"}) == {}


def test_many_ids_go_in_several_requests() -> None:
    server = FakeServer(lambda _: answer({"priority": "high"}))
    server.client().update_issues(range(250), {"priority": "high"})
    assert [request.url.query.count(b"id=") for request in server.requests] == [100, 100, 50]


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.update_issues([], {"status": "resolved"}),
        lambda c: c.update_issues("", {"status": "resolved"}),
        lambda c: c.update_issues("12", {"status": "resolved"}),
        lambda c: c.update_issues([""], {"status": "resolved"}),
        lambda c: c.update_issues([5], {}),
        lambda c: c.update_issue(5),
        lambda c: c.update_issue("", status="resolved"),
        lambda c: c.delete_issues([]),
        lambda c: c.delete_issue(""),
        lambda c: c.merge([5]),
        lambda c: c.merge([5, "5"]),
        lambda c: c.merge([]),
        lambda c: c.merge(range(101)),
        lambda c: c.unmerge(5, []),
    ],
)
def test_refused_before_any_request(call: Callable[[Client], Any]) -> None:
    server = FakeServer([])
    with pytest.raises(ValueError):
        call(server.client())
    assert server.requests == []


def test_delete() -> None:
    server = FakeServer([answer(status=202), answer(status=204)])
    client = server.client()
    client.delete_issue(5)
    client.delete_issues([5, 6])
    assert server.lines == [f"DELETE {ORG}issues/5/", f"DELETE {ORG}issues/?id=5&id=6"]
    assert server.bodies == [None, None]


def test_merge() -> None:
    server = FakeServer([answer({"merge": {"parent": "6", "children": ["5"]}})])
    assert server.client().merge([5, 6, "5"]) == Merged("6", ("5",))
    assert server.lines == [f"PUT {ORG}issues/?id=5&id=6"]
    assert server.bodies == [{"merge": True}]


def test_a_refused_merge_with_status_200() -> None:
    words = "Merging across multiple projects is not supported"
    with pytest.raises(errors.BadRequest, match=words):
        FakeServer([answer({"detail": words})]).client().merge([5, 6])
    with pytest.raises(errors.BadRequest, match="not merged"):
        FakeServer([answer({})]).client().merge([5, 6])


def test_unmerge() -> None:
    server = FakeServer([answer(status=202)])
    server.client().unmerge(5, ["aa", "bb"])
    assert server.lines == [f"PUT {ORG}issues/5/hashes/?id=aa&id=bb"]
    assert server.bodies == [None]


def test_share() -> None:
    server = FakeServer([answer({"shareId": "ab12"}), answer({"shareId": None})])
    client = server.client()
    assert client.share_issue(5, public=True) == "ab12"
    assert client.share_issue(5, public=False) is None
    assert server.bodies == [{"isPublic": True}, {"isPublic": False}]


def test_notes() -> None:
    server = FakeServer([answer({"id": "1"}, 201), answer({"id": "1"}), answer(status=204)])
    client = server.client()
    assert client.create_note(5, "Seen") == {"id": "1"}
    client.update_note(5, 1, "Seen again")
    client.delete_note(5, "1")
    notes = f"{ORG}issues/5/notes/"
    assert server.lines == [f"POST {notes}", f"PUT {notes}1/", f"DELETE {notes}1/"]
    assert server.bodies == [{"text": "Seen"}, {"text": "Seen again"}, None]


def test_glitchtip_notes() -> None:
    server = FakeServer([answer({"id": 2}, 201)])
    server.client(flavour=GLITCHTIP).create_note(5, "Seen")
    assert server.lines == ["POST issues/5/comments/"]
    assert server.bodies == [{"data": {"text": "Seen"}}]


def test_glitchtip_status() -> None:
    server = FakeServer(
        [answer({"id": "5", "share_id": None, "user_count": 0}), answer({"status": "resolved"})]
    )
    client = server.client(flavour=GLITCHTIP)
    assert client.update_issue(5, status="resolved") == {"id": "5", "shareId": None, "userCount": 0}
    client.update_issues([5], {"status": "resolved"})
    assert server.lines == [f"PUT {ORG}issues/5/", f"PUT {ORG}issues/?id=5"]


def test_glitchtip_merge_keeps_the_newest() -> None:
    server = FakeServer([answer({"status": None, "merge": 1})])
    assert server.client(flavour=GLITCHTIP).merge(["12", "9"]) == Merged("12", ("9",))
    assert server.bodies == [{"merge": 1}]


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.update_issue(5, assignedTo="user:1"),
        lambda c: c.update_issues([5], {"status": "resolved", "statusDetails": {"inNextRelease": True}}),
        lambda c: c.update_issue(5, status="resolvedInNextRelease"),
        lambda c: c.share_issue(5, public=True),
        lambda c: c.unmerge(5, ["aa"]),
    ],
)
def test_what_glitchtip_would_ignore_is_not_asked(call: Callable[[Client], Any]) -> None:
    server = FakeServer([])
    with pytest.raises(errors.Unsupported, match="GlitchTip"):
        call(server.client(flavour=GLITCHTIP))
    assert server.requests == []
