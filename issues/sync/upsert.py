"""Insert or update many rows in one statement; ten times as fast as one row object's SQL after the other.

PostgreSQL gets all rows as one JSON document, SQLite as many as one statement takes. Either way the row
objects have their primary keys afterwards.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from itertools import chain, islice
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import connection, models
from django.db.models.expressions import RawSQL

BATCH = 1000
SQLITE_PARAMETERS = 32_000  # its own limit is 32,766
SQLITE_ROWS = 250  # a statement of more takes longer to prepare than it saves


class _Plan(NamedTuple):
    """What is the same for every batch of a model."""

    fields: tuple[models.Field, ...]
    unique: tuple[models.Field, ...]
    insert: str
    conflict: str
    records: str


def upsert(
    model: type[models.Model], rows: Sequence[Any], unique: Sequence[str], columns: Sequence[str]
) -> None:
    """Insert `rows`; where one with the same `unique` fields exists, set its `columns` instead.

    A row is an object of the model, or anything that has its columns as attributes and a `pk`, which is
    quicker to make. Without `columns` an existing row stays as it is. No two of `rows` may be equal in
    `unique`. Fields that hold bytes are not for this. Primary keys are set on the row objects.
    """
    plan = _plan(model, tuple(unique), tuple(columns))
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        run = _run_postgresql if connection.vendor == "postgresql" else _run_sqlite
        run(model, plan, batch)


@cache
def _plan(model: type[models.Model], unique: tuple[str, ...], columns: tuple[str, ...]) -> _Plan:
    meta, quote = model._meta, connection.ops.quote_name
    fields = tuple(
        field for field in meta.concrete_fields if not (field.primary_key and field.remote_field is None)
    )
    by_name = {field.name: field for field in meta.concrete_fields}
    keys = tuple(by_name[name] for name in unique)
    names = ", ".join(quote(_column(field)) for field in fields)
    target = ", ".join(quote(_column(field)) for field in keys)
    changes = [quote(_column(by_name[name])) for name in columns]
    what = (
        f"UPDATE SET {', '.join(f'{name} = EXCLUDED.{name}' for name in changes)}" if changes else "NOTHING"
    )
    types = ", ".join(f"{quote(_column(field))} {_record_type(field)}" for field in fields)
    return _Plan(
        fields,
        keys,
        f"INSERT INTO {quote(meta.db_table)} ({names})",
        f"ON CONFLICT ({target}) DO {what}",
        f"SELECT {names} FROM json_to_recordset(%s::json) AS given ({types})",  # noqa: S608 - names of our own
    )


def _column(field: models.Field) -> str:
    return field.column or field.name


def _record_type(field: models.Field) -> str:
    kind = field.db_type(connection) or "text"
    return "text" if kind.startswith("varchar") else kind.removesuffix(" CHECK")


def _run_postgresql(model: type[models.Model], plan: _Plan, rows: Sequence[Any]) -> None:
    names = [field.column for field in plan.fields]
    values = _values(plan.fields, rows, {models.DateTimeField: _iso})
    document = json.dumps([dict(zip(names, row, strict=True)) for row in values])
    # PostgreSQL's text has no NUL; Sentry's may.
    document = document.replace("\\u0000", "\\ufffd")
    with connection.cursor() as cursor:
        cursor.execute(f"{plan.insert} {plan.records} {plan.conflict}", [document])
    _set_keys(model, plan, rows)


def _run_sqlite(model: type[models.Model], plan: _Plan, rows: Sequence[Any]) -> None:
    """One statement for many rows: SQLite gives up Python's lock for each, and threads would take it."""
    values = _values(plan.fields, rows, {models.DateTimeField: _sqlite_time(), models.JSONField: _json})
    marks = f"({', '.join(['%s'] * len(plan.fields))})"
    at_once = max(1, min(SQLITE_ROWS, SQLITE_PARAMETERS // len(plan.fields)))
    with connection.cursor() as cursor:
        while batch := list(islice(values, at_once)):
            cursor.execute(
                f"{plan.insert} VALUES {', '.join([marks] * len(batch))} {plan.conflict}",
                tuple(chain.from_iterable(batch)),
            )
    _set_keys(model, plan, rows)


def update_each(model: type[models.Model], rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Set the fields `names` of each of the saved `rows` to its own values, in one statement for up to BATCH.

    As Django's `bulk_update`, whose CASE for each field and row takes many times as long to put together;
    SQLite keeps everybody else from writing for as long. No field may hold bytes.
    """
    meta, quote = model._meta, connection.ops.quote_name
    by_name = {field.name: field for field in meta.concrete_fields}
    fields = [by_name[name] for name in (meta.pk.name, *names)]
    casts = [field.db_type(connection) if connection.vendor == "postgresql" else None for field in fields]
    marks = f"({', '.join(f'%s::{cast}' if cast else '%s' for cast in casts)})"
    table, pk = quote(meta.db_table), quote(_column(fields[0]))
    changes = ", ".join(
        f"{quote(_column(field))} = given.column{at}" for at, field in enumerate(fields[1:], start=2)
    )
    at_once = min(BATCH, SQLITE_PARAMETERS // len(fields))
    for start in range(0, len(rows), at_once):
        values = [
            tuple(field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields)
            for row in rows[start : start + at_once]
        ]
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH given AS (VALUES {', '.join([marks] * len(values))})"  # noqa: S608 - names of our own
                f" UPDATE {table} SET {changes} FROM given WHERE {table}.{pk} = given.column1",
                tuple(chain.from_iterable(values)),
            )


def _values(
    fields: Sequence[models.Field],
    rows: Sequence[Any],
    adapters: dict[type[models.Field], Callable[[Any], Any]],
) -> Iterator[tuple[Any, ...]]:
    """The values of each row's `fields`, in order; those of the `adapters`' fields as these make them."""
    columns: list[Iterable[Any]] = [map(attrgetter(field.attname), rows) for field in fields]
    for at, field in enumerate(fields):
        for kind, adapt in adapters.items():
            if isinstance(field, kind):
                columns[at] = map(adapt, columns[at])
    return zip(*columns, strict=True)


def _iso(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def _sqlite_time() -> Callable[[datetime | None], Any]:
    """As `adapt_datetimefield_value`, without its questions for the times that are in UTC already."""
    adapt, zone = connection.ops.adapt_datetimefield_value, connection.timezone

    def time_of(value: datetime | None) -> Any:
        if value is None or value.tzinfo is not zone:
            return adapt(value)
        return str(value.replace(tzinfo=None))

    return time_of


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value)


def one_of(values: Iterable[Any]) -> RawSQL:
    """The values for an `__in` filter as a single parameter: a hundred would each be parsed and quoted."""
    document = json.dumps(list(values))
    if connection.vendor == "postgresql":
        return RawSQL("SELECT json_array_elements_text(%s::json)", [document])  # noqa: S611 - a parameter
    return RawSQL("SELECT value FROM json_each(%s)", [document])  # noqa: S611 - a parameter


def _set_keys(model: type[models.Model], plan: _Plan, rows: Sequence[Any]) -> None:
    """Read the primary keys of rows that have none yet."""
    without = [row for row in rows if row.pk is None]
    if not without:
        return
    names = [field.attname for field in plan.unique]
    wanted = {f"{name}__in": list({getattr(row, name) for row in without}) for name in names}
    found = {
        tuple(values): pk for pk, *values in model._default_manager.filter(**wanted).values_list("pk", *names)
    }
    for row in without:
        row.pk = found[tuple(getattr(row, name) for name in names)]


def quick_commit() -> None:
    """Do not wait for the disk at the end of this transaction: what a crash takes, the next sync gets."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO OFF")


def refresh_statistics(*tables: type[models.Model]) -> None:
    """Let PostgreSQL see that these tables have rows now; its own rounds are a minute apart, and until then
    it plans as for empty ones."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"ANALYZE {connection.ops.quote_name(table._meta.db_table)}")
