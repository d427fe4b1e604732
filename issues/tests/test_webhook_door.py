"""What is let in, what is refused, and how little is done before the answer."""

import json

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext

from issues.models import WebhookDelivery, WebhookRefusal
from issues.services.webhooks import MAX_BODY
from issues.tests.factories import make_connection
from issues.tests.webhooks import SECRET, body, post, sign

pytestmark = pytest.mark.django_db

METRIC = body("critical", {"description_title": "Critical: Too many errors"})
Reason = WebhookRefusal.Reason


@pytest.fixture
def connection():
    return make_connection(webhook_secret=SECRET)


@pytest.fixture
def sentry():
    return Client(enforce_csrf_checks=True)


def test_a_signed_delivery_is_stored_as_it_came(sentry, connection):
    assert post(sentry, connection, METRIC, "metric_alert", request_id="a" * 32).status_code == 200
    row = WebhookDelivery.objects.get()
    assert (row.unpack(), row.request_id, row.resource) == (METRIC, "a" * 32, "metric_alert")
    assert row.sent_at <= row.received_at


@pytest.mark.parametrize(
    ("signature", "reason"),
    [
        (None, Reason.UNSIGNED),
        ("", Reason.UNSIGNED),
        (sign(METRIC, "another secret"), Reason.WRONG_SIGNATURE),
        (sign(METRIC)[:-1], Reason.WRONG_SIGNATURE),
        (f"sha256={sign(METRIC)}", Reason.WRONG_SIGNATURE),
        (sign(METRIC[:-1]), Reason.WRONG_SIGNATURE),
        # What the documentation's sample signs: the same JSON, written again.
        (sign(json.dumps(json.loads(METRIC), separators=(",", ":")).encode()), Reason.WRONG_SIGNATURE),
        ("\u00e9" * 64, Reason.WRONG_SIGNATURE),
    ],
    # The delivery's time is in it, so the signatures differ in every process that collects the tests.
    ids=["none", "empty", "other secret", "cut", "prefixed", "other body", "rewritten body", "not ASCII"],
)
def test_refused_and_recorded(sentry, connection, signature, reason):
    answer = post(sentry, connection, METRIC, signature=signature, request_id="b" * 32)
    assert answer.status_code == 401
    assert not WebhookDelivery.objects.exists()
    row = WebhookRefusal.objects.get()
    assert (row.reason, row.count, row.last[0]["Request-ID"]) == (reason, 1, "b" * 32)


def test_a_signature_around_spaces_is_right(sentry, connection):
    assert post(sentry, connection, METRIC, signature=f" {sign(METRIC)} ").status_code == 200


def test_a_body_that_is_no_json_is_not_parsed_at_the_door(sentry, connection):
    assert post(sentry, connection, b"\xff\x00 no json").status_code == 200
    row = WebhookDelivery.objects.get()
    assert (row.state, row.error) == ("failed", "It was signed, but the body is not JSON.")
    assert post(sentry, connection, b"{", signature="wrong").status_code == 401


@pytest.mark.parametrize(("size", "status"), [(MAX_BODY, 200), (MAX_BODY + 1, 413)])
def test_size(sentry, connection, size, status):
    raw_body = b" " * size
    assert post(sentry, connection, raw_body).status_code == status
    assert WebhookRefusal.objects.filter(reason=Reason.TOO_LARGE).exists() == (status == 413)


def test_a_connection_without_a_secret_lets_nothing_in(sentry):
    connection = make_connection()
    assert post(sentry, connection, METRIC, signature=sign(METRIC, "")).status_code == 401
    assert WebhookRefusal.objects.get().reason == Reason.NO_SECRET


def test_a_secret_that_no_key_decrypts_lets_nothing_in(sentry, connection, settings):
    settings.TOKEN_KEYS = ["uP1LxHjGvPzEMyP4OXhF8YdF9Vb2Xo6ZGKb1mWcQk3s="]
    assert post(sentry, connection, METRIC).status_code == 401
    assert WebhookRefusal.objects.get().reason == Reason.NO_SECRET


def test_unknown_connections_and_other_methods(sentry, connection):
    assert post(sentry, connection, METRIC, slug="nobody").status_code == 404
    assert sentry.get(f"/webhooks/sentry/{connection.slug}/").status_code == 405
    assert not WebhookRefusal.objects.exists()


def test_the_same_request_id_counts_once_for_each_connection(sentry, connection):
    other = make_connection(webhook_secret=SECRET)
    for each in (connection, connection, other):
        assert post(sentry, each, METRIC, "metric_alert", request_id="c" * 32).status_code == 200
    assert WebhookDelivery.objects.count() == 2


def test_without_a_request_id_the_same_bytes_count_once(sentry, connection):
    for raw_body in (METRIC, METRIC, body("warning", {})):
        headers = {"Sentry-Hook-Resource": "metric_alert", "Sentry-Hook-Signature": sign(raw_body)}
        path = f"/webhooks/sentry/{connection.slug}/"
        sentry.post(path, raw_body, content_type="application/json", headers=headers)
    assert WebhookDelivery.objects.count() == 2


def test_refusals_fill_nothing(sentry, connection):
    for number in range(WebhookRefusal.KEPT + 5):
        post(sentry, connection, METRIC, signature="0" * 64, request_id=str(number), resource="x" * 4000)
    row = WebhookRefusal.objects.get()
    assert (row.count, len(row.last)) == (WebhookRefusal.KEPT + 5, WebhookRefusal.KEPT)
    assert row.last[0]["Request-ID"] == str(WebhookRefusal.KEPT + 4)
    assert len(row.last[0]["Sentry-Hook-Resource"]) == 200


@pytest.mark.parametrize("sent", ["", "soon", "-5e99", "99999999999999999999"])
def test_odd_timestamps_are_none(sentry, connection, sent):
    headers = {
        "Request-ID": "d", "Sentry-Hook-Resource": "metric_alert", "Sentry-Hook-Timestamp": sent,
        "Sentry-Hook-Signature": sign(METRIC),
    }  # fmt: skip
    path = f"/webhooks/sentry/{connection.slug}/"
    assert sentry.post(path, METRIC, content_type="application/json", headers=headers).status_code == 200
    assert WebhookDelivery.objects.get().sent_at is None


@pytest.mark.django_db(transaction=True)
def test_one_read_and_one_insert(sentry, connection):
    # A wake-up is on its way already, so that the task does not run within the request.
    from django.core.cache import cache

    cache.add(f"webhooks:wake:{connection.pk}", 1, timeout=5)
    with CaptureQueriesContext(database) as found:
        post(sentry, connection, METRIC)
    statements = [query["sql"].split()[0] for query in found.captured_queries]
    # On SQLite it also says how it waits for the lock.
    assert [word for word in statements if word != "PRAGMA"] == ["SELECT", "BEGIN", "INSERT", "COMMIT"]
    assert not any(
        "session" in query["sql"] or "auth_user" in query["sql"] for query in found.captured_queries
    )
    cache.delete(f"webhooks:wake:{connection.pk}")
