"""GlitchTip's cursors, as its list endpoints page: by the value of the sort column, without a tie-breaker.

That is why pages by count or priority repeat and lose rows, here as there. The Link header is a Python set
printed as text, and a link that leads nowhere carries no cursor.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import parse_qs, urlencode

from dexter.sentry.sandbox.http import ApiError, Request

T = TypeVar("T")

DEFAULT_LIMIT, MOST, MAX_HITS = 50, 100, 1000
OFFSET_CUTOFF = 100


@dataclass(frozen=True, slots=True)
class Cursor:
    """`position` is the text of a sort value, `offset` how many rows of that value were seen already."""

    position: str | None = None
    offset: int = 0
    reverse: bool = False

    def encoded(self) -> str:
        parts: list[tuple[str, str]] = []
        if self.offset:
            parts.append(("o", str(self.offset)))
        if self.reverse:
            parts.append(("r", "1"))
        if self.position is not None:
            parts.append(("p", self.position))
        return base64.b64encode(urlencode(parts).encode()).decode()


def invalid(name: str, kind: str, message: str) -> ApiError:
    """GlitchTip's 422: `detail` is a list."""
    return ApiError(422, {"detail": [{"type": kind, "loc": ["query", name], "msg": message}]})


def read_cursor(text: str | None) -> Cursor:
    """Raises ApiError 422 for anything that is not of its own making, Sentry's cursors included."""
    if not text:
        return Cursor()
    try:
        found = parse_qs(base64.b64decode(text, validate=True).decode(), strict_parsing=True)
        offset = min(int(found.get("o", ["0"])[0]), OFFSET_CUTOFF)
        return Cursor(found.get("p", [None])[0], max(0, offset), found.get("r", ["0"])[0] == "1")
    except (binascii.Error, ValueError, UnicodeDecodeError):
        raise invalid("cursor", "value_error", "Invalid cursor") from None


def read_limit(request: Request) -> int:
    """0 means the default, -1 an empty page, more than 100 is cut, a word is a 422."""
    text = request.one("limit")
    if text is None:
        return DEFAULT_LIMIT
    try:
        limit = int(text)
    except ValueError:
        raise invalid("limit", "int_parsing", "Input should be a valid integer") from None
    return DEFAULT_LIMIT if limit == 0 else max(0, min(limit, MOST))


@dataclass(frozen=True, slots=True)
class Page:
    rows: Sequence[object]
    after: Cursor | None
    before: Cursor | None


def cut(rows: Sequence[T], value: Callable[[T], str], descending: bool, cursor: Cursor, size: int) -> Page:
    """`rows` in order. Follows the arithmetic of the cursor pagination that GlitchTip builds on."""
    ordered = list(reversed(rows)) if cursor.reverse else list(rows)
    smaller_next = descending != cursor.reverse
    if cursor.position is not None:
        place = cursor.position
        ordered = [row for row in ordered if (value(row) < place if smaller_next else value(row) > place)]
    page = ordered[cursor.offset : cursor.offset + size]
    more = len(ordered) > cursor.offset + size
    beyond = value(ordered[cursor.offset + size]) if more else None
    if cursor.reverse:
        page = page[::-1]
        after = Cursor(cursor.position, cursor.offset) if cursor.position is not None else None
        before = _next(page[::-1], value, beyond, cursor, size, True) if more else None
        return Page(page, after, before)
    after = _next(page, value, beyond, cursor, size, False) if more else None
    has_before = cursor.position is not None or cursor.offset > 0
    before = Cursor(value(page[0]), 0, True) if has_before and page else None
    return Page(page, after, before)


def _next(
    page: Sequence[T], value: Callable[[T], str], beyond: str | None, cursor: Cursor, size: int, reverse: bool
) -> Cursor:
    """Goes back to the last row that differs from what follows; all equal means counting on by offset."""
    for offset, row in enumerate(reversed(page)):
        if value(row) != beyond:
            return Cursor(value(row), offset, reverse)
    return Cursor(cursor.position, cursor.offset + size, reverse)


def headers(request: Request, page: Page, total: int) -> list[tuple[str, str]]:
    links = [_link(request, "previous", page.before), _link(request, "next", page.after)]
    printed = "{'" + ", ".join(links) + "'}"
    return [("Link", printed), ("X-Max-Hits", str(MAX_HITS)), ("X-Hits", str(min(total, MAX_HITS)))]


def _link(request: Request, rel: str, cursor: Cursor | None) -> str:
    kept = [pair for pair in request.query if pair[0] != "cursor"]
    if cursor is not None:
        kept.append(("cursor", cursor.encoded()))
    query = urlencode(sorted(kept, key=lambda pair: pair[0]))
    url = f"{request.host}{request.path}{'?' if query else ''}{query}"
    if cursor is None:
        return f'<{url}>; rel="{rel}"; results="false"'
    return f'<{url}>; rel="{rel}"; results="true"; cursor="{cursor.encoded()}"'
