from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from dexter import pulse
from dexter.jobs.models import Job
from dexter.ops.health import read_health
from issues.models import Connection, SyncRun

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_pulse() -> None:
    cache.delete_many(["pulse:worker", "pulse:scheduler"])


@pytest.fixture
def connection() -> Connection:
    return Connection.objects.create(
        name="Acme",
        slug="acme",
        base_url="https://sentry.example.org/api/0/",
        organization="acme",
        token="sntrys_secret",
        state=Connection.State.OK,
        synced_at=timezone.now() - timedelta(seconds=40),
    )


def test_anybody_may_ask_and_nothing_secret_is_said(client: Client, connection: Connection) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    found = answer.json()
    assert (found["status"], found["database"], found["broker"]) == ("degraded", "ok", "ok")
    assert (found["worker"], found["scheduler"]) == ("silent", "silent")
    assert found["sync"].keys() == {"connections", "failing", "age_seconds"}
    assert 40 <= found["sync"]["age_seconds"] < 100
    assert b"Acme" not in answer.content
    assert answer["Cache-Control"].startswith("max-age=0")


def test_all_well(connection: Connection) -> None:
    pulse.leave("worker")
    pulse.leave("scheduler")
    assert read_health()["status"] == "ok"


def test_a_failing_connection_degrades(connection: Connection) -> None:
    pulse.leave("worker")
    pulse.leave("scheduler")
    Connection.objects.update(state=Connection.State.REFUSED)
    assert read_health()["status"] == "degraded"
    assert read_health()["sync"]["failing"] == 1


def test_a_sync_that_never_finished_has_no_age(connection: Connection) -> None:
    Connection.objects.update(synced_at=None)
    assert read_health()["sync"]["age_seconds"] is None


def test_without_a_broker_no_page_is_served(client: Client, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "down", "database": "ok", "broker": "down"}


def test_the_terminal_of_the_embedded_mode_sees_progress(connection: Connection, settings: Settings) -> None:
    settings.EMBEDDED = True
    job = Job.objects.create(
        kind="issues.tasks.sync_connection", key="sync:1", state="running", done=30, total=200
    )
    SyncRun.objects.create(connection=connection, job=job, kind="full")
    Connection.objects.update(state=Connection.State.FAILED, error="It said no.")
    found = read_health()["sync"]
    assert (found["running"], found["done"], found["total"]) == (True, 30, 200)
    assert found["error"] == "Acme: It said no."


def test_a_pulse_grows_old(settings: Settings) -> None:
    assert pulse.age("worker") is None
    assert not pulse.is_alive("worker")
    pulse.leave("worker")
    assert pulse.is_alive("worker")
    cache.set("pulse:worker", timezone.now().timestamp() - pulse.SILENT_AFTER - 1)
    assert not pulse.is_alive("worker")
