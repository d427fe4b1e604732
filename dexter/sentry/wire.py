"""All knowledge of Sentry's HTTP answers, without any I/O: requests as values, `decode`, paging, dates.

https://docs.sentry.io/api/pagination/, https://docs.sentry.io/api/ratelimits/
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from dexter.sentry.decoding import loads
from dexter.sentry.errors import NotJson
from dexter.sentry.headers import (
    Deprecation,
    RateLimit,
    deprecation,
    http_date,
    number,
    parse_links,
    rate_limit,
)
from dexter.sentry.problems import raise_problem

Scalar = str | int | bool | datetime | None
Param = Scalar | Iterable[str | int]

# the words of the paths that are asked for; everything else in a path is an id, a slug or a version
_WORDS = frozenset(
    [
        "organizations",
        "projects",
        "teams",
        "members",
        "environments",
        "releases",
        "deploys",
        "commits",
        "issues",
        "events",
        "tags",
        "values",
        "hashes",
        "stats",
        "issues-stats",
        "activities",
        "notes",
        "comments",
        "attachments",
        "sessions",
        "stats_v2",
    ]
)


@dataclass(frozen=True, slots=True)
class Request:
    """One call of the API. `path` is below the API's base ("organizations/acme/issues/").

    `idempotent`: doing it twice has the effect of doing it once, so it may be repeated after a lost answer.
    """

    method: str
    path: str
    params: tuple[tuple[str, str], ...] = ()
    json: Any = None
    idempotent: bool = True
    capability: str | None = None

    @property
    def line(self) -> str:
        return f"{self.method} {self.path or '/'}"

    @property
    def endpoint(self) -> str:
        """The operation without its ids, for the rate limits: "GET organizations/*/issues"."""
        words = (word if word in _WORDS else "*" for word in self.path.rstrip("/").split("/"))
        return f"{self.method} {'/'.join(words)}"

    def url(self, base: str) -> str:
        return f"{base}{self.path}?{urlencode(self.params)}" if self.params else base + self.path

    def body(self) -> bytes | None:
        if self.json is None:
            return None
        return json.dumps(self.json, separators=(",", ":"), ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class Answer:
    """`hits` is Sentry's estimate of all rows, capped; `server_time` is the Date header in epoch seconds."""

    payload: Any
    next_cursor: str | None = None
    hits: int | None = None
    rate: RateLimit | None = None
    deprecation: Deprecation | None = None
    direct_hit: bool = False
    server_time: float | None = None


def api_base(url: str) -> str:
    """`https://sentry.io` -> `https://sentry.io/api/0/`; a URL that has the API's path keeps it."""
    base = url.strip().split("?")[0].split("#")[0].rstrip("/")
    return f"{base}/" if base.endswith("/api/0") else f"{base}/api/0/"


def segment(value: str | int) -> str:
    """A value as one path segment: release versions have slashes, `..` must not climb.

    Django routes on the decoded path, so an encoded slash or dot would still split or climb on some servers;
    what is left of those is refused.
    """
    text = str(value)
    if text in {"", ".", ".."}:
        raise ValueError(f"{text!r} cannot be part of a path")
    return quote(text, safe="")


def pairs(params: Mapping[str, Param]) -> tuple[tuple[str, str], ...]:
    """Query parameters: None is left out, lists repeat the name, dates are ISO 8601 in UTC."""
    out: list[tuple[str, str]] = []
    for name, value in params.items():
        if value is None:
            continue
        if isinstance(value, str | int | datetime):
            out.append((name, _text(value)))
        else:
            out.extend((name, _text(item)) for item in value)
    return tuple(out)


def _text(value: str | int | bool | datetime) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a date without a time zone cannot be sent to Sentry")
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(value)


def decode(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    request: str = "",
    html_is_unsupported: bool = False,
) -> Answer:
    """What an HTTP answer means: an `Answer`, or one of `dexter.sentry.errors`.

    `headers` have lower-case names. `html_is_unsupported`: a web page with status 200 is what this kind of
    server answers for paths that it does not serve.
    """
    if not 200 <= status < 300:
        raise_problem(status, headers, body, request)
    payload = _payload(status, body, request, html_is_unsupported)
    links = parse_links(headers["link"]) if "link" in headers else {}
    hits = number(headers.get("x-hits"))
    return Answer(
        payload,
        links.get("next"),
        None if hits is None else int(hits),
        rate_limit(headers),
        deprecation(headers),
        headers.get("x-sentry-direct-hit") == "1",
        http_date(headers["date"]) if "date" in headers else None,
    )


def _payload(status: int, body: bytes, request: str, html_is_unsupported: bool) -> Any:
    if not body:
        return None
    try:
        return loads(body)
    except ValueError:
        if html_is_unsupported:
            raise_problem(405, {}, b"", request)
        found = "it is a web page" if body.lstrip()[:1] == b"<" else "it is not JSON"
        raise NotJson(found, status=status, request=request) from None
