"""Webhooks at a steady rate, next to page traffic, over a large cache: how fast acknowledged and processed.

A web server and a worker run as processes of their own, as in production; this process plays Sentry and the
people. https://docs.sentry.io/organization/integrations/integration-platform/webhooks/
"""

import asyncio
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import httpx
from django.db import connection
from django.db.models import Count, Max, Min
from django.utils import timezone

from dexter.bench import Figure, percentile
from issues.bench.installation import Installation, same_database, session_of
from issues.bench.load import PERSON, ensure_world
from issues.bench.pages import SIZES
from issues.bench.rows import World
from issues.models import Connection, Issue, WebhookDelivery

RATE = 40  # deliveries a second; 30 have to be processed
SECONDS = 30
PAGES = 4  # pages a second
SECRET = "a secret of the bench"  # noqa: S105
FRAMES = 30
# What comes how often, in percent; "hot" are events of twenty issues only.
KINDS = {"issue": 50, "hot": 20, "error": 20, "comment": 5, "metric_alert": 5}
WAIT = 120  # seconds for the rest to be processed


def webhooks() -> Iterator[Figure]:
    """Figures of the acknowledgement, of the processing, and of the pages meanwhile."""
    ensure_world(World(issues=SIZES[connection.vendor]))
    Connection.objects.filter(pk=1).update(webhook_secret=SECRET, synced_at=timezone.now(), state="ok")
    bodies = Bodies(RATE * SECONDS)
    with Installation(_environment()) as dexter:
        answers, pages = asyncio.run(_run(dexter.url(), bodies))
        behind = _wait_until_processed()
    yield {
        "figure": "webhook acknowledged", "n": len(answers), "per_second": RATE,
        "p50_ms": _ms(answers, 0.5), "p95_ms": _ms(answers, 0.95), "p99_ms": _ms(answers, 0.99),
        "max_ms": _ms(answers, 1), "bar": "p99 < 50 ms", "held": percentile(answers, 0.99) < 0.05,
    }  # fmt: skip
    yield _processed(behind)
    yield {"figure": "list page meanwhile", "n": len(pages), "per_second": PAGES,
           "p50_ms": _ms(pages, 0.5), "p95_ms": _ms(pages, 0.95), "max_ms": _ms(pages, 1)}  # fmt: skip


def _ms(samples: list[float], share: float) -> float:
    return round(1000 * percentile(samples, share), 1)


def _environment() -> dict[str, str]:
    """The scratch database of this run. Nothing answers behind the connection: webhooks bring all."""
    return {**same_database(), "SYNC_EVERY": "86400", "SYNC_FULL_EVERY": "86400", "DEBUG": "1"}


class Bodies:
    """Signed deliveries: states of many issues, events of few and of many, comments, alerts."""

    def __init__(self, count: int) -> None:
        self.random = Random(7)  # noqa: S311 - made-up bodies need no secrecy
        found = Issue.objects.filter(gone="").order_by("-last_seen").select_related("project")
        self.issues = list(found[: count + 20])
        self.made = [self._make(number) for number in range(count)]

    def _make(self, number: int) -> tuple[str, Callable[[], bytes]]:
        issue = self.issues[20 + number]
        [kind] = self.random.choices(list(KINDS), list(KINDS.values()))
        if kind == "issue":
            return "issue", lambda: _body("resolved", {"issue": _issue(issue)})
        if kind in ("hot", "error"):
            about = self.issues[number % 20] if kind == "hot" else issue
            return "error", lambda: _body("created", {"error": _event(about)})
        if kind == "comment":
            data = {"comment": "It was DNS", "comment_id": number, "issue_id": int(issue.sentry_id)}
            return "comment", lambda: _body("created", data)
        return "metric_alert", lambda: _body("critical", {"description_title": "Critical: too many"})


def _body(action: str, data: dict[str, Any]) -> bytes:
    actor = {"type": "user", "id": 1, "name": "Jane Doe"}
    return json.dumps({"action": action, "data": data, "actor": actor}).encode()


def _now() -> str:
    return timezone.now().isoformat()


def _issue(issue: Issue) -> dict[str, Any]:
    return {
        "id": issue.sentry_id, "shortId": issue.short_id, "title": issue.title, "culprit": issue.culprit,
        "level": issue.level, "status": "resolved", "substatus": None, "count": str(issue.count + 1),
        "userCount": issue.user_count, "firstSeen": issue.first_seen.isoformat(), "lastSeen": _now(),
        "project": {"id": issue.project.sentry_id}, "metadata": {"type": issue.error_type},
    }  # fmt: skip


def _event(issue: Issue) -> dict[str, Any]:
    frames = [
        {"filename": f"shop/part{n}.py", "function": f"step{n}", "lineno": n, "in_app": n % 2 == 0,
         "context_line": "    return total(cart)", "pre_context": ["    cart = load()"] * 5,
         "post_context": [""] * 5, "vars": {"cart": "<Cart 42>", "total": "12.50", "user": "None"}}
        for n in range(FRAMES)
    ]  # fmt: skip
    value = {"type": "KeyError", "value": "'price'", "stacktrace": {"frames": frames}}
    return {
        "event_id": uuid.uuid4().hex, "datetime": _now(), "platform": "python", "level": "error",
        "title": issue.title, "culprit": issue.culprit, "exception": {"values": [value]},
        "tags": [["environment", "production"], ["release", "shop@5.0.0"], ["browser", "Firefox"]],
        "request": {"url": "https://shop.example.com/cart", "headers": [["User-Agent", "Mozilla"]] * 8},
        "issue_id": issue.sentry_id,
    }  # fmt: skip


async def _run(url: str, bodies: Bodies) -> tuple[list[float], list[float]]:
    """Seconds of each acknowledgement and of each page. Sent on time, answered or not."""
    session = await asyncio.to_thread(session_of, PERSON)
    # The server closes what was idle for 5 s.
    limits = httpx.Limits(max_connections=50, keepalive_expiry=2)
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=30, trust_env=False) as client:
        client.cookies.set("sessionid", session)
        await client.get("/")
        return await asyncio.gather(
            _steadily(RATE, len(bodies.made), lambda number: _deliver(client, *bodies.made[number])),
            _steadily(PAGES, PAGES * SECONDS, lambda number: _page(client)),
        )


async def _steadily(rate: float, count: int, work: Callable[[int], Any]) -> list[float]:
    began, tasks = time.monotonic(), []
    for number in range(count):
        await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
        tasks.append(asyncio.create_task(work(number)))
    return list(await asyncio.gather(*tasks))


async def _deliver(client: httpx.AsyncClient, resource: str, make: Callable[[], bytes]) -> float:
    raw_body = make()
    headers = {
        "Content-Type": "application/json", "Request-ID": uuid.uuid4().hex, "Sentry-Hook-Resource": resource,
        "Sentry-Hook-Timestamp": str(int(time.time())),
        "Sentry-Hook-Signature": hmac.new(SECRET.encode(), raw_body, hashlib.sha256).hexdigest(),
    }  # fmt: skip
    began = time.perf_counter()
    answer = await client.post("/webhooks/sentry/bench/", content=raw_body, headers=headers)
    took = time.perf_counter() - began
    answer.raise_for_status()
    return took


async def _page(client: httpx.AsyncClient) -> float:
    began = time.perf_counter()
    answer = await client.get("/")
    took = time.perf_counter() - began
    answer.raise_for_status()
    return took


def _wait_until_processed() -> float:
    """Seconds until nothing waits any more."""
    began = time.monotonic()
    waiting = WebhookDelivery.objects.filter(state__in=WebhookDelivery.WAITING, needs_sentry=False)
    while waiting.exists() and time.monotonic() - began < WAIT:
        time.sleep(0.1)
    return time.monotonic() - began


def _processed(behind: float) -> Figure:
    rows = WebhookDelivery.objects.all()
    ended = rows.exclude(finished_at=None)
    span = ended.aggregate(first=Min("received_at"), last=Max("finished_at"))
    count = ended.count()
    first, last = span["first"], span["last"]
    seconds = (last - first).total_seconds() if first and last else 0.0
    rate = count / max(seconds, 0.001)
    times: list[tuple[Any, Any]] = list(ended.values_list("received_at", "finished_at"))
    latency = sorted((finished - received).total_seconds() for received, finished in times)
    return {
        "figure": "webhook processed", "n": count, "sent": rows.count(), "per_second": round(rate, 1),
        "p50_ms": _ms(latency, 0.5), "p95_ms": _ms(latency, 0.95), "behind_s": round(behind, 1),
        "states": dict(rows.values_list("state").annotate(Count("pk")).order_by()),
        "bar": ">= 30 a second, none lost", "held": rate >= 30 and count == rows.count(),
    }  # fmt: skip
