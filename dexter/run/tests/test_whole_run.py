"""One real start of everything, as `make run` does it: page, sign-in, sync, orderly end, nothing left."""

import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

SETTLED = 120  # seconds; two busy cores are slow


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    mine = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    ports = {"PORT": str(free_port()), "SANDBOX_PORT": str(free_port())}
    # Any .env of this checkout is overruled: it may name a real Sentry.
    nothing = {"SENTRY_API_TOKEN": "", "SENTRY_ORG": "", "DJANGO_SETTINGS_MODULE": "dexter.settings"}
    return (
        mine | ports | nothing | {"DEXTER_VAR_DIR": str(tmp_path / "var"), "SECRET_KEY": "", "TOKEN_KEYS": ""}
    )


@pytest.fixture
def run(environ: dict[str, str], tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (tmp_path / "out").open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "dexter.run"], env=environ, stdout=out, stderr=out)
        yield process
        process.kill()
        process.wait()


def descendants(of: int) -> list[int]:
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(pid): int(parent) for pid, parent in map(str.split, listed.splitlines())}
    return [pid for pid, parent in parents.items() if parent == of]


def is_there(pid: int) -> bool:
    return subprocess.run(["ps", "-p", str(pid)], capture_output=True, check=False).returncode == 0


class Browser:
    def __init__(self, port: str) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )

    def open(self, url: str, data: bytes | None = None) -> tuple[str, str]:
        """Final address and body."""
        request = urllib.request.Request(url, data, {"Referer": url})
        with self.opener.open(request, timeout=20) as answer:
            return answer.geturl(), answer.read().decode()

    def first_page(self, run: subprocess.Popen[bytes], out: Path) -> tuple[str, str]:
        deadline = time.monotonic() + SETTLED
        while True:
            try:
                return self.open(self.base + "/")
            except OSError:
                assert run.poll() is None, out.read_text()
                assert time.monotonic() < deadline, out.read_text()
                time.sleep(0.2)

    def issues(self) -> set[str]:
        return set(re.findall(r'href="(/issues/\d+/)', self.open(self.base + "/")[1]))


def test_from_nothing_to_browsing_and_back_to_nothing(
    run: subprocess.Popen[bytes], environ: dict[str, str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    browser = Browser(environ["PORT"])
    address, page = browser.first_page(run, out)
    assert "/login/" in address
    token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]
    form = {"csrfmiddlewaretoken": token, "username": "demo", "password": "demo"}
    browser.open(address, urllib.parse.urlencode(form).encode())
    deadline = time.monotonic() + SETTLED
    while len(browser.issues()) < 20:
        assert time.monotonic() < deadline, out.read_text()
        time.sleep(0.5)
    children = descendants(run.pid)
    assert len(children) == 5  # watchdog, Valkey, sandbox, web, worker
    run.send_signal(signal.SIGINT)
    assert run.wait(15) == 0
    assert [pid for pid in children if is_there(pid)] == []
    assert out.read_text().splitlines()[-1] == "Stopped."
    assert "demo / demo" in out.read_text()
