"""The pass over a log: a substring search finds the few places that can be a report, only those are parsed.

The search is ``bytes.find`` over blocks of a megabyte for a word of each language's message and for the
SQLSTATE, some gigabytes a second; the rest of the log is never split into lines. Memory holds one block and
the entry being read.
"""

import json
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from deadlocks.analyzer import sentences, wording
from deadlocks.analyzer.assembly import Parts, report_of
from deadlocks.analyzer.values import LockWait, Report, Source
from deadlocks.analyzer.wording import labels, messages

from . import prefix as prefixes
from . import records
from .entry import LABEL, LONGEST_ENTRY, Entry, Head, Line, Reader, head_of, is_inside, lost_head_of
from .layouts import CSV_START, Layout
from .recent import RecentLines
from .splices import has_two_times, spliced_head, unspliced
from .stream import document_of

#: "eadlock" is in the message of seven languages, in any encoding.
_ANCHORS = [b"eadlock", *(p.encode() for p in wording.PRIMARIES if "eadlock" not in p)]
#: The same as some writers of JSON escape them.
_ESCAPED = [json.dumps(p.decode())[1:-1].encode() for p in _ANCHORS if not p.isascii()]
_ANCHORS_OF = {"csvlog": [records.CSV_ANCHOR], "jsonlog": _ANCHORS + _ESCAPED, "json": _ANCHORS + _ESCAPED}
_LOG_WORDS = frozenset(labels.SEVERITIES["LOG"].values())
#: Where the French message breaks its line before the lock.
_BROKEN = messages.LOCK_WAITS["detected"]["fr"].partition("\n")[0].rpartition("}")[2].encode()
#: Backend types that matter to a cause, where the prefix has %b.
_BACKENDS = ("logical replication", "parallel worker")
#: What log_error_verbosity = verbose puts before a message.
_STATE = re.compile(r"^[0-9A-Z]{5}: ")
_PENDING = 16
_LOOK_BACK = 1 << 15
_NEAR = 1 << 12
_FOLLOWED = 3


class Scanner:
    """Reads one log of entries: ``csvlog``, ``jsonlog`` or lines. ``reports`` may be called once."""

    def __init__(self, first: bytes, rest: Iterator[bytes], layout: Layout, file: str | None = None) -> None:
        self._buffer = first
        self._blocks = rest
        self._layout = layout
        self._source = Source(file, layout.name)
        self._line = 1
        self._counted = 0
        self._own: set[int] = set()
        self._pending: deque[Report] = deque()
        self._waits = RecentLines()
        self._is_first = True

    def reports(self) -> Iterator[Report]:
        """The reports of the log in its order, without a diagnosis."""
        last = False
        while True:
            done = self._scan(last)
            while len(self._pending) > (0 if last else _PENDING):
                yield self._pending.popleft()
            if last:
                return
            self._drop(done)
            block = next(self._blocks, b"")
            last = not block
            self._buffer += block

    def _drop(self, done: int) -> None:
        self._line = self._line_at(done)
        self._counted = 0
        self._is_first = self._is_first and not done
        self._buffer = self._buffer[done:]
        self._own = {at - done for at in self._own if at >= done}

    def _line_at(self, offset: int) -> int:
        """The line number of an offset that is not before the last one asked for."""
        self._line += self._buffer.count(b"\n", self._counted, offset)
        self._counted = offset
        return self._line

    def _scan(self, last: bool) -> int:
        """Reads what is complete in the buffer; returns how much of it is done with."""
        limit = len(self._buffer) if last else self._buffer.rfind(b"\n") + 1
        if not limit and len(self._buffer) > LONGEST_ENTRY:
            limit = len(self._buffer)
        for start, is_anchor in self._candidates(limit):
            if start in self._own:
                continue
            if not is_anchor and not self._is_start(start):
                self._note_wait(start)
            elif not self._read(start, last or len(self._buffer) - start > LONGEST_ENTRY):
                return start
        return limit

    def _candidates(self, limit: int) -> list[tuple[int, bool]]:
        """Starts of lines that may head a report (True) or tell of a lock wait (False), in order."""
        anchors = _ANCHORS_OF.get(self._layout.name, _ANCHORS)
        found = dict.fromkeys(self._lines_with(b"Lock", limit), False)
        for anchor in anchors:
            found.update((start, True) for start in self._lines_with(anchor, limit))
        return sorted(found.items())

    def _lines_with(self, word: bytes, limit: int) -> Iterator[int]:
        buffer, at = self._buffer, 0
        while (at := buffer.find(word, at, limit)) >= 0:
            yield buffer.rfind(b"\n", 0, at) + 1
            at = buffer.find(b"\n", at, limit)
            if at < 0:
                return

    def _read(self, start: int, whole: bool) -> bool:
        """Reads the entry at ``start``; False when its end is not in the buffer yet."""
        parts, complete = self._parts(start, whole)
        if not complete and not whole:
            return False
        if parts is None:
            self._note_wait(start)
        if parts is not None:
            parts.source = Source(
                self._source.file, self._source.format, self._line_at(start), parts.source.time
            )
            report = report_of(parts)
            if report is not None and not self._is_copy(report):
                waits = self._waits_of(report)
                self._pending.append(replace(report, timeline=waits) if waits else report)
        return True

    def _parts(self, start: int, whole: bool) -> tuple[Parts | None, bool]:
        if self._layout.kind == "csvlog":
            return self._csv(start, whole)
        if self._layout.kind == "jsonlog":
            end = self._buffer.find(b"\n", start)
            line = self._buffer[start : end if end >= 0 else len(self._buffer)]
            return (records.json_parts(line) if records.JSON_ANCHOR.search(line) else None), True
        return self._lines(start, whole)

    def _csv(self, start: int, whole: bool) -> tuple[Parts | None, bool]:
        size = 1 << 14
        while True:
            data = _whole_characters(self._buffer[start : start + size])
            if not CSV_START.match(data):
                return None, True
            at_end = start + size >= len(self._buffer)
            fields = records.csv_fields(document_of(data), cut=at_end and whole)
            if fields is not None:
                return records.csv_parts(fields), True
            if at_end:
                return None, False
            size *= 8

    def _lines(self, start: int, whole: bool) -> tuple[Parts | None, bool]:
        if self._layout.goes_on and self._layout.goes_on(self._line_before(start)):
            return None, True
        lines = self._layout.unwrap(records.lines(self._buffer, start))
        first = next(lines, None)
        found = head_of(first.text) if first else None
        if first and not found and self._is_start(start) and (found := lost_head_of(first.text)):
            lines = chain((first,), lines)
        odd = first and (found is None or has_two_times(found.prefix))
        if first and odd and (spliced := self._spliced(start, first, lines)):
            first, found, lines = spliced
        if first is None or found is None:
            return None, True
        entry = Reader(first, found).read(unspliced(lines, found.prefix))
        if entry.doubtful and entry.prefix and is_inside(self._lines_before(start), entry.prefix):
            return None, True
        if entry.complete or whole:
            self._own.update(entry.own)
        return (None if entry.quoted else _parts_of(entry, first)), entry.complete

    def _spliced(
        self, start: int, first: Line, lines: Iterator[Line]
    ) -> tuple[Line, Head, Iterator[Line]] | None:
        """A head in the middle of a line that another process had begun."""
        if self._layout.name != "stderr" or not any(p in first.text for p in wording.PRIMARIES):
            return None
        following = next(lines, None)
        found = spliced_head(first, following, lambda: self._lines_before(start, _NEAR))
        own, head = found or (first, head_of(first.text))
        return (own, head, chain((following,), lines)) if head and following else None

    def _is_start(self, start: int) -> bool:
        """True for the first line of the log: a rotation may have left its head in the file before."""
        return self._is_first and not start

    def _line_before(self, start: int) -> bytes:
        return self._buffer[self._buffer.rfind(b"\n", 0, max(0, start - 1)) + 1 : max(0, start - 1)]

    def _lines_before(self, start: int, reach: int = _LOOK_BACK) -> list[str]:
        raw = self._buffer[max(0, start - reach) : start]
        return [line.text for line in self._layout.unwrap(records.lines(raw, 0))]

    def _is_copy(self, report: Report) -> bool:
        """Logged again without statements: by the leader of a parallel worker, by whoever asked through
        postgres_fdw or dblink. A leader's copy marks the first one.
        """
        if not report.edges or "statements" not in report.missing:
            return False
        for at, earlier in enumerate(self._pending):
            if earlier.edges == report.edges:
                if sentences.is_parallel_copy(report.context):
                    self._pending[at] = replace(earlier, hints=earlier.hints | {"parallel worker"})
                return True
        return False

    def _waits_of(self, report: Report) -> tuple[LockWait, ...]:
        """The lock-wait lines before a report that name one of its locks, in the log's order."""
        near = dict(line for edge in report.edges for line in self._waits.about(edge.text))
        waits = (self._wait(near[at]) for at in sorted(near))
        return tuple(wait for wait in waits if wait and _is_about(wait, report))

    def _note_wait(self, start: int) -> None:
        """Keeps a line that may tell of a lock wait, and adds it to the reports just read when it names their
        locks.

        Such a line is parsed only then; DETAIL and a message's second line come with it.
        """
        first = end = self._buffer.find(b"\n", start) + 1 or len(self._buffer)
        before = self._line_before(start)
        start -= len(before) + 1 if before.endswith(_BROKEN) else 0
        for _ in range(2):
            end = self._buffer.find(b"\n", end) + 1 or len(self._buffer)
        line = self._buffer[start:end]
        self._waits.add(self._buffer[start:first], line)
        for at in range(max(0, len(self._pending) - _FOLLOWED), len(self._pending)):
            report = self._pending[at]
            if any(e.text.encode() in line for e in report.edges):
                wait = self._wait(line)
                if wait and _is_about(wait, report):
                    self._pending[at] = replace(report, timeline=(*report.timeline, wait))

    def _wait(self, data: bytes) -> LockWait | None:
        if self._layout.kind == "csvlog":
            fields = records.csv_fields(document_of(data), cut=True) if CSV_START.match(data) else None
            return sentences.lock_wait(fields[13], fields[14], fields[0]) if fields else None
        if self._layout.kind == "jsonlog":
            return records.json_wait(data.partition(b"\n")[0])
        return self._wait_of_lines(data)

    def _wait_of_lines(self, data: bytes) -> LockWait | None:
        lines = self._layout.unwrap(records.lines(data, 0))
        first = next(lines, None)
        label = LABEL.search(first.text) if first and not first.text.startswith("\t") else None
        if first is None or label is None or label["label"] not in _LOG_WORDS:
            return None
        message, detail = _STATE.sub("", first.text[label.end() :]), ""
        following = next(lines, None)
        if following is not None and following.text.startswith("\t"):
            message += "\n" + following.text[1:]
            following = next(lines, None)
        named = LABEL.search(following.text) if following else None
        if following and named and wording.FIELD_OF.get(named["label"]) == "detail":
            detail = following.text[named.end() :]
        return sentences.lock_wait(message, detail, prefixes.time_of(first.text[: label.start()]))


def _whole_characters(data: bytes) -> bytes:
    """Data without a character that was cut at its end."""
    return data[:-4] + data[-4:].rstrip(bytes(range(0x80, 0x100))) if data[-1:] >= b"\x80" else data


def _is_about(wait: LockWait, report: Report) -> bool:
    """True for a wait of a process of the cycle, for a lock of the cycle."""
    return wait.pid in report.cycle and any(e.text == wait.text for e in report.edges)


def _parts_of(entry: Entry, first: Line) -> Parts:
    fields = entry.fields
    user, database, application = prefixes.names_of(entry.prefix)
    session = first.session
    return Parts(
        source=Source(time=prefixes.time_of(entry.prefix)),
        language=entry.language,
        sqlstate=entry.sqlstate or ("40P01" if "40P01" in entry.prefix else None),
        detail=fields.get("detail", ""),
        context=fields.get("context", ""),
        statement=fields.get("statement"),
        query=fields.get("query"),
        pid=entry.pid
        or prefixes.pid_of(entry.prefix)
        or (int(session) if session and session.isdigit() else None),
        user=user,
        database=database,
        application=application,
        backend_type=next((kind for kind in _BACKENDS if kind in entry.prefix), None),
    )
