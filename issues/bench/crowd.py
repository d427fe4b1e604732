"""A hundred people at once: list requests against a running server, as production starts it."""

import asyncio
import time
from collections.abc import Iterator

import httpx
from django.db import connection

from dexter.bench import Figure, percentile
from issues.bench.installation import Installation, same_database, session_of
from issues.bench.load import PERSON, ensure_world
from issues.bench.pages import SIZES
from issues.bench.rows import World

PEOPLE = 100
BAR_SECONDS = 5.0
LISTS = ("/", "/?q=is:unresolved&sort=count", "/?q=level:fatal", "/?sort=score", "/?q=timeouterror")


def crowd() -> Iterator[Figure]:
    """All requests start together; `seconds` is until the last is answered."""
    ensure_world(World(issues=SIZES[connection.vendor]))
    with Installation({**same_database(), "SYNC_EVERY": "86400", "DEBUG": "1"}) as dexter:
        seconds, answers = asyncio.run(_ask(dexter.url()))
    times = [took for _, took in answers]
    failed = sum(status != 200 for status, _ in answers)
    yield {
        "figure": "concurrent list requests", "n": len(answers), "failed": failed,
        "seconds": round(seconds, 2), "p50_ms": round(1000 * percentile(times, 0.5), 1),
        "bar": f"all answered in < {BAR_SECONDS:g} s", "held": not failed and seconds < BAR_SECONDS,
    }  # fmt: skip


async def _ask(url: str) -> tuple[float, list[tuple[int, float]]]:
    session = await asyncio.to_thread(session_of, PERSON)
    limits = httpx.Limits(max_connections=PEOPLE)
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=60, trust_env=False) as client:
        client.cookies.set("sessionid", session)
        await client.get("/")
        began = time.perf_counter()
        answers = await asyncio.gather(*(_list(client, LISTS[n % len(LISTS)]) for n in range(PEOPLE)))
        return time.perf_counter() - began, list(answers)


async def _list(client: httpx.AsyncClient, address: str) -> tuple[int, float]:
    began = time.perf_counter()
    answer = await client.get(address)
    return answer.status_code, time.perf_counter() - began
