"""Which requests share a counter of the server."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from dexter.sentry.headers import RateLimit
from dexter.sentry.pacing.bucket import WAIT_MAX, Bucket, Lane
from dexter.sentry.pacing.clock import ServerClock


@dataclass(frozen=True, slots=True)
class Ticket:
    """Leave to make one request, to be given back with `answered` or `lost`. `asking`: the first of its
    kind.
    """

    endpoint: str
    lane: Lane
    sent_at: float
    charged: tuple[Bucket, ...]
    asking: bool


class Counters:
    """Which of the server's counters an endpoint ("GET organizations/*/issues") falls under. Not thread-safe.

    Sentry has one for all endpoints of a method, and some endpoints have their own. Nothing tells which,
    but the limits differ: endpoints of one method with the same limit are taken to share a counter (and
    windows of one length), which errs on the safe side. An endpoint that has not answered yet is charged to
    every counter that it might fall under, and asked one request at a time.
    """

    def __init__(self, max_rate: float | None) -> None:
        self.clock = ServerClock()
        self._max_rate = max_rate
        self._of: dict[str, Bucket] = {}
        self._buckets: dict[tuple[str, int], Bucket] = {}
        self._asking: Counter[str] = Counter()

    def key(self, endpoint: str) -> object:
        """The same for endpoints that share a counter, as far as is known."""
        return self._of.get(endpoint) or _method(endpoint)

    def charge(self, endpoint: str, lane: Lane, now: float) -> Ticket | float:
        """Charges a request where it belongs, or tells the seconds after which to ask again."""
        known = self._of.get(endpoint)
        if known is not None:
            delay = known.delay(lane, now)
            if delay > 0:
                return delay
            known.sent(lane, now)
            return Ticket(endpoint, lane, now, (known,), False)
        return self._ask(endpoint, lane, now)

    def _ask(self, endpoint: str, lane: Lane, now: float) -> Ticket | float:
        method = _method(endpoint)
        candidates = tuple(bucket for (of, _), bucket in self._buckets.items() if of == method)
        asking = endpoint if candidates else method
        if self._asking[asking]:
            return WAIT_MAX
        delay = max((bucket.delay(lane, now) for bucket in candidates), default=0.0)
        if delay > 0:
            return delay
        for bucket in candidates:
            bucket.sent(lane, now)
        for name in (endpoint, method):
            self._asking[name] += 1
        return Ticket(endpoint, lane, now, candidates, True)

    def answered(self, ticket: Ticket, now: float, rate: RateLimit | None, ok: bool) -> None:
        """`ok`: the answer came from Sentry itself, so that missing headers mean that there is no limit."""
        if rate is None and not ok:
            self.lost(ticket, now)
            return
        self._asked(ticket)
        target = self._target(ticket.endpoint, rate.limit if rate else 0)
        for bucket in ticket.charged:
            if bucket is not target:
                bucket.release()
        if target not in ticket.charged:
            target.in_flight += 1
        if rate is None:
            target.lost(now)
        else:
            target.answered(ticket.sent_at, now, rate)

    def _target(self, endpoint: str, limit: int) -> Bucket:
        """The bucket of an answer with this limit; an answer without (0) leaves an endpoint where it is."""
        known = self._of.get(endpoint)
        if known is None or (limit and limit != known.limit):
            known = self._of[endpoint] = self._bucket(endpoint, limit)
        return known

    def lost(self, ticket: Ticket, now: float) -> None:
        self._asked(ticket)
        for bucket in ticket.charged:
            bucket.lost(now)

    def _bucket(self, endpoint: str, limit: int) -> Bucket:
        key = (_method(endpoint), limit)
        if key not in self._buckets:
            self._buckets[key] = Bucket(self.clock, limit, None if limit else self._max_rate)
        return self._buckets[key]

    def _asked(self, ticket: Ticket) -> None:
        if ticket.asking:
            for name in (ticket.endpoint, _method(ticket.endpoint)):
                self._asking[name] -= 1


def _method(endpoint: str) -> str:
    return endpoint.split(" ", 1)[0]
