"""Exports: issues of a search or a selection, or one issue's events, as CSV, JSON Lines, XLSX or Markdown."""

from issues.exports.files import path_of, remove_expired, write_export
from issues.exports.making import (
    DIRECT,
    PERMISSION,
    Refused,
    Wanted,
    direct,
    enqueue,
    prepare,
    record,
)

__all__ = [
    "DIRECT",
    "PERMISSION",
    "Refused",
    "Wanted",
    "direct",
    "enqueue",
    "path_of",
    "prepare",
    "record",
    "remove_expired",
    "write_export",
]
