"""Entries that another process wrote into the middle of a line.

Without a collector the server's processes share a pipe, and what is longer than PIPE_BUF is not written
at once: ``UPDATE accou2026-11-20 22:54:46.909 UTC [12] ERROR:  ...``, and below that entry ``nts SET ...``.
It is known by its prefix, of the same shape and hour, which its own second line has at its start; what a
statement quotes has a tab there.
"""

import re
from collections import deque
from collections.abc import Callable, Iterator

from deadlocks.analyzer import wording

from .entry import LABEL, Head, Line, head_of, shape_of

_STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_SESSION = re.compile(r"[0-9a-f]{6,10}\.[0-9a-f]{1,8}")
_HOUR = len("2026-11-20 22")
_LONGEST = 300


def unspliced(lines: Iterator[Line], prefix: str) -> Iterator[Line]:
    """The lines of an entry without the entries inside its lines, which are joined again."""
    if not _STAMP.match(prefix):
        yield from lines
        return
    ahead: deque[Line] = deque()
    tabs = False
    while line := ahead.popleft() if ahead else next(lines, None):
        found = _other(line.text, prefix)
        following = (ahead.popleft() if ahead else next(lines, None)) if found else None
        if not found or following is None or not _is_entry(line.text, following.text, prefix, found, tabs):
            ahead.extend((following,) if following else ())
            tabs = tabs or line.text.startswith("\t")
            yield line
            continue
        while following and (following.text.startswith(("\t", found[1]))):
            following = next(lines, None)
        rest = following or Line("", -1, line.end)
        yield Line(line.text[: found[0]] + rest.text, rest.start, rest.end, line.session)


def _is_entry(text: str, following: str, prefix: str, found: tuple[int, str], tabs: bool) -> bool:
    """Is what was found in a line another entry? It is when the line below belongs to it too; or to none, as
    the rest of the line that was cut, where no statement can stand or its lines would start with a tab.
    """
    at, own = found
    if following.startswith(own):
        return _shape(own) == _shape(prefix)
    label = LABEL.search(text, 0, at)
    named = wording.FIELD_OF.get(label["label"]) if label else None
    detail = label and named == "detail" and shape_of(text[: label.start()]) == shape_of(prefix)
    certain = tabs or detail or text.startswith("\t") or prefix.startswith(text[:at])
    return bool(certain) and not following.startswith("\t") and not _STAMP.match(following)


def _other(text: str, prefix: str) -> tuple[int, str] | None:
    """(where, prefix) of another entry's head inside a line."""
    hour, at = prefix[:_HOUR], 0
    while (at := text.find(hour, at + 1)) > 0:
        label = LABEL.search(text, at, at + _LONGEST)
        if label and label["label"] in wording.SEVERITY_WORDS:
            own = text[at : label.start()]
            if own != prefix:
                return at, own
    return None


def _shape(prefix: str) -> str:
    return shape_of(_SESSION.sub("0.0", prefix))


def has_two_times(prefix: str) -> bool:
    """True for a prefix that may be the start of one and the whole of another."""
    return len(_STAMP.findall(prefix)) > 1


def spliced_head(
    line: Line, following: Line | None, before: Callable[[], list[str]]
) -> tuple[Line, Head] | None:
    """The head of a report inside a line, when its DETAIL stands below and its hour is the log's."""
    stamps = [found.start() for found in _STAMP.finditer(line.text)]
    if following is None or not stamps or not stamps[-1]:
        return None
    own = Line(line.text[stamps[-1] :], line.start, line.end, line.session)
    head = head_of(own.text)
    if head is None or not following.text.startswith(head.prefix) or head.prefix == following.text:
        return None
    label = LABEL.match(following.text, len(head.prefix))
    if label is None or wording.FIELD_OF.get(label["label"]) != "detail":
        return None
    hours = {text[:_HOUR] for text in [*before(), line.text] if _STAMP.match(text)}
    return (own, head) if own.text[:_HOUR] in hours else None
