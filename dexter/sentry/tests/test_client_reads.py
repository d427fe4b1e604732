"""Which request each reading operation makes, and what it returns."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from dexter.sentry import errors
from dexter.sentry.client import Client, Page
from dexter.sentry.flavour import GLITCHTIP
from dexter.sentry.tests.fake_server import FakeServer, answer, html, link

ORG = "GET organizations/acme/"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
Call = Callable[[Client], Any]


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (lambda c: c.organizations(), "GET organizations/"),
        (lambda c: c.projects(), f"{ORG}projects/?per_page=100"),
        (lambda c: c.teams(cursor="0:100:0"), f"{ORG}teams/?per_page=100&cursor=0%3A100%3A0"),
        (lambda c: c.members(), f"{ORG}members/"),
        (
            lambda c: c.releases(project=[1, 2], limit=5),
            f"{ORG}releases/?project=1&project=2&per_page=5",
        ),
        (lambda c: c.release_deploys("app@1/2"), f"{ORG}releases/app%401%2F2/deploys/"),
        (lambda c: c.release_commits("1.0"), f"{ORG}releases/1.0/commits/"),
        (lambda c: c.issues(), f"{ORG}issues/?query=&sort=new&limit=100"),
        (
            lambda c: c.issues(
                project=[1],
                query="is:unresolved",
                sort="date",
                stats_period="14d",
                group_stats_period="24h",
                limit=25,
                cursor="1:0:0",
                collapse=["lifetime", "filtered"],
                expand=["owners"],
                environment=["prod"],
            ),
            f"{ORG}issues/?project=1&query=is%3Aunresolved&sort=date&limit=25&environment=prod&statsPeriod=14d"
            "&groupStatsPeriod=24h&collapse=lifetime&collapse=filtered&expand=owners&cursor=1%3A0%3A0",
        ),
        (
            lambda c: c.issues(start=NOON, end=NOON, short_id_lookup=True, query="WEB-1"),
            f"{ORG}issues/?query=WEB-1&sort=new&limit=100&start=2026-11-20T12%3A00%3A00Z"
            "&end=2026-11-20T12%3A00%3A00Z&shortIdLookup=1",
        ),
        (lambda c: c.issue_events(5), f"{ORG}issues/5/events/?full=1&per_page=100"),
        (
            lambda c: c.issue_events(
                5, full=False, query="x", stats_period="1d", environment=["p"], limit=10
            ),
            f"{ORG}issues/5/events/?full=0&query=x&statsPeriod=1d&environment=p&per_page=10",
        ),
        (lambda c: c.project_events("web", full=True), "GET projects/acme/web/events/?full=1"),
        (lambda c: c.attachments("web", "ab"), "GET projects/acme/web/events/ab/attachments/"),
        (
            lambda c: c.tag_values(5, "browser", sort="count"),
            f"{ORG}issues/5/tags/browser/values/?sort=count",
        ),
        (lambda c: c.hashes(5), f"{ORG}issues/5/hashes/?full=0"),
        (lambda c: c.notes(5), f"{ORG}issues/5/notes/"),
    ],
)
def test_pages(call: Call, line: str) -> None:
    server = FakeServer([answer([{"id": "1"}], Link=link("0:100:0"), X_Hits="7")])
    assert call(server.client()) == Page([{"id": "1"}], "0:100:0", 7)
    assert server.lines == [line]


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (lambda c: c.index(), "GET "),
        (lambda c: c.organization(), ORG),
        (lambda c: c.project("web"), "GET projects/acme/web/"),
        (lambda c: c.team("core"), "GET teams/acme/core/"),
        (lambda c: c.release("1.0"), f"{ORG}releases/1.0/"),
        (lambda c: c.tag(5, "browser"), f"{ORG}issues/5/tags/browser/"),
        (lambda c: c.issue_event(5, "ab"), f"{ORG}issues/5/events/ab/"),
        (lambda c: c.latest_event(5), f"{ORG}issues/5/events/latest/"),
        (lambda c: c.oldest_event(5), f"{ORG}issues/5/events/oldest/"),
        (lambda c: c.recommended_event(5), f"{ORG}issues/5/events/recommended/"),
        (lambda c: c.event("web", "ab"), "GET projects/acme/web/events/ab/"),
        (
            lambda c: c.stats_v2(stats_period="14d", project=[1]),
            f"{ORG}stats_v2/?groupBy=project&field=sum%28quantity%29&category=error&outcome=accepted&interval=1h"
            "&statsPeriod=14d&project=1",
        ),
    ],
)
def test_objects(call: Call, line: str) -> None:
    server = FakeServer([answer({"id": "1"})])
    assert call(server.client()) == {"id": "1"}
    assert server.lines == [line]


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (lambda c: c.environments(), f"{ORG}environments/"),
        (lambda c: c.issues_by_id([1, 2]), f"{ORG}issues/?group=1&group=2&query=&limit=2"),
        (lambda c: c.tags(5, environment=["p"]), f"{ORG}issues/5/tags/?environment=p"),
        (
            lambda c: c.issues_stats([1, 2], stats_period="14d"),
            f"{ORG}issues-stats/?groups=1&groups=2&groupStatsPeriod=14d",
        ),
    ],
)
def test_lists(call: Call, line: str) -> None:
    server = FakeServer([answer([{"id": "1"}])])
    assert call(server.client()) == [{"id": "1"}]
    assert server.lines == [line]


def test_activities() -> None:
    server = FakeServer([answer({"activity": [{"id": "9"}]})])
    assert server.client().activities(5) == [{"id": "9"}]
    assert server.lines == [f"{ORG}issues/5/activities/"]


def test_issue_stats() -> None:
    server = FakeServer([answer([[1795208400, 14], [1795212000, 10.0]])])
    stats = server.client().issue_stats(5, since=1, until=2, resolution="1h")
    assert stats == [(1795208400, 14), (1795212000, 10)]
    assert server.lines == [f"{ORG}issues/5/stats/?since=1&until=2&resolution=1h"]


def test_users_per_project() -> None:
    groups = [
        {"by": {"project": 1}, "totals": {"count_unique(user)": 12}},
        {"by": {"project": 2}, "totals": {"count_unique(user)": None}},
    ]
    server = FakeServer([answer({"groups": groups}), answer({"groups": None})])
    client = server.client()
    assert client.users_per_project(stats_period="14d") == {"1": 12, "2": 0}
    assert client.users_per_project() == {}
    assert server.lines[0] == (
        f"{ORG}sessions/?field=count_unique%28user%29&groupBy=project&project=-1&statsPeriod=14d&interval=1d"
        "&includeSeries=0"
    )


@pytest.mark.parametrize(
    ("asked", "found", "merged_into"),
    [("5", "5", None), (5, "5", None), ("5", "8", "8"), ("WEB-1", "5", None)],
)
def test_an_issue_that_was_merged(asked: str | int, found: str, merged_into: str | None) -> None:
    server = FakeServer([answer({"id": found})])
    detail = server.client().issue(asked, expand=["owners"], collapse=["stats"])
    assert (detail.body, detail.merged_into) == ({"id": found}, merged_into)
    assert server.lines == [f"{ORG}issues/{asked}/?expand=owners&collapse=stats"]


def test_a_direct_hit() -> None:
    server = FakeServer([answer([{"id": "1"}], X_Sentry_Direct_Hit="1")])
    assert server.client().issues(query="a" * 32) == Page([{"id": "1"}], None, None, True)


@pytest.mark.parametrize("limit", [0, 101, -1])
def test_page_sizes_are_checked_before_asking(limit: int) -> None:
    server = FakeServer([])
    with pytest.raises(ValueError, match="1 to 100"):
        server.client().issues(limit=limit)
    with pytest.raises(ValueError, match="1 to 100"):
        server.client().releases(limit=limit)


@pytest.mark.parametrize("ids", [[], list(range(101))])
def test_no_or_too_many_issues_at_a_time(ids: list[int]) -> None:
    client = FakeServer([]).client()
    with pytest.raises(ValueError, match="1 to 100"):
        client.issues_stats(ids)
    with pytest.raises(ValueError, match="1 to 100"):
        client.issues_by_id(ids)


def test_an_answer_of_another_shape() -> None:
    server = FakeServer([answer({"data": []}), answer([])])
    client = server.client()
    with pytest.raises(errors.NotJson, match="list"):
        client.issues()
    with pytest.raises(errors.NotJson, match="object"):
        client.organization()


GLITCH_EVENT = {
    "event_id": "ab",
    "group_id": "5",
    "date_created": "x",
    "eventID": "ab",
    "_meta": None,
    "user_report": None,
}


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (
            lambda c: c.issues(stats_period="14d", collapse=["stats"]),
            f"{ORG}issues/?sort=-last_seen&limit=100",
        ),
        (
            lambda c: c.issues(project=[1], query="is:resolved", limit=25, cursor="cD0="),
            f"{ORG}issues/?project=1&query=is%3Aresolved&sort=-last_seen&limit=25&cursor=cD0%3D",
        ),
        (lambda c: c.projects(), f"{ORG}projects/?limit=100"),
        (lambda c: c.issue_events(5, stats_period="1d"), "GET issues/5/events/?limit=100"),
        (lambda c: c.project_events("web"), "GET projects/acme/web/events/"),
        (lambda c: c.hashes(5), f"{ORG}issues/5/hashes/"),
        (lambda c: c.notes(5), "GET issues/5/comments/"),
    ],
)
def test_glitchtip_pages(call: Call, line: str) -> None:
    server = FakeServer([answer([{"id": "1"}])])
    assert call(server.client(flavour=GLITCHTIP)).rows == [{"id": "1"}]
    assert server.lines == [line]


def test_glitchtip_issues_by_id() -> None:
    server = FakeServer([answer([{"id": "5"}])])
    assert server.client(flavour=GLITCHTIP).issues_by_id([5]) == [{"id": "5"}]
    assert server.lines == [f"{ORG}issues/?id=5&limit=1"]


def test_glitchtip_issue() -> None:
    server = FakeServer([answer({"id": "5"})])
    assert server.client(flavour=GLITCHTIP).issue(5, expand=["owners"]).body == {"id": "5"}
    assert server.lines == ["GET issues/5/"]


def test_glitchtip_events_are_written_as_sentrys() -> None:
    server = FakeServer([answer([GLITCH_EVENT]), answer(GLITCH_EVENT)])
    client = server.client(flavour=GLITCHTIP)
    keys = {"eventID", "groupID", "dateCreated", "_meta", "userReport"}
    assert set(client.issue_events(5).rows[0]) == keys
    assert set(client.latest_event(5)) == keys
    assert server.lines[1] == "GET issues/5/events/latest/"


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.issues(start=NOON),
        lambda c: c.tag(5, "x"),
        lambda c: c.tag_values(5, "x"),
        lambda c: c.issue_stats(5),
        lambda c: c.activities(5),
        lambda c: c.oldest_event(5),
        lambda c: c.recommended_event(5),
        lambda c: c.attachments("web", "ab"),
        lambda c: c.release_deploys("1"),
        lambda c: c.release_commits("1"),
        lambda c: c.users_per_project(),
    ],
)
def test_what_glitchtip_does_not_have_is_not_asked(call: Call) -> None:
    server = FakeServer([])
    with pytest.raises(errors.Unsupported, match="GlitchTip"):
        call(server.client(flavour=GLITCHTIP))


def test_glitchtip_statistics_need_dates() -> None:
    server = FakeServer([answer({})])
    client = server.client(flavour=GLITCHTIP)
    with pytest.raises(ValueError, match="start and end"):
        client.stats_v2(stats_period="14d")
    assert client.stats_v2(start=NOON, end=NOON) == {}


def test_glitchtips_web_page_means_not_served() -> None:
    with pytest.raises(errors.Unsupported):
        FakeServer([html()]).client(flavour=GLITCHTIP).environments()
