"""The four formats: each takes columns and rows, and gives the file in pieces."""

import csv
import io
import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from issues.exports.cells import plain, spreadsheet
from issues.exports.columns import Column
from issues.models import Export

Row = Sequence[Any]
Write = Callable[[Sequence[Column], Iterable[Row], Export], Iterator[bytes]]

BLOCK = 64 * 1024
# https://support.microsoft.com/office/excel-specifications-and-limits
XLSX_ROWS = 1_048_576 - 1
CONTENT_TYPES = {
    Export.Format.CSV: "text/csv; charset=utf-8",
    Export.Format.JSONL: "application/jsonl; charset=utf-8",
    Export.Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Export.Format.MARKDOWN: "text/markdown; charset=utf-8",
}
_SPECIAL = re.compile(r"([\\`*_\[\]<>|#])")


def pieces(columns: Sequence[Column], rows: Iterable[Row], export: Export) -> Iterator[bytes]:
    """The file, in pieces of about BLOCK bytes; `rows` are read as they are written."""
    return _WRITERS[export.format](columns, rows, export)


def _blocks(lines: Iterable[str]) -> Iterator[bytes]:
    held: list[str] = []
    size = 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size >= BLOCK:
            yield "".join(held).encode()
            held, size = [], 0
    if held:
        yield "".join(held).encode()


def _csv(columns: Sequence[Column], rows: Iterable[Row], export: Export) -> Iterator[bytes]:
    """RFC 4180: a line of labels, CRLF, quotes where they are needed."""
    line = io.StringIO()
    writer = csv.writer(line)

    def lines() -> Iterator[str]:
        if export.bom:
            yield "\ufeff"
        for values in (tuple(column.label for column in columns), *()):
            writer.writerow(values)
            yield _taken(line)
        for row in rows:
            writer.writerow([_nested(spreadsheet, value) for value in row])
            yield _taken(line)

    return _blocks(lines())


def _taken(line: io.StringIO) -> str:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text


def _nested(convert: Callable[[object], Any], value: Any) -> Any:
    """A whole event in a cell is JSON."""
    return convert(json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value)


def _jsonl(columns: Sequence[Column], rows: Iterable[Row], export: Export) -> Iterator[bytes]:
    """One object a line, https://jsonlines.org; keys are the columns' names."""
    names = [column.name for column in columns]

    def line(row: Row) -> str:
        values = [value if isinstance(value, dict | list) else plain(value) for value in row]
        return json.dumps(dict(zip(names, values, strict=True)), ensure_ascii=False) + "\n"

    return _blocks(line(row) for row in rows)


def _markdown(columns: Sequence[Column], rows: Iterable[Row], export: Export) -> Iterator[bytes]:
    def lines() -> Iterator[str]:
        yield f"| {' | '.join(_cell(column.label) for column in columns)} |\n"
        yield f"|{'|'.join('---' for _ in columns)}|\n"
        for row in rows:
            yield f"| {' | '.join(_cell(value) for value in row)} |\n"

    return _blocks(lines())


def _cell(value: Any) -> str:
    """One line that Markdown shows as it is."""
    found = _nested(plain, value)
    return _SPECIAL.sub(r"\\\1", " ".join(str(found).split())) if found is not None else ""


def _xlsx(columns: Sequence[Column], rows: Iterable[Row], export: Export) -> Iterator[bytes]:
    """Row by row through a temporary file: constant_memory keeps one row. Texts are never formulas."""
    import xlsxwriter  # noqa: PLC0415 - 2 MB in every process, for a file now and then

    with tempfile.TemporaryDirectory(prefix="dexter-export-") as folder:
        path = Path(folder) / "export.xlsx"
        options = {"constant_memory": True, "tmpdir": folder, "strings_to_urls": False}
        with xlsxwriter.Workbook(path, options) as book:
            _fill(book, columns, rows, export)
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                yield block


def _fill(book: Any, columns: Sequence[Column], rows: Iterable[Row], export: Export) -> None:
    sheet = book.add_worksheet(export.what.capitalize())
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.label, bold)
    for number, row in enumerate(rows, start=1):
        if number > XLSX_ROWS:
            break
        for place, value in enumerate(row):
            _put(sheet, number, place, _nested(spreadsheet, value))


def _put(sheet: Any, number: int, place: int, cell: Any) -> None:
    if isinstance(cell, bool):
        sheet.write_boolean(number, place, cell)
    elif isinstance(cell, int | float):
        sheet.write_number(number, place, cell)
    elif cell:
        sheet.write_string(number, place, cell)


_WRITERS: dict[str, Write] = {
    Export.Format.CSV: _csv,
    Export.Format.JSONL: _jsonl,
    Export.Format.XLSX: _xlsx,
    Export.Format.MARKDOWN: _markdown,
}
