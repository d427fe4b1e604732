"""The freshness line: the worst connection speaks, in two queries."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dexter.jobs.models import Job
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
        (("ok", "unreachable"), "error", "Sentry cannot be reached"),
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
