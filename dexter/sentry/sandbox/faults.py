"""What can go wrong with an answer, on demand, by method and path.

Kinds: `rate_limit`, `error` (500 as JSON), `bad_gateway` (502 HTML), `latency` (`ms`), `cut` (nothing done,
nothing sent), `cut_body` (in the middle), `html` (status 200), `gone` (410 brownout), `unauthorized` (401),
`sso` (401 with a code), `forbidden`, `garbage` (broken JSON), `empty`, `duplicate_rows`, `missing_rows`,
`short_page` (fewer rows than the limit), `lost_answer` (done, but the answer never arrives) and `status` (any
`status` with `body`).
"""

import fnmatch
import json
import random
from dataclasses import asdict, dataclass
from typing import Any

from dexter.sentry.sandbox.http import HTML, JSON, Response, encode

KINDS = (
    "rate_limit", "error", "bad_gateway", "latency", "cut", "cut_body", "html", "gone", "unauthorized", "sso",
    "forbidden", "garbage", "empty", "duplicate_rows", "missing_rows", "short_page", "lost_answer", "status",
)  # fmt: skip
# These need the real answer first; the others replace it and the request changes nothing.
AFTER = (
    "latency",
    "cut_body",
    "garbage",
    "empty",
    "duplicate_rows",
    "missing_rows",
    "short_page",
    "lost_answer",
)

LOGIN_PAGE = (
    "<!DOCTYPE html><html><head><title>Login | Sentry</title></head><body><h1>Sign in</h1></body></html>"
)
BAD_GATEWAY = (
    "<html><head><title>502 Bad Gateway</title></head><body><center>502 Bad Gateway</center></body></html>"
)


@dataclass(slots=True)
class Fault:
    """`count` answers are hit (0: no end), with `probability`, after `skip`; `path` is a shell pattern."""

    id: int
    kind: str
    path: str = "*"
    method: str = "*"
    count: int = 0
    probability: float = 1.0
    skip: int = 0
    ms: float = 0.0
    status: int = 500
    body: Any = None
    hit: int = 0

    def meets(self, method: str, path: str) -> bool:
        if self.count and self.hit >= self.count:
            return False
        return self.method in ("*", method) and fnmatch.fnmatchcase(path, self.path)


class Faults:
    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311
        self.active: list[Fault] = []
        self._last = 0

    def add(self, wanted: dict[str, Any]) -> Fault:
        """Raises ValueError for an unknown kind or field."""
        known = {name: value for name, value in wanted.items() if name in Fault.__dataclass_fields__}
        if wanted.get("kind") not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        if unknown := set(wanted) - set(known):
            raise ValueError(f"unknown fields: {', '.join(sorted(unknown))}")
        self._last += 1
        fault = Fault(**{**known, "id": self._last})
        self.active.append(fault)
        return fault

    def clear(self, number: int | None = None) -> None:
        self.active = [fault for fault in self.active if number is not None and fault.id != number]

    def listed(self) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self.active]

    def draw(self, method: str, path: str) -> list[Fault]:
        """The faults this request meets, each counted as hit."""
        drawn = []
        for fault in self.active:
            if not fault.meets(method, path):
                continue
            if fault.skip:
                fault.skip -= 1
            elif fault.probability >= 1 or self.chance.random() < fault.probability:
                fault.hit += 1
                drawn.append(fault)
        return drawn


def instead(fault: Fault) -> Response | None:
    """The answer that takes the place of the real one; None for faults that need the real one."""
    if fault.kind == "error":
        return Response(500, encode({"detail": "Internal Error", "errorId": "0" * 32}))
    if fault.kind == "bad_gateway":
        return Response(502, BAD_GATEWAY.encode(), HTML)
    if fault.kind == "html":
        return Response(200, LOGIN_PAGE.encode(), HTML)
    if fault.kind == "gone":
        headers = [("X-Sentry-Deprecation-Date", "2026-05-14T00:00:00+00:00")]
        return Response(410, encode({"message": "This API no longer exists."}), JSON, headers)
    if fault.kind == "unauthorized":
        return Response(401, encode({"detail": "Invalid token"}))
    if fault.kind == "sso":
        detail = {
            "code": "sso-required",
            "message": "Must login via SSO",
            "extra": {"loginUrl": "/auth/login/acme/"},
        }
        return Response(401, encode({"detail": detail}))
    if fault.kind == "forbidden":
        return Response(403, encode({"detail": "You do not have permission to perform this action."}))
    if fault.kind == "rate_limit":
        return Response(429, encode({"detail": fault.body or "rate limited"}), HTML)
    if fault.kind == "status":
        return Response(fault.status, encode(fault.body))
    return None


def bend(fault: Fault, response: Response) -> Response:
    """The real answer, damaged."""
    if fault.kind == "garbage":
        response.body = response.body[: len(response.body) // 2] + b"\x00{]"
    elif fault.kind == "empty":
        response.body = b""
    elif fault.kind in ("duplicate_rows", "missing_rows", "short_page") and response.status == 200:
        response.body = _rows(fault, response.body)
    return response


def _rows(fault: Fault, body: bytes) -> bytes:
    rows = json.loads(body)
    if not isinstance(rows, list) or len(rows) < 2:
        return body
    if fault.kind == "duplicate_rows":
        rows = rows[: len(rows) // 2 + 1] + rows[len(rows) // 2 : -1]
    elif fault.kind == "missing_rows":
        rows = rows[:-1]
    else:
        rows = rows[: max(1, len(rows) // 3)]
    return encode(rows)
