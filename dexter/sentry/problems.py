"""Which error an unsuccessful answer means: status first, then the shapes that the body may have.

The body's `detail` is a string or an object `{code, message, extra}` or (GlitchTip, 422) a list; or there
is no `detail` but a dictionary of fields, or `message`; or it is a bare JSON string, or a web page. The
content type is not to be trusted: Sentry's 429 is JSON marked text/html.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from dexter.sentry.errors import (
    AuthFailed,
    BadRequest,
    Conflict,
    Gone410,
    Moved,
    NotFound,
    PermissionDenied,
    RateLimited,
    SentryError,
    ServerError,
    SsoRequired,
    Unsupported,
    ValidationFailed,
)
from dexter.sentry.headers import http_date, number

RETRY_AFTER_MAX = 120.0  # seconds; a reset further away is a clock that cannot be trusted
_SCOPE = re.compile(r'scope="([^"]+)"')
_SCOPE_NAME = re.compile(r"\b(?:org|project|team|member|event|alerts):[a-z]+\b")


@dataclass(frozen=True, slots=True)
class Problem:
    status: int
    headers: Mapping[str, str]
    request: str
    message: str = ""
    code: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
    fields: dict[str, list[str]] = field(default_factory=dict)


def raise_problem(status: int, headers: Mapping[str, str], body: bytes, request: str) -> NoReturn:
    """Raises the `SentryError` that this answer means."""
    raise problem_error(read_problem(status, headers, body, request))


def read_problem(status: int, headers: Mapping[str, str], body: bytes, request: str) -> Problem:
    try:
        payload = json.loads(body) if body else None
    except ValueError:
        return Problem(status, headers, request, message=_page_title(body))
    if isinstance(payload, str):
        return Problem(status, headers, request, message=payload)
    if not isinstance(payload, dict):
        return Problem(status, headers, request)
    detail = payload.get("detail")
    if isinstance(detail, str):
        return Problem(status, headers, request, message=detail)
    if isinstance(detail, dict):
        extra = detail.get("extra")
        return Problem(
            status,
            headers,
            request,
            message=str(detail.get("message") or ""),
            code=str(detail.get("code") or ""),
            extra=extra if isinstance(extra, dict) else {},
        )
    if isinstance(detail, list):
        return _with_fields(Problem(status, headers, request), _located(detail))
    if isinstance(payload.get("message"), str):
        return Problem(status, headers, request, message=payload["message"])
    return _with_fields(Problem(status, headers, request), _flatten(payload))


def _with_fields(problem: Problem, fields: dict[str, list[str]]) -> Problem:
    message = "; ".join(f"{name}: {' '.join(messages)}" for name, messages in fields.items())
    return Problem(problem.status, problem.headers, problem.request, message=message, fields=fields)


def _page_title(body: bytes) -> str:
    """The title of a proxy's or framework's error page: all that is worth showing of it."""
    text = body[:4000].decode("utf-8", "replace")
    title = re.search(r"<title>([^<]*)</title>", text, re.IGNORECASE)
    if title:
        return title.group(1).strip()
    return "" if "<" in text else text.strip()[:200]


def _located(items: list[Any]) -> dict[str, list[str]]:
    """GlitchTip's 422: `[{type, loc: ["query", "sort"], msg}]`."""
    fields: dict[str, list[str]] = {}
    for item in items:
        if isinstance(item, dict):
            loc = item.get("loc")
            name = ".".join(str(part) for part in loc) if isinstance(loc, list) else ""
            fields.setdefault(name, []).append(str(item.get("msg", "")))
        else:
            fields.setdefault("", []).append(str(item))
    return fields


def _flatten(value: Any, prefix: str = "") -> dict[str, list[str]]:
    """Django REST framework's field errors, nested by dots."""
    if isinstance(value, dict):
        out: dict[str, list[str]] = {}
        for name, inner in value.items():
            out.update(_flatten(inner, f"{prefix}.{name}" if prefix else str(name)))
        return out
    return {prefix: [str(item) for item in value] if isinstance(value, list) else [str(value)]}


def problem_error(problem: Problem) -> SentryError:
    make = _BY_STATUS.get(problem.status)
    if make:
        return make(problem)
    if 300 <= problem.status < 400:
        return _moved(problem)
    if problem.status >= 500:
        return ServerError(problem.message, status=problem.status, request=problem.request)
    return _bad_request(problem)


def _unauthorized(problem: Problem) -> SentryError:
    if problem.code == "sso-required":
        url = str(problem.extra.get("loginUrl") or "")
        return SsoRequired(problem.message, status=problem.status, request=problem.request, login_url=url)
    return AuthFailed(problem.message, status=problem.status, request=problem.request)


def _forbidden(problem: Problem) -> SentryError:
    challenge = _SCOPE.search(problem.headers.get("www-authenticate", ""))
    named = _SCOPE_NAME.search(problem.message)
    scope = challenge.group(1) if challenge else named.group(0) if named else None
    return PermissionDenied(problem.message, status=problem.status, request=problem.request, scope=scope)


def _gone(problem: Problem) -> SentryError:
    replacement = problem.headers.get("x-sentry-replacement-endpoint", "")
    return Gone410(problem.message, status=problem.status, request=problem.request, replacement=replacement)


def _bad_request(problem: Problem) -> SentryError:
    fields = dict(problem.fields)
    if problem.code == "parameter-validation-error":
        fields = {str(problem.extra.get("context") or ""): [problem.message]}
    if fields or problem.status == 422:
        return ValidationFailed(
            problem.message, status=problem.status, request=problem.request, fields=fields
        )
    return BadRequest(problem.message, status=problem.status, request=problem.request)


def _moved(problem: Problem) -> SentryError:
    location = str(problem.extra.get("url") or problem.headers.get("location", ""))
    slug = problem.extra.get("slug")
    return Moved(
        problem.message,
        status=problem.status,
        request=problem.request,
        location=location,
        slug=str(slug) if slug else None,
    )


def _too_many(problem: Problem) -> SentryError:
    """There is no Retry-After from Sentry itself; a proxy may send one."""
    concurrent = "concurren" in problem.message.lower()
    reset = number(problem.headers.get("x-sentry-rate-limit-reset"))
    asked = number(problem.headers.get("retry-after"))
    wait = asked
    if wait is None and reset is not None and not concurrent:
        now = http_date(problem.headers.get("date", ""))
        wait = reset - now if now is not None else None
    return RateLimited(
        problem.message,
        status=problem.status,
        request=problem.request,
        reset_at=reset,
        retry_after=min(max(wait, 0.0), RETRY_AFTER_MAX) if wait is not None else 1.0,
        concurrent=concurrent,
    )


def _plain(kind: Callable[..., SentryError]) -> Callable[[Problem], SentryError]:
    return lambda problem: kind(problem.message, status=problem.status, request=problem.request)


_BY_STATUS: dict[int, Callable[[Problem], SentryError]] = {
    401: _unauthorized,
    403: _forbidden,
    404: _plain(NotFound),
    405: _plain(Unsupported),
    408: _plain(ServerError),
    409: _plain(Conflict),
    410: _gone,
    429: _too_many,
}
