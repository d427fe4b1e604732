"""One reader of the stream per event loop, however many pages are open; each page has a queue of its own."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any
from weakref import WeakKeyDictionary

import redis
import redis.asyncio
from django.conf import settings

from dexter.live.topics import KEPT, STREAM, Event, Topics, from_fields, order

log = logging.getLogger(__name__)

HEARTBEAT = 15.0  # seconds of silence after which a page is sent a sign of life
QUEUED = 200  # events that wait for a slow page; then it is told to load everything again
AT_ONCE = 200
BEGINNING = "0-0"


def connect() -> Any:
    """A client for this event loop; a read that blocks answers within HEARTBEAT."""
    return redis.asyncio.Redis.from_url(
        settings.REDIS_URL, decode_responses=True, socket_connect_timeout=2, socket_timeout=2 * HEARTBEAT
    )


class Listener:
    """A page's queue. None in it means that events were dropped."""

    def __init__(self, topics: Iterable[str]) -> None:
        self.topics = Topics(topics)
        self.queue: asyncio.Queue[Event | None] = asyncio.Queue(QUEUED)

    def offer(self, event: Event) -> None:
        found = event.wanted(self.topics)
        if found is None:
            return
        if self.queue.full():
            while not self.queue.empty():
                self.queue.get_nowait()
            self.queue.put_nowait(None)
        self.queue.put_nowait(found)


class Hub:
    """Reads the stream while somebody listens."""

    def __init__(self) -> None:
        self.client = connect()
        self.last = BEGINNING
        self._listeners: set[Listener] = set()
        self._reader: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()

    @asynccontextmanager
    async def listening(self, topics: Iterable[str]) -> AsyncIterator[Listener]:
        """A queue that gets every event after `self.last` at this moment."""
        listener = Listener(topics)
        async with self._starting:
            if self._reader is None:
                self.last = await newest(self.client)
                self._reader = asyncio.create_task(self._read())
            self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)
            if not self._listeners:
                await self._stop()

    async def _stop(self) -> None:
        reader, self._reader = self._reader, None
        while reader and not reader.done():
            # Once may not be enough: asyncio.wait_for of Python 3.11 can lose a cancellation.
            reader.cancel()
            await asyncio.wait([reader], timeout=0.1)
        await self.client.aclose()

    async def _read(self) -> None:
        while True:
            try:
                answer = await self.client.xread(
                    {STREAM: self.last}, count=AT_ONCE, block=int(HEARTBEAT * 1000)
                )
            except (redis.RedisError, OSError) as error:
                log.warning("live updates pause: %s", error)
                await asyncio.sleep(1)
                continue
            for event_id, fields in _entries(answer):
                self.last = event_id
                event = from_fields(event_id, fields)
                for listener in tuple(self._listeners):
                    listener.offer(event)


def _entries(answer: Any) -> list[tuple[str, dict[str, str]]]:
    """The entries of the one stream that was read: RESP2 answers a list of streams, RESP3 a map."""
    if not answer:
        return []
    return list(answer[STREAM][0] if isinstance(answer, dict) else answer[0][1])


async def newest(client: Any) -> str:
    """The id of the last event there is."""
    entries = await client.xrevrange(STREAM, count=1)
    return str(entries[0][0]) if entries else BEGINNING


async def missed(client: Any, last: str) -> list[Event]:
    """What came after `last`; a single reset when that cannot be told any more."""
    try:
        place = order(last)
    except ValueError:
        return [Event(await newest(client), (), is_reset=True)]
    first, end = await client.xrange(STREAM, count=1), await newest(client)
    if order(end) == place:
        return []
    entries = await client.xrange(STREAM, min=f"({last}", count=KEPT) if place < order(end) else []
    # Older than all there is, or from before the stream was lost; an empty stream had no first entry.
    is_cut = not first or order(first[0][0]) > place != order(BEGINNING) or len(entries) == KEPT
    if is_cut or not entries:
        return [Event(end, (), is_reset=True)]
    return [from_fields(event_id, fields) for event_id, fields in entries]


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running event loop."""
    loop = asyncio.get_running_loop()
    found = _hubs.get(loop)
    if found is None:
        found = _hubs[loop] = Hub()
    return found


async def events(
    topics: Iterable[str], last: str | None = None, *, heartbeat: float = HEARTBEAT
) -> AsyncGenerator[Event | None, None]:
    """Events of `topics`, for ever; None after each `heartbeat` seconds of silence.

    The first one has no topics: it tells the place in the stream, from which a page that was cut off goes on
    with `last`. Raises redis.RedisError when Redis cannot be reached at the start; later it waits.
    """
    asked, here = Topics(topics), hub()
    async with here.listening(topics) as listener:
        seen = last or here.last
        earlier = await missed(here.client, last) if last else []
        if not any(event.is_reset for event in earlier):
            yield Event(seen, ())
        for event in earlier:
            seen = event.id
            if found := event.wanted(asked):
                yield found
        async for found in _from_queue(listener, seen, heartbeat):
            yield found


async def _from_queue(listener: Listener, seen: str, heartbeat: float) -> AsyncIterator[Event | None]:
    while True:
        try:
            event = await asyncio.wait_for(listener.queue.get(), heartbeat)
        except TimeoutError:
            yield None
            continue
        if event is None:
            yield Event(seen, (), is_reset=True)
        elif order(event.id) > order(seen):
            seen = event.id
            yield event
