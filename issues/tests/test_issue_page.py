"""The page of an issue: every tab for every kind of event, masked, in a bounded number of queries."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from dexter.timeseries import Series, to_json
from issues.models import Activity, Commit, Deploy, EventPayload, IssueTag
from issues.payload.tests.events import api_event, entry, exception, frame, library, listed_event, raw_event
from issues.sync.events import renew_derived
from issues.tests.factories import (
    make_connection,
    make_event,
    make_issue,
    make_project,
    make_release,
    make_user,
)
from issues.tests.issue_page import SECRETS, make_shown_issue, personal_event

pytestmark = pytest.mark.django_db
TABS = ("stack", "breadcrumbs", "request", "tags", "events", "activity")
BROKEN = "cannot be shown"


@pytest.fixture
def person(client):
    cache.clear()
    user = make_user("ada")
    client.force_login(user)
    return user


def page(client, issue, query="", **headers) -> str:
    response = client.get(f"/issues/{issue.pk}/{query}", headers=headers)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("tab", TABS)
def test_no_tab_shows_what_is_personal(client, person, tab):
    issue, _ = make_shown_issue()
    html = page(client, issue, f"?tab={tab}")
    assert BROKEN not in html
    assert [secret for secret in SECRETS if secret in html] == []


@pytest.mark.parametrize("query", ["?frames=all", "?frames=raw", "?order=oldest"])
def test_no_way_to_read_the_trace_shows_what_is_personal(client, person, query):
    issue, event = make_shown_issue()
    html = page(client, issue, query)
    trace = client.get(f"/issues/{issue.pk}/events/{event.event_id}/trace/").content.decode()
    assert [secret for secret in SECRETS if secret in html + trace] == []
    assert "Traceback (most recent call last):" in trace


@pytest.mark.parametrize("tab", ["stack", "breadcrumbs", "tags"])
def test_names_are_masked_like_values(client, person, tab):
    """Of files, functions, exceptions, tags, kinds of breadcrumbs: each may come from what a user typed."""
    own = frame(
        "load ada@example.com",
        filename="https://shop.example/a.js?token=tulip-secret",
        absPath="https://shop.example/a.js?mail=bob@example.org",
    )
    failed = {**exception("No ada@example.com", own), "module": "bob@example.org"}
    crumb = {"timestamp": "2026-11-20T10:00:00Z", "category": "mail to ada@example.com", "message": "sent"}
    entries = [entry("exception", {"values": [failed]}), entry("breadcrumbs", {"values": [crumb]})]
    tags = [{"key": "ada@example.com", "value": "x"}]
    issue, event = make_shown_issue(api_event(entries=entries, tags=tags))
    renew_derived(issue)
    html = page(client, issue, f"?tab={tab}")
    text = client.get(f"/issues/{issue.pk}/events/{event.event_id}/markdown/").content.decode()
    assert [secret for secret in SECRETS if secret in html + text] == []
    assert "•••" in html


def test_markdown_is_masked_and_tells_of_the_issue(client, person):
    issue, event = make_shown_issue()
    for address in (f"/issues/{issue.pk}/markdown/", f"/issues/{issue.pk}/events/{event.event_id}/markdown/"):
        response = client.get(address)
        text = response.content.decode()
        assert response["Content-Type"] == "text/plain; charset=utf-8"
        assert issue.short_id in text
        assert f"/issues/{issue.pk}/" in text
        assert [secret for secret in SECRETS if secret in text] == []


def test_values_that_are_not_there_say_why(client, person):
    request = {"url": "/", "headers": [["Accept", ""], ["X-Forwarded-For", ""]], "query": [["page", ""]]}
    notes = {"entries": {"0": {"data": {"headers": {"1": {"1": {"": {"rem": [["!config", "x"]]}}}}}}}}
    issue, _ = make_shown_issue(api_event(entries=[entry("request", request)], _meta=notes))
    html = page(client, issue, "?tab=request")
    assert re.findall(r'">([^<]*)</th><td><code><span class="quiet">(.*?)</span>', html) == [
        ("page", "(empty)"),
        ("Accept", "(empty)"),
        ("X-Forwarded-For", "(removed by !config)"),
    ]


def huge(text: str) -> dict[str, object]:
    own = frame("load", vars={"rows": text, "parts": [text] * 3})
    entries = [
        entry("exception", {"values": [exception("Full", own, value=text)]}),
        entry("request", {"url": "/", "method": "POST", "data": {"rows": text}}),
    ]
    return api_event(entries=entries, title=text, metadata={"type": "Full", "value": text})


@pytest.mark.parametrize("query", ["", "?frames=raw", "?tab=request"])
def test_a_value_of_megabytes_is_cut_and_leads_to_all_of_it(client, person, query):
    text = "row 7 of ada@example.com is full. " * 30_000
    issue, event = make_shown_issue(huge(text))
    html = page(client, issue, query)
    assert len(html) < 1_500_000
    assert [secret for secret in SECRETS if secret in html] == []
    assert "cut here" in html
    for address in set(re.findall(r'href="([^"]*/value/[^"]*|[^"]*/trace/)"', html)):
        answer = client.get(address)
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
        whole = answer.content.decode()
        assert whole.count("row 7 of [email] is full.") >= 30_000
        assert "ada@" not in whole
    assert client.get(f"/issues/{issue.pk}/events/{event.event_id}/value/?place=nothing").status_code == 404


MESSAGE = api_event(
    entries=[entry("message", {"formatted": "disk of db-1 is full"})],
    title="disk of db-1 is full",
    type="default",
)
CALLS = (library("webpack/runtime.js"), frame("load", filename="src/cart.ts", colNo=7))
JAVASCRIPT = api_event(
    platform="javascript", entries=[entry("exception", {"values": [exception("TypeError", *CALLS)]})]
)
GROUP = api_event(
    entries=[
        entry(
            "exception",
            {
                "values": [
                    exception("KeyError", mechanism={"source": "exceptions[0]"}),
                    exception("ExceptionGroup", mechanism={"is_exception_group": True}),
                ]
            },
        )
    ]
)


SHAPES = {
    "message": MESSAGE,
    "javascript": JAVASCRIPT,
    "group": GROUP,
    "glitchtip": listed_event(),
    "sdk": raw_event(),
    "empty": {},
}


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("payload", SHAPES.values(), ids=SHAPES)
def test_every_shape_of_event_is_shown(client, person, tab, payload):
    issue, _ = make_shown_issue(payload)
    html = page(client, issue, f"?tab={tab}")
    assert BROKEN not in html
    assert f'data-tab="{tab}"' in html


def test_a_message_without_a_trace_says_so(client, person):
    issue, _ = make_shown_issue(MESSAGE)
    assert "This event has no stack trace" in page(client, issue)


@pytest.mark.parametrize(
    ("tab", "damage", "said"),
    [
        ("stack", {"entries": [{"type": "exception", "data": "gone"}]}, "expected an object, found a text"),
        (
            "breadcrumbs",
            {"entries": [{"type": "breadcrumbs", "data": {"values": 7}}]},
            "expected a list, found a number",
        ),
        ("request", {"entries": [{"type": "request", "data": []}]}, "expected an object, found a list"),
        ("stack", {"entries": 7}, "expected a list of entries"),
    ],
)
def test_a_part_that_cannot_be_read_says_so_and_leaves_the_rest(client, person, tab, damage, said):
    issue, _ = make_shown_issue(api_event(**damage))
    html = page(client, issue, f"?tab={tab}")
    assert BROKEN in html
    assert said in html
    assert 'id="timeline"' in html
    assert BROKEN not in page(client, issue, "?tab=tags")


def test_contexts_that_cannot_be_read_leave_the_other_tags(client, person):
    issue, _ = make_shown_issue(api_event(contexts=[1]))
    html = page(client, issue, "?tab=tags")
    assert "Contexts cannot be shown: expected an object, found a list" in html
    assert "Tags of this event" in html


def test_damaged_bytes_say_so_and_leave_the_other_tabs(client, person):
    issue, event = make_shown_issue()
    EventPayload.objects.filter(event=event).update(data=b"no zlib")
    for tab in ("stack", "breadcrumbs", "request"):
        assert "missing or damaged" in page(client, issue, f"?tab={tab}")
    for tab in ("tags", "events", "activity"):
        assert BROKEN not in page(client, issue, f"?tab={tab}")
    assert client.get(f"/issues/{issue.pk}/events/{event.event_id}/markdown/").status_code == 200


def test_what_glitchtip_does_not_say_is_no_zero(client, person):
    project = make_project(connection=make_connection(flavour="glitchtip"))
    issue, _ = make_shown_issue(
        project=project,
        user_count=0,
        detail_synced_at=timezone.now(),
        permalink="https://glitchtip.example.com/1",
    )
    html = page(client, issue)
    assert "not counted" in html
    assert "by GlitchTip" in html
    assert "Open in GlitchTip" in html
    assert "no release" not in html
    assert "users not counted" in client.get("/?query=").content.decode()


def test_head_impact_and_details(client, person):
    project = make_project(users_total=400)
    release = make_release(project.connection, "shop@1.2.3", projects=[project])
    issue, _ = make_shown_issue(
        project=project, substatus="regressed", is_unhandled=True, count=4218, user_count=100, events_24h=30,
        events_before=10, first_release=release, permalink="https://sentry.example.com/issues/1/",
    )  # fmt: skip
    Activity.objects.create(issue=issue, sentry_id="1", type="set_regression", date=timezone.now())
    html = page(client, issue)
    for words in (
        "Regressed",
        "Unhandled",
        "4,218",
        "25 %",
        "of 400 seen",
        "up 200 %",
        "Came back",
        "shop@1.2.3",
    ):
        assert words in html
    assert 'href="https://sentry.example.com/issues/1/"' in html


def test_without_a_user_total_it_says_why(client, person):
    issue, _ = make_shown_issue(user_count=3)
    assert "Sentry gives no user total for this project" in page(client, issue)


def test_a_fragment_is_the_card_of_the_page(client, person):
    issue, _ = make_shown_issue()
    whole = page(client, issue, "?tab=breadcrumbs")
    card = page(client, issue, "?tab=breadcrumbs", hx_request="true")
    assert card.lstrip().startswith('<section class="card tabbed" id="event"')
    assert "<html" not in card
    assert card.split('name="csrfmiddlewaretoken"')[0].strip() in whole


def many(issue) -> None:
    """Rows of everything a page shows, a lot of each."""
    now = timezone.now()
    release = make_release(issue.connection, "shop@1.2.3", projects=[issue.project], created_at=now)
    for number in range(12):
        make_event(issue, personal_event(), date=now - timedelta(minutes=number), environment="production")
        Activity.objects.create(issue=issue, sentry_id=str(number), type="assigned", date=now)
        make_release(
            issue.connection, f"r{number}", projects=[issue.project], created_at=now - timedelta(hours=1)
        )
        Commit.objects.create(release=release, sha=f"{number:040x}", message="Fix it")
        Deploy.objects.create(
            release=release, sentry_id=str(number), environment="production", finished_at=now
        )
        for key in range(8):
            IssueTag.objects.create(issue=issue, key=f"key{key}", value=str(number), count=1, total=number)


# Person with preferences, issue, event, place in the list, releases, findings; actions, labels, permissions;
# the tab.
# The session and the line about freshness are in the cache.
@pytest.mark.parametrize(
    ("tab", "queries"),
    [("stack", 9), ("breadcrumbs", 9), ("request", 9), ("tags", 11), ("events", 11), ("activity", 13)],
)
def test_the_number_of_queries_does_not_grow(client, person, django_assert_num_queries, tab, queries):
    issue, _ = make_shown_issue()
    address = f"/issues/{issue.pk}/?tab={tab}&query=is:unresolved"
    client.get(address)
    with django_assert_num_queries(queries):
        client.get(address)
    many(issue)
    for _ in range(3):
        make_shown_issue(project=issue.project)
    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200


def test_a_deleted_issue_says_what_became_of_it(client, person):
    issue = make_issue(gone="deleted")
    response = client.get(f"/issues/{issue.pk}/")
    assert response.status_code == 410
    assert "Sentry does not have this issue any more" in response.content.decode()


def test_a_merged_issue_leads_to_the_one_it_is_part_of(client, person):
    parent, _ = make_shown_issue()
    issue = make_issue(gone="merged", merged_into=parent)
    response = client.get(f"/issues/{issue.pk}/", follow=True)
    assert response.redirect_chain == [(f"/issues/{parent.pk}/", 302)]
    assert f"{issue.short_id} was merged into {parent.short_id}" in response.content.decode()


def test_a_merged_issue_whose_parent_is_unknown_says_so(client, person):
    issue = make_issue(gone="merged")
    assert (
        "is not in Dexter&#x27;s cache" in client.get(f"/issues/{issue.pk}/").content.decode()
        or "is not in Dexter's cache" in client.get(f"/issues/{issue.pk}/").content.decode()
    )


@pytest.mark.parametrize(
    "address", ["/issues/999999/", "/issues/999999/timeline/", "/issues/999999/markdown/"]
)
def test_an_issue_that_never_was_is_not_found(client, person, address):
    assert client.get(f"/issues/999999/{address}").status_code == 404


def test_who_is_not_signed_in_sees_nothing(client):
    issue, event = make_shown_issue()
    for address in (
        "",
        f"events/{event.event_id}/",
        "markdown/",
        f"events/{event.event_id}/trace/",
        "reveal/",
    ):
        assert client.get(f"/issues/{issue.pk}/{address}").status_code == 302


def test_the_timeline_comes_alone_over_another_period(client, person):
    hour = int(timezone.now().timestamp()) // 3600 * 3600
    series = to_json(Series(hour - 47 * 3600, 3600, (2,) * 48))
    issue, _ = make_shown_issue(
        stats={"hours": series, "days": {}}, first_seen=timezone.now() - timedelta(days=9)
    )
    html = client.get(f"/issues/{issue.pk}/timeline/?range=24h").content.decode()
    assert html.lstrip().startswith('<section class="card" id="timeline"')
    assert "48 events in 24 hours" in html
    week = client.get(f"/issues/{issue.pk}/timeline/?range=7d").content.decode()
    assert "no counts known" in week
    assert "daily counts since" in week
