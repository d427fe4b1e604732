"""The stream between processes, over the Redis of the test run."""

import asyncio
from collections.abc import Iterable

import pytest

from dexter.live import hub as hub_module
from dexter.live import publish
from dexter.live.hub import QUEUED, Listener, events
from dexter.live.publishing import client
from dexter.live.topics import KEPT, STREAM, Event


@pytest.fixture(autouse=True)
def empty_stream() -> None:
    client().delete(STREAM)


async def take(
    count: int, topics: Iterable[str], last: str | None = None, *, do: object = None
) -> list[Event]:
    """The first `count` events; `do` is called once the stream is open."""
    found: list[Event] = []
    stream = events(topics, last)
    try:
        async with asyncio.timeout(5):
            async for event in stream:
                assert event is not None
                found.append(event)
                if len(found) == 1 and callable(do):
                    await asyncio.to_thread(do)
                if len(found) == count:
                    break
    finally:
        await stream.aclose()
    return found


def test_what_is_published_arrives() -> None:
    hello, event = asyncio.run(take(2, {"issue:*"}, do=lambda: publish(["issue:4", "outbox"], {"new": [4]})))
    assert hello.topics == ()
    assert (event.topics, event.data) == (("issue:4",), {"new": [4]})


def test_others_do_not() -> None:
    def do() -> None:
        publish(["issue:5"])
        publish(["job:1"])

    assert [event.topics for event in asyncio.run(take(2, {"job:1"}, do=do))] == [(), ("job:1",)]


def test_a_page_that_was_away_catches_up() -> None:
    hello = asyncio.run(take(1, {"issue:*"}))[0]
    for number in range(3):
        publish([f"issue:{number}"])
    found = asyncio.run(take(4, {"issue:*"}, hello.id))
    assert [event.topics for event in found] == [(), ("issue:0",), ("issue:1",), ("issue:2",)]
    again = asyncio.run(take(2, {"issue:*"}, found[2].id))
    assert [event.topics for event in again] == [(), ("issue:2",)]


@pytest.mark.parametrize("last", ["1-0", "nonsense", "99999999999999-0"])
def test_a_page_that_was_away_too_long_loads_everything(last: str) -> None:
    publish(["issue:1"])
    first = asyncio.run(take(1, {"issue:*"}, last))[0]
    assert first.is_reset


def test_the_stream_stays_short() -> None:
    pipe = client().pipeline()
    for _ in range(3 * KEPT):
        pipe.xadd(STREAM, {"topics": "issue:1", "data": "{}"}, maxlen=KEPT, approximate=True)
    pipe.execute()
    publish(["issue:2"])
    assert client().xlen(STREAM) < 1.2 * KEPT


def test_a_slow_page_is_told_to_load_everything() -> None:
    async def overflow() -> list[Event | None]:
        listener = Listener({"issue:*"})
        for number in range(QUEUED + 1):
            listener.offer(Event(f"{number}-0", (f"issue:{number}",)))
        return [listener.queue.get_nowait() for _ in range(listener.queue.qsize())]

    dropped, kept = asyncio.run(overflow())
    assert dropped is None
    assert kept is not None
    assert kept.topics == (f"issue:{QUEUED}",)


def test_silence_is_broken() -> None:
    async def listen() -> list[Event | None]:
        stream = events({"issue:*"}, heartbeat=0.05)
        found = [await anext(stream), await anext(stream)]
        await stream.aclose()
        return found

    assert asyncio.run(listen())[1] is None


def test_one_reader_for_many_pages_and_none_for_no_page() -> None:
    async def many() -> tuple[int, list[tuple[str, ...]], bool]:
        streams = [events({f"issue:{number}"}) for number in range(20)]
        for stream in streams:
            await anext(stream)
        readers = sum(
            1 for task in asyncio.all_tasks() if "Hub._read" in getattr(task.get_coro(), "__qualname__", "")
        )
        await asyncio.to_thread(publish, [f"issue:{number}" for number in range(20)])
        found = [event.topics for stream in streams if (event := await anext(stream))]
        for stream in streams:
            await stream.aclose()
        return readers, found, hub_module.hub()._reader is None

    assert asyncio.run(many()) == (1, [(f"issue:{number}",) for number in range(20)], True)
