"""The SQL statements of an event, as the SDKs record them.

Spans (transactions): ``op`` is ``db`` or starts with ``db.``, the text is ``description`` or
``data["db.statement"]`` / ``data["db.query.text"]`` (OpenTelemetry names), the time ``timestamp -
start_timestamp`` in seconds; the place in the code is ``data["code.filepath"]``, ``code.lineno``,
``code.function``, ``code.namespace`` (Python, PHP, newer Node). Breadcrumbs: category ``query`` (Python),
``db.sql.query`` (Laravel, with ``executionTimeMs``), ``sql.active_record`` (Rails, text in ``data.sql`` or
``data.statement``), ``db.query``; no time unless the SDK adds one, no place.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Json = Any
#: Possessive, so that a run of blanks leaves nothing to go back to.
_SQL = re.compile(
    r"\s*+(?:--[^\n]*+\n\s*+|/\*(?:[^*]|\*(?!/)){0,2000}+\*/\s*+){0,8}+(?:\(\s*+)?"
    r"(?:SELECT|INSERT|UPDATE|DELETE|WITH|MERGE|COPY|CALL|EXECUTE|REPLACE|VALUES|FETCH)\b",
    re.IGNORECASE,
)
_CATEGORIES = frozenset({"query", "sql", "db", "db.query", "db.sql", "db.sql.query", "sql.active_record"})
_TEXTS = ("db.query.text", "db.statement", "sql", "statement", "query")
_DURATIONS = ("executionTimeMs", "duration_ms", "durationMs", "duration")


@dataclass(frozen=True, slots=True)
class Frame:
    """The place in the code that issued a statement."""

    filename: str
    lineno: int | None = None
    function: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """One execution of a statement; ``milliseconds`` and ``frame`` are None when the SDK does not tell."""

    statement: str
    milliseconds: float | None = None
    frame: Frame | None = None
    source: str = "span"


def queries(event: Json) -> tuple[Query, ...]:
    """The statements of an event in its order: those of its spans, or of its breadcrumbs when it has no such
    spans.
    """
    if not isinstance(event, Mapping):
        return ()
    return tuple(_of_spans(event)) or tuple(_of_breadcrumbs(event))


def _of_spans(event: Mapping[str, Json]) -> Iterator[Query]:
    for span in _items(event, "spans"):
        op = _text(span.get("op"))
        if op != "db" and not op.startswith("db."):
            continue
        data = _map(span.get("data"))
        statement = _text(span.get("description")) or _first(data, _TEXTS)
        if _SQL.match(statement):
            yield Query(statement, _elapsed(span), _frame(data))


def _of_breadcrumbs(event: Mapping[str, Json]) -> Iterator[Query]:
    for crumb in _items(event, "breadcrumbs"):
        if _text(crumb.get("category")) not in _CATEGORIES:
            continue
        data = _map(crumb.get("data"))
        statement = _text(crumb.get("message")) or _first(data, _TEXTS)
        if not _SQL.match(statement):
            statement = _first(data, _TEXTS)
        if _SQL.match(statement):
            yield Query(statement, _number(_first_number(data, _DURATIONS)), _frame(data), "breadcrumb")


def _items(event: Mapping[str, Json], name: str) -> Iterator[Mapping[str, Json]]:
    """``event[name]`` of an SDK, or the ``entries`` element of that type of the API; a list or ``{"values":
    [...]}``.
    """
    holders = [event.get(name)]
    entries = event.get("entries")
    holders += (
        [e.get("data") for e in entries if isinstance(e, Mapping) and e.get("type") == name]
        if isinstance(entries, list)
        else []
    )
    for holder in holders:
        values = holder.get("values") if isinstance(holder, Mapping) else holder
        for value in values if isinstance(values, list) else ():
            if isinstance(value, Mapping):
                yield value


def _elapsed(span: Mapping[str, Json]) -> float | None:
    """Milliseconds of a span: from its two times (seconds or ISO), or the API's ``exclusive_time``
    (milliseconds).
    """
    start = _seconds(span.get("start_timestamp", span.get("startTimestamp")))
    end = _seconds(span.get("timestamp", span.get("endTimestamp")))
    if start is not None and end is not None:
        return round(max(0.0, end - start) * 1000, 3)
    return _number(span.get("exclusive_time", span.get("exclusiveTime")))


def _seconds(value: Json) -> float | None:
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value).timestamp()
        except (ValueError, OverflowError):
            return None
    return _number(value)


def _number(value: Json) -> float | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e15:
        return float(value)
    return None


def _frame(data: Mapping[str, Json]) -> Frame | None:
    filename = _text(data.get("code.filepath") or data.get("code.file.path"))
    if not filename:
        return None
    line = data.get("code.lineno", data.get("code.line.number"))
    function = _text(data.get("code.function") or data.get("code.function.name"))
    return Frame(filename, line if isinstance(line, int) else None, function or None)


def _first(data: Mapping[str, Json], keys: tuple[str, ...]) -> str:
    return next((v for key in keys if isinstance(v := data.get(key), str) and v), "")


def _first_number(data: Mapping[str, Json], keys: tuple[str, ...]) -> Json:
    return next((v for key in keys if _number(v := data.get(key)) is not None), None)


def _map(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
