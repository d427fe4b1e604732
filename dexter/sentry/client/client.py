"""The client: all operations, the two lanes, and paging through lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Self

import httpx

from dexter.sentry.breaker import Breaker
from dexter.sentry.client.changes import ChangeCalls
from dexter.sentry.client.events import EventCalls
from dexter.sentry.client.issues import IssueCalls
from dexter.sentry.client.organizations import OrganizationCalls
from dexter.sentry.client.releases import ReleaseCalls
from dexter.sentry.client.shell import Counters, Exchange, Shell
from dexter.sentry.client.statistics import StatisticsCalls
from dexter.sentry.client.values import Page, Row
from dexter.sentry.flavour import SENTRY, Flavour
from dexter.sentry.headers import Deprecation
from dexter.sentry.pacing import Lane, Pacer
from dexter.sentry.retry import RetryPolicy
from dexter.sentry.wire import api_base


class Client(OrganizationCalls, IssueCalls, EventCalls, ReleaseCalls, StatisticsCalls, ChangeCalls):
    """One organization of one server, with one token. Thread-safe; make one and keep it.

    `timeout` is in seconds, for each wait for bytes. `transport` is what reaches the server (tests hand in
    a `httpx.MockTransport`; for a URL that a person entered, `dexter.outbound.transport_for`). `pacer` and
    `breaker` are shared by handing in the same ones. `on_request` is called after each attempt, in the
    thread that made it.
    """

    def __init__(
        self,
        base_url: str,
        organization: str,
        token: str,
        *,
        flavour: Flavour = SENTRY,
        transport: httpx.BaseTransport | None = None,
        pacer: Pacer | None = None,
        breaker: Breaker | None = None,
        retry: RetryPolicy | None = None,
        timeout: float = 30.0,
        lane: Lane = "sync",
        on_request: Callable[[Exchange], None] | None = None,
    ) -> None:
        shell = Shell(
            api_base(base_url),
            token,
            transport=transport,
            pacer=pacer or Pacer(),
            breaker=breaker or Breaker(),
            retry=retry or RetryPolicy(),
            timeout=timeout,
            html_is_unsupported=flavour.html_is_unsupported,
            on_request=on_request,
        )
        super().__init__(shell, organization, flavour, lane)

    @property
    def breaker(self) -> Breaker:
        return self._shell.breaker

    @property
    def pacer(self) -> Pacer:
        return self._shell.pacer

    @property
    def counters(self) -> Counters:
        return self._shell.counters

    @property
    def deprecations(self) -> dict[str, Deprecation]:
        """Endpoints ("GET organizations/*/issues") that the server has announced to switch off."""
        return self._shell.deprecations

    def for_people(self) -> Client:
        """The same client (connections, budget, breaker, counters) in the lane that goes first."""
        view = object.__new__(type(self))
        view.__dict__.update(self.__dict__)
        view.lane = "person"
        return view

    def iter_pages(self, fetch: Callable[[str | None], Page], *, key: str = "id") -> Iterator[Page]:
        """Pages of `fetch(cursor)` to the end, each row once: `client.iter_pages(lambda c:
        client.issues(cursor=c))`.

        Ends when there is no next cursor, when a cursor comes back, and, with a flavour whose pages repeat
        themselves, when a page brings nothing new. Keeps the keys of all rows seen (about 100 bytes each).
        """
        seen: set[str] = set()
        cursors: set[str] = set()
        cursor: str | None = None
        while True:
            page = fetch(cursor)
            rows = _new_rows(page.rows, seen, key)
            if rows or not page.rows:
                yield Page(rows, page.next_cursor, page.hits, page.direct_hit)
            cursor = page.next_cursor
            if cursor is None or cursor in cursors or (self.flavour.needs_dedupe and not rows):
                return
            cursors.add(cursor)

    def close(self) -> None:
        """Closes the connections, also those of all views."""
        self._shell.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _new_rows(rows: list[Row], seen: set[str], key: str) -> list[Row]:
    fresh = []
    for row in rows:
        identity = str(row.get(key))
        if identity not in seen:
            seen.add(identity)
            fresh.append(row)
    return fresh
