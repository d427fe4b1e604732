"""Keyset paging: a page begins behind the last row of the one before, found by an index, never by OFFSET.

A cursor is a signed text, so that it cannot be made up; one that was is refused with BadCursor.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core import signing
from django.db.models import Model, QuerySet, Value
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

PAGE_SIZES = (25, 50, 100)
_SALT = "dexter.web.paging"
Row = TypeVar("Row", bound=Model)


class BadCursor(ValueError):
    """A cursor that Dexter did not make, or not for this order."""


@dataclass(frozen=True)
class Cursor:
    """The row to go on from: the order's name, its value there, its id, and whether to read backwards."""

    order: str
    value: int | str
    id: int
    backwards: bool = False


@dataclass(frozen=True)
class Order:
    """Rows by `column`, then by id in the same direction. The column must not hold NULL."""

    name: str
    column: str
    descending: bool = True


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows in reading order; the cursors of the next and the previous page, None where there is none."""

    rows: Sequence[Row]
    next: str | None
    previous: str | None


def encode(cursor: Cursor) -> str:
    data = [cursor.order, cursor.value, cursor.id, int(cursor.backwards)]
    return signing.dumps(data, salt=_SALT, compress=False)


def decode(text: str, order: str) -> Cursor:
    """Raises BadCursor unless `encode` made `text` for `order`."""
    try:
        name, value, pk, backwards = signing.loads(text, salt=_SALT)
    except (signing.BadSignature, ValueError) as error:
        raise BadCursor(
            "This link to a page is not one that Dexter made. Start at the first page."
        ) from error
    if name != order:
        raise BadCursor("This link belongs to another order of the list. Start at the first page.")
    return Cursor(name, value, pk, bool(backwards))


def page_size(text: str | None, default: int = PAGE_SIZES[0]) -> int:
    """The page size a URL asks for, or `default` when it asks for none of the offered ones."""
    return int(text) if text in {str(size) for size in PAGE_SIZES} else default


def keyset_page(queryset: QuerySet[Row], order: Order, *, size: int, cursor: str | None = None) -> Page[Row]:
    """One page of `queryset`, with one query; raises BadCursor."""
    at = decode(cursor, order.name) if cursor else None
    backwards = at is not None and at.backwards
    down = order.descending != backwards
    if at is not None:
        queryset = queryset.filter(_beyond(queryset, order, at, down))
    sign = "-" if down else ""
    found = list(queryset.order_by(f"{sign}{order.column}", f"{sign}pk")[: size + 1])
    more, rows = len(found) > size, found[:size]
    if backwards:
        rows.reverse()
    before = rows and (more if backwards else at is not None)
    after = rows and (True if backwards else more)
    return Page(
        rows,
        next=_cursor_at(rows[-1], order, backwards=False) if after else None,
        previous=_cursor_at(rows[0], order, backwards=True) if before else None,
    )


def _beyond(queryset: QuerySet[Any], order: Order, at: Cursor, down: bool) -> Any:
    field = queryset.model._meta.get_field(order.column)
    value = Value(field.to_python(at.value), output_field=field)
    compare = TupleLessThan if down else TupleGreaterThan
    return compare(Tuple(order.column, "pk"), (value, at.id))


def _cursor_at(row: Model, order: Order, *, backwards: bool) -> str:
    value = getattr(row, order.column)
    plain = value.isoformat() if isinstance(value, datetime) else value
    return encode(Cursor(order.name, plain, row.pk, backwards))
