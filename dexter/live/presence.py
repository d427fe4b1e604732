"""Who looks at a page right now: a sorted set per place in Redis, each entry with the time when it ends.

An entry is renewed with every sign of life of the page's stream. When a process dies, its entries end by
themselves after LASTS.
"""

import logging
import time
from typing import Any

import redis

from dexter.live.publishing import client
from dexter.live.topics import STREAM, to_fields

log = logging.getLogger(__name__)

LASTS = 40.0  # seconds; more than two heartbeats


def _key(place: str) -> str:
    return f"dexter:presence:{place}"


def topic(place: str) -> str:
    """The topic that says that somebody came to or left `place` ("issue:12")."""
    return f"presence:{place.rpartition(':')[2]}"


async def stay(there: Any, place: str, user_id: int, page: str) -> frozenset[int]:
    """Note that a person's `page` (any name of its own) is open at `place`; answers who is there.

    `there` is an asyncio client. Whoever is new is announced.
    """
    before = await _present(there, place)
    async with there.pipeline(transaction=False) as pipe:
        pipe.zremrangebyscore(_key(place), "-inf", time.time())
        pipe.zadd(_key(place), {f"{user_id}:{page}": time.time() + LASTS})
        pipe.expire(_key(place), int(2 * LASTS))
        await pipe.execute()
    if user_id not in before:
        await _announce(there, place)
    return before | {user_id}


async def leave(there: Any, place: str, user_id: int, page: str) -> None:
    """Take the page out, and announce it when the person has no other one there."""
    await there.zrem(_key(place), f"{user_id}:{page}")
    if user_id not in await _present(there, place):
        await _announce(there, place)


async def _announce(there: Any, place: str) -> None:
    await there.xadd(STREAM, to_fields([topic(place)], {}))


async def _present(there: Any, place: str) -> frozenset[int]:
    return _users(await there.zrangebyscore(_key(place), time.time(), "+inf"))


def present(place: str) -> frozenset[int]:
    """Keys of the people who look at `place` now; nobody while Redis does not answer."""
    try:
        return _users(client().zrangebyscore(_key(place), time.time(), "+inf"))
    except redis.RedisError as error:
        log.warning("nobody can say who looks at %s: %s", place, error)
        return frozenset()


def _users(members: Any) -> frozenset[int]:
    return frozenset(int(member.split(":")[0]) for member in members)
