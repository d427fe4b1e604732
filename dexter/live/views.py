"""The stream that an open page holds: server-sent events over ASGI.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import json
import time
import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress

import redis
from django.core.handlers.asgi import ASGIRequest
from django.db import connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_GET

from dexter.live import presence
from dexter.live.hub import events, hub
from dexter.live.topics import Event, is_topic

MOST = 100  # topics of one page
LONGEST = 900.0  # seconds; then the page connects again, and whether it still may is checked
# Topics that only the person with that key may ask for.
PERSONAL = ("user:", "inbox:")
RETRY = "retry: 2000\n\n"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@require_GET
def stream(request: HttpRequest) -> HttpResponseBase:
    """`topics` separated by commas; `at` is the place ("issue:12") whose visitors are told of this one;
    `last` or the header Last-Event-ID goes on behind that event.

    400 for what are no topics, or somebody else's; 204, which a browser takes as "never again", from a
    server that cannot stream.
    """
    topics = [topic for topic in request.GET.get("topics", "").split(",") if topic]
    place = request.GET.get("at", "")
    if not _may_ask(request, [*topics, place] if place else topics):
        return HttpResponse("These are no topics of yours.\n", status=400, content_type="text/plain")
    if not isinstance(request, ASGIRequest):
        return HttpResponse(status=204)
    last = request.headers.get("Last-Event-ID") or request.GET.get("last") or None
    user_id = int(request.user.pk or 0)
    # Nothing of the database is held while the page is open.
    connections.close_all()
    lines = _lines(topics, last, user_id, place)
    return StreamingHttpResponse(lines, content_type="text/event-stream", headers=HEADERS)


def _may_ask(request: HttpRequest, topics: list[str]) -> bool:
    own = [kind + str(request.user.pk) for kind in PERSONAL]
    return 0 < len(topics) <= MOST and all(
        is_topic(topic) and (topic in own or not topic.startswith(PERSONAL)) for topic in topics
    )


async def _lines(topics: list[str], last: str | None, user_id: int, place: str) -> AsyncGenerator[str, None]:
    yield RETRY
    asked = [*topics, presence.topic(place)] if place else topics
    with suppress(redis.RedisError, OSError):
        async with aclosing(_visited(asked, last, user_id, place)) as lines:
            async for line in lines:
                yield line


async def _visited(
    topics: list[str], last: str | None, user_id: int, place: str
) -> AsyncGenerator[str, None]:
    """The lines of the stream, with the person noted as present meanwhile."""
    until = time.monotonic() + LONGEST
    visit = Visit(place, user_id)
    try:
        async with aclosing(events(topics, last)) as found:
            async for event in found:
                yield _line(event)
                if await visit.goes_on():
                    yield _line(Event("", (presence.topic(place),)))
                if time.monotonic() > until:
                    return
    finally:
        with suppress(redis.RedisError, OSError, RuntimeError):
            await visit.end()


class Visit:
    """A person's page at a place, noted again from time to time. Without a place it does nothing."""

    def __init__(self, place: str, user_id: int) -> None:
        self.place, self.user_id, self.page = place, user_id, uuid.uuid4().hex[:12]
        self._client = hub().client
        self._noted_at = -presence.LASTS
        self._there: frozenset[int] | None = None

    async def goes_on(self) -> bool:
        """Whether it is others who are there than at the last look; most of them announce themselves."""
        if not self.place or time.monotonic() - self._noted_at < presence.LASTS / 3:
            return False
        self._noted_at = time.monotonic()
        before = self._there
        self._there = await presence.stay(self._client, self.place, self.user_id, self.page)
        return before is not None and before != self._there

    async def end(self) -> None:
        if self._there is not None:
            await presence.leave(self._client, self.place, self.user_id, self.page)


def _line(event: Event | None) -> str:
    """One event as it goes over the wire; a comment where there is none."""
    if event is None:
        return ": still here\n\n"
    kind = "reset" if event.is_reset else "change" if event.topics else "hello"
    body = json.dumps({"topics": event.topics, **event.data}, separators=(",", ":"))
    place = f"id: {event.id}\n" if event.id else ""
    return f"{place}event: {kind}\ndata: {body}\n\n"
