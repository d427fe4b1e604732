"""Webhooks of events, comments, installations, alerts and kinds nobody knows; a worker that was killed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from issues.models import (
    Activity,
    Connection,
    Event,
    EventPayload,
    Issue,
    IssueAction,
    IssueTag,
    WebhookDelivery,
)
from issues.sync.webhooks import process_deliveries, waiting_connections
from issues.sync.webhooks.claims import CLAIM, MAX_ATTEMPTS, claim
from issues.sync.webhooks.events import BURST
from issues.tests.factories import make_connection, make_issue, make_project
from issues.tests.webhooks import APP, JANE, OWN, SECRET, body, issue_payload, post, raw_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection():
    return make_connection(webhook_secret=SECRET)


@pytest.fixture
def issue(connection):
    return make_issue(project=make_project(connection=connection))


def iso(seconds_ago):
    return (timezone.now() - timedelta(seconds=seconds_ago)).isoformat()


def last():
    return WebhookDelivery.objects.order_by("-pk").first()


@pytest.mark.parametrize(("resource", "key"), [("error", "error"), ("event_alert", "event")])
def test_an_event_is_stored_with_its_tags(client, issue, resource, key):
    event = raw_event(issue.sentry_id, iso(1))
    post(client, issue.connection, body("created", {key: event}), resource)
    stored = Event.objects.get()
    assert (stored.issue, stored.event_id, stored.environment) == (issue, event["event_id"], "production")
    assert EventPayload.objects.get().unpack()["exception"] == event["exception"]
    assert IssueTag.objects.filter(key="browser", value="Firefox").exists()
    issue.refresh_from_db()
    assert issue.last_seen.isoformat() == event["datetime"]
    assert (last().state, last().note, bytes(last().body)) == ("done", "Event stored.", b"")


def test_the_same_event_twice_is_one(client, issue):
    event = raw_event(issue.sentry_id, iso(1))
    post(client, issue.connection, body("created", {"error": event}), "error")
    post(client, issue.connection, body("triggered", {"event": event}), "event_alert")
    assert Event.objects.count() == 1


def test_a_storm_is_thinned_out_and_left_to_the_next_sync(client, issue):
    for second in range(10, 0, -1):
        event = raw_event(issue.sentry_id, iso(second))
        post(client, issue.connection, body("created", {"error": event}), "error")
    issue.refresh_from_db()
    assert Event.objects.count() == BURST
    assert issue.last_seen.isoformat() == event["datetime"]
    assert issue.events_synced_at < issue.last_seen
    assert WebhookDelivery.objects.filter(state="done").count() == 10


@pytest.mark.parametrize(
    ("data", "error"),
    [({"error": {"issue_id": "1"}}, "It holds no event."),
     ({"error": {"event_id": "1"}}, "It names no issue."),
     ({}, "It names no issue."), ({"error": 5}, "It names no issue.")],
)  # fmt: skip
def test_events_that_say_too_little(client, connection, data, error):
    post(client, connection, body("created", data), "error")
    assert (last().state, last().error) == ("failed", error)


@pytest.mark.parametrize("resource", ["error", "comment"])
def test_an_issue_that_is_not_known_is_asked_about(client, connection, resource):
    data = {"error": raw_event("404", iso(1)), "issue_id": 404, "comment_id": 7}
    post(client, connection, body("created", data), resource)
    assert (last().state, last().needs_sentry) == ("pending", True)


def comment(client, issue, action, text, actor=JANE):
    data = {"comment": text, "comment_id": 77, "issue_id": int(issue.sentry_id), "timestamp": iso(5)}
    post(client, issue.connection, body(action, data, actor), "comment")


def test_comments_come_change_and_go(client, issue):
    Issue.objects.update(detail_synced_at=timezone.now())
    comment(client, issue, "created", "Looks like\x00 the cache")
    note = Activity.objects.get()
    assert (note.type, note.user_name, note.sentry_id) == ("note", "Jane Doe", "77")
    assert note.data == {"text": "Looks like\ufffd the cache"}
    comment(client, issue, "updated", "It was DNS", {"type": "user", "id": 2, "name": "Joe"})
    note.refresh_from_db()
    assert (note.user_name, note.data["text"]) == ("Jane Doe", "It was DNS")
    comment(client, issue, "deleted", "")
    assert not Activity.objects.exists()
    issue.refresh_from_db()
    assert issue.detail_synced_at is None


def test_an_own_comment_is_an_echo_once_the_integration_is_known(client, issue):
    comment(client, issue, "created", "From another program", OWN)
    assert Activity.objects.count() == 1
    Connection.objects.update(app_uuid=APP)
    comment(client, issue, "deleted", "", OWN)
    assert (last().is_echo, Activity.objects.count()) == (True, 1)


def test_an_installation_says_which_integration_it_is(client, connection):
    data = {"installation": {"uuid": "x", "app": {"uuid": APP, "slug": "dexter"}}}
    post(client, connection, body("created", data), "installation")
    connection.refresh_from_db()
    assert (connection.app_uuid, last().state) == (APP, "done")
    post(client, connection, body("deleted", data), "installation")
    connection.refresh_from_db()
    assert "no more webhooks" in connection.webhook_note


@pytest.mark.parametrize(
    ("resource", "data", "note"),
    [
        ("metric_alert", {"description_title": "Critical: Too many errors"}, "Critical: Too many errors"),
        ("seer", {"group_id": 1}, "Dexter does nothing with this kind; it is kept to look at."),
        ("moon_phase", {}, "Dexter does not know this kind; it is kept to look at."),
        ("", {}, "Dexter does not know this kind; it is kept to look at."),
    ],
)
def test_other_kinds_are_kept(client, connection, resource, data, note):
    raw_body = body("any", data)
    assert post(client, connection, raw_body, resource).status_code == 200
    assert (last().state, last().note, last().action) == ("ignored", note, "any")
    assert last().unpack() == raw_body


@pytest.mark.parametrize("raw_body", [b"[]", b"null", b"{", b"\xff", b"[" * 100_000])
def test_signed_nonsense_is_kept_with_the_reason(client, connection, raw_body):
    post(client, connection, raw_body)
    assert last().state == "failed"
    assert last().error.startswith("It was signed, but ")
    assert last().unpack() == raw_body


def stored(connection, issue, number, **changed):
    raw_body = body("resolved", {"issue": issue_payload(issue, status="resolved", substatus=None)})
    fields = {"request_id": str(number), "resource": "issue", "body": WebhookDelivery.pack(raw_body)}
    return WebhookDelivery.objects.create(connection=connection, **fields | changed)


def test_one_worker_at_a_time_and_in_order(connection, issue):
    rows = [stored(connection, issue, number) for number in range(5)]
    assert claim(connection.pk, needs_sentry=False) == rows
    stored(connection, issue, 9)
    assert claim(connection.pk, needs_sentry=False) == []
    assert claim(connection.pk, needs_sentry=True) == []


def test_what_a_killed_worker_left_is_taken_up(connection, issue):
    for number in range(3):
        stored(connection, issue, number)
    claim(connection.pk, needs_sentry=False)
    assert waiting_connections() == []
    WebhookDelivery.objects.update(claimed_at=timezone.now() - CLAIM - timedelta(seconds=1))
    assert waiting_connections() == [(connection.pk, False)]
    assert process_deliveries(connection.pk).processed == 3
    issue.refresh_from_db()
    assert issue.status == "resolved"
    assert set(WebhookDelivery.objects.values_list("state", "attempts")) == {("done", 2)}


def test_a_delivery_that_kills_every_worker_is_given_up(connection, issue):
    old = timezone.now() - 2 * CLAIM
    stored(connection, issue, 1, state="processing", claimed_at=old, attempts=MAX_ATTEMPTS)
    stored(connection, issue, 2)
    process_deliveries(connection.pk)
    assert list(WebhookDelivery.objects.order_by("pk").values_list("state", flat=True)) == ["failed", "done"]


def test_one_bad_delivery_does_not_stop_the_others(connection, issue):
    bad = stored(connection, issue, 1, body=b"this is no zlib")
    good = stored(connection, issue, 2)
    process_deliveries(connection.pk)
    for row in (bad, good):
        row.refresh_from_db()
    assert (bad.state, good.state) == ("pending", "done")
    assert bad.error.startswith("error: ")
    for _ in range(MAX_ATTEMPTS):
        WebhookDelivery.objects.filter(pk=bad.pk).update(try_at=None)
        process_deliveries(connection.pk)
    bad.refresh_from_db()
    assert bad.state == "failed"


def test_bodies_of_one_issue_out_of_order_are_asked_about(connection, issue):
    now = timezone.now()
    stored(connection, issue, 1, sent_at=now)
    raw_body = body("unresolved", {"issue": issue_payload(issue)})
    stored(connection, issue, 2, body=WebhookDelivery.pack(raw_body), sent_at=now - timedelta(seconds=5))
    outcome = process_deliveries(connection.pk)
    issue.refresh_from_db()
    assert (outcome.needs_sentry, issue.status) == (True, "unresolved")
    assert WebhookDelivery.objects.filter(needs_sentry=True, state="pending").count() == 2


def test_an_old_delivery_of_one_issue_does_not_age_the_news_of_another(connection, issue):
    now = timezone.now()
    IssueAction.objects.create(
        connection=connection, issue=issue, kind="resolve", state="done", after={"status": "resolved"},
        finished_at=now - timedelta(seconds=30),
    )  # fmt: skip
    Issue.objects.update(status="resolved", substatus="", synced_at=now - timedelta(seconds=20))
    issue.refresh_from_db()
    other = make_issue(project=issue.project)
    same = WebhookDelivery.pack(body("unresolved", {"issue": issue_payload(other)}))
    stored(connection, other, 1, body=same, sent_at=now - timedelta(hours=1))
    payload = issue_payload(issue, status="unresolved", substatus="regressed")
    news = WebhookDelivery.pack(body("unresolved", {"issue": payload}))
    stored(connection, issue, 2, body=news, sent_at=now - timedelta(seconds=10))
    process_deliveries(connection.pk)
    issue.refresh_from_db()
    assert (issue.status, issue.substatus) == ("unresolved", "regressed")


def test_a_hundred_at_once_cost_few_queries(connection, django_assert_max_num_queries):
    project = make_project(connection=connection)
    for number in range(100):
        stored(connection, make_issue(project=project), number)
    with django_assert_max_num_queries(40):
        assert process_deliveries(connection.pk).processed == 100
    assert Issue.objects.filter(status="resolved").count() == 100
