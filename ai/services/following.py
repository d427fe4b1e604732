"""Following an answer while it is written: by the stream in Redis, and by the row where that has a gap."""

import asyncio
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import redis
import redis.asyncio
from asgiref.sync import sync_to_async
from django.conf import settings

from ai.models import Explanation
from ai.queries.explanations import place_in_queue
from ai.services.streaming import key_of

WAIT = 1.0  # seconds of silence after which the row is looked at
LONGEST = 900.0  # seconds; then the page connects again, and whether it still may is checked
AT_ONCE = 500
BEGINNING = "0-0"


@dataclass(frozen=True)
class Heard:
    """`kind` is `state`, `restart`, `text`, `html` or `end`; `data` is JSON."""

    kind: str
    data: dict[str, Any]


class Follower:
    """One open page that follows one explanation."""

    def __init__(self, explanation_id: int) -> None:
        self._pk = explanation_id
        self._key = ""
        self._last = BEGINNING
        self._have = 0  # characters that the page has
        self._said: dict[str, Any] = {}
        self._client = redis.asyncio.Redis.from_url(
            settings.REDIS_URL, decode_responses=True, socket_connect_timeout=2, socket_timeout=WAIT + 5
        )

    async def follow(self) -> AsyncGenerator[Heard, None]:
        """What to tell the page, until the explanation has ended. Begins with all there is so far."""
        until = time.monotonic() + LONGEST
        try:
            yield Heard("restart", {})
            async for heard in self._from_row():
                yield heard
                if heard.kind == "end":
                    return
            while time.monotonic() < until:
                entries = await self._read()
                for heard in self._told(entries):
                    yield heard
                if entries and not self._has_ended(entries):
                    continue
                async for heard in self._from_row():
                    yield heard
                    if heard.kind == "end":
                        return
        finally:
            await self._client.aclose()

    async def _read(self) -> list[tuple[str, dict[str, str]]]:
        """New entries, or none after WAIT seconds of silence; while Redis is away the row has to do."""
        try:
            found = await self._client.xread({self._key: self._last}, count=AT_ONCE, block=int(WAIT * 1000))
        except (redis.RedisError, OSError):
            await asyncio.sleep(WAIT)
            return []
        if not found:
            return []
        return list(found[self._key][0] if isinstance(found, dict) else found[0][1])

    def _told(self, entries: list[tuple[str, dict[str, str]]]) -> list[Heard]:
        """What the entries say, texts that follow each other joined."""
        heard: list[Heard] = []
        for place, fields in entries:
            self._last = place
            if fields["kind"] == "restart":
                self._have = 0
                heard = [Heard("restart", {})]
            elif fields["kind"] == "text":
                self._take(heard, int(fields["at"]), fields["text"])
            elif fields["kind"] == "html":
                heard = [item for item in heard if item.kind != "html"]
                heard.append(Heard("html", {"html": fields["html"]}))
                self._have = max(self._have, int(fields["upto"]))
        return heard

    def _take(self, heard: list[Heard], at: int, text: str) -> None:
        if at > self._have:  # entries were lost; the row has what is missing within a second
            return
        new = text[self._have - at :]
        self._have += len(new)
        if new and heard and heard[-1].kind == "text":
            heard[-1] = Heard("text", {"text": heard[-1].data["text"] + new})
        elif new:
            heard.append(Heard("text", {"text": new}))

    @staticmethod
    def _has_ended(entries: list[tuple[str, dict[str, str]]]) -> bool:
        return entries[-1][1]["kind"] == "end"

    async def _from_row(self) -> AsyncGenerator[Heard, None]:
        """What the row says: text that the stream did not have, the state when it changed, the end."""
        row, place = await sync_to_async(_load)(self._pk)
        if row is None:
            yield Heard("end", {"state": "gone"})
            return
        self._key = key_of(row)
        if len(row.text) > self._have:
            yield Heard("text", {"text": row.text[self._have :]})
            self._have = len(row.text)
        said = {"state": row.state, "place": place, "model": row.model_name}
        if said != self._said:
            self._said = said
            yield Heard("state", said)
        if not row.is_open:
            yield Heard("end", {"state": row.state})


def _load(pk: int) -> tuple[Explanation | None, int | None]:
    row = (
        Explanation.objects.filter(pk=pk).only("state", "text", "model_name", "job_id", "created_at").first()
    )
    return row, place_in_queue(row) if row else None
