"""Webhooks that fell silent, old ones that are pruned, and what the admin shows of them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from issues.models import Connection, SyncRun, WebhookDelivery
from issues.queries.freshness import freshness
from issues.queries.webhooks import silent_connections
from issues.sync.prune import prune_cache
from issues.tests.factories import make_connection, make_user
from issues.tests.webhooks import SECRET, body, post

pytestmark = pytest.mark.django_db


def connection_with(*, hours, changed, **fields):
    seen = timezone.now() - timedelta(hours=hours) if hours is not None else None
    values = {"webhook_secret": SECRET, "webhooks_seen_at": seen, "state": "ok", "synced_at": timezone.now()}
    made = make_connection(**values | fields)
    SyncRun.objects.create(connection=made, kind="incremental", issues_changed=changed)
    return made


def test_silent_while_issues_change():
    made = connection_with(hours=3, changed=118)
    found = silent_connections()
    assert [(each.connection, each.found) for each in found] == [(made, 118)]
    said = freshness()
    assert said.tone == "warn"
    assert said.headline == "No webhook for 3 h while issues change."
    assert said.advice == "Polling fills the gap, up to 60 s late. 118 changes were found this way."


@pytest.mark.parametrize(
    "fields",
    [
        {"hours": 0.5, "changed": 5},
        {"hours": 3, "changed": 0},
        {"hours": None, "changed": 5},
        {"hours": 3, "changed": 5, "webhook_secret": ""},
        {"hours": 3, "changed": 5, "enabled": False},
    ],
)
def test_silent_for_a_reason(fields):
    connection_with(**fields)
    assert silent_connections() == []


def test_what_polling_found_before_the_last_webhook_does_not_count():
    made = connection_with(hours=3, changed=5)
    SyncRun.objects.filter(connection=made).update(started_at=timezone.now() - timedelta(hours=4))
    assert silent_connections() == []


def test_trouble_speaks_before_silence():
    connection_with(hours=3, changed=5)
    make_connection(state="unreachable")
    assert freshness().tone == "error"


@pytest.mark.parametrize(
    ("fields", "hours", "stays"),
    [
        ({"state": "done"}, 25, False),
        ({"state": "done"}, 23, True),
        ({"state": "ignored"}, 25, True),
        ({"state": "ignored", "is_echo": True}, 25, False),
        ({"state": "failed"}, 15 * 24, False),
    ],
)
def test_old_deliveries_go(fields, hours, stays):
    row = WebhookDelivery.objects.create(
        connection=make_connection(), request_id="1", resource="issue", body=b"", **fields
    )
    WebhookDelivery.objects.update(received_at=timezone.now() - timedelta(hours=hours))
    assert prune_cache()["deliveries"] == (0 if stays else 1)
    assert WebhookDelivery.objects.filter(pk=row.pk).exists() == stays


def test_the_admin_shows_deliveries_masked_and_refusals(client):
    connection = make_connection(webhook_secret=SECRET)
    raw_body = body("critical", {"description_title": "Too many", "who": "jane@example.com"})
    post(client, connection, raw_body, "metric_alert")
    post(client, connection, raw_body, signature="wrong")
    client.force_login(make_user("boss", is_staff=True, is_superuser=True))
    row = WebhookDelivery.objects.get()
    page = client.get(f"/admin/issues/webhookdelivery/{row.pk}/change/").content.decode()
    assert "description_title" in page
    assert "jane@example.com" not in page
    assert client.get("/admin/issues/webhookdelivery/").status_code == 200
    assert client.get("/admin/issues/webhookrefusal/").status_code == 200
    page = client.get(f"/admin/issues/connection/{connection.pk}/change/").content.decode()
    assert f"/webhooks/sentry/{connection.slug}/" in page
    assert SECRET not in page
    assert Connection.objects.get().webhook_secret == SECRET
