"""One entry of a line-based server log: from the ERROR line, the lines of the same entry that follow it.

PostgreSQL writes an entry as labelled lines that share a prefix (``DETAIL:  ``, ``STATEMENT:  ``, ...); a
newline inside a message becomes newline and tab, so only the tab tells a statement's text from a new line.
What stands in front of such continued lines is read off the second ``waits for`` line, which every report
has: a tab, what a copy made of the tab, or nothing. Lines of other sessions in between are passed over.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from deadlocks.analyzer import assembly, sentences, statements, wording
from deadlocks.analyzer.values import Edge
from deadlocks.analyzer.wording import messages

from . import prefix as prefixes

#: Lines of others that may stand between two lines of one entry (syslog), and the size where an entry is
#: given up.
PATIENCE = 60
LONGEST_PREFIX = 2000
LONGEST_ENTRY = 2 << 20

_WORDS = wording.alternatives([*wording.SEVERITY_WORDS, *wording.FIELD_OF])
#: A prefix may end with a time, a number or a name, with no blank before the label.
_BEGIN = r"(?:(?<![^\W\da-z])(?<!\$)|(?<=\dUTC)|(?<= UTC)|(?<= GMT))"
LABEL = re.compile(rf"{_BEGIN}(?P<label>{_WORDS}|DEBUG[1-5]) ?:(?: {{1,3}}|$)")
_POSITION = "|".join(
    sorted({wording.expression(t).replace("(?P<n>", "(?:") for t in messages.AT_CHARACTER.values()})
)
_TAIL = re.compile(rf"(?:{_POSITION})?\s*")
_SEVERITY = re.compile(rf"{_BEGIN}(?:{wording.alternatives(wording.ERRORS)}): {{1,2}}(40P01: )?$")
_LONGEST_SEVERITY = 40
_ORDER = ("detail", "hint", "query", "context", "location", "backtrace", "statement")
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[\w.-]+")
#: No statement can foretell the millisecond of its own report.
_STAMP = re.compile(r"\d:\d\d[.,]\d{3}|\d{10}\.\d{3}")


@dataclass(slots=True)
class Line:
    """A line after its layout was undone: text, the session the layout names, offsets in the buffer."""

    text: str
    start: int
    end: int
    session: str | None = None


@dataclass(slots=True)
class Entry:
    """An entry that is a deadlock report, field by field.

    ``own`` are the offsets of its lines; ``quoted`` is True when it stands behind what marks continued lines:
    then it is the text of another entry, not an entry. ``doubtful`` where continued lines have
    nothing but a blank in front, which a prefix may begin with too.
    """

    prefix: str
    language: str
    sqlstate: str | None
    fields: dict[str, str] = field(default_factory=dict)
    own: set[int] = field(default_factory=set)
    complete: bool = True
    pid: int | None = None
    quoted: bool = False
    doubtful: bool = False


def shape_of(prefix: str) -> str:
    """A prefix with its numbers masked: the same for all lines that one log_line_prefix wrote for one
    session.
    """
    return _DIGITS.sub("0", prefix)


def _outline(prefix: str) -> str:
    """A prefix with its words masked: the same for all sessions of one log_line_prefix."""
    return _WORD.sub("w", prefix)


@dataclass(frozen=True, slots=True)
class Head:
    """An ERROR line whose whole message is the deadlock message."""

    prefix: str
    language: str
    sqlstate: str | None


def head_of(text: str) -> Head | None:
    """The head of a report, None for any other line.

    A message continued from the line before (it starts with a tab) or quoted behind another label is not one.
    """
    if text.startswith("\t"):
        return None
    for primary, language in wording.PRIMARIES.items():
        at = text.rfind(primary)
        if at < 0 or not _TAIL.fullmatch(text, at + len(primary)):
            continue
        severity = _SEVERITY.search(text[max(0, at - _LONGEST_SEVERITY) : at])
        if severity:
            prefix = text[: at - len(severity[0])]
            return (
                None
                if len(prefix) > LONGEST_PREFIX or has_label(prefix)
                else Head(prefix, language, "40P01" if severity[1] else None)
            )
    return None


def lost_head_of(text: str) -> Head | None:
    """The head that a DETAIL must have had: nothing else has a ``waits for`` line in its DETAIL."""
    label, waits = LABEL.search(text), sentences.WaitLines()
    if (
        label is None
        or wording.FIELD_OF.get(label["label"]) != "detail"
        or not waits.whole(text[label.end() :])
    ):
        return None
    return Head(text[: label.start()], waits.language, None)


def has_label(prefix: str) -> bool:
    """True when a text holds a label, so that what follows belongs to another message."""
    return (": " in prefix or prefix.endswith(":")) and LABEL.search(prefix) is not None


def is_inside(before: list[str], prefix: str) -> bool:
    """Where continued lines carry no mark: does a line stand inside the statement of the entry before it?

    ``before`` are the lines above it. A statement that is still open there makes it a part of that statement.
    """
    for at in range(len(before) - 1, -1, -1):
        label = LABEL.search(before[at])
        name = wording.FIELD_OF.get(label["label"]) if label else None
        said = before[at][label.end() :] if label else ""
        if label and (name == "statement" or (name is None and "statement: " in said)):
            return statements.is_open(
                "\n".join([said.partition("statement: ")[2] or said, *before[at + 1 :]])
            )
        if label and name != "detail" and label["label"] in wording.SEVERITY_WORDS and label.start():
            return '"' in said and statements.is_open("\n".join([said.replace("'", ""), *before[at + 1 :]]))
    return False


class Reader:
    """Collects the fields of one entry from the lines after its head."""

    def __init__(self, head: Line, found: Head) -> None:
        self.prefix = found.prefix
        self.shape = shape_of(self.prefix)
        self.session = head.session
        self.entry = Entry(self.prefix, found.language, found.sqlstate)
        self.entry.own.add(head.start)
        self._is_stamped = _STAMP.search(self.prefix) is not None
        self._crlf = head.text.endswith("\r")
        self._waits = sentences.WaitLines()
        self._edge: Edge | None = None
        self._chain: int | None = None  # who the next wait line must be about
        self._continued: str | None = None
        self._name: str | None = None
        self._text: list[str] = []
        self._strangers = 0
        self._doubts = 0

    def read(self, lines: Iterator[Line]) -> Entry:
        """Takes lines until the entry ends; ``complete`` is False when the lines ran out first."""
        for line in lines:
            if not self._take(line):
                break
        else:
            self.entry.complete = False
        self._keep()
        mark = self._continued or ""
        self.entry.doubtful = self._continued in ("", " ")
        self.entry.quoted = bool(mark.strip(" ") or len(mark) > 1) and self.shape.startswith(shape_of(mark))
        return self.entry

    def _take(self, line: Line) -> bool:
        """True while the entry can go on."""
        text = line.text[:-1] if self._crlf and line.text.endswith("\r") else line.text
        if line.session != self.session:
            return self._stranger()
        if not text and self._continued != "":
            return True
        label = self._label(text)
        if (
            label
            and self._is_own(text[: label.start()], text[label.end() :])
            and (self._is_stamped or not self._in_literal())
        ):
            return self._labelled(label, text, line.start)
        if (
            label
            and not label.start()
            and not self._name
            and wording.FIELD_OF.get(label["label"]) == "detail"
        ):
            self.shape = self.prefix = (
                ""  # a client's message behind somebody's logger: only the head has a prefix
            )
            return self._labelled(label, text, line.start)
        if self._is_continued(text, label):
            if self._name:
                self.entry.own.add(line.start)
            return True
        return self._stranger()

    def _label(self, text: str) -> re.Match[str] | None:
        """The first label of a line; where the entry's own prefix stands in front, that is where it is looked
        for.
        """
        if text.startswith("\t"):
            return None
        if self.prefix and text.startswith(self.prefix):
            return LABEL.match(text, len(self.prefix))
        return LABEL.search(text)

    def _labelled(self, label: re.Match[str], text: str, start: int) -> bool:
        name = wording.FIELD_OF.get(label["label"])
        if name is None or name in self.entry.fields or name == self._name:
            return False
        if self._name and _ORDER.index(name) <= _ORDER.index(self._name):
            return False
        self._keep()
        self._name, self._text = name, [text[label.end() :]]
        self.entry.own.add(start)
        if name == "detail":
            self._edge = self._waits.whole(self._text[0])
            if self._edge:
                self._chain = self._edge.blocker
                self.entry.pid = prefixes.pid_of(self.prefix, self._edge.waiter, guess=False)
        return True

    def _is_own(self, before: str, text: str) -> bool:
        if before == self.prefix:
            return True
        if shape_of(before) != self.shape:
            return False
        if self.entry.pid is None and (first := self._waits.whole(text)):
            self.entry.pid = prefixes.pid_of(self.prefix, first.waiter, guess=False)
        pid = self.entry.pid
        if pid is not None:
            return prefixes.pid_of(before, pid) == pid
        lines = len(self.entry.fields) + (2 if self._name else 1)
        return prefixes.is_same_session(self.prefix, before, lines)

    def _is_continued(self, text: str, label: re.Match[str] | None) -> bool:
        """Adds a continued line to the field it continues; True also for one of another session's entry."""
        if self._continued is None and self._name == "detail" and self._edge:
            found = self._waits.find(text)
            if found and found[0].waiter == self._edge.blocker:
                self._continued = text[: found[1]]
        mark = "\t" if self._continued is None else self._continued
        if not text.startswith(mark):
            return False
        if not mark and label and self.shape and _outline(text[: label.start()]) == _outline(self.prefix):
            return self._in_literal() and self._append(text)
        return self._append(text[len(mark) :])

    def _append(self, text: str) -> bool:
        if self._name == "detail" and self._chain and (found := self._waits.find(text)):
            if found[0].waiter != self._chain:
                return True  # another session's line
            closed = self._edge is not None and found[0].blocker == self._edge.waiter
            self._chain = None if closed else found[0].blocker
        if self._name:
            self._text.append(text)
        elif "detail" in self.entry.fields and self._is_next(text):
            self.entry.fields["detail"] += "\n" + text
        return True

    def _is_next(self, text: str) -> bool:
        """Where lines of sessions are mixed: the wait or the statement that the DETAIL goes on with."""
        _, edges, rest = assembly.read_detail(self.entry.fields["detail"])
        if not edges:
            return False
        if edges[-1].blocker != edges[0].waiter:
            edge = self._waits.whole(text)
            return edge is not None and edge.waiter == edges[-1].blocker
        mark = statements.MARK.match(text)
        shown = len(statements.split(rest, [e.waiter for e in edges], None))
        return mark is not None and shown < len(edges) and statements.pid_of(mark) == edges[shown].waiter

    def _stranger(self) -> bool:
        """A line of somebody else: the entry is over once it has its statement, or after too many of them."""
        self._keep()
        self._strangers += 1
        return "statement" not in self.entry.fields and self._strangers < PATIENCE

    def _keep(self) -> None:
        if self._name:
            self.entry.fields[self._name] = "\n".join(self._text)
            self._name = None

    def _in_literal(self) -> bool:
        """Only where continued lines carry no mark (a copy lost the tabs): is the statement's quote still
        open?
        """
        if self._continued != "" or self._name not in ("detail", "statement") or self._doubts > PATIENCE:
            return False
        self._doubts += 1
        body = "\n".join(self._text)
        if self._name == "detail":
            _, edges, rest = assembly.read_detail(body)
            shown = statements.split(rest, [e.waiter for e in edges], None)
            body = next(reversed(shown.values()), "")
        return statements.is_open(body)
