"""What the headers of an answer tell: paging, rate limit, deprecation, the server's time. Names are
lower-case.

https://docs.sentry.io/api/pagination/, https://docs.sentry.io/api/ratelimits/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import lru_cache
from urllib.parse import parse_qs, urlsplit

_LINK = re.compile(r"<([^>]*)>((?:\s*;\s*\w+=\"[^\"]*\")*)")
_ATTRIBUTE = re.compile(r"(\w+)=\"([^\"]*)\"")


@dataclass(frozen=True, slots=True)
class RateLimit:
    """`X-Sentry-Rate-Limit-*`; `reset` is the server's epoch seconds at which `remaining` becomes `limit`."""

    limit: int
    remaining: int
    reset: float
    concurrent_limit: int | None = None
    concurrent_remaining: int | None = None


@dataclass(frozen=True, slots=True)
class Deprecation:
    date: str
    replacement: str


def lower(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}


@lru_cache(maxsize=64)
def http_date(value: str) -> float | None:
    """A `Date` header in epoch seconds, or None if it is not one."""
    try:
        return parsedate_to_datetime(value).timestamp()
    except (TypeError, ValueError):
        return None


def parse_links(header: str) -> dict[str, str]:
    """`{"next": cursor, "previous": cursor}` of the links that have results.

    By attribute, not by position, and blind to what stands between the links: GlitchTip prints a Python set
    around them. The cursor is the URL's `cursor` parameter (unambiguously encoded), else the attribute. The
    URL itself is never used: it may name another host, and following it would send the token there.
    """
    found: dict[str, str] = {}
    for url, attributes in _LINK.findall(header):
        about = dict(_ATTRIBUTE.findall(attributes))
        if about.get("results") != "true" or "rel" not in about:
            continue
        in_url = parse_qs(urlsplit(url).query).get("cursor")
        cursor = in_url[-1] if in_url else about.get("cursor")
        if cursor:
            found[about["rel"]] = cursor
    return found


def rate_limit(headers: Mapping[str, str]) -> RateLimit | None:
    """The rate limit that lower-case headers tell, or None (self-hosted and GlitchTip send none)."""
    limit = number(headers.get("x-sentry-rate-limit-limit"))
    remaining = number(headers.get("x-sentry-rate-limit-remaining"))
    reset = number(headers.get("x-sentry-rate-limit-reset"))
    if limit is None or remaining is None or reset is None or limit <= 0:
        return None
    concurrent = number(headers.get("x-sentry-rate-limit-concurrentlimit"))
    left = number(headers.get("x-sentry-rate-limit-concurrentremaining"))
    return RateLimit(
        int(limit),
        max(0, int(remaining)),
        reset,
        None if concurrent is None or concurrent <= 0 else int(concurrent),
        None if left is None else int(left),
    )


def number(text: str | None) -> float | None:
    try:
        value = float(text) if text else None
    except ValueError:
        return None
    return value if value is not None and abs(value) < 1e12 else None


def deprecation(headers: Mapping[str, str]) -> Deprecation | None:
    date = headers.get("x-sentry-deprecation-date")
    return Deprecation(date, headers.get("x-sentry-replacement-endpoint", "")) if date else None
