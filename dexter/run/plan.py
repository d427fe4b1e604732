"""What one `make run` will start, worked out from the environment and `.env` before anything is started."""

import ipaddress
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dexter.embedded import NoServer, server_binary, socket_path
from dexter.run.dotenv import read_dotenv

ROOT = Path(__file__).resolve().parents[2]
SANDBOX_TOKEN = "sandbox-token"  # noqa: S105 - the sandbox's own default, good for nothing elsewhere
SANDBOX_ORG = "acme"


class Misconfigured(Exception):
    """The environment or `.env` says something that cannot be; the message names the variable."""


@dataclass(frozen=True)
class Plan:
    """`environment` is what every child gets; `valkey_socket` is None where REDIS_URL names a server."""

    host: str
    port: int
    sandbox_port: int
    var: Path
    is_sandbox: bool
    valkey_socket: Path | None
    environment: Mapping[str, str] = field(repr=False)

    @property
    def is_demo(self) -> bool:
        """Whether the demo account may exist: where nobody else reaches the page and no data are real."""
        return self.is_sandbox and is_loopback(self.host)

    @property
    def address(self) -> str:
        """The page's URL for a browser on this machine."""
        shown = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104
        return f"http://[{shown}]:{self.port}" if ":" in shown else f"http://{shown}:{self.port}"

    @property
    def sandbox_url(self) -> str:
        """Base URL of the sandbox's Web API."""
        return f"http://127.0.0.1:{self.sandbox_port}/api/0/"


def make_plan(environ: Mapping[str, str], root: Path = ROOT) -> Plan:
    """The plan for the variables in `environ`, which win over those of `root/.env`.

    Raises Misconfigured for impossible values and where neither REDIS_URL nor an embedded Valkey is there.
    """
    given = {**read_dotenv(root / ".env"), **environ}
    var = Path(given.get("DEXTER_VAR_DIR") or root / "var").resolve()
    plan = Plan(
        host=given.get("DEXTER_HOST") or "127.0.0.1",
        port=_port(given, "PORT", 8000),
        sandbox_port=_port(given, "SANDBOX_PORT", 9000),
        var=var,
        is_sandbox=not _has_sentry(given),
        valkey_socket=None if given.get("REDIS_URL") else _socket(var),
        environment=given,
    )
    if plan.is_sandbox and plan.port == plan.sandbox_port:
        raise Misconfigured(f"PORT and SANDBOX_PORT are both {plan.port}; each needs a port of its own.")
    return Plan(**{**plan.__dict__, "environment": given | _decided(plan, given)})


def _decided(plan: Plan, given: Mapping[str, str]) -> dict[str, str]:
    decided = {"DEXTER_EMBEDDED": "1", "DEXTER_DEMO": str(int(plan.is_demo)), "DEXTER_VAR_DIR": str(plan.var)}
    # Buffered lines would be lost with a killed process, and the logs are read while it runs.
    decided["PYTHONUNBUFFERED"] = "1"
    # Each thread would get a heap of its own from glibc, tens of megabytes in all.
    decided["MALLOC_ARENA_MAX"] = given.get("MALLOC_ARENA_MAX", "2")
    if plan.valkey_socket:
        decided["REDIS_URL"] = f"unix://{plan.valkey_socket}"
    if plan.is_sandbox:
        decided["OUTBOUND_ALLOW"] = ",".join(filter(None, [given.get("OUTBOUND_ALLOW"), "127.0.0.1"]))
    return decided


def _port(given: Mapping[str, str], name: str, default: int) -> int:
    written = given.get(name) or str(default)
    if not (written.isascii() and written.isdigit() and 0 < int(written) < 65536):
        raise Misconfigured(f"{name} is {written!r}; it must be a port number from 1 to 65535.")
    return int(written)


def _has_sentry(given: Mapping[str, str]) -> bool:
    token, org = bool(given.get("SENTRY_API_TOKEN")), bool(given.get("SENTRY_ORG"))
    if token != org:
        missing = "SENTRY_ORG" if token else "SENTRY_API_TOKEN"
        raise Misconfigured(
            f"Only one of SENTRY_API_TOKEN and SENTRY_ORG is set; {missing} is missing."
            " Set both to sync that organisation, or neither to try the sandbox."
        )
    return token


def _socket(var: Path) -> Path:
    try:
        server_binary()
    except NoServer as error:
        raise Misconfigured(str(error)) from error
    return socket_path(var / "valkey")


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server that listens on `host`."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def python(*arguments: str) -> list[str]:
    """A command line for this very interpreter."""
    return [sys.executable, *arguments]
