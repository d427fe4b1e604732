"""csvlog and jsonlog: one record per entry, so a report cannot be forged by the text of a statement.

In csvlog every quote inside a quoted field is doubled, so ``,40P01,"`` followed by a letter can only be the
SQLSTATE column and the start of the message; in jsonlog quotes inside a value are escaped, so
``"state_code":"40P01"`` is a key.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from deadlocks.analyzer import sentences, wording
from deadlocks.analyzer.assembly import Parts
from deadlocks.analyzer.values import LockWait, Source

from .stream import text_of
from .wrapped import NESTS

CSV_ANCHOR = b',40P01,"'
JSON_ANCHOR = re.compile(rb'"(?:state_code|sql_state_code|sqlstate|code)" ?: ?"40P01"')
#: What stands around a record that is an element of an array.
_AROUND = b" \t\r,[]"
#: What can be missing of a record that is cut off: in a text, behind one, in a name, behind it.
_ENDS = ('"}', "}", '":""}', '""}', '"":""}', ':""}', '"}}', "}}")
_ESCAPE_CUT = re.compile(r"(?<!\\)((?:\\\\)*)\\(?:u[0-9a-fA-F]{0,3})?$")
#: Possessive, so that a long field leaves no trail of places to go back to.
_FIELD = re.compile(r'(?:"([^"]*+(?:""[^"]*+)*+)"|([^,"\n]*+))(,|\r?\n|\Z)')
#: A quote that is closed where no field ends: it belongs to another record.
_CLOSED = re.compile(r'"[^"]*+(?:""[^"]*+)*+"')
_NEXT = re.compile(r"\n\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [^,\"\n]{1,40},")
#: csvlog columns (12 has 23, 13 adds backend_type, 14 leader_pid and query_id).
COLUMNS = [
    "time",
    "user",
    "database",
    "pid",
    "connection",
    "session",
    "line",
    "command",
    "started",
    "vxid",
    "xid",
    "severity",
    "sqlstate",
    "message",
    "detail",
    "hint",
    "internal_query",
    "internal_position",
    "context",
    "statement",
    "position",
    "location",
    "application",
    "backend_type",
    "leader_pid",
    "query_id",
]
_STATEMENT_COLUMN = COLUMNS.index("statement") + 1


def csv_fields(text: str, *, cut: bool = False) -> list[str] | None:
    """The fields of the record at the start of ``text``, filled up when it is cut off; None when it may go on
    behind the text, which it cannot with ``cut``.
    """
    fields: list[str] = []
    at = 0
    while len(fields) < len(COLUMNS):
        found = _FIELD.match(text, at)
        if not found:
            return _filled([*fields, _open_field(text, at)]) if cut or _CLOSED.match(text, at) else None
        fields.append(found[1].replace('""', '"') if found[1] is not None else found[2])
        at = found.end()
        if found[3] != ",":
            return _filled(fields) if found[3] or cut else None
    return fields


def _open_field(text: str, at: int) -> str:
    """What there is of a field whose quote is not closed where its record ends."""
    if text[at : at + 1] != '"':
        return ""
    following = _NEXT.search(text, at)
    said = text[at + 1 : following.start() if following else None]
    return said.removesuffix("\n").replace('""', '"')


def _filled(fields: list[str]) -> list[str]:
    return fields + [""] * (_STATEMENT_COLUMN - len(fields))


def csv_parts(fields: list[str]) -> Parts | None:
    """The parts of a csvlog record, None when it is cut off or another error's."""
    if len(fields) < _STATEMENT_COLUMN:
        return None
    row = dict(zip(COLUMNS, fields, strict=False))
    if row["sqlstate"] != "40P01" or row["severity"] not in wording.ERRORS:
        return None
    return _parts(row, row["message"])


def json_parts(line: bytes) -> Parts | None:
    """The parts of a jsonlog line, or of csvlog's columns as JSON (CloudNativePG and others nest them in
    ``record``).
    """
    row = row_of(_value(text_of(line.strip(_AROUND))))
    return row_parts(row) if row else None


def _value(said: str) -> Any:
    """The JSON document of a line; of one that is cut off what stands before the cut."""
    for end in ("", *_ENDS):
        try:
            return json.loads(_ESCAPE_CUT.sub(r"\1", said) + end if end else said)
        except (ValueError, RecursionError):
            continue
    return None


def row_of(value: Any) -> dict[str, str | None] | None:
    """The record in a JSON value, or one level below it, by the names of csvlog's columns; None for no
    record.
    """
    if not isinstance(value, dict):
        return None
    for holder in (value, *(value.get(key) for key in NESTS)):
        if isinstance(holder, dict) and "error_severity" in holder:
            return {name: _first(holder, keys) for name, keys in _KEYS.items()}
    return None


def row_parts(row: dict[str, str | None]) -> Parts | None:
    """The parts of a record, None when it is another error's."""
    if row["sqlstate"] != "40P01" or row["severity"] not in wording.ERRORS:
        return None
    return _parts(row, row["message"] or "")


def json_wait(line: bytes) -> LockWait | None:
    """The lock wait a jsonlog line tells of, if it does."""
    try:
        value = json.loads(text_of(line.strip(_AROUND)))
    except (ValueError, RecursionError):
        return None
    row = row_of(value)
    return sentences.lock_wait(row["message"] or "", row["detail"] or "", row["time"]) if row else None


_KEYS = {
    "time": ("timestamp", "log_time"),
    "user": ("user", "user_name"),
    "database": ("dbname", "database_name"),
    "pid": ("pid", "process_id"),
    "severity": ("error_severity",),
    "sqlstate": ("state_code", "sql_state_code"),
    "message": ("message",),
    "detail": ("detail",),
    "context": ("context",),
    "statement": ("statement", "query"),
    "internal_query": ("internal_query",),
    "application": ("application_name",),
    "backend_type": ("backend_type",),
}


def _first(value: dict[str, Any], keys: tuple[str, ...]) -> str | None:
    for key in keys:
        found = value.get(key)
        if isinstance(found, (str, int)) and not isinstance(found, bool):
            return str(found)
    return None


def _parts(row: Any, message: str) -> Parts | None:
    language = wording.PRIMARIES.get(message)
    if language is None:
        return None
    pid = str(row.get("pid") or "")
    return Parts(
        source=Source(time=row.get("time")),
        language=language,
        sqlstate="40P01",
        detail=row.get("detail") or "",
        context=row.get("context") or "",
        statement=row.get("statement") or None,
        query=row.get("internal_query") or None,
        pid=int(pid) if pid.isascii() and pid.isdigit() else None,
        user=row.get("user") or None,
        database=row.get("database") or None,
        application=row.get("application") or None,
        backend_type=row.get("backend_type") or None,
    )


def lines(buffer: bytes, at: int) -> Iterator[tuple[bytes, int, int]]:
    """(line, start, end) of a buffer from ``at``, without the newlines; the last may be unfinished."""
    while at < len(buffer):
        end = buffer.find(b"\n", at)
        if end < 0:
            yield buffer[at:], at, len(buffer)
            return
        yield buffer[at:end], at, end + 1
        at = end + 1
