"""A whole Dexter beside this process: web servers and a worker of its own, as they run in production."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from urllib.parse import quote
from urllib.request import urlopen

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def same_database() -> dict[str, str]:
    """The environment with which another process works on the very database of this one."""
    wanted = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{wanted['NAME']}"
    else:
        who = f"{quote(wanted['USER'])}:{quote(wanted['PASSWORD'])}"
        url = f"postgres://{who}@{wanted['HOST']}:{wanted['PORT'] or 5432}/{wanted['NAME']}"
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "dexter.settings",
        "DATABASE_URL": url,
        "REDIS_URL": settings.REDIS_URL,
        "SECRET_KEY": settings.SECRET_KEY,
        "TOKEN_KEYS": ",".join(settings.TOKEN_KEYS),
        "OUTBOUND_ALLOW": "127.0.0.1",
        "LOG_LEVEL": "ERROR",
    }


def session_of(username: str) -> str:
    """The cookie of a person who is signed in."""
    client = Client()
    client.force_login(get_user_model().objects.get(username=username))
    return client.cookies["sessionid"].value


class Installation:
    """`environment` names database, Redis and folder as `.env` does. All ends with the `with` block."""

    def __init__(self, environment: Mapping[str, str], *, webs: int = 1) -> None:
        self.environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "dexter.settings", **environment}
        self.ports = [free_port() for _ in range(webs)]
        self.webs: list[subprocess.Popen[bytes]] = []
        self.worker: subprocess.Popen[bytes] | None = None

    def url(self, web: int = 0) -> str:
        return f"http://127.0.0.1:{self.ports[web]}"

    def manage(self, *arguments: str) -> str:
        """What a management command prints; raises RuntimeError when it fails."""
        command = [sys.executable, "manage.py", *arguments]
        ended = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        if ended.returncode:
            raise RuntimeError(f"{arguments[0]} failed: {ended.stderr}")
        return ended.stdout

    def start_worker(self) -> None:
        self.worker = self._start(
            *("-m", "celery", "-A", "dexter.celery", "worker", "--pool", "threads", "--concurrency", "8"),
            *("--without-gossip", "--without-mingle", "--loglevel", "warning"),
        )

    def kill_worker(self) -> None:
        """SIGKILL: whatever it was doing is left as it is."""
        if self.worker:
            self.worker.send_signal(signal.SIGKILL)
            self.worker.wait()

    def start_web(self, web: int = 0) -> None:
        """Starts a server, or one again that was killed; `url` stays the same. Returns once it answers."""
        serve = ("-m", "uvicorn", "dexter.asgi:application", "--port", str(self.ports[web]))
        quiet = ("--lifespan", "off", "--no-access-log", "--log-level", "warning")
        self.webs[web:] = [
            self._start(*serve, *quiet, "--timeout-graceful-shutdown", "1"),
            *self.webs[web + 1 :],
        ]
        self._wait_for(f"{self.url(web)}/login/")

    def kill_web(self, web: int = 0) -> None:
        """SIGKILL: every connection to it is cut."""
        self.webs[web].kill()
        self.webs[web].wait()

    def _start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        # Celery greets on standard output, which is for figures.
        return subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=self.environment, stdout=2)

    def __enter__(self) -> "Installation":
        self.start_worker()
        try:
            for web in range(len(self.ports)):
                self.start_web(web)
        except BaseException:
            self.stop()
            raise
        return self

    def _wait_for(self, url: str) -> None:
        limit = time.monotonic() + START_SECONDS
        while time.monotonic() < limit:
            try:
                with urlopen(url, timeout=5):  # noqa: S310 - an address of our own making
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"{url} does not answer")

    def stop(self) -> None:
        for process in [*self.webs, *([self.worker] if self.worker else [])]:
            if process.poll() is None:
                process.terminate()
        for process in [*self.webs, *([self.worker] if self.worker else [])]:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
