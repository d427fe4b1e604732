"""One counter of the server: how many requests its present window may still take."""

from __future__ import annotations

import math
from typing import Literal

from dexter.sentry.headers import RateLimit
from dexter.sentry.pacing.clock import ServerClock

Lane = Literal["person", "sync"]

SPREAD = 0.95  # of the remaining time is what the remaining budget is spread over
RESERVE = 0.05  # of the limit is left for people ...
RELEASE = 0.25  # ... until this last part of the window
WAIT_MAX = 5.0  # seconds after which to look again, whatever happened


class Bucket:
    """One counter of the server. `now` is local monotonic seconds throughout. Not thread-safe.

    `limit` 0: the server keeps no count, only `max_rate` (requests a second) holds.
    """

    def __init__(self, clock: ServerClock, limit: int = 0, max_rate: float | None = None) -> None:
        self._clock = clock
        self._max_rate = max_rate
        self.limit = limit
        self.concurrent_limit: int | None = None
        self.in_flight = 0
        self._used = 0  # the highest count that an answer of this window told
        self._reset: float | None = None  # end of this window, None while it is not known
        self._ended = -math.inf  # end of the window before
        self._rolled_at = -math.inf
        self._lost_at = -math.inf
        self._shortest = math.inf  # between the ends of two windows
        self._next_at = -math.inf
        self._margin = 0.0

    def delay(self, lane: Lane, now: float) -> float:
        """0 if a request may be sent now, else seconds after which to ask again (or earlier, after an
        answer).
        """
        if not self.limit:
            return 0.0 if lane == "person" else max(0.0, self._next_at - now)
        if self._too_many_at_once(lane):
            return WAIT_MAX
        self._roll(now)
        left = self.limit - self._used - self.in_flight
        if left <= 0:
            return self._until_reset(now)
        if lane == "person":
            return 0.0
        until_release = self._rest(now) - RELEASE * self._length
        if left <= self._reserve() and until_release > 0:
            return until_release
        return max(0.0, self._next_at - now)

    def sent(self, lane: Lane, now: float) -> None:
        if self.limit and lane == "sync":
            left = self.limit - self._used - self.in_flight
            self._next_at = now + SPREAD * max(0.0, self._likely_rest(now)) / max(1, left)
        elif self._max_rate:
            self._next_at = max(now, self._next_at) + 1.0 / self._max_rate
        self.in_flight += 1

    def release(self) -> None:
        """The request turned out to be counted elsewhere."""
        self.in_flight -= 1

    def lost(self, now: float) -> None:
        """No answer came, or one without a count: the server may have counted the request all the same."""
        self.in_flight -= 1
        self._used += 1
        self._lost_at = now

    def answered(self, sent_at: float, now: float, rate: RateLimit) -> None:
        self.in_flight -= 1
        self.concurrent_limit = rate.concurrent_limit
        self._clock.before(rate.reset, sent_at, now)
        self._count(sent_at, now, rate)

    def _count(self, sent_at: float, now: float, rate: RateLimit) -> None:
        used = rate.limit - rate.remaining
        if self._reset is None and rate.reset == self._ended and sent_at >= self._rolled_at:
            # The window was not over yet: the server's clock is not what it seemed.
            self._margin = min(0.5, self._margin + 0.02)
            self._reset, self._used = rate.reset, used
        elif rate.reset <= self._ended:
            return  # the late answer to a request that an earlier window counted
        elif self._reset is None or rate.reset > self._reset:
            self._open(rate.reset, used, now)
        elif rate.reset == self._reset:
            self._used = max(self._used, used)

    def _open(self, reset: float, used: int, now: float) -> None:
        """An answer of a window that was not known yet."""
        if self._reset is not None:
            self._clock.at_least(self._reset, now)
            self._ended = self._reset
        self._shortest = min(self._shortest, reset - self._ended)
        self._reset, self._used = reset, used

    def _roll(self, now: float) -> None:
        if self._reset is not None and self._rest(now) <= 0:
            self._ended, self._reset, self._used, self._rolled_at = self._reset, None, 0, now
        elif self._reset is None and now - self._lost_at >= self._length:
            self._used = 0  # no answer tells when its window ends, but by now it has

    def _rest(self, now: float) -> float:
        """Seconds until this window is certainly over."""
        if self._reset is None:
            return self._length
        return self._reset + self._margin - self._clock.earliest(now)

    def _likely_rest(self, now: float) -> float:
        return self._length if self._reset is None else self._reset - self._clock.likely(now)

    def _until_reset(self, now: float) -> float:
        rest = self._lost_at + self._length - now if self._reset is None else self._rest(now)
        return max(0.0005, rest) if rest > 0 or self._reset is not None else WAIT_MAX

    @property
    def _length(self) -> float:
        """Seconds of a window; a second, as Sentry has it, until the ends of two have been seen."""
        return self._shortest if self._shortest < math.inf else 1.0

    def _reserve(self) -> int:
        return max(1, round(RESERVE * self.limit)) if self.limit >= 10 else 0

    def _too_many_at_once(self, lane: Lane) -> bool:
        if self.concurrent_limit is None:
            return False
        spare = 1 if lane == "sync" and self.concurrent_limit >= 4 else 0
        return self.in_flight >= self.concurrent_limit - spare
