"""A whole installation for tests: two web servers and a worker over an SQLite file, with 30 issues in it."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.conf import settings

from issues.bench.installation import Installation
from issues.tests.webhooks import SECRET, body, sign

SEED = """
from django.contrib.auth.models import User
from django.utils import timezone
from issues.tests.factories import make_connection, make_issue, make_project, make_user
make_user("jane", first_name="Jane")
make_user("joe", first_name="Joe")
project = make_project(connection=make_connection(slug="acme", webhook_secret=%r), sentry_id="2")
for number in range(1, 31):
    make_issue(project=project, sentry_id=str(number), status="unresolved", last_seen=timezone.now())
"""


@pytest.fixture(scope="module")
def dexter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("dexter")
    environment = {
        "DATABASE_URL": f"sqlite:///{folder}/dexter.sqlite3",
        "REDIS_URL": settings.REDIS_URL,
        "DEXTER_EMBEDDED": "1",
        "STATIC_ROOT": str(Path(folder) / "static"),
        "DEBUG": "1",
        "LOG_LEVEL": "ERROR",
        # Nothing answers behind the connection, so that only webhooks bring anything.
        "SYNC_EVERY": "86400",
    }
    made = Installation(environment, webs=2)
    made.manage("migrate", "--verbosity", "0")
    made.manage("shell", "-c", SEED % SECRET)
    with made:
        yield made


def send(url: str, number: int, status: str = "resolved") -> None:
    """A webhook that says an issue was resolved."""
    now = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(time.time() + 60))
    payload = {
        "id": str(number), "title": "KeyError", "status": status, "substatus": None, "count": "11",
        "project": {"id": "2"}, "lastSeen": now, "firstSeen": now, "shortId": f"SHOP-{number}",
    }  # fmt: skip
    raw_body = body("resolved", {"issue": payload})
    headers = {
        "Request-ID": f"{number}-{time.time()}", "Sentry-Hook-Resource": "issue",
        "Sentry-Hook-Signature": sign(raw_body), "Sentry-Hook-Timestamp": str(int(time.time() + 1)),
    }  # fmt: skip
    answer = httpx.post(f"{url}/webhooks/sentry/acme/", content=raw_body, headers=headers, trust_env=False)
    assert answer.status_code == 200
