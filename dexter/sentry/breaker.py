"""The circuit breaker: after some failures in a row, stop asking for a while, then let one request try.

closed --5 failures--> open --60 s--> half-open --success--> closed
                         ^                 └------failure------┘
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class BreakerState:
    """`open_for` is in seconds, 0 unless open; `last_error` is the sentence of the last failure."""

    name: Literal["closed", "open", "half_open"]
    failures: int
    open_for: float
    last_error: str


class Breaker:
    """Thread-safe. `clock` is in seconds and must not go backwards."""

    def __init__(
        self, threshold: int = 5, open_seconds: float = 60.0, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._threshold = threshold
        self._open_seconds = open_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._opened_at: float | None = None
        self._probing = False
        self._last_error = ""

    @property
    def state(self) -> BreakerState:
        with self._lock:
            open_for = self._open_for()
            if self._opened_at is None:
                return BreakerState("closed", self._failures, 0.0, self._last_error)
            name: Literal["open", "half_open"] = "open" if open_for > 0 else "half_open"
            return BreakerState(name, self._failures, open_for, self._last_error)

    def enter(self) -> float:
        """0 if a request may be made now (then say how it went), else the seconds to wait before asking
        again.
        """
        with self._lock:
            if self._opened_at is None:
                return 0.0
            open_for = self._open_for()
            if open_for > 0:
                return open_for
            if self._probing:
                return 1.0
            self._probing = True
            return 0.0

    def success(self) -> None:
        with self._lock:
            self._failures, self._opened_at, self._probing, self._last_error = 0, None, False, ""

    def failure(self, error: str = "") -> None:
        with self._lock:
            self._failures += 1
            self._last_error = error
            if self._probing or self._failures >= self._threshold:
                self._opened_at = self._clock()
                self._probing = False

    def abandon(self) -> None:
        """The request ended without telling anything about the server (interrupted, refused before
        sending).
        """
        with self._lock:
            self._probing = False

    def _open_for(self) -> float:
        if self._opened_at is None:
            return 0.0
        return max(0.0, self._opened_at + self._open_seconds - self._clock())
