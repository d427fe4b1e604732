"""Cursors and the Link header, to the letter of Sentry's `api/base.py` as the API notes describe it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from dexter.sentry.sandbox.http import Request, bad_request

MAX_HITS = 1000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cursor:
    """`value:offset:is_prev`; the value is the sort key a page starts at, or the page size."""

    value: int
    offset: int
    is_prev: bool = False

    def __str__(self) -> str:
        return f"{self.value}:{self.offset}:{int(self.is_prev)}"


def parse_cursor(text: str | None) -> Cursor | None:
    """Raises ApiError 400 as Sentry does when the text is not a cursor."""
    if text is None or text == "":
        return None
    parts = text.split(":")
    try:
        if len(parts) != 3:
            raise ValueError(text)
        return Cursor(int(float(parts[0])), int(parts[1]), parts[2] == "1")
    except ValueError:
        raise bad_request("Invalid cursor parameter.") from None


def page_size(request: Request, parameter: str = "per_page") -> int:
    """1..100, 100 when left out. Out of range is a 400, never clamped."""
    text = request.one(parameter)
    if text is None:
        return 100
    try:
        size = int(text)
    except ValueError:
        raise bad_request(f"Invalid {parameter} parameter.") from None
    if not 1 <= size <= 100:
        raise bad_request(f"Invalid {parameter} value. Must be between 1 and 100.")
    return size


def link(
    request: Request, before: Cursor, has_before: bool, after: Cursor, has_after: bool
) -> tuple[str, str]:
    """The Link header with both links, previous first, whether or not there is anything behind them."""
    kept = urlencode([(key, value) for key, value in request.query if key != "cursor"])
    base = f"{request.host}{request.path}?{kept}&cursor="
    parts = [
        f'<{base}{cursor}>; rel="{rel}"; results="{"true" if there else "false"}"; cursor="{cursor}"'
        for rel, cursor, there in (("previous", before, has_before), ("next", after, has_after))
    ]
    return "Link", ", ".join(parts)


def hits(total: int) -> list[tuple[str, str]]:
    return [("X-Hits", str(min(total, MAX_HITS))), ("X-Max-Hits", str(MAX_HITS))]


@dataclass(frozen=True, slots=True)
class Slice:
    """Where a page lies in a whole list, and the header that leads on from it."""

    start: int
    stop: int
    link: tuple[str, str]


def offset_slice(request: Request, total: int, size: int | None = None) -> Slice:
    """A page by plain offset (`size:page:is_prev`), what most lists other than issues use."""
    size = size or page_size(request)
    cursor = parse_cursor(request.one("cursor"))
    start = max(0, cursor.offset * (cursor.value or size)) if cursor else 0
    stop = min(total, start + size)
    page = start // size
    header = link(request, Cursor(size, page - 1, True), start > 0, Cursor(size, page + 1), stop < total)
    return Slice(start, stop, header)


def plain_slice(request: Request, total: int, size: int) -> Slice:
    """A page by row offset (`0:offset:0`), as the event lists have it."""
    cursor = parse_cursor(request.one("cursor"))
    start = max(0, cursor.offset) if cursor else 0
    stop = min(total, start + size)
    before = Cursor(0, max(0, start - size), True)
    return Slice(
        min(start, total), stop, link(request, before, start > 0, Cursor(0, start + size), stop < total)
    )


def paged(request: Request, rows: Sequence[T]) -> tuple[Sequence[T], list[tuple[str, str]]]:
    """One page of a list that is already whole, and its headers."""
    found = offset_slice(request, len(rows))
    return rows[found.start : found.stop], [found.link]
