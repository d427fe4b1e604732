"""Two web servers and a worker: an answer streamed into pages of both, fifty at once, a killed worker."""

import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings

from ai.llm.fakes import Behaviour, FakeOllama
from issues.bench.installation import Installation
from issues.tests.test_live_processes import signed_in

SEED = """
from django.utils import timezone
from issues.tests.factories import make_user
from issues.tests.issue_page import make_shown_issue
from dexter.web.tokens import make_token
jane = make_user("jane", first_name="Jane")
make_shown_issue()
print(make_token(jane, name="tests", can_write=True)[1])
"""
ON_THE_PAGE = 0.2  # seconds from the token on the wire to the text on the page
OPEN = "from ai.models import Explanation as E; print(E.objects.filter(state__in=E.OPEN).count())"


@pytest.fixture(scope="module")
def ollama() -> Iterator[FakeOllama]:
    with FakeOllama() as server:
        yield server


@pytest.fixture(scope="module")
def dexter(tmp_path_factory: pytest.TempPathFactory, ollama: FakeOllama) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("dexter")
    environment = {
        "DATABASE_URL": f"sqlite:///{folder}/dexter.sqlite3",
        "REDIS_URL": settings.REDIS_URL,
        "DEXTER_EMBEDDED": "1",
        "STATIC_ROOT": str(Path(folder) / "static"),
        "DEBUG": "1",
        "LOG_LEVEL": "ERROR",
        "SYNC_EVERY": "86400",
        "OLLAMA_BASE_URL": ollama.url,
        "OLLAMA_MODEL": "fake-small",
    }
    made = Installation(environment, webs=2)
    made.manage("migrate", "--verbosity", "0")
    made.token = made.manage("shell", "-c", SEED).split()[-1]
    with made:
        yield made


def asked(dexter: Installation, question: str, web: int = 0) -> dict[str, Any]:
    answer = httpx.post(
        f"{dexter.url(web)}/api/v1/events/1/explanations/", json={"question": question}, trust_env=False,
        headers={"Authorization": f"Bearer {dexter.token}"}, timeout=20,
    )  # fmt: skip
    assert answer.status_code == 202, answer.text
    return answer.json()


def shown(dexter: Installation, pk: int, web: int = 0) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {dexter.token}"}
    url = f"{dexter.url(web)}/api/v1/explanations/{pk}/"
    return httpx.get(url, headers=headers, trust_env=False, timeout=20).json()


@contextmanager
def stream(client: httpx.Client, pk: int) -> Iterator[Iterator[tuple[str, dict[str, Any], float]]]:
    """The events of an open page: kind, data, when it came."""

    def events(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any], float]]:
        kind = ""
        for line in lines:
            name, _, value = line.partition(": ")
            if name == "event":
                kind = value
            elif name == "data":
                yield kind, json.loads(value), time.monotonic()

    with client.stream("GET", f"/ai/explanations/{pk}/stream/") as answer:
        assert answer.headers["content-type"] == "text/event-stream"
        yield events(answer.iter_lines())


def text_until_end(events: Iterator[tuple[str, dict[str, Any], float]]) -> str:
    """What a page shows at the end when it takes only the plain texts."""
    text = ""
    for kind, data, _ in events:
        if kind == "restart":
            text = ""
        elif kind == "text":
            text += data["text"]
        elif kind == "end":
            return text
    raise AssertionError("the stream ended without an end")


def test_the_first_token_is_on_the_page_at_once(dexter, ollama):
    ollama.behaviours = [Behaviour("First second third.", delay=3, pause=0.3)]
    with closing(signed_in(dexter.url(1), "jane")) as jane:
        row = asked(dexter, "how fast?", web=0)
        before = len(ollama.first_tokens.at)
        with stream(jane, row["id"]) as events:
            came = next(at for kind, data, at in events if kind == "text")
            sent = ollama.first_tokens.at[before]
            assert came - sent < ON_THE_PAGE
            assert text_until_end(events).endswith("second third.")


def test_a_page_that_is_loaded_again_goes_on_with_all_of_it(dexter, ollama):
    words = " ".join(f"word{number}" for number in range(60))
    ollama.behaviours = [Behaviour(words, pause=0.05)]
    with (
        closing(signed_in(dexter.url(0), "jane")) as jane,
        closing(signed_in(dexter.url(1), "jane")) as other,
    ):
        row = asked(dexter, "reloaded?")
        with stream(jane, row["id"]) as events:
            assert next(kind for kind, data, _ in events if kind == "text")
        time.sleep(1)
        with stream(other, row["id"]) as events:
            assert text_until_end(events) == words
        with stream(jane, row["id"]) as events:  # long after its end
            assert text_until_end(events) == words
    assert shown(dexter, row["id"])["text"] == words


def test_stopping_reaches_the_page_and_the_server(dexter, ollama):
    ollama.behaviours = [Behaviour("word " * 5000, pause=0.05)]
    with closing(signed_in(dexter.url(0), "jane")) as jane:
        row = asked(dexter, "stopped?")
        headers = {"Authorization": f"Bearer {dexter.token}"}
        with stream(jane, row["id"]) as events:
            assert next(kind for kind, data, _ in events if kind == "text")
            url = f"{dexter.url(1)}/api/v1/explanations/{row['id']}/cancel/"
            httpx.post(url, json={}, headers=headers, trust_env=False, timeout=20)
            text_until_end(events)
    assert shown(dexter, row["id"])["state"] == "cancelled"
    wait_for(lambda: ollama.running == 0)


def wait_for(condition: Any, seconds: float = 20) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it did not happen"
        time.sleep(0.1)


def test_fifty_at_once(dexter, ollama):
    ollama.behaviours = [Behaviour("A short answer.", delay=0.5)]
    ollama.most_running = 0
    rows = [asked(dexter, f"question {number}", web=number % 2) for number in range(50)]
    places = [row["place"] for row in rows if row["place"]]
    assert max(places) > 2  # they really waited
    wait_for(lambda: dexter.manage("shell", "-c", OPEN).split()[-1] == "0", seconds=60)
    found = [shown(dexter, row["id"]) for row in rows]
    assert {row["state"] for row in found} == {"done"}
    assert {row["text"] for row in found} == {"A short answer."}
    assert ollama.most_running <= 2  # AI_CONCURRENCY


def test_a_killed_worker_leaves_nothing_running(dexter, ollama):
    ollama.behaviours = [Behaviour("never ends " * 5000, pause=0.05), Behaviour("The second attempt.")]
    row = asked(dexter, "killed?")
    wait_for(lambda: shown(dexter, row["id"])["text"].startswith("never ends"))
    dexter.kill_worker()
    assert shown(dexter, row["id"])["state"] == "running"
    dexter.start_worker()
    wait_for(lambda: shown(dexter, row["id"])["state"] == "done", seconds=120)
    assert shown(dexter, row["id"])["text"] == "The second attempt."
