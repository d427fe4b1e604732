"""Jobs against the real database: claiming, progress, stopping, failing, reaping."""

import os
import socket
import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone

from dexter.celery import app
from dexter.jobs import runner
from dexter.jobs.models import SILENT_AFTER, Job
from dexter.jobs.signals import job_changed
from dexter.jobs.tasks import LOST_AFTER, reap

pytestmark = pytest.mark.django_db(transaction=True)

ran: list[tuple[int, str]] = []


@app.task(name="dexter.jobs.tests.note")
def note(job_id, text="", fail=False):
    with runner.running(job_id) as progress:
        progress.report(1, 2, text)
        if fail:
            raise ValueError("no such thing")
        ran.append((job_id, text))


@pytest.fixture(autouse=True)
def _empty():
    ran.clear()


def make_job(**columns):
    return Job.objects.create(**{"kind": "dexter.jobs.tests.note", "key": "note", **columns})


def test_enqueued_job_runs_and_ends_as_done():
    job, created = runner.enqueue("dexter.jobs.tests.note", key="a", text="hello")
    job.refresh_from_db()
    assert (created, job.state, job.done, job.total, job.message) == (True, "done", 1, 2, "hello")
    assert ran == [(job.pk, "hello")]
    assert job.finished_at >= job.started_at


def test_an_active_key_is_not_enqueued_twice():
    waiting = make_job(key="b")
    job, created = runner.enqueue("dexter.jobs.tests.note", key="b")
    assert (job, created, ran) == (waiting, False, [])


def test_a_second_delivery_of_the_message_does_nothing():
    job, _ = runner.enqueue("dexter.jobs.tests.note", key="c", text="once")
    with pytest.raises(runner.Taken):
        note(job.pk, text="twice")
    assert ran == [(job.pk, "once")]


def test_an_error_ends_the_row_and_goes_on():
    job = make_job()
    with pytest.raises(ValueError, match="no such thing"):
        note(job.pk, fail=True)
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "ValueError: no such thing")


def test_a_running_job_stops_at_its_next_report():
    job = make_job()
    with runner.running(job.pk) as progress:
        runner.request_stop(job)
        progress.report(1)
        raise AssertionError("went on after the stop")
    job.refresh_from_db()
    assert job.state == "stopped"


def test_a_waiting_job_stops_at_once():
    job = make_job()
    runner.request_stop(job)
    job.refresh_from_db()
    assert job.state == "stopped"


def silent(**columns):
    long_ago = timezone.now() - 2 * SILENT_AFTER
    return make_job(state=Job.State.RUNNING, heartbeat_at=long_ago, **columns)


def test_the_reaper_runs_a_silent_job_again():
    job = silent(arguments={"text": "again"})
    assert reap() == {"failed": 0, "revived": 1, "resent": 0}
    job.refresh_from_db()
    assert (job.state, job.attempts, ran) == ("done", 1, [(job.pk, "again")])


def test_the_reaper_fails_a_job_after_its_last_attempt():
    job = silent(attempts=2)
    assert reap()["failed"] == 1
    job.refresh_from_db()
    assert job.state == "failed"
    assert "stopped answering" in job.error


def test_the_reaper_leaves_a_beating_job_alone():
    job = make_job(state=Job.State.RUNNING, heartbeat_at=timezone.now())
    assert reap() == {"failed": 0, "revived": 0, "resent": 0}
    job.refresh_from_db()
    assert job.state == "running"


def test_a_lost_message_is_sent_again():
    job = make_job()
    Job.objects.filter(pk=job.pk).update(created_at=timezone.now() - LOST_AFTER - timedelta(seconds=1))
    assert reap()["resent"] == 1
    assert ran == [(job.pk, "")]


def test_only_so_many_jobs_of_a_kind_run_at_once():
    first, second = make_job(key="a"), make_job(key="b")
    other = make_job(key="c", kind="another")
    with runner.running(first.pk, at_once=1):
        with pytest.raises(runner.Taken), runner.running(second.pk, at_once=1):
            pytest.fail("there was no room")
        second.refresh_from_db()
        assert second.state == "queued"
        with runner.running(other.pk, at_once=1):
            pass
    with runner.running(second.pk, at_once=1):
        pass


def test_whoever_waits_for_a_job_hears_that_it_is_given_up():
    heard = []

    def hear(sender, job_id, **_):
        heard.append(job_id)

    job_changed.connect(hear)
    try:
        silent = timezone.now() - 2 * SILENT_AFTER
        job = make_job(state="running", heartbeat_at=silent, attempts=2)
        reap()
    finally:
        job_changed.disconnect(hear)
    assert heard == [job.pk]


def test_a_command_does_not_wait_for_one_that_was_killed(db):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left = Job.objects.create(
        kind="x", key="k", state=Job.State.RUNNING, arguments={"host": socket.gethostname(), "pid": dead.pid}
    )
    assert runner.run_here("x", lambda progress: None, key="k").state == Job.State.DONE
    left.refresh_from_db()
    assert (left.state, left.error) == (Job.State.FAILED, "The process that ran it was killed.")


def test_a_command_leaves_one_that_lives_alone(db):
    mine = {"host": socket.gethostname(), "pid": os.getpid()}
    Job.objects.create(kind="x", key="k", state=Job.State.RUNNING, arguments=mine)
    with pytest.raises(runner.Taken):
        runner.run_here("x", lambda progress: None, key="k")
