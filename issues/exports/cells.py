"""Values as they stand in a file: times as ISO 8601 in UTC, texts that no spreadsheet takes for a formula."""

import re
from datetime import UTC, datetime

Cell = str | int | float | bool | None

# What spreadsheet programs take for the beginning of a formula, also after they dropped what is not shown:
# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = re.compile("[\\s\u0000-\u001f\u200b\ufeff]*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
# XML, and with it XLSX, has no place for these.
_CONTROL = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udfff]")
LONGEST = 32_767  # characters of a cell in XLSX


def plain(value: object) -> Cell:
    """A value of a row as a scalar."""
    if value is None or isinstance(value, bool | int | float):
        return value
    return iso(value) if isinstance(value, datetime) else clean(str(value))


def iso(moment: datetime) -> str:
    """2026-11-19T21:58:04Z, with microseconds where there are any."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def clean(text: str) -> str:
    return _CONTROL.sub("\ufffd", text)


def harmless(text: str) -> str:
    """The text with ' before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def spreadsheet(value: object) -> Cell:
    """A scalar for CSV and XLSX; numbers stay numbers."""
    cell = plain(value)
    return harmless(cell)[:LONGEST] if isinstance(cell, str) else cell
