"""Telling open pages that something changed. It never fails and never waits long."""

import logging
import time
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import redis
from django.conf import settings

from dexter.live.topics import KEPT, STREAM, to_fields

log = logging.getLogger(__name__)

WAIT = 0.5  # seconds for an answer of Redis
REST = 5.0  # seconds without a try after one that failed
_rests_until = 0.0


@lru_cache(maxsize=1)
def client() -> redis.Redis:
    """This process's client, without retries: a late event is worth little."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=WAIT,
        socket_connect_timeout=WAIT,
        retry=None,
        decode_responses=True,
    )


def publish(topics: Iterable[str], data: Mapping[str, Any] | None = None) -> None:
    """Add an event to the stream. Call it after the commit; `data` is small and JSON."""
    global _rests_until
    fields = to_fields(topics, data or {})
    if not fields["topics"] or time.monotonic() < _rests_until:
        return
    try:
        record: dict[Any, Any] = {**fields}
        client().xadd(STREAM, record, maxlen=KEPT, approximate=True)
    except redis.RedisError as error:
        _rests_until = time.monotonic() + REST
        log.warning("open pages could not be told of changes: %s", error)
