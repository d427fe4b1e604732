"""Guards requests to URLs that a person can set: where may Dexter connect to?

A host name is resolved once, all its addresses are checked, and the connection goes to a checked address: a
name that resolves differently a moment later (DNS rebinding) leads nowhere. Private, loopback, link-local
and other addresses that are not on the public internet are refused unless the host, or the network of the
address, is in the allow list that the installation's settings give.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]

PORTS = {"http": 80, "https": 443}
RESOLVE_AGAIN = 300.0  # seconds a checked address is used before the name is resolved anew
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class OutboundRefused(Exception):
    """Dexter does not connect there. `what` happened, `did` Dexter, `todo`: what a person can do."""

    permanent = True

    def __init__(self, what: str, todo: str) -> None:
        super().__init__(what)
        self.what = what
        self.did = "Dexter did not connect."
        self.todo = todo

    def __str__(self) -> str:
        return f"{self.what} {self.todo}"


class HostUnknown(OutboundRefused):
    """The name does not resolve, at least not now."""


@dataclass(frozen=True, slots=True)
class GuardedURL:
    """A URL that may be asked, with the addresses (in the resolver's order) that were checked."""

    url: str
    scheme: str
    host: str
    port: int
    addresses: tuple[str, ...]


def resolve(host: str, port: int) -> list[str]:
    """All addresses of a host. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))


def guard(url: str, allow: Iterable[str] = (), *, resolve: Resolve = resolve) -> GuardedURL:
    """Checks a URL. Raises `OutboundRefused`.

    `allow`: host names ("sentry.internal", also with a port), addresses ("127.0.0.1") or networks
    ("10.0.0.0/8") to which connections are allowed although they are not public.
    """
    scheme, host, port = _parts(url)
    allowed = tuple(allow)
    try:
        addresses = resolve(host, port)
    except OSError as error:
        raise HostUnknown(
            f"The host {host} cannot be found ({error.strerror or error}).", "Check the spelling and the DNS."
        ) from error
    if not addresses:
        raise OutboundRefused(f"The host {host} has no address.", "Check the spelling and the DNS.")
    if not _host_allowed(host, port, allowed):
        for text in addresses:
            _check_address(host, text, allowed)
    return GuardedURL(url, scheme, host, port, tuple(addresses))


def _parts(url: str) -> tuple[str, str, int]:
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise OutboundRefused(
            f"{url!r} is not a URL.", "Enter one like https://sentry.example.com."
        ) from error
    if parts.scheme not in PORTS or not parts.hostname:
        raise OutboundRefused(
            f"{url!r} is not an http or https URL.", "Enter one like https://sentry.example.com."
        )
    if parts.username is not None or parts.password is not None:
        raise OutboundRefused("The URL holds a user name or password.", "Enter the URL without it.")
    # The client's own idea of the host decides, so that there is one reading of a strange URL, not two.
    try:
        host = httpx.URL(url.strip()).host
    except httpx.InvalidURL as error:
        raise OutboundRefused(
            f"{url!r} is not a URL.", "Enter one like https://sentry.example.com."
        ) from error
    return parts.scheme, host, port or PORTS[parts.scheme]


def _host_allowed(host: str, port: int, allow: Iterable[str]) -> bool:
    name = host.lower().rstrip(".")
    return any(entry.strip().lower().rstrip(".") in {name, f"{name}:{port}"} for entry in allow)


def _check_address(host: str, text: str, allow: Iterable[str]) -> None:
    address = ipaddress.ip_address(text)
    if is_public(address) or any(address in network for network in _networks(allow)):
        return
    raise OutboundRefused(
        f"The host {host} has the address {address}, which is not on the public internet.",
        f"If this is meant, add {host} or its network to OUTBOUND_ALLOW in the installation's settings.",
    )


def _networks(allow: Iterable[str]) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    networks = []
    for entry in allow:
        try:
            networks.append(ipaddress.ip_network(entry.strip(), strict=False))
        except ValueError:
            continue  # a host name
    return networks


def is_public(address: Address) -> bool:
    """Whether the address, and the IPv4 address that it may stand for, are on the public internet."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if address.teredo:
            return False
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


class PinnedTransport(httpx.BaseTransport):
    """Connects to the checked addresses of one URL's host and to nothing else; `Host` and TLS keep the name.

    After five minutes the name is resolved and checked again, as services move. What is refused then, or is
    meant for another scheme, host or port, is a `httpx.ConnectError`.
    """

    def __init__(
        self,
        url: str,
        allow: Iterable[str] = (),
        *,
        inner: httpx.BaseTransport | None = None,
        resolve: Resolve = resolve,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._allow = tuple(allow)
        self._resolve = resolve
        self._clock = clock
        self._lock = threading.Lock()
        self._guarded = guard(url, self._allow, resolve=resolve)
        self._checked_at = clock()
        self._inner = inner or httpx.HTTPTransport(
            limits=httpx.Limits(max_connections=32, max_keepalive_connections=32, keepalive_expiry=30.0)
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        try:
            guarded = self._fresh()
        except OutboundRefused as refused:
            raise httpx.ConnectError(str(refused), request=request) from refused
        url = request.url
        asked = (url.scheme, url.host, url.port or PORTS.get(url.scheme))
        if asked != (guarded.scheme, guarded.host, guarded.port):
            words = f"a request for {url.scheme}://{url.host} on the connection to {guarded.host}"
            raise httpx.ConnectError(f"Refused {words}.", request=request)
        failure: httpx.ConnectError | httpx.ConnectTimeout | None = None
        for address in guarded.addresses:
            try:
                return self._inner.handle_request(_pinned(request, address, guarded.host))
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
        assert failure is not None  # noqa: S101 - a guarded URL has an address
        raise failure

    def close(self) -> None:
        self._inner.close()

    def _fresh(self) -> GuardedURL:
        with self._lock:
            if self._clock() - self._checked_at >= RESOLVE_AGAIN:
                with suppress(HostUnknown):  # with the DNS out of order, the checked addresses are still good
                    self._guarded = guard(self._guarded.url, self._allow, resolve=self._resolve)
                self._checked_at = self._clock()
            return self._guarded


def _pinned(request: httpx.Request, address: str, host: str) -> httpx.Request:
    """The same request to an address. The `Host` header was set when the request was made."""
    extensions: dict[str, Any] = {**request.extensions, "sni_hostname": host}
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions=extensions,
    )


def transport_for(
    url: str,
    allow: Iterable[str] = (),
    *,
    resolve: Resolve = resolve,
    inner: httpx.BaseTransport | None = None,
) -> PinnedTransport:
    """The transport for an `httpx.Client` with `follow_redirects=False`. Raises `OutboundRefused`."""
    return PinnedTransport(url, allow, resolve=resolve, inner=inner)
