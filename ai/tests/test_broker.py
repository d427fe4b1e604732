"""A broker that is restarted, and has forgotten everything: no explanation stays open for ever."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ai.llm.fakes import Behaviour, FakeOllama
from ai.tests.test_processes import SEED, asked, shown, wait_for
from dexter.embedded import Server, socket_path
from issues.bench.installation import Installation

# What the scheduler does every 20 seconds, without the two minutes after which a message is taken for lost.
REAP = """
from datetime import timedelta
from dexter.jobs import tasks
tasks.LOST_AFTER = timedelta(0)
tasks.reap()
"""


@pytest.fixture
def ollama() -> Iterator[FakeOllama]:
    with FakeOllama(models=["fake-small"]) as server:
        yield server


def test_what_it_forgot_is_sent_again(tmp_path_factory, ollama):
    folder = tmp_path_factory.mktemp("dexter")
    listen = socket_path(Path(folder) / "valkey")
    dexter = Installation({
        "DATABASE_URL": f"sqlite:///{folder}/dexter.sqlite3", "REDIS_URL": f"unix://{listen}",
        "DEXTER_EMBEDDED": "1", "STATIC_ROOT": str(Path(folder) / "static"), "DEBUG": "1",
        "LOG_LEVEL": "ERROR", "SYNC_EVERY": "86400", "OLLAMA_BASE_URL": ollama.url,
        "OLLAMA_MODEL": "fake-small", "AI_CONCURRENCY": "1",
    })  # fmt: skip
    ollama.behaviours = [Behaviour("word " * 60, pause=0.1), Behaviour("The second one.")]
    with Server(listen):
        dexter.manage("migrate", "--verbosity", "0")
        dexter.token = dexter.manage("shell", "-c", SEED).split()[-1]
        dexter.start_worker()
        dexter.start_web()
        running, waiting = asked(dexter, "running?"), asked(dexter, "waiting?")
        wait_for(lambda: shown(dexter, running["id"])["text"].startswith("word"))
    try:
        assert shown(dexter, running["id"])["state"] == "running"  # the pages go on without it
        with Server(listen):
            wait_for(lambda: shown(dexter, running["id"])["state"] == "done", seconds=60)
            # On a unix socket kombu fails while the socket is away, and the worker ends when it has done its
            # work; whatever supervises it starts it again.
            with contextlib.suppress(subprocess.TimeoutExpired):
                dexter.worker.wait(15)
                dexter.start_worker()
            dexter.manage("shell", "-c", REAP)
            wait_for(lambda: shown(dexter, waiting["id"])["state"] == "done", seconds=60)
            assert shown(dexter, running["id"])["text"] == "word " * 60
            assert shown(dexter, waiting["id"])["text"] == "The second one."
    finally:
        dexter.stop()
