"""The thin shell around httpx: one request path with pacing, circuit breaker, retry and counters."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from dexter.sentry.breaker import Breaker
from dexter.sentry.errors import (
    CircuitOpen,
    NetworkError,
    NotJson,
    RateLimited,
    SentryError,
    ServerError,
    Timeout,
    TokenUnusable,
    TooLarge,
)
from dexter.sentry.headers import Deprecation, http_date, lower, rate_limit
from dexter.sentry.pacing import Lane, Pacer, Ticket
from dexter.sentry.retry import RetryPolicy
from dexter.sentry.wire import Answer, Request, decode

SIZE_CAP = 64 * 1024 * 1024  # bytes of one answer, unpacked
LIMITS = httpx.Limits(max_connections=32, max_keepalive_connections=32, keepalive_expiry=30.0)
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One attempt, for `on_request`. `seconds` is from sending to the whole answer; `status` None: no
    answer.
    """

    method: str
    path: str
    status: int | None
    seconds: float
    size: int
    lane: Lane


@dataclass(slots=True)
class Counters:
    """Since the client was made. `bytes` are of unpacked bodies; `clock_ahead` is by how many seconds the
    server's clock was ahead of this machine's at the last answer, None while none said its time.
    """

    requests: int = 0
    rate_limited: int = 0
    bytes: int = 0
    clock_ahead: float | None = None


class Shell:
    """Sends `Request`s. Thread-safe; shared by all views of a client."""

    def __init__(
        self,
        base: str,
        token: str,
        *,
        transport: httpx.BaseTransport | None,
        pacer: Pacer,
        breaker: Breaker,
        retry: RetryPolicy,
        timeout: float,
        html_is_unsupported: bool,
        on_request: Callable[[Exchange], None] | None,
        sleep: Callable[[float], None] = time.sleep,
        size_cap: int = SIZE_CAP,
    ) -> None:
        self.base = base
        self.pacer = pacer
        self.breaker = breaker
        self.retry = retry
        self.counters = Counters()
        self.deprecations: dict[str, Deprecation] = {}
        self._html_is_unsupported = html_is_unsupported
        self._on_request = on_request
        self._sleep = sleep
        self._size_cap = size_cap
        self._counting = threading.Lock()
        self._headers = [
            (b"Authorization", b"Bearer " + _ascii(token)),
            (b"Accept", b"application/json"),
            (b"Accept-Encoding", b"gzip"),
            (b"User-Agent", b"dexter"),
        ]
        self._extensions = {
            "timeout": {"connect": min(timeout, 10.0), "read": timeout, "write": timeout, "pool": timeout}
        }
        # Without redirects: following one would send the token elsewhere, and turns a PUT into a GET.
        self._http = httpx.Client(transport=transport, limits=LIMITS, follow_redirects=False)

    def close(self) -> None:
        self._http.close()

    def send(self, request: Request, lane: Lane) -> Answer:
        """Makes the request, again where the retry policy says so. Raises `SentryError`."""
        limited = failed = 0
        while True:
            try:
                return self._attempt(request, lane)
            except SentryError as error:
                refused = isinstance(error, RateLimited)
                limited, failed = limited + refused, failed + (not refused)
                delay = self.retry.delay(
                    limited if refused else failed,
                    error,
                    idempotent=request.idempotent,
                    random=random.random(),  # noqa: S311 - jitter, not a secret
                )
                if delay is None:
                    raise
            self._sleep(delay)

    def _attempt(self, request: Request, lane: Lane) -> Answer:
        wait = self.breaker.enter()
        if wait > 0:
            raise CircuitOpen(self.breaker.state.last_error, request=request.line, retry_after=wait)
        try:
            answer = self._exchange(request, lane)
        except (ServerError, NetworkError, NotJson) as error:
            self.breaker.failure(error.what)
            raise
        except SentryError:
            self.breaker.success()  # the server is there and says no
            raise
        except BaseException:
            self.breaker.abandon()
            raise
        self.breaker.success()
        return answer

    def _exchange(self, request: Request, lane: Lane) -> Answer:
        ticket = self.pacer.acquire(request.endpoint, lane)
        try:
            started = time.perf_counter()
            status, headers, body = self._transfer(request)
        except BaseException as error:
            self.pacer.lost(ticket)
            self._note(request, None, time.perf_counter() - started, 0, lane)
            if isinstance(error, httpx.HTTPError):
                raise _network_error(error, request) from error
            raise
        self._note(request, status, time.perf_counter() - started, len(body), lane)
        return self._decode(request, ticket, status, headers, body)

    def _transfer(self, request: Request) -> tuple[int, dict[str, str], bytes]:
        body = request.body()
        extra = [(b"Content-Type", b"application/json")] if body is not None else []
        outgoing = httpx.Request(
            request.method,
            request.url(self.base),
            headers=self._headers + extra,
            content=body,
            extensions=self._extensions,
        )
        response = self._http.send(outgoing, stream=True)
        try:
            data = self._read(response, request)
        finally:
            response.close()
        return response.status_code, lower(response.headers.multi_items()), data

    def _read(self, response: httpx.Response, request: Request) -> bytes:
        chunks: list[bytes] = []
        size = 0
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > self._size_cap:
                raise TooLarge(status=response.status_code, request=request.line, limit=self._size_cap)
            chunks.append(chunk)
        return b"".join(chunks)

    def _decode(
        self, request: Request, ticket: Ticket, status: int, headers: dict[str, str], body: bytes
    ) -> Answer:
        server_time = http_date(headers["date"]) if "date" in headers else None
        if server_time is not None:
            self.counters.clock_ahead = server_time - time.time()
        # Released before the body is parsed: parsing takes longer than all of the rest.
        refused = status == 429
        if not refused:
            self.pacer.answered(ticket, rate_limit(headers), server_time=server_time, ok=200 <= status < 300)
        try:
            answer = decode(
                status, headers, body, request=request.line, html_is_unsupported=self._html_is_unsupported
            )
        except RateLimited as error:
            rate = None if error.concurrent else rate_limit(headers)
            self.pacer.answered(
                ticket, rate, server_time=server_time, ok=False, refused_for=error.retry_after
            )
            raise
        if answer.deprecation:
            self.deprecations[request.endpoint] = answer.deprecation
        if answer.payload is None and request.method == "GET":
            raise NotJson("it is empty", status=status, request=request.line)
        return answer

    def _note(self, request: Request, status: int | None, seconds: float, size: int, lane: Lane) -> None:
        with self._counting:
            self.counters.requests += 1
            self.counters.bytes += size
            self.counters.rate_limited += status == 429
        if self._on_request:
            self._on_request(Exchange(request.method, request.path, status, seconds, size, lane))


def _ascii(token: str) -> bytes:
    """A token as it goes into a header. Raises `TokenUnusable` for what cannot be one, such as a pasted
    sentence.
    """
    text = token.strip()
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise TokenUnusable
    return text.encode("ascii")


def _network_error(error: httpx.HTTPError, request: Request) -> SentryError:
    words = str(error) or type(error).__name__
    sent = not isinstance(error, NOT_SENT)
    kind: Any = Timeout if isinstance(error, httpx.TimeoutException) else NetworkError
    made: SentryError = kind(words, request=request.line, sent=sent)
    return made
