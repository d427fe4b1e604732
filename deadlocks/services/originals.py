"""The text of a report as it stood in the event or the log from which it was read."""

import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from deadlocks.analyzer import Report, analyze_text, wording
from deadlocks.analyzer.event import exceptions, messages
from deadlocks.analyzer.log import Log, Readable, records
from deadlocks.analyzer.log.entry import Line, Reader, head_of
from deadlocks.analyzer.log.layouts import Layout
from deadlocks.analyzer.log.stream import document_of, text_of

LONGEST = 100_000  # characters that are kept of one report
_AHEAD = 1 << 18  # bytes of a log in which the rest of a report is looked for
_MOST_LINES = 400
_LINES_ABOVE = 8  # a client's message stands that far above its first wait line
_MOST_VALUES = 20_000
_LARGEST_DOCUMENT = 4 << 20


def of_event(payload: Any, report: Report) -> str:
    """The message, or the fields of the error object, in which an event holds the report; "" if it is lost.

    An event may print a report several times; the first that says as much as the report is taken.
    """
    for text, holder in _texts(payload):
        if any(found.edges == report.edges for found in analyze_text(text)):
            return _kept(text if _has_message(text) or not holder else _fields(holder))
    return ""


def _texts(payload: Any) -> Iterator[tuple[str, Mapping[str, Any] | None]]:
    """Texts of an event that may be a report, with the object of which each is a field."""
    if not isinstance(payload, Mapping):
        return
    yield from ((one.value, None) for one in exceptions(payload) if one.value)
    yield from ((text, None) for text in messages(payload) if text)
    values: deque[tuple[Any, Mapping[str, Any] | None]] = deque([(payload, None)])
    for _ in range(_MOST_VALUES):
        if not values:
            return
        value, holder = values.popleft()
        if isinstance(value, str):
            if "Lock" in value:
                yield value, holder
        elif isinstance(value, Mapping):
            values.extend((item, value) for item in value.values())
        elif isinstance(value, list):
            values.extend((item, None) for item in value)


def _has_message(text: str) -> bool:
    lowered = text.lower()
    return any(primary.lower() in lowered for primary in wording.PRIMARIES)


def _fields(holder: Mapping[str, Any]) -> str:
    said = ((name, value) for name, value in holder.items() if isinstance(value, str | int) and value != "")
    return "\n".join(f"{name}: {value}" for name, value in said)


def of_log(source: Readable | Iterable[bytes], reports: Iterable[Report]) -> Iterator[str]:
    """The text of each report of a log, in flat memory; reports come in the order of their lines.

    `source` is the log from its start, packed or not. What cannot be found again is "".
    """
    log = Log(source)
    if log.layout.kind != "text":
        lines = _Lines(log.blocks())
        yield from (_kept(_entry(log.layout, lines.after(report.source.line or 1))) for report in reports)
        return
    whole = log.whole(_LARGEST_DOCUMENT)
    document = _json(whole) if whole else None
    if isinstance(document, str):
        yield from of_log((document.encode("utf-8", "replace"),), reports)
        return
    lines = _Lines(log.blocks())
    for report in reports:
        if document is not None and report.source.format == "event":
            yield of_event(document if isinstance(document, dict) else {"extra": document}, report)
        else:
            yield _kept(_message(lines, report))


def _json(whole: bytes) -> Any:
    if whole.lstrip()[:1] not in (b"{", b"[", b'"'):
        return None
    try:
        return json.loads(whole)
    except (ValueError, RecursionError):
        return None


class _Lines:
    """Blocks of a log from which pieces are taken at line numbers that do not fall. `first` is the first line
    that can still be had.
    """

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks, self._buffer, self.first = blocks, b"", 1

    def after(self, line: int) -> bytes:
        """The bytes from the start of a line on, as many as a report may have; empty where there is none."""
        if line < self.first:
            return b""
        while (start := self._offset(line)) is None:
            if not self._more():
                return b""
        self._buffer, self.first = self._buffer[start:], line
        while len(self._buffer) < _AHEAD and self._more():
            pass
        return self._buffer[:_AHEAD]

    def _offset(self, line: int) -> int | None:
        """Where a line starts in the buffer; None when it is behind its end, which is then dropped."""
        at = 0
        for _ in range(line - self.first):
            end = self._buffer.find(b"\n", at)
            if end < 0:
                self.first += self._buffer.count(b"\n")
                self._buffer = self._buffer[at:]
                return None
            at = end + 1
        return at

    def _more(self) -> bool:
        block = next(self._blocks, b"")
        self._buffer += block
        return bool(block)


def _entry(layout: Layout, data: bytes) -> str:
    """The lines of the entry at the start of `data`, without lines of others between them."""
    if layout.kind == "csvlog":
        return document_of(_record(data))
    if layout.kind == "jsonlog":
        return text_of(data.partition(b"\n")[0])
    ends: dict[int, int] = {}

    def noted() -> Iterator[Line]:
        for line in layout.unwrap(records.lines(data, 0)):
            ends[line.start] = line.end
            yield line

    lines = noted()
    first = next(lines, None)
    found = head_of(first.text) if first else None
    if first is None or found is None:
        return text_of(data.partition(b"\n")[0])
    own = sorted(Reader(first, found).read(lines).own)
    return document_of(b"".join(data[start : ends.get(start, start)] for start in own)).rstrip("\r\n")


def _record(data: bytes) -> bytes:
    """A record of a csvlog: it ends with the first line end that is not inside quotes."""
    at = quotes = 0
    while (end := data.find(b"\n", at)) >= 0:
        quotes += data.count(b'"', at, end)
        if quotes % 2 == 0:
            return data[:end]
        at = end + 1
    return data


def _message(lines: _Lines, report: Report) -> str:
    """What a client printed: from its message on, to the end of the paragraph behind the waits."""
    line = report.source.line or 1
    first = max(lines.first, line - _LINES_ABOVE)
    if line < first:
        return ""
    said = document_of(lines.after(first)).split("\n")[:_MOST_LINES]
    own = line - first
    heads = [at for at, text in enumerate(said[: own + 1]) if _has_message(text)]
    start = heads[-1] if heads else own
    end = next((at for at in range(own + 1, len(said)) if _is_over(said, at, own)), len(said))
    return "\n".join(said[start:end]).rstrip()


def _is_over(said: list[str], at: int, own: int) -> bool:
    """Whether a client's text ends above line `at`: two empty lines, or the message of the next report."""
    return not "".join(said[at : at + 2]).strip() or (at > own + 1 and _has_message(said[at]))


def _kept(text: str) -> str:
    """What a database takes of it: no NUL, no half of a surrogate pair, not more than LONGEST."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()[:LONGEST]
