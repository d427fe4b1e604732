"""Events of an issue: which one an address shows, what happens to one that is not in the cache."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from dexter.jobs.models import Job
from dexter.web.models import Preference
from issues.models import Event, EventPayload, Issue
from issues.payload.tests.events import api_event, entry, exception, frame, library
from issues.sync.run import sync
from issues.tests.factories import make_event, make_issue, make_user
from issues.tests.issue_page import make_shown_issue, personal_event
from issues.views.event import find_event

pytestmark = pytest.mark.django_db
HTMX = {"hx_request": "true"}
ABSENT = "f" * 32


@pytest.fixture(autouse=True)
def person(client):
    cache.clear()
    user = make_user("ada")
    client.force_login(user)
    return user


def html_of(client, address, **headers) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def test_the_newest_event_is_shown_with_its_neighbours(client):
    issue, newest = make_shown_issue()
    older = make_event(issue, personal_event(), date=newest.date - timedelta(hours=1))
    html = html_of(client, f"/issues/{issue.pk}/")
    assert newest.event_id in html
    assert f'hx-get="/issues/{issue.pk}/events/{older.event_id}/' in html
    assert 'title="No newer event is known"' not in html  # the payload names one that is not in the cache


def test_a_neighbour_that_sentry_named_comes_before_one_of_the_cache(client):
    issue, newest = make_shown_issue(personal_event(previousEventID="c" * 32, nextEventID=None))
    make_event(issue, personal_event(), date=newest.date - timedelta(hours=1))
    html = html_of(client, f"/issues/{issue.pk}/")
    assert f'hx-get="/issues/{issue.pk}/events/{"c" * 32}/' in html
    assert 'title="No newer event is known"' in html


def test_an_event_that_is_not_in_the_cache_is_asked_for_once(client):
    issue, _ = make_shown_issue()
    address = f"/issues/{issue.pk}/events/{ABSENT}/"
    html = html_of(client, address)
    assert "Fetching this event from Sentry" in html
    assert '<meta http-equiv="refresh"' in html
    html_of(client, address)
    job = Job.objects.get()
    assert (job.kind, job.arguments) == (
        "issues.tasks.fetch_event",
        {"issue_id": issue.pk, "event_id": ABSENT},
    )


def test_waiting_asks_again_until_there_is_news(client):
    issue, newest = make_shown_issue()
    address = f"/issues/{issue.pk}/events/{ABSENT}/?tab=request"
    html = html_of(client, address, **HTMX)
    assert 'hx-trigger="every 2s"' in html
    assert "waiting=queued" in html
    assert client.get(f"{address}&waiting=queued", headers=HTMX).status_code == 204
    Job.objects.update(state="running")
    assert "waiting=running" in html_of(client, f"{address}&waiting=queued", **HTMX)
    make_event(issue, personal_event(), event_id=ABSENT, date=newest.date - timedelta(days=1))
    Job.objects.update(state="done", message=ABSENT)
    ready = html_of(client, f"{address}&waiting=running", **HTMX)
    assert 'hx-trigger="every 2s"' not in ready
    assert 'aria-label="Request"' in ready


def test_a_failure_says_what_to_do_and_can_be_tried_again(client):
    issue, _ = make_shown_issue()
    address = f"/issues/{issue.pk}/events/{ABSENT}/"
    html_of(client, address)
    Job.objects.update(state="failed", error="NotFound: Sentry does not have this. Look at the connection.")
    html = html_of(client, address)
    assert "Sentry does not have this. Look at the connection." in html
    assert "NotFound:" not in html
    assert Job.objects.count() == 1
    response = client.post(f"{address}fetch/")
    assert response["Location"] == f"{address}#event"
    assert Job.objects.filter(state="queued").count() == 1
    assert "Fetching this event" in html_of(client, address)


@pytest.mark.parametrize("name", ["latest", "oldest", "recommended"])
def test_events_by_name_are_what_sentry_says_they_are(client, name):
    issue, event = make_shown_issue(count=50)
    Issue.objects.filter(pk=issue.pk).update(last_seen=event.date + timedelta(hours=2))
    assert "Fetching this event" in html_of(client, f"/issues/{issue.pk}/events/{name}/")
    Job.objects.update(state="done", message=event.event_id)
    html = html_of(client, f"/issues/{issue.pk}/events/{name}/")
    assert f'title="{event.event_id}"' in html
    assert Job.objects.count() == 1


def test_first_and_latest_that_the_cache_holds_are_not_asked_for(client):
    issue, event = make_shown_issue()
    first = make_event(issue, personal_event(), date=issue.first_seen)
    Issue.objects.filter(pk=issue.pk).update(last_seen=event.date)
    issue.refresh_from_db()
    now = timezone.now()
    assert find_event(issue, "latest", now).event == event
    assert find_event(issue, "oldest", now).event == first
    assert Job.objects.count() == 0


def test_glitchtip_offers_the_latest_event_only(client):
    issue, _ = make_shown_issue()
    assert ">Recommended</a>" in html_of(client, f"/issues/{issue.pk}/")
    issue.connection.flavour = "glitchtip"
    issue.connection.save()
    html = html_of(client, f"/issues/{issue.pk}/")
    assert ">Recommended</a>" not in html
    assert ">Latest</a>" in html


@pytest.mark.parametrize("event_id", ["x", "A" * 32, "f" * 31, "newest"])
def test_what_is_no_id_of_an_event_is_not_found(client, event_id):
    issue, _ = make_shown_issue()
    assert client.get(f"/issues/{issue.pk}/events/{event_id}/").status_code == 404
    assert client.post(f"/issues/{issue.pk}/events/{event_id}/fetch/").status_code == 404
    assert Job.objects.count() == 0


def test_an_issue_that_nobody_looked_at_is_read(client):
    issue = make_issue()
    html = html_of(client, f"/issues/{issue.pk}/")
    assert "Reading activity, releases and tags from Sentry." in html
    assert "Fetching the newest events from Sentry" in html
    job = Job.objects.get()
    assert (job.kind, job.arguments) == ("issues.tasks.fetch_issue", {"issue_id": issue.pk})
    html_of(client, f"/issues/{issue.pk}/")
    assert Job.objects.count() == 1


def test_the_progress_of_reading_ends_with_what_was_read(client):
    issue = make_issue()
    html_of(client, f"/issues/{issue.pk}/")
    address = f"/issues/{issue.pk}/fetching/"
    assert client.get(address, headers=HTMX).status_code == 204 or "every 2s" in html_of(
        client, address, **HTMX
    )
    Job.objects.update(state="running", message="Reading its events")
    assert "Reading its events" in html_of(client, f"{address}?said=", **HTMX)
    assert client.get(f"{address}?said=Reading+its+events", headers=HTMX).status_code == 204
    Job.objects.update(state="done")
    response = client.get(address, headers=HTMX)
    html = response.content.decode()
    assert response["HX-Trigger"] == "issue-fetched"
    assert 'id="impact" hx-swap-oob="outerHTML"' in html
    assert 'id="details" aria-labelledby="details-title" hx-swap-oob="outerHTML"' in html
    assert "every 2s" not in html


def test_a_detail_that_could_not_be_read_says_why(client):
    issue = make_issue()
    html_of(client, f"/issues/{issue.pk}/")
    Job.objects.update(state="failed", error="ServerError: Sentry answered with an internal error. Wait.")
    html = html_of(client, f"/issues/{issue.pk}/")
    assert "Sentry answered with an internal error. Wait." in html
    assert f'action="/issues/{issue.pk}/fetch/"' in html
    client.post(f"/issues/{issue.pk}/fetch/")
    assert Job.objects.filter(state="queued").count() == 1


def test_an_old_detail_is_read_again_without_a_word(client):
    issue, _ = make_shown_issue(detail_synced_at=timezone.now() - timedelta(minutes=20))
    assert "Reading activity" not in html_of(client, f"/issues/{issue.pk}/")
    assert Job.objects.get().kind == "issues.tasks.fetch_issue"


def test_nothing_is_asked_of_a_connection_that_is_switched_off(client):
    issue = make_issue()
    issue.connection.enabled = False
    issue.connection.save()
    html = html_of(client, f"/issues/{issue.pk}/")
    assert "is switched off, so nothing is fetched" in html
    client.post(f"/issues/{issue.pk}/fetch/")
    assert Job.objects.count() == 0


LIBRARY_RUN = [library(lineNo=n) for n in (1, 2, 3)]
FOLDED = api_event(entries=[entry("exception", {"values": [exception("Full", *LIBRARY_RUN, frame())]})])


def test_library_frames_are_folded_and_come_when_opened(client):
    issue, event = make_shown_issue(FOLDED)
    html = html_of(client, f"/issues/{issue.pk}/")
    assert "3 library frames: django/db" in html
    address = f"/issues/{issue.pk}/events/{event.event_id}/frames/?stack=exceptions.1.frames&first=0&last=2"
    assert address.replace("&", "&amp;") in html
    frames = html_of(client, address, **HTMX)
    assert frames.count('<details class="frame lib"') == 3
    assert "hunter2" not in frames


@pytest.mark.parametrize(
    "query",
    ["", "?stack=exceptions.9.frames&first=0&last=1", "?stack=exceptions.1.frames&first=a&last=1"],
)
def test_frames_that_are_not_there(client, query):
    issue, event = make_shown_issue(FOLDED)
    assert client.get(f"/issues/{issue.pk}/events/{event.event_id}/frames/{query}").status_code == 404


def test_a_recursion_is_folded(client):
    calls = [frame("descend", vars={"depth": str(n)}) for n in range(40)]
    trace = exception("RecursionError", frame("main"), *calls)
    issue, _ = make_shown_issue(api_event(entries=[entry("exception", {"values": [trace]})]))
    assert "38 more calls of descend, line 12" in html_of(client, f"/issues/{issue.pk}/")


def test_the_way_of_reading_traces_is_remembered(client, person):
    issue, event = make_shown_issue(FOLDED)
    address = f"/issues/{issue.pk}/events/{event.event_id}/frames/mode/"
    assert (
        client.post(address, {"mode": "all"})["Location"]
        == f"/issues/{issue.pk}/events/{event.event_id}/#event"
    )
    assert Preference.objects.get(user=person).stack_mode == "all"
    html = html_of(client, f"/issues/{issue.pk}/")
    assert "library frames:" not in html
    raw = client.post(address, {"mode": "raw"}, headers=HTMX).content.decode()
    assert "Traceback (most recent call last):" in raw
    client.post(address, {"mode": "sideways"})
    assert Preference.objects.get(user=person).stack_mode == "raw"


def test_oldest_call_first_turns_the_frames(client):
    issue, _ = make_shown_issue(
        api_event(
            entries=[entry("exception", {"values": [exception("Full", frame("outer"), frame("inner"))]})]
        )
    )
    newest = html_of(client, f"/issues/{issue.pk}/")
    oldest = html_of(client, f"/issues/{issue.pk}/?order=oldest")
    assert newest.index(">inner<") < newest.index(">outer<")
    assert oldest.index(">outer<") < oldest.index(">inner<")


def test_breadcrumbs_by_kind_and_level(client):
    issue, _ = make_shown_issue()
    every = html_of(client, f"/issues/{issue.pk}/?tab=breadcrumbs")
    assert "All 2" in every
    queries = html_of(client, f"/issues/{issue.pk}/?tab=breadcrumbs&kind=query")
    assert "SELECT * FROM account" in queries
    assert "pay.example" not in queries
    warnings = html_of(client, f"/issues/{issue.pk}/?tab=breadcrumbs&crumb_level=warning")
    assert "pay.example" in warnings
    assert "No breadcrumb is of this kind" in html_of(client, f"/issues/{issue.pk}/?tab=breadcrumbs&kind=ui")


def test_the_table_of_events_by_page_and_filter(client):
    issue, newest = make_shown_issue()
    for number in range(30):
        make_event(issue, date=newest.date - timedelta(minutes=number + 1), environment="staging")
    address = f"/issues/{issue.pk}/?tab=events"
    first = html_of(client, address)
    assert first.count('<th scope="row"><a class="mono"') == 25
    after = first.split("after=")[1].split("&")[0].split("#")[0].split('"')[0]
    second = html_of(client, f"{address}&after={after}")
    assert second.count('<th scope="row"><a class="mono"') == 6
    assert (
        html_of(client, f"{address}&event_environment=production").count('<th scope="row"><a class="mono"')
        == 1
    )
    assert "not one that Dexter made" in html_of(client, f"{address}&after=made-up")


def test_attachments_are_asked_for_when_somebody_looks(client):
    issue, event = make_shown_issue()
    assert "Read the list of attachments" in html_of(client, f"/issues/{issue.pk}/?tab=tags")
    address = f"/issues/{issue.pk}/events/{event.event_id}/attachments/"
    assert "Reading the list of attachments" in html_of(client, address, **HTMX)
    assert Job.objects.get().kind == "issues.tasks.fetch_attachments"
    files = [{"id": "1", "name": "screen.png", "mimetype": "image/png", "size": 20481}]
    EventPayload.objects.filter(event=event).update(attachments=files)
    html = html_of(client, address, **HTMX)
    assert "screen.png" in html
    assert "20.5 kB" in html
    assert "every 2s" not in html


@pytest.mark.django_db(transaction=True)
def test_an_event_comes_from_sentry_and_stays(client, connection, settings):
    """Over real HTTP: a sample that is full takes an event that somebody asked for all the same."""
    settings.KEEP_EVENTS_PER_ISSUE = 3
    sync(connection, kind="full", report=lambda *_, **__: None)
    issue = Issue.objects.order_by("-count").first()
    assert issue
    client.get(f"/issues/{issue.pk}/")
    issue.refresh_from_db()
    assert issue.detail_synced_at
    assert issue.events.count() <= 4
    html_of(client, f"/issues/{issue.pk}/events/recommended/")
    job = Job.objects.filter(kind="issues.tasks.fetch_event").latest("pk")
    assert job.state == "done"
    assert Event.objects.filter(issue=issue, event_id=job.message).exists()
    assert f'title="{job.message}"' in html_of(client, f"/issues/{issue.pk}/events/recommended/")
    event = Event.objects.get(issue=issue, event_id=job.message)
    html_of(client, f"/issues/{issue.pk}/events/{event.event_id}/attachments/", **HTMX)
    assert EventPayload.objects.get(event=event).attachments == []


@pytest.mark.django_db(transaction=True)
def test_an_event_that_sentry_does_not_have_fails_with_words(client, connection):
    sync(connection, kind="full", report=lambda *_, **__: None)
    issue = Issue.objects.first()
    assert issue
    address = f"/issues/{issue.pk}/events/{ABSENT}/"
    client.get(address)
    html = html_of(client, address)
    assert "The event could not be fetched." in html
    assert "Sentry" in html.split("could not be fetched.")[1][:300]
