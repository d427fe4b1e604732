"""JSON documents that are not one event: exports of log services, records, several documents in one file."""

import json
from collections.abc import Iterator
from typing import Any

from .event import is_event
from .log.layouts import records_of
from .log.records import row_of
from .log.wrapped import NESTS, text_in

_MOST = 200_000
_DEPTH = 8


def values(text: str) -> list[Any]:
    """The JSON documents that make up a text, [] when it is not JSON from the start to the end."""
    decoder, found, at = json.JSONDecoder(), [], 0
    text = text.strip()
    try:
        while at < len(text):
            value, at = decoder.raw_decode(text, at)
            found.append(value)
            while at < len(text) and text[at] in " \t\r\n,":
                at += 1
    except (ValueError, RecursionError):
        return []
    return found


def records(documents: list[Any]) -> list[dict[str, str | None]] | None:
    """Records of csvlog or jsonlog, by the names of their columns; None when the documents are not all
    records.
    """
    entries = list(_entries(documents))
    rows = [row for entry in entries if (row := row_of(entry))]
    return rows if rows and len(rows) == len(entries) else None


def log_lines(documents: list[Any]) -> list[str]:
    """The lines of a log that a service exported, oldest first; [] for one line alone, which may be anything.

    CloudWatch and Google nest them in an array of objects, Loki in arrays of time and line.
    """
    if any(map(is_event, documents)):
        return []
    entries = list(_entries(documents))
    found = [(_time_of(entry), text) for entry in entries if (text := _text_of(entry)) is not None]
    if len(found) * 2 < len(entries) or (len(found) < 2 and not any(_is_log(text) for _, text in found)):
        return []
    if found[0][0] > found[-1][0]:
        found.reverse()
    return [text.removesuffix("\n") for _, text in found]


def _is_log(text: str) -> bool:
    return "\n" in text or records_of(text.encode("utf-8", "replace")) is not None


def _entries(documents: list[Any]) -> Iterator[Any]:
    """The objects and pairs that stand for one entry each, in their order."""
    stack: list[tuple[Any, int]] = [(value, 0) for value in reversed(documents)]
    left = _MOST
    while stack and left:
        value, depth = stack.pop()
        left -= 1
        if _text_of(value) is not None or row_of(value):
            yield value
        elif isinstance(value, (list, dict)) and depth < _DEPTH:
            children = value if isinstance(value, list) else value.values()
            stack.extend((child, depth + 1) for child in reversed(list(children)))


def _text_of(value: Any) -> str | None:
    if isinstance(value, list) and len(value) == 2 and all(isinstance(part, str) for part in value):
        return value[1] if value[0].isdigit() else None
    return text_in(value)


def _time_of(value: Any) -> str:
    if isinstance(value, list):
        return str(value[0])
    for holder in (value, *(value.get(key) for key in NESTS)):
        if isinstance(holder, dict):
            for key in ("timestamp", "time", "@timestamp", "ts"):
                if key in holder:
                    return str(holder[key])
    return ""
