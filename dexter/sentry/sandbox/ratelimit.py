"""Fixed windows and a concurrency limit, with the headers and the 429 that Sentry's middleware sends.

A limit of 0 is self-hosted Sentry: no limit and no headers.
"""

import math
import time
from dataclasses import dataclass

from dexter.sentry.sandbox.http import Response, encode

CONCURRENT = 25
# Own limits of single endpoints when the general one is 40 a second: requests, seconds.
ENDPOINTS = {
    "issue-get": (5, 1),
    "issue-put": (5, 1),
    "issue-delete": (5, 5),
    "project-issues": (5, 1),
    "issue-tags": (10, 1),
}


@dataclass(slots=True)
class _Window:
    number: int = -1
    used: int = 0
    running: int = 0


@dataclass(frozen=True, slots=True)
class Permit:
    """What a request was granted; `refused` is the reason of a 429."""

    key: str
    limit: int
    remaining: int
    reset: int
    concurrent: int
    concurrent_remaining: int
    refused: str | None = None

    def headers(self) -> list[tuple[str, str]]:
        return [
            ("X-Sentry-Rate-Limit-Remaining", str(self.remaining)),
            ("X-Sentry-Rate-Limit-Limit", str(self.limit)),
            ("X-Sentry-Rate-Limit-Reset", str(self.reset)),
            ("X-Sentry-Rate-Limit-ConcurrentLimit", str(self.concurrent)),
            ("X-Sentry-Rate-Limit-ConcurrentRemaining", str(self.concurrent_remaining)),
        ]


class Limiter:
    """`limit` requests per `window` seconds and identity; endpoints of ENDPOINTS have windows of their own.

    `bare_string` makes the 429 of older servers: a JSON string instead of an object.
    """

    def __init__(self, limit: int, endpoint_limits: bool = True) -> None:
        self.limit = limit
        self.window = 1
        self.concurrent = CONCURRENT
        self.endpoint_limits = endpoint_limits
        self.bare_string = False
        self.refused = 0
        self._windows: dict[str, _Window] = {}

    def _budget(self, endpoint: str | None) -> tuple[int, int]:
        if endpoint and self.endpoint_limits and endpoint in ENDPOINTS:
            limit, window = ENDPOINTS[endpoint]
            return max(1, math.ceil(limit * min(1.0, self.limit / 40))), window
        return self.limit, self.window

    def enter(self, identity: str, method: str, endpoint: str | None) -> Permit | None:
        """Counts a request. None when there is no limit at all; call `leave` with what comes back."""
        if not self.limit:
            return None
        own = endpoint if endpoint and self.endpoint_limits and endpoint in ENDPOINTS else method
        limit, seconds = self._budget(endpoint)
        key = f"{identity} {own}"
        window = self._windows.setdefault(key, _Window())
        number = int(time.time() // seconds)
        if window.number != number:
            window.number, window.used = number, 0
        window.used += 1
        window.running += 1
        reset = (number + 1) * seconds
        refused = None
        if window.used > limit:
            refused = (
                "You are attempting to use this endpoint too frequently. "
                f"Limit is {limit} requests in {seconds} seconds"
            )
        elif window.running > self.concurrent:
            refused = (
                "You are attempting to go above the allowed concurrency for this endpoint. "
                f"Concurrency limit is {self.concurrent}"
            )
        free = max(0, self.concurrent - window.running)
        return Permit(key, limit, max(0, limit - window.used), reset, self.concurrent, free, refused)

    def leave(self, permit: Permit | None) -> None:
        if permit is not None:
            self._windows[permit.key].running -= 1

    def refusal(self, permit: Permit) -> Response:
        """The 429: JSON under Django's default content type, and no Retry-After."""
        self.refused += 1
        body = permit.refused if self.bare_string else {"detail": permit.refused}
        return Response(429, encode(body), "text/html; charset=utf-8", permit.headers())
