"""A sync whose process is killed (SIGKILL) again and again, or stopped by Ctrl+C, loses and repeats nothing,
and reaches its end."""

import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings

from dexter.jobs.models import Job
from issues.bench.installation import same_database
from issues.models import Issue, IssueStats, SyncRun
from issues.tests.conftest import connect_to
from issues.tests.test_sync_full import cached, true

pytestmark = pytest.mark.django_db(transaction=True)

COMMAND = [sys.executable, "manage.py", "sync_sentry", "--full", "--json"]
SECONDS = 60


def started():
    """A sync in a process of its own, which heeds Ctrl+C whoever runs the tests."""
    return subprocess.Popen(
        COMMAND,
        cwd=settings.BASE_DIR,
        env=same_database(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )


def stored():
    return Issue.objects.count()


def begun(more):
    """A running sync that has stored `more` issues."""
    before, process, limit = stored(), started(), time.monotonic() + SECONDS
    while stored() < before + more and process.poll() is None and time.monotonic() < limit:
        time.sleep(0.01)
    return process


def killed_after(more):
    """Starts a sync and kills it once it has stored `more` issues."""
    process = begun(more)
    process.kill()
    process.communicate()
    assert process.returncode < 0, "it came to its end before it was killed"
    return stored()


def test_killed_three_times_it_still_gets_all_of_it(sandbox_factory, db):
    sandbox = sandbox_factory(issues=3000, latency=150)
    connection = connect_to(sandbox)
    counts = [killed_after(more) for more in (1, 300, 600)]
    assert counts == sorted(set(counts))
    assert counts[-1] < len(true(sandbox))

    sandbox.clear_log()
    last = started()
    last.communicate(timeout=SECONDS)
    assert last.returncode == 0

    assert cached() == true(sandbox)
    assert IssueStats.objects.count() == stored()
    assert SyncRun.objects.filter(connection=connection).latest("started_at").is_complete
    asked = [entry for entry in sandbox.log() if entry["path"].endswith("/acme/issues/")]
    assert len(asked) < stored() / 100, "the last run began anew"


def test_stopped_by_a_person_it_says_so_and_holds_nobody_up(sandbox_factory, db):
    sandbox = sandbox_factory(issues=600, latency=150)
    connect_to(sandbox)
    process = begun(1)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=SECONDS)
    assert process.returncode == 130
    assert "Stopped. What was stored stays" in said
    assert "Traceback" not in said
    assert Job.objects.get().state == Job.State.STOPPED

    last = started()
    last.communicate(timeout=SECONDS)
    assert last.returncode == 0
    assert cached() == true(sandbox)
