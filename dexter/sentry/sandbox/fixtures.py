"""Pytest fixtures: a sandbox Sentry in a process of its own, and a client for its control room.

In a conftest: `from dexter.sentry.sandbox.fixtures import sandbox, sandbox_factory, shared_sandbox`.
`shared_sandbox` is one server per session (60 issues, nothing happens by itself; for reading), `sandbox` a
fresh one per test, `sandbox_factory(issues=5, rate_limit=40, ...)` starts any with the options of the command
line.
"""

import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS = 30.0
DEFAULTS: dict[str, Any] = {"port": 0, "issues": 60, "events": 20, "pace": 0}


@dataclass
class SandboxServer:
    """A running sandbox. `base_url` ends in /api/0/; `control` is its control room."""

    process: subprocess.Popen[str]
    root: str
    token: str = "sandbox-token"  # noqa: S105
    org: str = "acme"
    secret: str = "sandbox-secret"  # noqa: S105
    control: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.control = httpx.Client(base_url=f"{self.root}/_sandbox/", timeout=30, trust_env=False)

    @property
    def base_url(self) -> str:
        return f"{self.root}/api/0/"

    @property
    def port(self) -> int:
        return int(self.root.rpartition(":")[2])

    def http(self, token: str | None = None) -> httpx.Client:
        """A plain client with the token in place; to be closed by the caller."""
        headers = {"Authorization": f"Bearer {token or self.token}"}
        return httpx.Client(base_url=self.base_url, headers=headers, timeout=30, trust_env=False)

    def _ask(self, method: str, path: str, **how: Any) -> Any:
        answer = self.control.request(method, path, **how)
        answer.raise_for_status()
        return answer.json()

    def state(self, issue: str | int) -> dict[str, Any]:
        """The true state of an issue, whatever the API says."""
        found: dict[str, Any] = self._ask("GET", f"issues/{issue}/")
        return found

    def states(self) -> dict[str, dict[str, Any]]:
        """All true states by id."""
        found: dict[str, dict[str, Any]] = {}
        after: str | None = "0"
        while after is not None:
            page = self._ask("GET", "issues/", params={"after": after})
            found |= {issue["id"]: issue for issue in page["issues"]}
            after = page["next"]
        return found

    def log(self, after: int = 0, limit: int = 20_000) -> list[dict[str, Any]]:
        """The requests it got: number, method, path, query, body, status, ms, fault."""
        found: list[dict[str, Any]] = self._ask("GET", "log/", params={"after": after, "limit": limit})[
            "requests"
        ]
        return found

    def counters(self) -> dict[str, Any]:
        found: dict[str, Any] = self._ask("GET", "log/", params={"limit": 1})["counters"]
        return found

    def clear_log(self) -> None:
        self._ask("DELETE", "log/")

    def fault(self, kind: str, **fault: Any) -> None:
        """See `faults.py` for the kinds; `path`, `method`, `count`, `probability`, `ms` ..."""
        self._ask("POST", "faults/", json={"kind": kind, **fault})

    def clear_faults(self) -> None:
        self._ask("DELETE", "faults/")

    def forward(self, seconds: float) -> None:
        self._ask("POST", "clock/", json={"forward_seconds": seconds})

    def set_pace(self, pace: float) -> None:
        self._ask("POST", "clock/", json={"pace": pace})

    def rate_limit(self, limit: int, **more: Any) -> None:
        self._ask("POST", "rate-limit/", json={"limit": limit, **more})

    def switches(self, **wanted: Any) -> None:
        self._ask("POST", "switches/", json=wanted)

    def revoke(self, token: str) -> None:
        self._ask("POST", "tokens/", json={"revoke": token})

    def events(self, issue: str | int, count: int = 1) -> None:
        """Makes events of an issue arrive now; a resolved issue regresses."""
        self._ask("POST", "events/", json={"issue": str(issue), "count": count})

    def new_issues(self, count: int = 1) -> list[str]:
        """Makes new issues arrive now; gives their ids."""
        found: list[str] = self._ask("POST", "events/", json={"new_issues": count})["issues"]
        return found

    def webhooks(self, url: str, secret: str | None = None) -> None:
        """Sends webhooks there from now on; an empty address turns them off."""
        self._ask("POST", "webhooks/", json={"url": url, "secret": secret or self.secret})

    def send_webhook(self, what: str, issue: str | int = "") -> str:
        """Sends one now, `issue.resolved` for example; gives its Request-ID."""
        found: str = self._ask("POST", "webhooks/", json={"send": what, "issue": str(issue)})["request_id"]
        return found

    def stop(self) -> None:
        self.control.close()
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def __enter__(self) -> "SandboxServer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start_sandbox(**options: Any) -> SandboxServer:
    """Starts a server with the command line's options (`rate_limit=40`); True is a bare flag.

    Raises RuntimeError when it does not come up.
    """
    wanted = {**DEFAULTS, **options}
    command = [sys.executable, "-m", "dexter.sentry.sandbox", "--die-with-parent"]
    for name, value in wanted.items():
        flag = f"--{name.replace('_', '-')}"
        command += [flag] if value is True else [flag, str(value)]
    process = subprocess.Popen(  # noqa: S603 - our own module
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    )
    line = _first_line(process)
    root = line.split(" on ", 1)[1].split("/api/0/", 1)[0]
    more = {"token": wanted["token"]} if "token" in wanted else {}
    if "webhook_secret" in wanted:
        more["secret"] = wanted["webhook_secret"]
    return SandboxServer(process, root, **more)


def _first_line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    limit = time.monotonic() + START_SECONDS
    while time.monotonic() < limit and process.poll() is None:
        ready, _, _ = select.select([process.stdout], [], [], 0.2)
        if ready:
            line = process.stdout.readline()
            if " on http" in line:
                return line
    process.kill()
    process.wait(5)
    raise RuntimeError("the sandbox did not start; run `python -m dexter.sentry.sandbox --port 0` to see why")


SandboxFactory = Callable[..., SandboxServer]


@pytest.fixture(scope="session")
def shared_sandbox() -> Iterator[SandboxServer]:
    with start_sandbox() as server:
        yield server


@pytest.fixture
def sandbox_factory() -> Iterator[SandboxFactory]:
    started: list[SandboxServer] = []

    def start(**options: Any) -> SandboxServer:
        started.append(start_sandbox(**options))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def sandbox(sandbox_factory: SandboxFactory) -> SandboxServer:
    return sandbox_factory()
