"""Lets threads wait for their turn."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable

from dexter.sentry.headers import RateLimit
from dexter.sentry.pacing.bucket import WAIT_MAX, Lane
from dexter.sentry.pacing.counters import Counters, Ticket

DATE_SLACK = 0.05  # seconds; the Date header may come from a proxy with a clock of its own


class Pacer:
    """Thread-safe; one per token and server, shared by all that use them.

    `clock` is monotonic seconds, `wall` epoch seconds (used only for a server that sends no Date header),
    `wait` waits on a condition for so many seconds. `max_rate` (requests a second) is for servers without
    limits.
    """

    def __init__(
        self,
        *,
        max_rate: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        wait: Callable[[threading.Condition, float], object] = threading.Condition.wait,
    ) -> None:
        self._clock = clock
        self._wall = wall
        self._wait = wait
        self._changed = threading.Condition()
        self._counters = Counters(max_rate)
        self._people: Counter[object] = Counter()
        self._blocked: dict[str, float] = {}

    def acquire(self, endpoint: str = "GET", lane: Lane = "sync") -> Ticket:
        """Waits until a request of this endpoint ("GET organizations/*/issues") may be sent."""
        with self._changed:
            got = self._try(endpoint, lane)
            return got if isinstance(got, Ticket) else self._wait_for(endpoint, lane, got)

    def try_acquire(self, endpoint: str = "GET", lane: Lane = "sync") -> Ticket | float:
        """Leave to send, or the seconds after which to ask again (earlier, if an answer comes before)."""
        with self._changed:
            return self._try(endpoint, lane)

    def answered(
        self,
        ticket: Ticket,
        rate: RateLimit | None,
        *,
        server_time: float | None = None,
        ok: bool = True,
        refused_for: float | None = None,
    ) -> None:
        """`refused_for`: seconds to stay away after a 429 that came without the headers that would tell."""
        with self._changed:
            now, clock = self._clock(), self._counters.clock
            if server_time is not None:
                clock.at_least(server_time - DATE_SLACK, now)
            elif rate is not None and not clock.known:
                clock.at_least(self._wall() - WAIT_MAX, now)
            self._counters.answered(ticket, now, rate, ok)
            if rate is None and refused_for:
                self._blocked[ticket.endpoint] = now + refused_for
            self._changed.notify_all()

    def lost(self, ticket: Ticket) -> None:
        """The request got no answer."""
        with self._changed:
            self._counters.lost(ticket, self._clock())
            self._changed.notify_all()

    def _try(self, endpoint: str, lane: Lane) -> Ticket | float:
        now = self._clock()
        if self._blocked and self._blocked.get(endpoint, now) > now:
            return self._blocked[endpoint] - now
        if lane == "sync" and self._people and self._people[self._counters.key(endpoint)]:
            return WAIT_MAX
        return self._counters.charge(endpoint, lane, now)

    def _wait_for(self, endpoint: str, lane: Lane, delay: float) -> Ticket:
        person = self._counters.key(endpoint) if lane == "person" else None
        self._people[person] += 1
        try:
            while True:
                self._wait(self._changed, min(delay, WAIT_MAX))
                got = self._try(endpoint, lane)
                if isinstance(got, Ticket):
                    return got
                delay = got
        finally:
            self._people[person] -= 1
            if person:
                self._changed.notify_all()
