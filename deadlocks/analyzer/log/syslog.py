"""Syslog: headers off, ``#011`` and the like undone, the pieces of one line joined.

elog.c's write_syslog numbers messages ``[7]``, or ``[7-2]`` when it splits them at newlines and above 900
bytes; with syslog_sequence_numbers off there is no number at all.
"""

import re
from collections import deque
from collections.abc import Iterator

from .entry import LABEL, Line
from .stream import text_of

_HEADER = re.compile(
    r"^(?:<\d{1,3}>)?(?:\d )?"
    r"(?P<time>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S{0,16}) "
    r"(?:\S{1,255} )?"
    r"(?:(?P<ident>[\w./@+-]{1,100})(?:\[(?P<pid>[\w.-]{1,60})\])?: ?|"
    r"(?P<ident5>[\w./@+-]{1,100}) (?P<pid5>\d{1,10}) \S{1,64} (?:-|\[[^\]\n]{0,400}\]) ?(?:\ufeff)?)"
    r"(?:\[[A-Z_]{1,30}\] )?(?:\[(?P<seq>\d{1,10})(?:-(?P<chunk>\d{1,10}))?\] ?)?"
)
#: Lines that wait for a chunk of the oldest of them.
_HELD = 64
_OCTAL = re.compile(r"#(011|012|015)")
_OCTALS = {"011": "\t", "012": "\n", "015": "\r"}
#: A number before every line of a message is of log_line_prefix, not of syslog.
_PREFIXED = re.compile(r"\n\[\d")
#: Chunks are cut at the last blank, which starts the next one, or at 900 bytes where there is none.
_FULL_CHUNK = range(890, 901)
_LONGEST_LINE = 1 << 20
_MOST_SESSIONS = 4096
_FEWEST_BLANKS = 16


def is_syslog(text: str) -> bool:
    found = _HEADER.match(text)
    if found is None:
        return False
    return "postgres" in (found["ident"] or found["ident5"] or "").lower() or bool(found["chunk"])


class _Joiner:
    """The lines that can still go on: for each process the line, its last chunk's number and length."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[Line, int, int]] = {}

    def goes_on(self, line: Line, chunk: int) -> bool:
        """Adds a piece to the line it belongs to; False when it starts a line."""
        session, body, size = line.session or "", line.text, len(line.text.encode())
        before, last, length = self._open.pop(session, (None, 0, 0))
        numbered = chunk == last + 1 > 1
        cut = not chunk and not last and (body.startswith(" ") or length in _FULL_CHUNK)
        if len(self._open) > _MOST_SESSIONS:
            self._open.clear()
        if before is None or not (numbered or cut) or len(before.text) > _LONGEST_LINE or _starts_line(body):
            self._open[session] = line, chunk, size
            return False
        before.text += body
        before.end = line.end
        self._open[session] = before, chunk, size
        return True

    def is_open(self, line: Line) -> bool:
        return self._open.get(line.session or "", (None,))[0] is line


def unwrap_syslog(raw: Iterator[tuple[bytes, int, int]]) -> Iterator[Line]:
    """The lines as the server wrote them.

    A chunk of a split line has neither a tab nor a prefix in front, so it goes on with the line before it of
    the same process. A message sent whole has its newlines as ``#012``; journalctl indents them instead.
    """
    queue: deque[Line] = deque()
    joiner = _Joiner()
    session, width = "", 0
    for data, start, end in raw:
        text = text_of(data)
        found = _HEADER.match(text)
        if found:
            session, width = found["pid"] or found["pid5"] or "", found.end()
            body = _OCTAL.sub(lambda m: _OCTALS[m[1]], text[width:])
            if found["seq"] and body[:1] != "[" and _PREFIXED.search(body):
                body = text[found.start("seq") - 1 : width] + body
            line = Line(body, start, end, session)
            if joiner.goes_on(line, int(found["chunk"] or 0)):
                continue
        else:
            line = Line(*_indented(text, session, width, start, end))
        queue.append(line)
        while queue and (len(queue) > _HELD or not joiner.is_open(queue[0])):
            yield from _split(queue.popleft())
    for line in queue:
        yield from _split(line)


def _indented(text: str, session: str, width: int, start: int, end: int) -> tuple[str, int, int, str]:
    """journalctl puts blanks, as many as its header has characters, before the further lines of a message."""
    blanks = len(text) - len(text.lstrip(" "))
    if width < _FEWEST_BLANKS or blanks < _FEWEST_BLANKS:
        return text, start, end, ""
    header = min(blanks, width)
    return text[header:], start, end, session


def _starts_line(body: str) -> bool:
    return body.startswith(("\t", "{")) or LABEL.search(body[:400]) is not None


def _split(line: Line) -> Iterator[Line]:
    for part in line.text.split("\n"):
        yield Line(part, line.start, line.end, line.session)
