"""The command line of the sandbox, shared by `python -m dexter.sentry.sandbox` and `manage.py sandbox`."""

import argparse
import os
from dataclasses import dataclass

from dexter.sentry.sandbox.clock import parse_iso

FLAVOURS = ("sentry", "glitchtip")


@dataclass(frozen=True, slots=True)
class Options:
    """`rate_limit` is requests per second (0: none and no headers), `latency` milliseconds, `pace` arrivals a
    minute, `events` the mean of events per issue, `now` the epoch second the world starts at (None: now)."""

    host: str = "127.0.0.1"
    port: int = 9000
    seed: int = 1
    issues: int = 200
    events: float = 60.0
    rate_limit: int = 0
    endpoint_limits: bool = True
    latency: float = 0.0
    flavour: str = "sentry"
    token: str = "sandbox-token"  # noqa: S105 - printed at the start, opens a sandbox only
    pace: float = 20.0
    now: float | None = None
    webhook_url: str = ""
    webhook_secret: str = "sandbox-secret"  # noqa: S105
    quiet: bool = False
    die_with_parent: bool = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    default = Options()
    add = parser.add_argument
    add("--host", default=default.host)
    add("--port", type=int, default=int(os.environ.get("SANDBOX_PORT") or default.port), help="0: a free one")
    add("--seed", type=int, default=default.seed, help="the same seed gives the same data")
    add("--issues", type=int, default=default.issues)
    add(
        "--events",
        type=float,
        default=default.events,
        help="mean number of events per issue, but for the few hot ones",
    )
    add("--rate-limit", type=int, default=0, metavar="N", help="requests per second; 0: no limit, no headers")
    add("--no-endpoint-limits", dest="endpoint_limits", action="store_false",
        help="only the general limit, none of the tighter ones of single endpoints")  # fmt: skip
    add("--latency", type=float, default=0.0, metavar="MS", help="milliseconds added to every answer")
    add("--flavour", choices=FLAVOURS, default=default.flavour)
    add("--token", default=default.token)
    add(
        "--pace", type=float, default=default.pace, help="new events per minute; 0: nothing happens by itself"
    )
    add(
        "--now",
        type=parse_iso,
        default=None,
        metavar="ISO",
        help="when the world starts; the real time by default",
    )
    add("--webhook-url", default="")
    add("--webhook-secret", default=default.webhook_secret)
    add("--quiet", action="store_true", help="print nothing but the first line")
    add("--die-with-parent", action="store_true", help="exit when the process that started this one is gone")


def from_namespace(found: argparse.Namespace) -> Options:
    return Options(**{name: getattr(found, name) for name in Options.__dataclass_fields__})
