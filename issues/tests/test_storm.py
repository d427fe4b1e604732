"""Actions under faults and kills, with real processes; `manage.py bench storm` is the long run."""

import json
import os
import subprocess
import sys

from django.conf import settings

ACTIONS = 120


def test_after_a_storm_cache_outbox_and_sentry_agree(tmp_path):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "dexter.settings",
        "DEXTER_VAR_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'storm.sqlite3'}",
        "OUTBOUND_ALLOW": "127.0.0.1",
        "REDIS_URL": settings.REDIS_URL,
        "STORM_ACTIONS": str(ACTIONS),
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "manage.py", "bench", "storm"]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr[-3000:]
    figure = json.loads(done.stdout.splitlines()[0])
    assert figure["actions"] >= ACTIONS
    assert figure["kills"] >= 2
    wrong = ("lost", "refused", "applied_twice", "disagreeing")
    assert {name: figure[name] for name in wrong} == dict.fromkeys(wrong, 0), figure["examples"]
