"""PostgreSQL deadlock reports: found, taken apart and explained. Pure: no framework, no I/O but what is
handed in.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from . import copies, documents, event, text
from .assembly import Parts, report_of
from .diagnosis import diagnosed
from .log import Log, Readable
from .log.records import row_parts
from .log.stream import document_of
from .values import Edge, Report, Source

__all__ = ["VERSION", "Report", "analyze_event", "analyze_log", "analyze_text"]

#: Stored with each result; a change in what a report says changes it.
VERSION = "1.2"
_WHOLE = 4 << 20
_SIGNS = 1 << 16
_JSON_STARTS = (b"{", b"[", b'"')


def analyze_text(said: str, file: str | None = None) -> tuple[Report, ...]:
    """The reports in a message, an exception's value or a pasted piece of log."""
    return tuple(analyze_log((said.encode("utf-8", "surrogatepass"),), file))


def analyze_event(payload: Any, file: str | None = None) -> tuple[Report, ...]:
    """The reports in a Sentry event: what an SDK sends, or what the API returns. Anything but a dict has
    none.
    """
    return tuple(_reports(event.parts_of(payload), file))


def analyze_log(source: Readable | Iterable[bytes], file: str | None = None) -> Iterator[Report]:
    """The reports of a file, a stream or blocks of bytes, in order and in flat memory.

    The layout (stderr with any prefix, csvlog, jsonlog, syslog, ..., gzip) is found out from the start; what
    is no server log is read as a client's text, or as a Sentry event when it is a JSON document. Any bytes
    give an answer.
    """
    log = Log(source, file)
    if (plain := _as_it_was(log)) is not None:
        log = Log((plain,), file)
    if log.layout.kind != "text" and not log.may_be_json:
        yield from map(diagnosed, log.entries())
    elif (whole := log.whole(_WHOLE)) is None:
        yield from _windows(log) if log.layout.kind == "text" else map(diagnosed, log.entries())
    elif whole.lstrip()[:1] in _JSON_STARTS and (values := documents.values(said := document_of(whole))):
        yield from _json(values, said, file)
    elif log.layout.kind == "text":
        yield from _reports(text.parts_of(document_of(whole)), file)
    else:
        yield from map(diagnosed, log.entries())


def _as_it_was(log: Log) -> bytes | None:
    """What a copy changed as a whole, put right; None for a log that is as the server wrote it."""
    if log.is_record or copies.restored(log.head[:_SIGNS]) == log.head[:_SIGNS]:
        return None
    whole = log.whole(_WHOLE)
    return copies.restored(whole) if whole is not None else None


def _json(values: list[Any], said: str, file: str | None) -> Iterator[Report]:
    """The reports of JSON documents: a text, an event, an export of a log service, anything else."""
    if len(values) == 1 and isinstance(values[0], str):
        yield from analyze_log((values[0].encode("utf-8", "replace"),), file)
        return
    if (rows := documents.records(values)) is not None:
        yield from _reports([parts for row in rows if (parts := row_parts(row))], file)
    elif lines := documents.log_lines(values):
        yield from analyze_log(("\n".join(lines).encode("utf-8", "replace"),), file)
    else:
        payloads = [value if isinstance(value, dict) else {"extra": value} for value in values]
        found = [parts for payload in payloads for parts in event.parts_of(payload)]
        yield from _reports(found or ([] if any(map(event.is_event, values)) else text.parts_of(said)), file)


def _windows(log: Log) -> Iterator[Report]:
    """A long text piece by piece; pieces overlap, and what was seen in the one before is not told again."""
    before, seen, line = b"", set[tuple[Edge, ...]](), 0
    for block in log.blocks():
        for report in _reports(text.parts_of(document_of(before + block)), log.file, line):
            if report.edges not in seen and (report.edges or not before):
                seen.add(report.edges)
                yield report
        if len(seen) > 4096:
            seen.clear()
        line += (before + block).count(b"\n") - block[-_OVERLAP:].count(b"\n")
        before = block[-_OVERLAP:]


_OVERLAP = 1 << 14


def _reports(found: list[Parts], file: str | None, lines_before: int = 0) -> Iterator[Report]:
    for parts in found:
        line = parts.source.line
        parts.source = Source(file, parts.source.format, line and line + lines_before, parts.source.time)
        if (report := report_of(parts)) is not None:
            yield diagnosed(report)
