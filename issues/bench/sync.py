"""The sync against a bare loop: the same pages of the same sandbox, in one run."""

import json
import os
import time
from collections.abc import Iterator
from typing import Any

from django.test import override_settings

from dexter.bench import memory_mb
from dexter.sentry.sandbox.fixtures import SandboxServer, start_sandbox
from issues.models import Connection, Issue, SyncRun
from issues.sync.client import fresh_clients
from issues.sync.connect import connect
from issues.sync.run import sync

ISSUES = int(os.environ.get("BENCH_SYNC_ISSUES", "10000"))
LIMIT = 40  # requests a second, as sentry.io allows
LATENCY = 20  # ms that a server in the same town takes to answer at best


def bench_sync() -> Iterator[dict[str, Any]]:
    """Pages a second without limits, with no way to the server and with a short one; memory early in a sync
    and at its end; the share of a limit that is used."""
    yield from _beside_bare()
    yield from _beside_bare(latency=LATENCY)
    with start_sandbox(issues=ISSUES, rate_limit=LIMIT) as server, fresh_clients():
        yield {"figure": "full sync with a limit", "limit": LIMIT, **_limited(server), "bar_percent": 90}


def _beside_bare(**server_options: int) -> Iterator[dict[str, Any]]:
    with start_sandbox(issues=ISSUES, **server_options) as server, fresh_clients():
        _bare(server)  # the sandbox makes what it is asked for the first time
        bare = _bare(server)
        yield {"figure": "bare httpx loop", "issues": ISSUES, **server_options, **bare}
        ours = _sync(server)
        share = round(100 * ours["pages_per_second"] / bare["pages_per_second"], 1)
        yield {"figure": "full sync", **server_options, **ours, "percent_of_bare": share, "bar_percent": 90}


def _bare(server: SandboxServer) -> dict[str, Any]:
    """Every page that a full sync asks for, fetched and decoded, no more: by project the issues with their
    hours, and the days of those issues."""
    started, pages = time.perf_counter(), 0
    with server.http() as http:
        for project in http.get("organizations/acme/projects/").json():
            cursor: str | None = ""
            while cursor is not None:
                answer = http.get("organizations/acme/issues/", params=_query(project["id"], cursor))
                rows = json.loads(answer.content)
                groups = {"groups": [row["id"] for row in rows], "groupStatsPeriod": "14d"}
                json.loads(http.get("organizations/acme/issues-stats/", params=groups).content)
                pages += 2
                following = answer.links.get("next", {})
                cursor = following.get("cursor") if following.get("results") == "true" else None
    seconds = time.perf_counter() - started
    return {"pages": pages, "seconds": round(seconds, 2), "pages_per_second": round(pages / seconds, 1)}


def _query(project: str, cursor: str) -> dict[str, Any]:
    query = {"project": project, "query": "", "sort": "new", "limit": 100, "statsPeriod": "90d"}
    return {**query, "groupStatsPeriod": "24h", **({"cursor": cursor} if cursor else {})}


def _connection(server: SandboxServer) -> Connection:
    Connection.objects.all().delete()
    return connect(url=server.base_url, organization=server.org, token=server.token).connection


@override_settings(SYNC_EVENT_ISSUES=0, OUTBOUND_ALLOW=["127.0.0.1"])
def _sync(server: SandboxServer) -> dict[str, Any]:
    connection = _connection(server)
    server.clear_log()
    memory: list[float | None] = []

    def note(done: int | None, total: int | None, message: str | None) -> None:
        if done and done >= ISSUES // 5:
            memory.append(memory_mb("RssAnon"))  # what it has mapped of SQLite's file belongs to the system

    started = time.perf_counter()
    run = sync(connection, kind=SyncRun.Kind.FULL, report=note)
    seconds = time.perf_counter() - started
    listed = _pages(server.log())
    return {
        "pages": listed,
        "issues": run.issues_seen,
        "stored": Issue.objects.filter(connection=connection).count(),
        "seconds": round(seconds, 2),
        "pages_per_second": round(listed / seconds, 1),
        "mb_after_a_fifth": memory[0],
        "mb_at_the_end": memory[-1],
    }


@override_settings(SYNC_EVENT_ISSUES=0, OUTBOUND_ALLOW=["127.0.0.1"])
def _limited(server: SandboxServer) -> dict[str, Any]:
    connection = _connection(server)
    server.clear_log()
    run = sync(connection, kind=SyncRun.Kind.FULL, report=lambda *_: None)
    entries = server.log()
    used = len(entries) / max(entries[-1]["at"] - entries[0]["at"], 0.001)
    return {
        "requests": len(entries),
        "refused": server.counters()["by_status"].get("429", 0) + run.refused,
        "per_second": round(used, 1),
        "percent_of_limit": round(100 * used / LIMIT, 1),
    }


def _pages(entries: list[dict[str, Any]]) -> int:
    return sum(entry["path"].endswith(("/issues/", "/issues-stats/")) for entry in entries)
