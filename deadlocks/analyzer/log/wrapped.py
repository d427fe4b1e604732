"""Lines of a log inside the lines of a container runtime or a log service: JSON, Kubernetes' CRI, fronts."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from deadlocks.analyzer.wording import SEVERITY_WORDS

from .entry import LABEL, Line
from .stream import text_of

Unwrap = Callable[[Iterator[tuple[bytes, int, int]]], Iterator[Line]]

CRI = re.compile(r"^\d{4}-\d\d-\d\dT[\d:.]{8,20}(?:Z|[+-]\d\d:\d\d) (?:stdout|stderr) (?P<part>[FP]) ")
_LONGEST_FRONT = 200
TEXT_KEYS = (
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
    "body",
    "event_message",
    "LogFileData",
)
#: Where services put what they got: Azure, Google, Elasticsearch, Splunk.
NESTS = ("record", "properties", "jsonPayload", "fields", "_source", "event", "result")


def plain(raw: Iterator[tuple[bytes, int, int]]) -> Iterator[Line]:
    for data, start, end in raw:
        yield Line(text_of(data), start, end)


def fronted(front: re.Pattern[str]) -> Unwrap:
    """Takes off what a copy put before every line."""

    def unwrap(raw: Iterator[tuple[bytes, int, int]]) -> Iterator[Line]:
        for data, start, end in raw:
            yield Line(front.sub("", text_of(data)), start, end)

    return unwrap


def unwrap_cri(raw: Iterator[tuple[bytes, int, int]]) -> Iterator[Line]:
    """Kubernetes' container log: ``time stream F text``, with P for a part of a line that goes on."""
    held: Line | None = None
    for data, start, end in raw:
        text = text_of(data)
        found = CRI.match(text)
        body = text[found.end() :] if found else text
        line = Line(body, start, end) if held is None else Line(held.text + body, held.start, end)
        held = line if found and found["part"] == "P" else None
        if held is None:
            yield line
    if held:
        yield held


def cri_goes_on(line: bytes) -> bool:
    """True for a line whose text goes on in the next one."""
    found = CRI.match(text_of(line[:80]))
    return found is not None and found["part"] == "P"


def text_in(value: Any) -> str | None:
    """The log text inside a JSON value, None when there is none."""
    if not isinstance(value, dict):
        return None
    for holder in (value, *(value.get(key) for key in NESTS)):
        if not isinstance(holder, dict):
            continue
        for key in TEXT_KEYS:
            text = holder.get(key)
            if isinstance(text, str):
                return text
    return None


def json_text(line: str) -> str | None:
    """The log text inside a JSON line of a container runtime or a log service, None when there is none."""
    if not line.startswith("{"):
        return None
    try:
        return text_in(json.loads(line))
    except (ValueError, RecursionError):
        return None


def json_behind(line: str) -> str | None:
    """The same behind a time, a tag, a file's name."""
    at = line.find('{"', 0, _LONGEST_FRONT)
    at = at if at >= 0 else line.find("{", 0, _LONGEST_FRONT)
    return json_text(line[at:]) if at >= 0 else None


def holds_entries(lines: Iterable[bytes]) -> bool:
    """True when a JSON line holds more than one entry: one begins inside its text."""
    for data in lines:
        inner = (json_behind(text_of(data)) or "").rstrip("\n").split("\n")[1:]
        if any(
            (found := LABEL.search(t)) and found["label"] in SEVERITY_WORDS for t in inner if t[:1] != "\t"
        ):
            return True
    return False


def unwrap_json(raw: Iterator[tuple[bytes, int, int]]) -> Iterator[Line]:
    for data, start, end in raw:
        text = json_behind(text_of(data))
        if text is None:
            continue
        for part in text.removesuffix("\n").split("\n"):
            yield Line(part, start, end)


def unwrap_docker(raw: Iterator[tuple[bytes, int, int]]) -> Iterator[Line]:
    """Docker's json-file: a text that does not end its line (above 16 kB) goes on in the next one."""
    held: Line | None = None
    for data, start, end in raw:
        text = json_text(text_of(data))
        if text is None:
            continue
        line = Line(text, start, end) if held is None else Line(held.text + text, held.start, end)
        held = None if text.endswith("\n") else line
        if held is None:
            yield Line(line.text[:-1], line.start, line.end)
    if held:
        yield held


def docker_goes_on(line: bytes) -> bool:
    text = json_text(text_of(line))
    return text is not None and not text.endswith("\n")


def is_docker(lines: list[str]) -> bool:
    """True when the texts end their lines themselves, each its one line: what does not goes on."""
    texts = [json_text(line) or "" for line in lines]
    return any(text.endswith("\n") for text in texts) and not any("\n" in text[:-1] for text in texts)
