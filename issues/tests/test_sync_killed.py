"""A sync whose process is killed (SIGKILL) again and again loses and repeats nothing, and reaches its end."""

import subprocess
import sys
import time

import pytest
from django.conf import settings

from issues.bench.installation import same_database
from issues.models import Issue, IssueStats, SyncRun
from issues.tests.conftest import connect_to
from issues.tests.test_sync_full import cached, true

pytestmark = pytest.mark.django_db(transaction=True)

COMMAND = [sys.executable, "manage.py", "sync_sentry", "--full", "--json"]
SECONDS = 60


def started():
    return subprocess.Popen(COMMAND, cwd=settings.BASE_DIR, env=same_database(), stdout=subprocess.PIPE)


def stored():
    return Issue.objects.count()


def killed_after(more):
    """Starts a sync and kills it once it has stored `more` issues."""
    before, process, limit = stored(), started(), time.monotonic() + SECONDS
    while stored() < before + more and process.poll() is None and time.monotonic() < limit:
        time.sleep(0.01)
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
