"""The freshness line: the worst connection speaks, in two queries."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dexter.jobs.models import Job
from dexter.sentry.errors import Gone410, NetworkError, NotJson
from issues.models import SyncRun
from issues.queries.freshness import first_sync, freshness
from issues.tests.factories import make_connection

pytestmark = pytest.mark.django_db


def test_nothing_without_a_connection():
    assert freshness() is None


def test_a_disabled_connection_does_not_speak():
    make_connection(enabled=False, state="failed")
    assert freshness() is None


def test_the_oldest_of_the_synced_ones(django_assert_num_queries):
    now = timezone.now()
    make_connection(state="ok", synced_at=now)
    make_connection(state="ok", synced_at=now - timedelta(minutes=5))
    with django_assert_num_queries(1):
        said = freshness()
    assert (said.tone, said.line, said.detail) == ("ok", "Synced", "2 connections")
    assert said.synced == now - timedelta(minutes=5)


@pytest.mark.parametrize(
    ("states", "tone", "words"),
    [
        (("ok", "unreachable"), "error", "No usable answer from Sentry. Synced"),
        (("limited", "refused"), "error", "Sentry refused the token"),
        (("limited", "ok"), "warn", "Rate limited"),
        (("new", "ok"), "info", "Waiting for the first sync"),
    ],
)
def test_the_worst_speaks(states, tone, words):
    for state in states:
        make_connection(state=state, synced_at=None if state == "new" else timezone.now())
    said = freshness()
    assert said.tone == tone
    assert words in said.line


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            NotJson("it is a web page", status=200, request="GET x/"),
            "what Sentry's Web API answers: it is a web page.",
        ),
        (
            Gone410("This API no longer exists.", request="GET x/"),
            "Sentry has switched off this endpoint for a while",
        ),
        (
            NetworkError("[Errno 111] Connection refused", request="GET x/"),
            "No answer came from the Sentry server.",
        ),
    ],
)
def test_it_says_what_happened(error, said):
    make_connection(state="unreachable", error=str(error), synced_at=timezone.now())
    advice = freshness().advice
    assert said in advice
    assert "GET x/" not in advice
    assert "Dexter keeps trying" in advice


def test_a_running_sync_tells_how_far_it_is():
    connection = make_connection(name="acme")
    job = Job.objects.create(kind="sync", key="1", state="running", message="Reading issues", done=1, total=4)
    SyncRun.objects.create(connection=connection, kind="full", job=job, issues_seen=1200)
    assert freshness().detail == "Reading issues, 1,200 issues so far"
    assert first_sync().percent == 25


def test_a_later_sync_is_not_a_first_one():
    job = Job.objects.create(kind="sync", key="1", state="running")
    run = SyncRun.objects.create(connection=make_connection(synced_at=timezone.now()), kind="full", job=job)
    assert first_sync() is None
    run.delete()
    assert first_sync() is None
