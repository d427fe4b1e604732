"""Webhooks of issues: taken at their word, asked about, or known already."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from issues.models import Connection, Issue, IssueAction, WebhookDelivery
from issues.tests.factories import make_connection, make_issue, make_member, make_project, make_team
from issues.tests.webhooks import APP, JANE, OWN, SECRET, body, issue_payload, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return make_project(connection=make_connection(webhook_secret=SECRET))


@pytest.fixture
def issue(project):
    return make_issue(project=project, status="unresolved", substatus="ongoing", priority="high")


def send(client, issue, action, actor=JANE, sent=None, **changed):
    raw_body = body(action, {"issue": issue_payload(issue, **changed)}, actor)
    extra = {} if sent is None else {"sent": sent}
    assert post(client, issue.connection, raw_body, **extra).status_code == 200
    issue.refresh_from_db()
    return WebhookDelivery.objects.order_by("-pk").first()


def test_a_new_issue_is_there_at_once(client, project):
    new = Issue(
        connection=project.connection, project=project, sentry_id="4711", short_id="SHOP-4", title="Oh no",
        status="unresolved", substatus="new", count=1, user_count=1,
        first_seen=timezone.now(), last_seen=timezone.now(),
    )  # fmt: skip
    post(client, project.connection, body("created", {"issue": issue_payload(new)}))
    stored = Issue.objects.get(sentry_id="4711")
    assert (stored.short_id, stored.substatus, stored.count, stored.project) == ("SHOP-4", "new", 1, project)
    row = WebhookDelivery.objects.get()
    assert (row.state, row.action, row.issue_ref, row.note) == ("done", "created", "4711", "Stored.")


@pytest.mark.parametrize(
    ("action", "changed", "status", "substatus"),
    [
        ("resolved", {"status": "resolved", "substatus": None}, "resolved", ""),
        ("archived", {"status": "ignored", "substatus": "archived_forever"}, "ignored", "archived_forever"),
        ("ignored", {"status": "ignored", "substatus": None}, "ignored", ""),
        ("unresolved", {"status": "unresolved", "substatus": "regressed"}, "unresolved", "regressed"),
    ],
)
def test_a_new_state_is_shown(client, issue, action, changed, status, substatus):
    row = send(client, issue, action, sent=time.time() + 1, **changed)
    assert (issue.status, issue.substatus) == (status, substatus)
    assert (row.state, row.needs_sentry) == ("done", False)


def test_an_assignee_is_shown(client, issue):
    member, team = make_member(issue.connection), make_team(issue.connection)
    send(client, issue, "assigned", assignedTo={"type": "user", "id": member.sentry_id})
    assert (issue.assignee, issue.assignee_team) == (member, None)
    later = time.time() + 5
    Issue.objects.update(synced_at=timezone.now() - timedelta(minutes=1))
    send(client, issue, "assigned", sent=later, assignedTo={"type": "team", "id": team.sentry_id})
    assert (issue.assignee, issue.assignee_team) == (None, team)


def test_what_a_webhook_cannot_know_stays(client, issue):
    Issue.objects.update(is_bookmarked=True, has_seen=True, is_subscribed=True, is_unhandled=True, count=99)
    issue.refresh_from_db()
    payload = {"status": "resolved", "isUnhandled": None, "count": "3", "userCount": 0}
    send(client, issue, "resolved", **payload)
    assert (issue.status, issue.count) == ("resolved", 99)
    assert (issue.is_bookmarked, issue.has_seen, issue.is_subscribed, issue.is_unhandled) == (True,) * 4


def test_the_same_again_is_no_work(client, issue, django_assert_num_queries):
    before = issue.synced_at
    row = send(client, issue, "unresolved")
    assert (row.note, issue.synced_at) == ("The cache had it already.", before)


def test_a_state_from_before_the_last_sync_is_asked_about(client, issue):
    """Nothing answers behind this connection, so the delivery waits; the cache keeps what it had."""
    Issue.objects.update(synced_at=timezone.now())
    row = send(client, issue, "resolved", status="resolved", sent=time.time() - 60)
    assert issue.status == "unresolved"
    assert (row.state, row.needs_sentry) == ("pending", True)
    assert row.error
    assert row.try_at > timezone.now()


def test_a_state_from_before_the_last_event_is_asked_about(client, issue):
    earlier = (issue.last_seen - timedelta(hours=2)).isoformat()
    row = send(client, issue, "resolved", status="resolved", lastSeen=earlier)
    assert (issue.status, row.needs_sentry) == ("unresolved", True)


def test_an_issue_that_is_gone_is_asked_about(client, issue):
    Issue.objects.update(gone="deleted")
    assert send(client, issue, "unresolved").needs_sentry
    assert issue.gone == "deleted"


@pytest.mark.parametrize("missing", ["title", "status", "lastSeen", "count", "project"])
def test_a_body_with_less_than_the_cache_needs_is_asked_about(client, issue, missing):
    assert send(client, issue, "resolved", **{missing: None}).needs_sentry
    assert issue.title


def test_a_project_that_is_not_known_yet(client, issue):
    row = send(client, issue, "created", id="99999", project={"id": "404"})
    assert row.state == "ignored"
    assert "project is not known" in row.note


def test_a_pending_change_is_not_overwritten(client, issue):
    IssueAction.objects.create(
        connection=issue.connection, issue=issue, kind="resolve", state="pending",
        before={"status": "unresolved", "substatus": "ongoing", "status_details": {}},
        after={"status": "resolved", "substatus": "", "status_details": {}},
        try_at=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    Issue.objects.update(status="resolved", substatus="")
    issue.refresh_from_db()
    newer = (issue.last_seen + timedelta(minutes=1)).isoformat()
    send(client, issue, "assigned", status="unresolved", substatus="ongoing", lastSeen=newer)
    assert (issue.status, issue.last_seen.isoformat()) == ("resolved", newer)


def done_action(issue, **changed):
    fields = {"kind": "resolve", "state": "done", "after": {"status": "resolved"},
              "finished_at": timezone.now() - timedelta(seconds=3)}  # fmt: skip
    return IssueAction.objects.create(connection=issue.connection, issue=issue, **fields | changed)


def test_an_own_change_comes_back_and_is_only_marked(client, issue):
    done_action(issue)
    row = send(client, issue, "resolved", actor=OWN, status="resolved")
    assert (row.state, row.is_echo) == ("ignored", True)
    assert issue.status == "unresolved"  # nothing was stored: what the push read back stands
    assert Connection.objects.get().app_uuid == APP


def test_an_own_change_of_another_state_is_no_echo(client, issue):
    done_action(issue)
    Connection.objects.update(app_uuid=APP)
    row = send(client, issue, "archived", actor=OWN, status="ignored", substatus="archived_forever")
    assert (row.is_echo, issue.status) == (False, "ignored")


def test_somebody_elses_integration_is_no_echo(client, issue):
    done_action(issue)
    Connection.objects.update(app_uuid="another")
    assert not send(client, issue, "resolved", actor=OWN, status="resolved").is_echo


def test_an_old_change_has_no_echo(client, issue):
    done_action(issue, finished_at=timezone.now() - timedelta(hours=3))
    assert not send(client, issue, "resolved", actor=OWN, status="resolved").is_echo
    assert Connection.objects.get().app_uuid == ""


def test_a_connection_that_is_off(client, issue):
    Connection.objects.update(enabled=False)
    row = send(client, issue, "resolved", status="resolved")
    assert (row.state, issue.status) == ("ignored", "unresolved")


def test_the_connection_knows_when_the_last_one_came(client, issue):
    row = send(client, issue, "resolved")
    assert Connection.objects.get().webhooks_seen_at == row.received_at
