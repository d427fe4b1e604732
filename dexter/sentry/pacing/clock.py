"""What time it is for the server, as far as its answers tell."""

from __future__ import annotations

import math

DRIFT = 2e-4  # seconds per second that two clocks may drift apart


class ServerClock:
    """Bounds of the server's time, in its epoch seconds, from local monotonic seconds.

    Both bounds are offsets (server minus local) and loosen slowly with the time since they were learnt.
    """

    def __init__(self) -> None:
        self._lower, self._lower_at = -math.inf, 0.0
        self._upper, self._upper_at = math.inf, 0.0

    @property
    def known(self) -> bool:
        return self._lower > -math.inf

    def earliest(self, now: float) -> float:
        """The server's time is at least this."""
        return now + self._lower_now(now)

    def likely(self, now: float) -> float:
        """The server's time is about this: the middle between the bounds."""
        lower = self._lower_now(now)
        upper = min(self._upper_now(now), lower + 1.0)
        return now + (lower + upper) / 2

    def at_least(self, server: float, now: float) -> None:
        """At the local time `now` the server's time was `server` or later."""
        if server - now > self._lower_now(now):
            self._lower, self._lower_at = server - now, now

    def before(self, server: float, then: float, now: float) -> None:
        """At some time after the local time `then` the server's time was still before `server`."""
        if server - then < self._upper_now(now):
            self._upper, self._upper_at = server - then, now
        if server - then < self._lower_now(now):  # its clock is not what it seemed, or was set back
            self._lower, self._lower_at = server - then, now

    def _lower_now(self, now: float) -> float:
        return self._lower - DRIFT * (now - self._lower_at)

    def _upper_now(self, now: float) -> float:
        return self._upper + DRIFT * (now - self._upper_at)
