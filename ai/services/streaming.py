"""What a running answer tells open pages: a stream in Redis for each explanation, gone an hour after its end.

Entries have a `kind`: `text` (with `at`, its place in characters), `html` (all up to `upto`, rendered),
`restart` (begin anew), `end`. Losing the stream loses nothing: the row holds the text, within a second.
"""

import logging
import time
from typing import Any

import redis

from ai.models import Explanation
from dexter.live.publishing import client

log = logging.getLogger(__name__)

KEPT = 20_000  # entries
LASTS = 3600  # seconds
REST = 2.0  # seconds without a try after one that failed


def key_of(row: Explanation) -> str:
    """By the time too: a database that was made anew gives its ids again, while Redis still has streams."""
    return f"dexter:ai:{row.pk}:{row.created_at.timestamp():.6f}"


class Announcer:
    """Writes the stream of one explanation. It never fails and never waits long."""

    def __init__(self, row: Explanation) -> None:
        self._key = key_of(row)
        self._rests_until = 0.0

    def text(self, at: int, text: str) -> None:
        self._add(kind="text", at=at, text=text)

    def html(self, upto: int, html: str) -> None:
        """All of the first `upto` characters, rendered."""
        self._add(kind="html", upto=upto, html=html)

    def restart(self) -> None:
        self._add(kind="restart")

    def end(self) -> None:
        self._add(kind="end")

    def _add(self, **given: Any) -> None:
        fields: dict[Any, Any] = given
        if time.monotonic() < self._rests_until:
            return
        try:
            with client().pipeline(transaction=False) as pipe:
                pipe.xadd(self._key, fields, maxlen=KEPT, approximate=True)
                pipe.expire(self._key, LASTS)
                pipe.execute()
        except redis.RedisError as error:
            self._rests_until = time.monotonic() + REST
            log.warning("open pages could not be told of an answer: %s", error)
