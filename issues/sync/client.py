"""The API client of a connection, built from its row and shared within a process.

Pacer and circuit breaker belong to the connection, not to a run: the outbox, the events and the list share
one budget, so one client per connection and process is kept.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.conf import settings

from dexter.outbound import transport_for
from dexter.secrets import Undecryptable
from dexter.sentry.breaker import Breaker
from dexter.sentry.client import Client
from dexter.sentry.errors import TokenUnreadable
from dexter.sentry.flavour import FLAVOURS
from dexter.sentry.pacing import Pacer
from issues.models import Connection


class _Key(NamedTuple):
    """What a client is built from; a changed connection gets a new one."""

    pk: int
    base_url: str
    organization: str
    token: str
    flavour: str
    max_rate: int


_clients: dict[int, tuple[_Key, Client]] = {}
_lock = threading.Lock()


def token_of(connection: Connection) -> str:
    """Raises TokenUnreadable when the key is lost that it was encrypted with."""
    try:
        return connection.token
    except Undecryptable as error:
        raise TokenUnreadable from error


def client_of(connection: Connection) -> Client:
    """The client for `connection`. Raises TokenUnreadable, and dexter.outbound.OutboundRefused for an address
    it may not reach.
    """
    key = _Key(
        connection.pk,
        connection.base_url,
        connection.organization,
        token_of(connection),
        connection.flavour,
        connection.max_rate or settings.SYNC_MAX_RATE,
    )
    with _lock:
        kept = _clients.get(connection.pk)
        if kept and kept[0] == key:
            return kept[1]
        if kept:
            kept[1].close()
        client = Client(
            key.base_url,
            key.organization,
            key.token,
            flavour=FLAVOURS[key.flavour],
            transport=transport_for(key.base_url, allow=settings.OUTBOUND_ALLOW),
            pacer=Pacer(max_rate=key.max_rate or None),
            breaker=Breaker(),
        )
        _clients[connection.pk] = (key, client)
        return client


@contextmanager
def fresh_clients() -> Iterator[None]:
    """Forget all clients before and after (tests start and stop servers behind the same connection)."""
    forget_clients()
    try:
        yield
    finally:
        forget_clients()


def forget_clients() -> None:
    with _lock:
        for _, client in _clients.values():
            client.close()
        _clients.clear()
