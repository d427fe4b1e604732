"""A server at the edge of the client: answers by function or from a list, and remembers what it was asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import httpx

from dexter.sentry.client import Client
from dexter.sentry.flavour import SENTRY, Flavour
from dexter.sentry.pacing import Pacer
from dexter.sentry.retry import NO_RETRY, RetryPolicy

BASE = "https://sentry.example/api/0/"
Answer = httpx.Response | Exception


def answer(payload: Any = None, status: int = 200, **headers: Any) -> httpx.Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    content = b"" if payload is None else json.dumps(payload).encode()
    return httpx.Response(status, content=content, headers={"Content-Type": "application/json", **names})


def html(status: int = 200, text: str = "<html><title>Sign in</title></html>") -> httpx.Response:
    return httpx.Response(status, text=text, headers={"Content-Type": "text/html; charset=utf-8"})


def link(next_cursor: str | None) -> str:
    """A `Link` header as Sentry writes it."""
    url = f"{BASE}organizations/acme/issues/?project=1"
    results = "true" if next_cursor else "false"
    cursor = next_cursor or "100:9:0"
    return (
        f'<{url}&cursor=100:-1:1>; rel="previous"; results="false"; cursor="100:-1:1", '
        f'<{url}&cursor={cursor}>; rel="next"; results="{results}"; cursor="{cursor}"'
    )


class FakeServer:
    """`answers`: one for each request in turn, or a function of the request."""

    def __init__(self, answers: Iterable[Answer] | Callable[[httpx.Request], Answer]) -> None:
        self.requests: list[httpx.Request] = []
        self._function = answers if callable(answers) else None
        self._answers = iter(()) if callable(answers) else iter(answers)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        given = self._function(request) if self._function else next(self._answers)
        if isinstance(given, Exception):
            raise given
        return given

    @property
    def lines(self) -> list[str]:
        """ "GET organizations/acme/issues/?project=1", without the base."""
        return [f"{r.method} {str(r.url).removeprefix(BASE)}" for r in self.requests]

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(r.content) if r.content else None for r in self.requests]

    def client(
        self,
        *,
        flavour: Flavour = SENTRY,
        retry: RetryPolicy = NO_RETRY,
        pacer: Pacer | None = None,
        **options: Any,
    ) -> Client:
        transport = httpx.MockTransport(self)
        return Client(
            "https://sentry.example",
            "acme",
            "s3cret",
            flavour=flavour,
            transport=transport,
            retry=retry,
            pacer=pacer,
            **options,
        )
