import fcntl
import io
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from dexter.run import plan, startup
from dexter.run.health import describe_sync, is_taken, listens, read_health
from dexter.run.plan import Plan, make_plan
from dexter.run.signals import Waiter
from dexter.run.terminal import Terminal
from dexter.run.tree import Tree
from dexter.sentry.sandbox.options import Options


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def planned(tmp_path: Path, **environ: str) -> Plan:
    return make_plan(environ, tmp_path)


def test_a_taken_port_names_the_way_out(tmp_path: Path, taken_port: int, free_port: int) -> None:
    assert is_taken("127.0.0.1", taken_port)
    assert listens(taken_port)
    with pytest.raises(startup.Failed, match=rf"PORT={taken_port + 1} make run"):
        startup.check_ports(planned(tmp_path, PORT=str(taken_port), SANDBOX_PORT=str(free_port)))
    with pytest.raises(startup.Failed, match=rf"SANDBOX_PORT={taken_port + 1} make run"):
        startup.check_ports(planned(tmp_path, PORT=str(free_port), SANDBOX_PORT=str(taken_port)))


def test_the_sandbox_port_does_not_matter_with_a_real_sentry(
    tmp_path: Path, taken_port: int, free_port: int
) -> None:
    real = {"SENTRY_API_TOKEN": "t", "SENTRY_ORG": "o"}
    startup.check_ports(planned(tmp_path, PORT=str(free_port), SANDBOX_PORT=str(taken_port), **real))
    assert not listens(free_port)


def test_two_runs_do_not_share_their_data(tmp_path: Path) -> None:
    held = startup.lock(planned(tmp_path))
    with pytest.raises(startup.Failed, match="already runs"):
        startup.lock(planned(tmp_path))
    fcntl.flock(held, fcntl.LOCK_UN)
    os.close(startup.lock(planned(tmp_path)))
    os.close(held)


def test_the_command_says_what_is_wrong_and_ends_with_1(tmp_path: Path, taken_port: int) -> None:
    environ = os.environ | {"DEXTER_VAR_DIR": str(tmp_path), "PORT": str(taken_port)}
    command = [sys.executable, "-m", "dexter.run"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"Port {taken_port} on 127.0.0.1 is taken" in done.stdout
    assert done.stderr == ""


def test_the_first_password_is_said_once(tmp_path: Path) -> None:
    real = planned(tmp_path, SENTRY_API_TOKEN="t", SENTRY_ORG="o", DEXTER_VAR_DIR=str(tmp_path))
    (tmp_path / "first-password").write_text("correct horse")
    assert "correct horse" in startup.welcome(real)
    assert "correct horse" not in startup.welcome(real)
    assert "demo" not in startup.welcome(real)


def test_the_address_and_the_demo_are_said(tmp_path: Path) -> None:
    said = startup.welcome(planned(tmp_path, PORT="8123"))
    assert "http://127.0.0.1:8123/" in said
    assert "demo / demo" in said


def test_the_sandbox_is_connected_with_its_own_token(tmp_path: Path) -> None:
    assert Options().token == plan.SANDBOX_TOKEN
    arguments = startup.connect_arguments(planned(tmp_path, SANDBOX_PORT="9123"))
    assert arguments[:4] == ["--url", "http://127.0.0.1:9123/api/0/", "--org", "acme"]


def test_a_real_sentry_is_connected_by_its_base_url(tmp_path: Path) -> None:
    real = planned(tmp_path, SENTRY_API_TOKEN="t", SENTRY_ORG="o")
    assert startup.connect_arguments(real) == ["--url", "https://sentry.io/api/0/", "--org", "o"]
    assert startup.prepare_arguments(real) == []


class _Patient(Waiter):
    """Waits as the real one does and leaves the signals of the tests alone."""

    def __init__(self) -> None:
        pass

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)


def test_why_connecting_failed_is_said_of_this_start_only(tmp_path: Path, free_port: int) -> None:
    away = {"SENTRY_BASE_URL": f"http://127.0.0.1:{free_port}/api/0/", "OUTBOUND_ALLOW": "127.0.0.1"}
    own = {"SENTRY_API_TOKEN": "t", "SENTRY_ORG": "o", "DEXTER_VAR_DIR": str(tmp_path)}
    real = planned(tmp_path, **os.environ | away | own | {"DJANGO_SETTINGS_MODULE": "dexter.settings"})
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "connect.log").write_text("Connected yesterday\n")
    said, tree = io.StringIO(), Tree(print)
    try:
        startup.Startup(real, tree, _Patient(), Terminal(said))._connect()
    finally:
        tree.stop(5, is_hurried=lambda: False)
    assert "Connecting failed" in said.getvalue()
    assert "No answer came from the Sentry server" in said.getvalue()
    assert "yesterday" not in said.getvalue()


class _Web(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        about = {"path": self.path, "host": self.headers["Host"], "proto": self.headers["X-Forwarded-Proto"]}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(about).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def web() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), _Web) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("allowed", "host"),
    [
        ("", "localhost"),
        ("dexter.example.org,other", "dexter.example.org"),
        (".a.org", "a.org"),
        ("*", "localhost"),
    ],
)
def test_health_is_asked_under_a_name_that_is_allowed(web: int, allowed: str, host: str) -> None:
    answer = read_health("127.0.0.1", web, {"ALLOWED_HOSTS": allowed})
    assert answer == {"path": "/healthz", "host": host, "proto": "https"}


def test_no_health_without_a_server(free_port: int) -> None:
    assert read_health("127.0.0.1", free_port, {}) is None


@pytest.mark.parametrize(
    ("sync", "line"),
    [
        ({"running": True, "done": 1200, "total": 5000, "message": "x"}, "Syncing: 1,200 of 5,000 x"),
        ({"running": True, "done": 7, "total": None, "message": ""}, "Syncing: 7 issues"),
        ({"running": False, "error": "Acme: refused", "issues": 3}, "The last sync failed: Acme: refused"),
        ({"running": False, "error": "", "issues": 1234}, "In step with Sentry: 1,234 issues."),
        ({}, ""),
    ],
)  # fmt: skip
def test_the_sync_in_words(sync: dict[str, object], line: str) -> None:
    assert describe_sync({"sync": sync}) == line


class _Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_one_changing_line() -> None:
    screen = _Screen()
    terminal = Terminal(screen)
    terminal.show("1 of 2")
    terminal.show("2 of 2")
    terminal.say("done")
    assert screen.getvalue() == "1 of 2\r\x1b[2K2 of 2\r\x1b[2Kdone\n"


def test_a_file_gets_whole_lines_and_no_repetition() -> None:
    out = io.StringIO()
    terminal = Terminal(out)
    for text in ("a", "a", "b"):
        terminal.show(text)
    terminal.say("c")
    terminal.show("b")
    assert out.getvalue() == "a\nb\nc\n"


class _Gone(io.StringIO):
    def flush(self) -> None:
        raise BrokenPipeError


def test_a_terminal_that_went_away_is_no_error() -> None:
    terminal = Terminal(_Gone())
    terminal.say("nobody reads this")
    terminal.show("nor this")
