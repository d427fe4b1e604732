"""A server with fixed-window rate limits and workers that ask it through a pacer, all in simulated time."""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from dexter.sentry.headers import RateLimit
from dexter.sentry.pacing import Lane, Pacer, Ticket


@dataclass
class WindowServer:
    """Windows start at whole multiples of `window` of its own clock, which is `offset` ahead of the local
    one.
    """

    limit: int
    window: float = 1.0
    offset: float = 1_795_212_187.34
    drift: float = 0.0  # seconds a second
    reset_early: float = 0.0  # seconds that the header names the end too early
    counts: Counter[int] = field(default_factory=Counter)
    refused: int = 0

    def request(self, now: float) -> tuple[int, RateLimit, float]:
        """Status, rate limit headers and Date header of a request that arrives at the local time `now`."""
        server_time = now * (1 + self.drift) + self.offset
        number = math.floor(server_time / self.window)
        self.counts[number] += 1
        used = self.counts[number]
        self.refused += used > self.limit
        rate = RateLimit(self.limit, max(0, self.limit - used), (number + 1) * self.window - self.reset_early)
        return 429 if used > self.limit else 200, rate, math.floor(server_time)

    def use(self) -> list[float]:
        """Parts of the budget used, per window, without the first (cold) and the last (unfinished) ones."""
        numbers = sorted(self.counts)
        return [self.counts[n] / self.limit for n in range(numbers[0] + 2, numbers[-1])]


@dataclass
class Simulation:
    """`latency()` is seconds one way. `waits` has how long each lane's requests waited for their turn."""

    server: WindowServer
    latency: Callable[[], float]
    now: float = 1000.0
    waits: dict[Lane, list[float]] = field(default_factory=lambda: {"sync": [], "person": []})

    def __post_init__(self) -> None:
        self.pacer = Pacer(clock=lambda: self.now, wall=lambda: self.now + self.server.offset + 3)
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._serial = 0
        self._blocked: list[Callable[[], None]] = []

    def at(self, when: float, action: Callable[[], None]) -> None:
        self._serial += 1
        heapq.heappush(self._events, (when, self._serial, action))

    def worker(self, lane: Lane = "sync", *, pause: Callable[[], float] = lambda: 0.0) -> None:
        """Asks one thing after another, `pause()` seconds apart."""

        def start(since: float | None = None) -> None:
            began = self.now if since is None else since
            got = self.pacer.try_acquire("GET issues", lane)
            if isinstance(got, Ticket):
                self.waits[lane].append(self.now - began)
                self.at(self.now + self.latency(), lambda: arrive(got))
            else:
                again = once(lambda: start(began))
                self._blocked.append(again)
                self.at(self.now + min(got, 5.0), again)

        def arrive(ticket: Ticket) -> None:
            status, rate, date = self.server.request(self.now)
            self.at(self.now + self.latency(), lambda: done(ticket, status, rate, date))

        def done(ticket: Ticket, status: int, rate: RateLimit, date: float) -> None:
            self.pacer.answered(ticket, rate, server_time=date, ok=status == 200)
            self.at(self.now + pause(), start)
            blocked, self._blocked = self._blocked, []
            for again in blocked:
                self.at(self.now, again)

        self.at(self.now + pause(), start)

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while self._events and self._events[0][0] <= end:
            self.now, _, action = heapq.heappop(self._events)
            action()
        self.now = end


def once(action: Callable[[], None]) -> Callable[[], None]:
    done = False

    def run() -> None:
        nonlocal done
        if not done:
            done = True
            action()

    return run
