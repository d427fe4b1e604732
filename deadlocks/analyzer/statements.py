"""Statements as PostgreSQL prints them: where literals are, where one ends, what was cut."""

import re
from bisect import bisect_left

from . import wording
from .values import PLACEHOLDERS

#: pg_stat_activity cuts at track_activity_query_size - 1 bytes, at a character border (pgstat_clip_activity).
DEFAULT_CUT = 1023
_SMALLEST_CUT = 99
_LONGEST_CHARACTER = 4

_OPENER = re.compile(r"""'|"|(?<![\w$])\$(?:[^\W\d]\w*)?\$|--|/\*""")
_COMMENT_EDGE = re.compile(r"/\*|\*/")


def literal_spans(sql: str) -> list[tuple[int, int]]:
    """Spans of strings, quoted names, dollar quotes and comments; an unclosed one ends past the text."""
    spans, at, past = [], 0, len(sql) + 1
    while opener := _OPENER.search(sql, at):
        end = _closed(sql, opener)
        at = end if end is not None else past
        spans.append((opener.start(), at))
    return spans


def _closed(sql: str, opener: re.Match[str]) -> int | None:
    """Where the literal that starts with ``opener`` ends, None when it does not."""
    word, start = opener[0], opener.end()
    if word == "--":
        end = sql.find("\n", start)
        return end + 1 if end >= 0 else None
    if word == "/*":
        return _comment_end(sql, start)
    if word == "'" and opener.start() and sql[opener.start() - 1] in "eE":
        return _escaped_end(sql, start)
    end = sql.find(word, start)
    while end >= 0 and len(word) == 1 and sql.startswith(word, end + 1):  # a doubled quote stays inside
        end = sql.find(word, end + 2)
    return end + len(word) if end >= 0 else None


def _comment_end(sql: str, at: int) -> int | None:
    depth = 1
    while depth:
        edge = _COMMENT_EDGE.search(sql, at)
        if edge is None:
            return None
        depth += 1 if edge[0] == "/*" else -1
        at = edge.end()
    return at


_ESCAPED_STOP = re.compile(r"\\.|'", re.DOTALL)


def _escaped_end(sql: str, at: int) -> int | None:
    while stop := _ESCAPED_STOP.search(sql, at):
        if stop[0] == "'":
            return stop.end()
        at = stop.end()
    return None


def is_open(sql: str) -> bool:
    """True when the text ends inside a literal (an open line comment is no literal)."""
    spans = literal_spans(sql)
    return bool(spans) and spans[-1][1] > len(sql) and not sql.startswith("--", spans[-1][0])


MARK = re.compile("^(?:" + wording.shows().pattern + ")", re.MULTILINE)


def pid_of(mark: re.Match[str]) -> int:
    """The process a mark names."""
    return int(next(group for group in mark.groups() if group))


def split(body: str, pids: list[int], victim_statement: str | None) -> dict[int, str]:
    """The statements of a DETAIL after its wait lines: ``Process N: text`` for each pid, in cycle order.

    A statement can hold lines that look like the next ``Process N: ``. The true one is outside every literal
    of the statement before it, or that statement is cut; the victim's statement is known from the STATEMENT
    line.
    """
    marks = [(m.start(), m.end(), pid_of(m)) for m in MARK.finditer(body)]
    places: dict[int, list[int]] = {}
    for index, mark in enumerate(marks):
        places.setdefault(mark[2], []).append(index)
    found: dict[int, str] = {}
    before, start, at, known, cut = None, 0, -1, None, DEFAULT_CUT
    for pid in pids:
        options = [k for k in places.get(pid, ()) if k > at]
        if not options:
            continue
        at = options[0] if before is None else _true_mark(body, start, options, marks, known, cut)
        if before is not None:
            found[before] = body[start : marks[at][0] - 1]
            cut = cut_size(found[before], known) or cut
        known = victim_statement if pid == pids[0] else None
        before, start = pid, marks[at][1]
    if before is not None:
        found[before] = body[start:]
    missing = [pid for pid in pids if pid not in found]
    if before is not None and missing:
        said, _, last = found[before].rpartition("\n")
        found[before] = said if said and _begins_mark(last, missing[0]) else found[before]
    return found


def _begins_mark(line: str, pid: int) -> bool:
    """Is a line the start of ``Process N: ``, where the text was cut off?"""
    shows = wording.messages.SHOWS.values()
    return any(template.format(pid=pid, statement="").startswith(line) for template in shows)


def _true_mark(
    body: str, start: int, options: list[int], marks: list[tuple[int, int, int]], known: str | None, cut: int
) -> int:
    """Which of several marks follows the statement at ``start``: of a known one the last that it reaches to,
    else the first that no literal holds.
    """
    if len(options) == 1:
        return options[0]
    if known:
        reach = start + _common(body[start : start + len(known)], known) + 1
        within = [index for index in options if marks[index][0] <= reach]
        if within and (body[start : marks[within[-1]][0] - 1].strip() or not known.strip()):
            return within[-1]
    spans = literal_spans(body[start:])
    starts = [span[0] for span in spans]
    for index in options:
        place = marks[index][0] - start
        nearest = bisect_left(starts, place) - 1
        if nearest < 0 or spans[nearest][1] <= place or _at_cut(body[start : start + place - 1], cut):
            return index
    return options[0]


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if other.startswith(one[:middle]) else (low, middle - 1)
    return low


def _at_cut(text: str, cut: int) -> bool:
    return cut - _LONGEST_CHARACTER < len(text.encode("utf-8", "replace")) <= cut


def cut_size(shown: str | None, whole: str | None) -> int | None:
    """The cut in bytes, when the victim's statement is shorter in DETAIL than in STATEMENT."""
    if not shown or not whole or len(shown) >= len(whole) or not whole.startswith(shown):
        return None
    return len(shown.encode("utf-8", "replace"))


def is_cut(statement: str | None, cut: int | None) -> bool:
    """True when a statement is as long as the cut lets it be, or stops in the middle of a literal."""
    if not statement or statement in PLACEHOLDERS:
        return False
    size, limit = len(statement.encode("utf-8", "replace")), cut or DEFAULT_CUT
    if limit - _LONGEST_CHARACTER < size <= limit:
        return True
    return size >= _SMALLEST_CUT and is_open(statement)
