"""Explanations beside page traffic, over a large cache: how soon their text is there, what pages feel.

A web server and a worker run as processes of their own, as in production; this process plays the people, and
the model server, which streams words as a small model would.
"""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from ai.llm.fakes import Behaviour, FakeOllama
from ai.models import Explanation, LanguageModel, Provider
from dexter.bench import Figure, figure, percentile
from dexter.web.tokens import make_token
from issues.bench.installation import Installation, same_database
from issues.bench.load import PERSON, ensure_world
from issues.bench.pages import SIZES
from issues.bench.rows import World
from issues.models import Event

FIRST = 20  # answers whose first token is timed
AT_ONCE = 50
LOADS = 120  # of list and issue page in turn, for each figure
PER_SECOND = 4
WORDS, PAUSE = 120, 0.02  # of an answer, seconds between two
ON_THE_PAGE_MS = 200
# "At their usual": a quarter above it, or what a person does not feel.
MORE, UNFELT_MS = 1.25, 30.0


def explaining() -> Iterator[Figure]:
    """Figures of the first text, of asking, and of the pages before and while fifty are answered."""
    ensure_world(World(issues=SIZES[connection.vendor]))
    with FakeOllama(models=["bench"]) as server:
        provider = Provider.objects.create(name="Bench", base_url=server.url)
        LanguageModel.objects.create(provider=provider, name="bench", is_default=True)
        with Installation(_environment()) as dexter, _client(dexter.url()) as client:
            yield from _figures(client, server)


def _environment() -> dict[str, str]:
    """The scratch database of this run, with nothing synced and no limit of questions."""
    return {**same_database(), "SYNC_EVERY": "86400", "SYNC_FULL_EVERY": "86400", "DEBUG": "1",
            "AI_DAILY_LIMIT": "0"}  # fmt: skip


def _client(url: str) -> httpx.Client:
    person = get_user_model().objects.get(username=PERSON)
    session = Client()
    session.force_login(person)
    token = make_token(person, name="bench", can_write=True)[1]
    made = httpx.Client(
        base_url=url, timeout=60, trust_env=False, headers={"Authorization": f"Bearer {token}"}
    )
    made.cookies.set("sessionid", session.cookies["sessionid"].value)
    return made


def _figures(client: httpx.Client, server: FakeOllama) -> Iterator[Figure]:
    events = list(Event.objects.order_by("-pk").values_list("pk", "issue")[: FIRST + AT_ONCE])
    first = [_first_text(client, server, event) for event, _ in events[:FIRST]]
    yield figure("first token to the page's stream", first, bar_ms=ON_THE_PAGE_MS)
    addresses = ["/", *(f"/issues/{issue}/" for _, issue in events[:3])]
    for address in addresses:
        client.get(address).raise_for_status()
    usual = _pages(client, addresses)
    yield figure("pages, usually", usual)
    server.behaviours = [Behaviour("word " * WORDS, pause=PAUSE)]
    with ThreadPoolExecutor(AT_ONCE) as people:
        asking = [people.submit(_ask, client, event) for event, _ in events[FIRST:]]
        meanwhile = _pages(client, addresses)
        still = Explanation.objects.filter(state__in=Explanation.OPEN).count()
    yield figure("asking, fifty at once", [asked.result()[1] for asked in asking])
    p95 = percentile(usual, 0.95)
    allowed = max(MORE * p95, p95 + UNFELT_MS)
    yield figure(
        f"pages, while {AT_ONCE} are asked and answered",
        meanwhile,
        bar_ms=round(allowed, 1),
        still_open=still,
    )


def _ask(client: httpx.Client, event: int) -> tuple[int, float]:
    """The id of the explanation, and how many milliseconds the answer took to say so."""
    began = time.perf_counter()
    answer = client.post(f"/api/v1/events/{event}/explanations/", json={"fresh": True})
    took = 1000 * (time.perf_counter() - began)
    answer.raise_for_status()
    return answer.json()["id"], took


def _first_text(client: httpx.Client, server: FakeOllama, event: int) -> float:
    """Milliseconds from the first token on the wire to the first text in the page's stream."""
    server.behaviours = [Behaviour("First second third.", delay=0.5, pause=0.05)]
    before = len(server.first_tokens.at)
    pk, _ = _ask(client, event)
    came, kind = 0.0, ""
    with client.stream("GET", f"/ai/explanations/{pk}/stream/") as answer:
        for line in answer.iter_lines():
            name, _, value = line.partition(": ")
            kind = value if name == "event" else kind
            if name == "data" and kind == "text" and not came and json.loads(value)["text"]:
                came = time.monotonic()
            if kind == "end":
                break
    return 1000 * (came - server.first_tokens.at[before])


def _pages(client: httpx.Client, addresses: list[str]) -> list[float]:
    """Milliseconds of each page, asked for at a steady rate."""
    began, took = time.monotonic(), []
    for number in range(LOADS):
        time.sleep(max(0.0, began + number / PER_SECOND - time.monotonic()))
        started = time.perf_counter()
        client.get(addresses[number % len(addresses)]).raise_for_status()
        took.append(1000 * (time.perf_counter() - started))
    return took
