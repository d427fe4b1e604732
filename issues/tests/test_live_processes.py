"""Two web servers, a worker and a browser's stream: from a webhook to an open page, and over a kill."""

import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import httpx
import pytest

from issues.tests.running import dexter, send  # noqa: F401 - a fixture

SHOW = "from issues.models import *; print(list(Issue.objects.filter(status='resolved').values_list('pk')))"


def signed_in(url: str, name: str) -> httpx.Client:
    client = httpx.Client(base_url=url, timeout=10, trust_env=False, follow_redirects=True)
    client.get("/login/")
    form = {"username": name, "password": "secret", "csrfmiddlewaretoken": client.cookies["csrftoken"]}
    assert "Sign in" not in client.post("/login/", data=form).text
    return client


@contextmanager
def stream(client: httpx.Client, topics: str, **more: str) -> Iterator[Iterator[dict[str, Any]]]:
    """The events of an open page, each with its `kind` and `id`."""

    def events(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
        event: dict[str, Any] = {}
        for line in lines:
            name, _, value = line.partition(": ")
            if name == "data":
                event |= json.loads(value)
            elif name in ("event", "id"):
                event["kind" if name == "event" else "id"] = value
            elif not line and event:
                yield event
                event = {}

    with client.stream("GET", "/live/", params={"topics": topics, **more}) as answer:
        assert answer.headers["content-type"] == "text/event-stream"
        yield events(answer.iter_lines())


def test_a_webhook_at_one_server_reaches_a_page_of_the_other(dexter):  # noqa: F811
    with closing(signed_in(dexter.url(0), "jane")) as jane, stream(jane, "issue:*") as events:
        assert next(events)["kind"] == "hello"
        send(dexter.url(1), 1)
        event = next(events)
    assert event["kind"] == "change"
    assert event["topics"] == ["issue:1"]


def test_a_new_issue_is_named_as_new(dexter):  # noqa: F811
    with closing(signed_in(dexter.url(0), "jane")) as jane, stream(jane, "issue:*") as events:
        next(events)
        send(dexter.url(1), 4711, "unresolved")
        event = next(events)
        assert event["topics"] == [f"issue:{event['new'][0]}"]
        news = jane.get("/issues/news/", params={"shown": "0", "created": event["new"][0]},
                        headers={"HX-Request": "true", "HX-Current-URL": f"{dexter.url(0)}/"})  # fmt: skip
    assert "new</b>" in news.text


def test_a_page_that_was_cut_off_goes_on_where_it_was(dexter):  # noqa: F811
    with closing(signed_in(dexter.url(0), "jane")) as jane:
        with stream(jane, "issue:*") as events:
            last = next(events)["id"]
        send(dexter.url(0), 2)
        time.sleep(1)
        with stream(jane, "issue:*", last=last) as events:
            assert [next(events)["topics"], next(events)["topics"]] == [[], ["issue:2"]]


def test_who_else_looks_at_an_issue(dexter):  # noqa: F811
    with closing(signed_in(dexter.url(0), "jane")) as jane, closing(signed_in(dexter.url(1), "joe")) as joe:  # noqa: SIM117 - Joe comes later
        with stream(jane, "issue:3", at="issue:3") as seen:
            assert next(seen)["kind"] == "hello"
            assert next(seen)["topics"] == ["presence:3"]  # her own coming
            with stream(joe, "issue:3", at="issue:3") as others:
                next(others)
                assert next(seen)["topics"] == ["presence:3"]
                assert "Joe" in jane.get("/issues/3/presence/").text
            assert next(seen)["topics"] == ["presence:3"]
            assert "Joe" not in jane.get("/issues/3/presence/").text


@pytest.mark.parametrize("topics", ["", "nonsense!", "user:2", "inbox:999", ",".join(["issue:1"] * 101)])
def test_topics_that_nobody_may_ask_for(dexter, topics):  # noqa: F811
    with closing(signed_in(dexter.url(0), "jane")) as jane:
        assert jane.get("/live/", params={"topics": topics}).status_code == 400


def test_the_stream_is_for_people_who_are_signed_in(dexter):  # noqa: F811
    answer = httpx.get(f"{dexter.url(0)}/live/?topics=issue:1", trust_env=False)
    assert (answer.status_code, answer.headers["location"].split("?")[0]) == (302, "/login/")


def test_a_killed_worker_loses_nothing(dexter):  # noqa: F811
    for number in range(10, 20):
        send(dexter.url(number % 2), number)
    dexter.kill_worker()
    for number in range(20, 30):
        send(dexter.url(number % 2), number)
    dexter.start_worker()
    wanted = {f"({number},)" for number in range(10, 30)}
    limit = time.monotonic() + 90
    while time.monotonic() < limit:
        if wanted <= set(dexter.manage("shell", "-c", SHOW).strip("[]\n").split(", ")):
            return
        time.sleep(1)
    pytest.fail("not every delivery was processed")
