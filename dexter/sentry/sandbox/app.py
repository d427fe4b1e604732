"""The ASGI application: lets time pass, authenticates, limits, answers, damages, writes the journal."""

import asyncio
import sys
import time
import traceback
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from dexter.sentry.sandbox.control import control
from dexter.sentry.sandbox.faults import AFTER, Fault, bend, instead
from dexter.sentry.sandbox.glitchtip.server import answer as glitchtip_answer
from dexter.sentry.sandbox.http import ApiError, Request, Response, encode, json_response
from dexter.sentry.sandbox.journal import BODY_KEPT
from dexter.sentry.sandbox.ratelimit import Permit
from dexter.sentry.sandbox.router import Route
from dexter.sentry.sandbox.routes import make_router
from dexter.sentry.sandbox.state import Sandbox
from dexter.sentry.sandbox.tokens import read_bearer

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

DEPRECATED_SINCE = "2026-05-14T00:00:00+00:00"


async def read_request(scope: Scope, receive: Receive) -> Request:
    """Splits the path before it is decoded, so that a release version may hold a slash."""
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            break
    headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]}
    return Request(
        method=scope["method"],
        path=(scope.get("raw_path") or scope["path"].encode()).decode("latin-1").partition("?")[0],
        query=parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True),
        headers=headers,
        body=b"".join(chunks),
        client=(scope.get("client") or ("", 0))[0],
    )


class Application:
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.router = make_router()
        self._sender: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._sender = asyncio.create_task(self.sandbox.sender.run())
                await send({"type": "lifespan.startup.complete"})
            else:
                if self._sender is not None:
                    self._sender.cancel()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = await read_request(scope, receive)
        if request.path.startswith("/_sandbox/"):
            self.sandbox.advance()
            await _send(send, control(self.sandbox, request))
            return
        started = time.perf_counter()
        faults = self.sandbox.faults.draw(request.method, request.path)
        permit: Permit | None = None
        try:
            await self._wait(faults)
            response, operation, permit = self._answer(request, faults)
            for fault in faults:
                response = bend(fault, response)
            self._note(request, operation, response, started, faults)
            await self._deliver(scope, send, response, faults)
        finally:
            self.sandbox.limiter.leave(permit)

    async def _wait(self, faults: list[Fault]) -> None:
        delay = self.sandbox.options.latency + sum(fault.ms for fault in faults if fault.kind == "latency")
        if delay:
            await asyncio.sleep(delay / 1000)

    def _answer(self, request: Request, faults: list[Fault]) -> tuple[Response, str, Permit | None]:
        """The answer, the operation's name for the counters, and what was taken from the rate limit."""
        found = self.router.find(request.path)
        route = found[0].get(request.method) if found else None
        operation = f"{request.method} {route.path if route else request.path}"
        request.token = self.sandbox.tokens.get(read_bearer(request.headers) or "")
        permit = self._permit(request, route)
        if permit is not None and permit.refused:
            return self.sandbox.limiter.refusal(permit), operation, permit
        for fault in faults:
            if fault.kind not in AFTER and (replaced := instead(fault)) is not None:
                return replaced, operation, permit
            if fault.kind == "cut":
                return Response(), operation, permit
        response = self._handle(request, found)
        if permit is not None:
            response.headers += permit.headers()
        if route is not None and route.replacement and self.sandbox.options.flavour == "sentry":
            response.headers += _deprecation(route, request)
        return response, operation, permit

    def _permit(self, request: Request, route: Route | None) -> Permit | None:
        identity = request.token.bucket if request.token else request.client
        return self.sandbox.limiter.enter(identity, request.method, route.limit if route else None)

    def _handle(self, request: Request, found: tuple[dict[str, Route], dict[str, str]] | None) -> Response:
        try:
            self.sandbox.advance()
            if self.sandbox.options.flavour == "glitchtip":
                return glitchtip_answer(self.sandbox, request)
            return self._route(request, found)
        except ApiError as error:
            return json_response(error.body, error.status, list(error.headers))
        except Exception:
            # A fault of the sandbox's own must not look like a cut connection.
            traceback.print_exc(file=sys.stderr)
            return json_response({"detail": "Internal Error", "errorId": uuid.uuid4().hex}, 500)

    def _route(self, request: Request, found: tuple[dict[str, Route], dict[str, str]] | None) -> Response:
        if found is None:
            raise ApiError(404, {"detail": "The requested resource does not exist"})
        routes, request.params = found
        route = routes.get(request.method)
        if route is None:
            detail = f'Method "{request.method}" not allowed.'
            raise ApiError(405, {"detail": detail}, [("Allow", ", ".join(sorted(routes)))])
        self._authorize(request, route)
        return route.handler(self.sandbox, request)

    def _authorize(self, request: Request, route: Route) -> None:
        if route.path == "/api/0/" and request.token is None:
            return
        if read_bearer(request.headers) is None:
            raise ApiError(401, {"detail": "Authentication credentials were not provided."})
        if request.token is None:
            raise ApiError(401, {"detail": "Invalid token"})
        if not request.token.may(route.scopes):
            raise ApiError(403, {"detail": "You do not have permission to perform this action."})

    def _note(
        self, request: Request, operation: str, response: Response, started: float, faults: list[Fault]
    ) -> None:
        self.sandbox.journal.note(
            operation,
            at=round(self.sandbox.clock.now(), 3),
            method=request.method,
            path=request.path,
            query="&".join(f"{key}={value}" for key, value in request.query),
            body=request.body[:BODY_KEPT].decode("utf-8", "replace"),
            status=response.status,
            ms=round((time.perf_counter() - started) * 1000, 2),
            token=(request.token.kind if request.token else ""),
            fault=",".join(fault.kind for fault in faults) or None,
        )

    async def _deliver(self, scope: Scope, send: Send, response: Response, faults: list[Fault]) -> None:
        kinds = {fault.kind for fault in faults}
        transport = scope.get("sandbox.transport")
        if kinds & {"cut", "lost_answer"} and transport is not None:
            transport.abort()
            return
        if "cut_body" in kinds and response.body:
            await _start(send, response)
            half = response.body[: len(response.body) // 2]
            await send({"type": "http.response.body", "body": half, "more_body": True})
            if transport is not None:
                transport.close()
            return
        await _send(send, response)


def _deprecation(route: Route, request: Request) -> list[tuple[str, str]]:
    replacement = (route.replacement or "").replace("{org}", "acme")
    return [("X-Sentry-Deprecation-Date", DEPRECATED_SINCE), ("X-Sentry-Replacement-Endpoint", replacement)]


async def _start(send: Send, response: Response) -> None:
    headers = [(key.encode(), value.encode("latin-1")) for key, value in response.headers]
    length = [] if response.status == 204 else [(b"content-length", str(len(response.body)).encode())]
    kind = (
        []
        if not response.body and response.status in (202, 204)
        else [(b"content-type", response.content_type.encode())]
    )
    await send(
        {"type": "http.response.start", "status": response.status, "headers": [*kind, *length, *headers]}
    )


async def _send(send: Send, response: Response) -> None:
    await _start(send, response)
    await send({"type": "http.response.body", "body": response.body})


__all__ = ["Application", "encode"]
