"""Thousands of issues resolved in one action and taken back in another, with the sandbox's rate limit on.

A web server and a worker run as processes of their own; this process is the program that asks the API, and
compares the receipt with the sandbox's own state, issue by issue. BULK_ISSUES (5,000) says how many at least.
"""

import math
import os
import time
from collections import Counter
from collections.abc import Generator, Iterator
from typing import Any

import httpx
from django.contrib.auth.models import User
from django.test import override_settings

from dexter.bench import Figure
from dexter.sentry.sandbox.fixtures import SandboxServer, start_sandbox
from dexter.web.tokens import make_token
from issues.bench.installation import Installation, same_database
from issues.models import Connection, Issue, SyncRun
from issues.queries.receipt import all_items, bulk_of, outcome_of
from issues.sync.connect import connect
from issues.sync.run import sync

WANTED = int(os.environ.get("BULK_ISSUES", "5000"))
UNRESOLVED = 0.55  # of the sandbox's issues at least
GENEROUS, SCARCE = 40, 2  # requests a second: as sentry.io allows, and so few that nothing else can matter
MEANWHILE = 10  # issues that are deleted in Sentry, and as many that are resolved there, before the job
PATIENCE = 600.0  # seconds

States = dict[str, dict[str, Any]]


def bulk() -> Iterator[Figure]:
    """A figure for each limit: the time, the time that the limit asks for, and where the receipt is wrong."""
    Connection.objects.all().delete()  # of a bench before
    with start_sandbox(issues=math.ceil(WANTED / UNRESOLVED), events=1, seed=3) as server:
        with override_settings(SYNC_EVENT_ISSUES=0):
            connection = connect(url=server.base_url, organization=server.org, token=server.token).connection
            sync(connection, kind=SyncRun.Kind.FULL, report=lambda *_: None)
        with Installation({**same_database(), "DEBUG": "1"}) as dexter:
            run = _Run(server, dexter.url(), _token())
            _change_meanwhile(server)
            resolve = {"action": "resolve", "query": "is:unresolved"}
            job = yield from run.measure(GENEROUS, "issues/bulk/", resolve, "resolved")
            yield from run.measure(SCARCE, f"jobs/{job}/undo/", None, "unresolved")


def _token() -> str:
    person = User.objects.create_superuser("bulk")
    return make_token(person, name="bench", can_write=True)[1]


def _change_meanwhile(server: SandboxServer) -> None:
    """What Dexter does not know yet when the job begins."""
    known = Issue.objects.filter(status="unresolved", gone="").order_by("pk")
    chosen = list(known.values_list("sentry_id", flat=True)[: 2 * MEANWHILE])
    with server.http() as http:
        deleted, resolved = {"id": chosen[::2]}, {"id": chosen[1::2]}
        http.delete("organizations/acme/issues/", params=deleted).raise_for_status()
        http.put(
            "organizations/acme/issues/", params=resolved, json={"status": "resolved"}
        ).raise_for_status()
    server.forward(60)


class _Run:
    def __init__(self, server: SandboxServer, url: str, token: str) -> None:
        self.server = server
        headers = {"Authorization": f"Bearer {token}"}
        self.http = httpx.Client(base_url=f"{url}/api/v1/", headers=headers, timeout=60, trust_env=False)

    def measure(self, limit: int, path: str, body: Any, wanted: str) -> Generator[Figure, None, int]:
        """Yields the figure, returns the number of the job."""
        before = self.server.states()
        self.server.rate_limit(limit)
        self.server.clear_log()
        began = time.monotonic()
        job = self._ask("POST", path, json=body)
        noted = time.monotonic() - began
        while job["state"] in ("queued", "running") or job["progress"]["waiting"]:
            if time.monotonic() - began > PATIENCE:
                raise RuntimeError(f"job {job['id']} did not end: {job['progress']}")
            time.sleep(0.2)
            job = self._ask("GET", f"jobs/{job['id']}/")
        seconds = time.monotonic() - began
        log = self.server.log()
        budget = _seconds_of_budget(log, limit)
        wrong = self._disagreeing(job["id"], wanted, before)
        yield {
            "figure": f"bulk, {wanted}",
            "limit": limit,
            **{name: job["progress"][name] for name in ("total", "done", "unchanged", "failed")},
            "answered_after_s": round(noted, 2),
            "seconds": round(seconds, 1),
            "issues_per_second": round(job["progress"]["total"] / seconds, 1),
            "requests": dict(Counter(f"{line['method']} {_kind(line)}" for line in log)),
            "refused_429": sum(line["status"] == 429 for line in log),
            "seconds_by_the_limit": round(budget, 1),
            "percent_of_limit": round(100 * budget / seconds, 1),
            "receipt_disagrees": len(wrong),
            "bar": "receipt_disagrees = 0" + (", percent_of_limit >= 80" if limit == SCARCE else ""),
            "held": not wrong and (limit != SCARCE or budget / seconds >= 0.8),
            "examples": wrong[:3],
        }
        return int(job["id"])

    def _ask(self, method: str, path: str, **how: Any) -> Any:
        answer = self.http.request(method, path, **how)
        answer.raise_for_status()
        return answer.json()

    def _disagreeing(self, job: int, wanted: str, before: States) -> list[str]:
        """Items whose outcome is not what the sandbox has, and issues that changed without an item.

        What is done has to be so there; what is not, to be as it was.
        """
        after, found, seen = self.server.states(), [], set()
        bulk = bulk_of(job)
        assert bulk is not None
        for row in all_items(bulk):
            key, outcome = row.issue.sentry_id, outcome_of(row)
            seen.add(key)
            if _status(after, key) != (wanted if outcome == "done" else _status(before, key)):
                found.append(f"{row.issue}: {outcome}, in Sentry {_status(after, key)}. {row.error}")
        changed = {key for key in before | after if _status(before, key) != _status(after, key)}
        return found + [f"{key} changed without an item" for key in sorted(changed - seen)]


def _status(states: States, key: str) -> str:
    state = states.get(key)
    return "not there" if state is None or state["pending"] else str(state["status"])


def _kind(line: dict[str, Any]) -> str:
    """What a request is about: one issue, or what its path ends with."""
    last = str(line["path"]).rstrip("/").rpartition("/")[2]
    return "one issue" if last.isdecimal() else last


def _seconds_of_budget(log: list[dict[str, Any]], limit: int) -> float:
    """What the requests take at least: the sandbox counts each method, and looks at one issue, by itself."""
    alone = max(1, math.ceil(5 * min(1.0, limit / 40)))
    counts: Counter[tuple[str, int]] = Counter()
    for line in log:
        single = line["method"] == "GET" and _kind(line) == "one issue"
        counts["one issue" if single else line["method"], alone if single else limit] += 1
    return max((count / each for (_, each), count in counts.items()), default=0.0)
