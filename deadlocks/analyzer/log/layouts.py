"""Which layout a log has, and how its lines become lines of a server log again.

A layout is found out from the start of the log. ``csvlog`` and ``jsonlog`` are records; every other one is
lines, possibly with something in front (syslog, container runtimes, log shippers) or wrapped in JSON.
"""

import json
import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from deadlocks.analyzer.wording import labels

from .entry import LABEL, Line, shape_of
from .stream import text_of

CSV_START = re.compile(
    rb"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [^,\"\n]{1,40},"
    rb"(?:\"[^\n]{0,200}?\")?,(?:\"[^\n]{0,200}?\")?,\d+,",
    re.MULTILINE,
)
_JSON_SEVERITY = re.compile(rb"^\{.{0,4000}?\"error_severity\" ?: ?\"", re.MULTILINE)

_SYSLOG = re.compile(
    r"^(?:<\d{1,3}>)?(?:\d )?"
    r"(?P<time>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S{0,16}) "
    r"(?:\S{1,255} )?"
    r"(?:(?P<ident>[\w./@+-]{1,100})(?:\[(?P<pid>[\w.-]{1,60})\])?: ?|"
    r"(?P<ident5>[\w./@+-]{1,100}) (?P<pid5>\d{1,10}) \S{1,64} (?:-|\[[^\]\n]{0,400}\]) ?(?:\ufeff)?)"
    r"(?:\[[A-Z_]{1,30}\] )?(?:\[(?P<seq>\d{1,10})-(?P<chunk>\d{1,10})\] ?)?"
)
_CRI = re.compile(r"^\d{4}-\d\d-\d\dT[\d:.]{8,20}(?:Z|[+-]\d\d:\d\d) (?:stdout|stderr) (?P<part>[FP]) ")

#: Things that copy a log line by line and put something in front of each.
_FRONTS = (
    re.compile(
        r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)? "
        r"(?:(?!\d{4}-)[A-Za-z][\w./-]{0,80} )?"
    ),
    re.compile(r"^[\w.-]{1,80} {1,20}\| "),
    re.compile(r"^(?:> ?)+"),
    re.compile(r"^[^\s:]{1,200}\.(?:log|txt)(?:\.\d+)?[:-](?:\d{1,10}[:-])?"),
    re.compile(r"^\[(?!\d+\])[\w.:/-]{1,80}\] "),
    re.compile(r"^\t"),
)
_EVERY = 0.99
_NUMBERED = re.compile(r"^ {0,8}(\d{1,10})[:\t-]")
_SAMPLE = 200
_SERVER_LABELS = frozenset(
    [*labels.LABELS["statement"], *labels.SEVERITIES["LOG"].values(), "LOCATION", "BACKTRACE"]
)
#: A client's stack trace is indented by tabs too, but not behind these.
_CONTINUED_LABELS = frozenset(
    [*labels.LABELS["statement"], *labels.LABELS["detail"], *labels.SEVERITIES["LOG"].values()]
)
_EVERY = 0.99
_NUMBERED = re.compile(r"^ {0,8}(\d{1,10})[:\t-]")
_SAMPLE = 200
_SERVER_LABELS = frozenset(
    [*labels.LABELS["statement"], *labels.SEVERITIES["LOG"].values(), "LOCATION", "BACKTRACE"]
)
#: A client's stack trace is indented by tabs too, but not behind these.
_CONTINUED_LABELS = frozenset(
    [*labels.LABELS["statement"], *labels.LABELS["detail"], *labels.SEVERITIES["LOG"].values()]
)
_TIMED = re.compile(r"^[ <\[]?0-0-0[ T]0:0:0|^0\.0 ")
_MOST_WORDS = 12
_TEXT_KEYS = (
    "log",
    "message",
    "MESSAGE",
    "textPayload",
    "msg",
    "line",
    "@message",
    "text",
    "content",
    "_raw",
)


@dataclass(frozen=True, slots=True)
class Layout:
    """``kind`` is csvlog, jsonlog, lines or text; ``name`` is what a report's source says."""

    kind: str
    name: str
    unwrap: Callable[[Iterator[tuple[bytes, int, int]]], Iterator[Line]]


def plain(raw: Iterator[tuple[bytes, int, int]]) -> Iterator[Line]:
    for data, start, end in raw:
        yield Line(text_of(data), start, end)


def detect(head: bytes) -> Layout:
    """The layout of a log from its first block."""
    if CSV_START.search(head):
        return Layout("csvlog", "csvlog", plain)
    if _JSON_SEVERITY.search(head):
        return Layout("jsonlog", "jsonlog", plain)
    every = [text_of(line) for line in head[: 1 << 18].split(b"\n") if line.strip()]
    lines = every[:_SAMPLE]
    if _share(lines, lambda t: json_text(t) is not None) > 0.8:
        return Layout("lines", "json", unwrap_json)
    if _share(lines, _is_syslog) > 0.6:
        return Layout("lines", "syslog", unwrap_syslog)
    if _share(lines, lambda t: bool(_CRI.match(t))) > 0.8:
        return Layout("lines", "cri", unwrap_cri)
    front = _front(lines)
    if front is not None and _is_log([front.sub("", t) for t in lines]):
        return Layout("lines", "stderr", _fronted(front))
    return Layout("lines", "stderr", plain) if _is_log(every) else Layout("text", "text", plain)


def _front(lines: list[str]) -> re.Pattern[str] | None:
    """What stands in front of every line and is no part of the server's log."""
    for front in (_NUMBERED, *_FRONTS):
        if not lines or not all(map(front.match, lines[:5])) or _share(lines, _matcher(front)) < _EVERY:
            continue
        if (front is not _NUMBERED or _counts_up(lines)) and _is_log([front.sub("", t) for t in lines]):
            return front
    indent = min((len(line) - len(line.lstrip(" ")) for line in lines), default=0)
    return re.compile(f"^ {{{indent}}}") if indent > 1 else None


def _matcher(front: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda line: front.match(line) is not None


def _counts_up(lines: list[str]) -> bool:
    numbers = [int(found[1]) for line in lines if (found := _NUMBERED.match(line))]
    steps = [b - a for a, b in zip(numbers, numbers[1:], strict=False)]
    return bool(steps) and min(steps) > 0 and steps.count(1) * 2 > len(steps)


def _share(lines: list[str], test: Callable[[str], bool]) -> float:
    return sum(map(test, lines)) / len(lines) if lines else 0.0


def _is_log(lines: list[str]) -> bool:
    """True for a server log: different labels behind one prefix, lines continued by a tab, a time before a
    label.
    """
    seen: dict[str, set[str]] = {}
    before = ""
    for line in lines:
        label = LABEL.search(line)
        if line.startswith("\t"):
            if (continued := LABEL.search(before)) and continued["label"] in _CONTINUED_LABELS:
                return True
        elif label:
            shape = shape_of(line[: label.start()])
            seen.setdefault(shape, set()).add(label["label"])
            if not shape and label["label"] in _SERVER_LABELS:
                return True
            timed = _TIMED.match(shape) and len(shape.split()) < _MOST_WORDS
            if timed or ("0" in shape and len(seen[shape]) > 1):
                return True
        before = line
    return False


def _is_syslog(text: str) -> bool:
    found = _SYSLOG.match(text)
    if found is None:
        return False
    return "postgres" in (found["ident"] or found["ident5"] or "").lower() or bool(found["seq"])


#: Lines that wait for a chunk of the oldest of them.
_HELD = 64
_OCTAL = re.compile(r"#(011|012|015)")
_OCTALS = {"011": "\t", "012": "\n", "015": "\r"}


def unwrap_syslog(raw: Iterator[tuple[bytes, int, int]]) -> Iterator[Line]:
    """Header off, ``#011`` and the like undone, chunks of one line joined.

    syslog.c cuts lines above 900 bytes; such a chunk has a number but neither a tab nor a prefix in front, so
    it goes on with the chunk before it of the same process. A message sent whole has its newlines as
    ``#012``.
    """
    queue: deque[Line] = deque()
    open_lines: dict[str, tuple[Line, int]] = {}
    for data, start, end in raw:
        text = text_of(data)
        found = _SYSLOG.match(text)
        session = (found["pid"] or found["pid5"] or "") if found else ""
        body = _OCTAL.sub(lambda m: _OCTALS[m[1]], text[found.end() :]) if found else text
        chunk = int(found["chunk"] or 0) if found else 0
        before, last = open_lines.pop(session, (None, 0))
        if before is not None and chunk == last + 1 > 1 and not _starts_line(body):
            before.text += body
            before.end = end
            open_lines[session] = before, chunk
            continue
        line = Line(body, start, end, session)
        queue.append(line)
        if chunk:
            open_lines[session] = line, chunk
        while queue and (
            len(queue) > _HELD or open_lines.get(queue[0].session or "", (None,))[0] is not queue[0]
        ):
            yield from _split(queue.popleft())
    for line in queue:
        yield from _split(line)


def _starts_line(body: str) -> bool:
    return body.startswith("\t") or LABEL.search(body[:400]) is not None


def _split(line: Line) -> Iterator[Line]:
    for part in line.text.split("\n"):
        yield Line(part, line.start, line.end, line.session)


def unwrap_cri(raw: Iterator[tuple[bytes, int, int]]) -> Iterator[Line]:
    """Kubernetes' container log: ``time stream F text``, with P for a part of a line that goes on."""
    held: Line | None = None
    for data, start, end in raw:
        text = text_of(data)
        found = _CRI.match(text)
        body = text[found.end() :] if found else text
        line = Line(body, start, end) if held is None else Line(held.text + body, held.start, end)
        held = line if found and found["part"] == "P" else None
        if held is None:
            yield line
    if held:
        yield held


def _fronted(front: re.Pattern[str]) -> Callable[[Iterator[tuple[bytes, int, int]]], Iterator[Line]]:
    def unwrap(raw: Iterator[tuple[bytes, int, int]]) -> Iterator[Line]:
        for data, start, end in raw:
            yield Line(front.sub("", text_of(data)), start, end)

    return unwrap


def json_text(line: str) -> str | None:
    """The log text inside a JSON line of a container runtime or a log service, None when there is none."""
    if not line.startswith("{"):
        return None
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    for key in _TEXT_KEYS:
        text = value.get(key)
        if isinstance(text, str):
            return text
    return None


def unwrap_json(raw: Iterator[tuple[bytes, int, int]]) -> Iterator[Line]:
    for data, start, end in raw:
        text = json_text(text_of(data))
        if text is None:
            continue
        for part in text.removesuffix("\n").split("\n"):
            yield Line(part, start, end)
