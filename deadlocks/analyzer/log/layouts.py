"""Which layout a log has, and how its lines become lines of a server log again.

A layout is found out from the start of the log. ``csvlog`` and ``jsonlog`` are records; every other one is
lines, possibly with something in front (syslog, container runtimes, log shippers) or wrapped in JSON.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from deadlocks.analyzer.wording import labels

from .entry import LABEL, shape_of
from .stream import text_of
from .syslog import is_syslog, unwrap_syslog
from .wrapped import (
    CRI,
    Unwrap,
    cri_goes_on,
    docker_goes_on,
    fronted,
    is_docker,
    json_behind,
    json_text,
    plain,
    unwrap_cri,
    unwrap_docker,
    unwrap_json,
)

CSV_START = re.compile(
    rb"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [^,\"\n]{1,40},"
    rb"(?:\"[^\n]{0,200}?\")?,(?:\"[^\n]{0,200}?\")?,\d+,",
    re.MULTILINE,
)
#: csvlog behind whatever a copy put in front of its line.
_CSV_BEHIND = re.compile(r"(?<![\w.])" + CSV_START.pattern.decode().removeprefix("^"))
_LONGEST_HEAD = 700
_LONGEST_RECORD_HEAD = 4000
_MOST_FRONTS = 3
_LONGEST_FRONT = 200
#: Numbers count up, and grep tells the lines around a match by a hyphen.
_VARIABLE = re.compile(r"\d+|[:-]")
_JSON_SEVERITY = re.compile(rb"^\{.{0,4000}?\"error_severity\" ?: ?\"", re.MULTILINE)

_ISO = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?[ \t]"
#: Things that copy a log line by line and put something in front of each.
_FRONTS = (
    re.compile(_ISO + r"[A-Za-z][\w./-]{0,80} "),
    re.compile(_ISO),
    re.compile(r"^[\w.-]{1,80} {1,20}\| "),
    re.compile(r"^(?:> ?)+"),
    re.compile(r"^[^\s:]{1,200}\.(?:log|txt)(?:\.\d+)?[:-](?:\d{1,10}[:-])?"),
    re.compile(r"^\[(?!\d+\])[\w.:/-]{1,80}\] "),
    re.compile(r"^[\w.-]{1,80} [\w.-]{1,80} (?=\d{4}-\d\d-\d\dT)"),
    re.compile(r"^\d{13}\t"),
    re.compile(r"^[+-]"),
    re.compile(r"^\t"),
)
_EVERY = 0.99
_NUMBERED = re.compile(r"^ {0,8}(\d{1,10})[:\t -]")
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


@dataclass(frozen=True, slots=True)
class Layout:
    """``kind`` is csvlog, jsonlog, lines or text; ``name`` is what a report's source says. ``goes_on`` tells
    a line whose text goes on in the next one.
    """

    kind: str
    name: str
    unwrap: Unwrap
    goes_on: Callable[[bytes], bool] | None = None


def detect(head: bytes) -> Layout:
    """The layout of a log from its first block."""
    if found := records_of(head):
        return found
    every = [text_of(line) for line in head[: 1 << 18].split(b"\n") if line.strip()]
    lines = every[:_SAMPLE]
    if (front := _front_of_records(lines)) is not None:
        return Layout("lines", "stderr", fronted(front))
    if _share(lines, lambda t: json_text(t) is not None) > 0.8:
        if is_docker(lines):
            return Layout("lines", "json", unwrap_docker, docker_goes_on)
        return Layout("lines", "json", unwrap_json)
    if _share(lines, lambda t: json_behind(t) is not None) > 0.8:
        return Layout("lines", "json", unwrap_json)
    if _share(lines, is_syslog) > 0.6:
        return Layout("lines", "syslog", unwrap_syslog)
    if _share(lines, lambda t: bool(CRI.match(t))) > 0.8:
        return Layout("lines", "cri", unwrap_cri, cri_goes_on)
    front = _front(lines)
    if front is not None:
        return Layout("lines", "stderr", fronted(front))
    return Layout("lines", "stderr", plain) if _is_log(every) else Layout("text", "text", plain)


def records_of(head: bytes) -> Layout | None:
    """csvlog or jsonlog, None for what is neither."""
    if CSV_START.search(head):
        return Layout("csvlog", "csvlog", plain)
    if _JSON_SEVERITY.search(head):
        return Layout("jsonlog", "jsonlog", plain)
    return None


def _front_of_records(lines: list[str]) -> re.Pattern[str] | None:
    """What stands in front of csvlog's or jsonlog's lines; it differs only in its numbers."""
    for at, line in enumerate(lines):
        start = _record_in(line)
        if 0 < start < _LONGEST_FRONT:
            shape = re.escape(line[:start]).replace(r"\-", "-")
            front = re.compile("^" + _VARIABLE.sub(lambda m: r"\d+" if m[0].isdigit() else "[:-]", shape))
            return front if _share(lines[at:], _matcher(front)) >= _EVERY else None
    return None


def _record_in(line: str) -> int:
    """Where a record starts in a line, -1 for none."""
    at = line.find('{"', 0, _LONGEST_FRONT)
    if at >= 0 and '"error_severity"' in line[at : at + _LONGEST_RECORD_HEAD]:
        return at
    found = _CSV_BEHIND.search(line[:_LONGEST_HEAD])
    return found.start() if found else -1


def _front(lines: list[str], left: int = _MOST_FRONTS) -> re.Pattern[str] | None:
    """What stands in front of every line and is no part of the server's log; up to ``left`` things."""
    for front in (_NUMBERED, *_FRONTS):
        if not lines or not all(map(front.match, lines[:5])) or _share(lines, _matcher(front)) < _EVERY:
            continue
        if front is _NUMBERED and not _counts_up(lines):
            continue
        bare = [front.sub("", t) for t in lines]
        if _is_log(bare) or records_of("\n".join(bare).encode("utf-8", "replace")):
            inner = _front(bare, left - 1) if left > 1 else None
            return re.compile(front.pattern + inner.pattern.removeprefix("^")) if inner else front
    indent = min((len(line) - len(line.lstrip(" ")) for line in lines), default=0)
    front = re.compile(f"^ {{{indent}}}")
    return front if indent > 1 and _is_log([front.sub("", t) for t in lines]) else None


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
