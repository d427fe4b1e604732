"""The order in which everything starts, and what the person is told meanwhile."""

import fcntl
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from dexter import embedded
from dexter.run.health import describe_sync, is_taken, listens, read_health
from dexter.run.plan import ROOT, SANDBOX_ORG, SANDBOX_TOKEN, Plan
from dexter.run.signals import Waiter
from dexter.run.terminal import Terminal
from dexter.run.tree import Child, Tree, last_lines


class Failed(Exception):
    """The start cannot go on; the message says what to do."""


def lock(plan: Plan) -> int:
    """An open, locked file that keeps a second run off the data; raises Failed while another has it."""
    plan.var.mkdir(parents=True, exist_ok=True)
    handle = os.open(plan.var / "run.lock", os.O_RDWR | os.O_CREAT, 0o600)
    # What a killed run left behind is gone within seconds, and with it the lock.
    for _ in range(60):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return handle
        except BlockingIOError:
            time.sleep(0.1)
    os.close(handle)
    raise Failed(f"Dexter already runs on the data in {plan.var}. Stop it first, or set DEXTER_VAR_DIR.")


def check_ports(plan: Plan) -> None:
    """Raises Failed, naming the way out, when a port that the run needs is taken."""
    wanted = [("PORT", plan.host, plan.port)]
    if plan.is_sandbox:
        wanted.append(("SANDBOX_PORT", "127.0.0.1", plan.sandbox_port))
    for name, host, port in wanted:
        if is_taken(host, port):
            raise Failed(
                f"Port {port} on {host} is taken by another program."
                f" Choose another one, for example: {name}={port + 1} make run"
            )


class Startup:
    """Brings up one plan in a tree and watches over it."""

    def __init__(self, plan: Plan, tree: Tree, waiter: Waiter, terminal: Terminal) -> None:
        self.plan, self.tree, self.waiter, self.terminal = plan, tree, waiter, terminal

    def bring_up(self) -> None:
        """Start everything and say where it is; raises Failed or Stopped."""
        if self.plan.valkey_socket:
            self._start_valkey(self.plan.valkey_socket)
        if self.plan.is_sandbox:
            self.tree.start(self._child("sandbox", *sandbox_arguments(self.plan), is_base=True))
        self.terminal.show("Preparing the database and the static files ...")
        self._run("prepare", "manage.py", "prepare", *prepare_arguments(self.plan))
        self.tree.start(self._child("web", *web_arguments(self.plan)))
        self.tree.start(self._child("worker", *WORKER))
        self.terminal.show("Starting ...")
        self._wait_for("web", self._is_web_up, seconds=60)
        self.terminal.say(welcome(self.plan))
        self._connect()

    def watch(self) -> None:
        """Look after the tree and tell of the sync, until Stopped is raised."""
        while True:
            pause = 1.0
            if health := self._health():
                self.terminal.show(describe_sync(health) or "Waiting for the first sync ...")
                pause = 1.0 if (health.get("sync") or {}).get("running") else 5.0
            self._pause(pause)

    def _start_valkey(self, listen: Path) -> None:
        folder = self.plan.var / "valkey"
        folder.mkdir(parents=True, exist_ok=True)
        command = embedded.server_command(listen, folder, keep=True)
        child = Child("valkey", command, self._log("valkey"), self.plan.environment, is_base=True)
        try:
            self.tree.start(child)
            self._wait_for("valkey", lambda: embedded.answers(listen), seconds=20)
        except (OSError, Failed) as error:
            raise Failed(
                f"The embedded Valkey does not run on this machine. {error}\n"
                "Start a Redis or Valkey server and set REDIS_URL, for example in .env:\n"
                "  REDIS_URL=redis://127.0.0.1:6379/0"
            ) from error

    def _connect(self) -> None:
        """Store the connection and let the first sync begin. A Sentry that is away does not stop the rest."""
        if self.plan.is_sandbox:
            self._wait_for("sandbox", lambda: listens(self.plan.sandbox_port), seconds=120)
        child = self._child("connect", "manage.py", "connect_sentry", *connect_arguments(self.plan))
        child = replace(child, typed=SANDBOX_TOKEN if self.plan.is_sandbox else "")
        child.log.unlink(missing_ok=True)  # what is shown of it is of this start
        if self.tree.run(child, self._pause):
            self.terminal.say(f"Connecting failed; Dexter runs on without it:\n{last_lines(child.log)}")

    def _run(self, name: str, *arguments: str) -> None:
        child = self._child(name, *arguments)
        child.log.unlink(missing_ok=True)
        if self.tree.run(child, self.waiter.wait):
            raise Failed(f"`{' '.join(arguments)}` failed:\n{last_lines(child.log)}")

    def _wait_for(self, name: str, is_ready: Callable[[], bool], *, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not is_ready():
            if time.monotonic() > deadline or not self.tree.is_alive(name):
                log = self._log(name)
                raise Failed(f"{name} did not start. The end of its log ({log}):\n{last_lines(log)}")
            self.waiter.wait(0.1)

    def _pause(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.waiter.wait(min(left, 0.5))
            self.tree.look_after()

    def _is_web_up(self) -> bool:
        return self._health() is not None

    def _health(self) -> dict[str, Any] | None:
        return read_health(self._local_host(), self.plan.port, self.plan.environment)

    def _local_host(self) -> str:
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.plan.host, self.plan.host)  # noqa: S104

    def _log(self, name: str) -> Path:
        return self.plan.var / "log" / f"{name}.log"

    def _child(self, name: str, *arguments: str, is_base: bool = False) -> Child:
        command = [sys.executable, *arguments]
        return Child(name, command, self._log(name), self.plan.environment, is_base)


WORKER = [
    *("-m", "celery", "-A", "dexter.celery", "worker", "--pool", "threads", "--concurrency", "8"),
    *("--without-gossip", "--without-mingle"),
]


def web_arguments(plan: Plan) -> list[str]:
    """What Python runs as the web server."""
    return [
        *("-m", "uvicorn", "dexter.asgi:application", "--host", plan.host, "--port", str(plan.port)),
        *(
            "--no-access-log",
            "--log-level",
            "warning",
            "--lifespan",
            "off",
            "--timeout-graceful-shutdown",
            "2",
        ),
    ]


def sandbox_arguments(plan: Plan) -> list[str]:
    """What Python runs as the stand-in Sentry."""
    return ["-m", "dexter.sentry.sandbox", "--port", str(plan.sandbox_port)]


def prepare_arguments(plan: Plan) -> list[str]:
    """The options of `manage.py prepare`."""
    return ["--sandbox", plan.sandbox_url] if plan.is_sandbox else []


def connect_arguments(plan: Plan) -> list[str]:
    """The options of `manage.py connect_sentry`; the token goes another way."""
    if plan.is_sandbox:
        return ["--url", plan.sandbox_url, "--org", SANDBOX_ORG, "--name", "Sandbox"]
    url = plan.environment.get("SENTRY_BASE_URL") or "https://sentry.io/api/0/"
    return ["--url", url, "--org", plan.environment["SENTRY_ORG"]]


def welcome(plan: Plan) -> str:
    """Where the page is and how to get in."""
    lines = [f"Dexter is at {plan.address}/"]
    if plan.is_demo:
        lines.append("Sign in with demo / demo (this machine only, the data come from the sandbox Sentry)")
    else:
        lines.append(first_account(plan.var / "first-password"))
    lines.append("Ctrl+C stops everything.")
    return "\n".join(lines)


def first_account(kept: Path) -> str:
    """How to get in where there is no demo; the first account's password is shown once and then forgotten."""
    try:
        password = kept.read_text()
    except FileNotFoundError:
        return "Sign in with your account; `make user` makes another one."
    kept.unlink()
    return f"Sign in as admin with this password, which is shown only now: {password}"


def manage(plan: Plan, arguments: list[str]) -> None:
    """Become `manage.py` with the environment of the run, so that a command sees the same data."""
    os.chdir(ROOT)
    os.execve(sys.executable, [sys.executable, "manage.py", *arguments], dict(plan.environment))  # noqa: S606
