"""The message alone: where it is the server's, and where somebody only mentions, quotes or logs its words."""

import re
from collections.abc import Iterator
from itertools import islice

from . import statements, wording
from .log.entry import LABEL

_EXACT = re.compile(wording.alternatives(wording.PRIMARIES))
#: The message in any case: PDO prints its own name of the error before it.
ANY_CASE = re.compile(_EXACT.pattern, re.IGNORECASE)
_ERROR_LABEL = re.compile(rf"(?:{wording.alternatives(wording.ERRORS)}|40P01)\W{{0,4}}$")
#: What a client puts in front of the server's message: nothing, an error's name, a field's name.
_BEFORE = re.compile(
    r"(?:^|[:)]|\bERROR|\berror|\b40P01\]?| -)\s*$|^\s*(?:>\s*)+$"
    r"|(?:[Mm]essage|MESSAGE|MessageText|[Mm]sg|[Ee]rr(?:or)?|[Vv]alue|[Rr]eason|[Tt]itle|['\"]M)['\"]?\s*[:=]\s*"
    r"(?:Some\()?['\"`]$"
    r"|\w{0,80}(?:Error|Exception|Detected|Deadlocked|Failure)(?:\(|,\s*|:\s*)['\"`]$"
)
#: A program's own remark, unless the server's ERROR stands in front.
_REMARK = re.compile(r"\b(?:INFO|DEBUG|NOTICE|TRACE|info|debug|notice|trace)\b")
#: A value or a comment that quotes a message.
_VALUE = re.compile(
    r"\)=\($|\$\d{1,5} = '$|Query Text: [^\n]*$|Failing row contains \([^\n]*$|COPY \S+, line \d+[^\n]*$"
    r"|^[\s>+\d:.]{0,20}-?(?:--|//)\s"
)
#: The server or a client quotes the statement: LINE 1: ...
_QUOTED_LINE = re.compile(
    r"^\s*(?:\S{1,12} \d{1,9} ?|第 \d{1,9} 行): "
    r"|(?<!\w)(?:LINE|ZEILE|LÍNEA|LIGNE|RIGA|RAD|СТРОКА|РЯДОК|행|줄|行) \d{1,9} ?: "
)
_AFTER = re.compile(
    r"\s*(?:$|[\n\r)\]}]|[\"'`]\.?\s*(?:$|[\n\r,)\]};+]|\\n)|[,;]\s*(?:$|[\n\r])|\(SQLSTATE"
    r"|\((?:Connection: [^()\n]{1,200}|SQL): |\(PG::|\(40P01|SQLSTATE|\\n|\.?\s*$|\[|<"
    r"| at (?:character \d|/|\S+ line \d|\S+:\d))"
    r"|(?:"
    + "|".join(
        sorted(
            {wording.expression(t).replace("(?P<n>", "(?:") for t in wording.messages.AT_CHARACTER.values()}
        )
    )
    + r")\s"
)
#: psql with VERBOSITY sqlstate prints no message at all.
_STATE_ALONE = re.compile(
    rf"^(?:[^\n]{{0,200}}: )?(?:{wording.alternatives(wording.ERRORS)}): {{1,2}}40P01\s*$", re.MULTILINE
)
#: Characters looked back for the start of a message and of a line; copies looked at in one text.
REACH = 4000
_NEARBY = 400
MOST = 500


def first(text: str) -> tuple[int, int, str] | None:
    """(start, end, language) of the first place where a text holds the server's message, None for none."""
    alone = text.strip()
    for found in islice(_EXACT.finditer(text), MOST):
        nearby = text[max(0, found.start() - _NEARBY) : found.start()]
        before = nearby[nearby.rfind("\n") + 1 :]
        after = text[found.end() : found.end() + 80]
        if found[0] != alone and (not _is_message(before) or not _AFTER.match(after)):
            continue
        if not _QUOTED_LINE.search(before) and not is_quoted(
            text[max(0, found.start() - REACH) : found.start()]
        ):
            return found.start(), found.end(), wording.PRIMARIES[found[0]]
    state = _STATE_ALONE.search(text) if "40P01" in text else None
    return (state.start(), state.end(), "en") if state else None


def _is_message(before: str) -> bool:
    """True where a line goes on with the server's message."""
    if not before.strip():
        return not before
    if _REMARK.search(before) and not _ERROR_LABEL.search(before):
        return False
    return _BEFORE.search(before) is not None


def is_quoted(before: str) -> bool:
    """True where another message goes on: behind its label, or inside its double quotes."""
    line = before[before.rfind("\n") + 1 :]
    first = next(_labels(line), None)
    if first and _is_other(first["label"]) or _VALUE.search(_OWN_LABEL.sub("", line[-_NEARBY:])):
        return True
    labels = list(_labels(before))
    own = labels.pop().start() if labels and labels[-1].end() == len(before) else None
    statement = bool(labels) and wording.FIELD_OF.get(labels[-1]["label"]) in ("statement", "query")
    if own is None:
        return statement or _is_odd(before, labels, len(before))
    return (statement and statements.is_open(before[labels[-1].end() : own])) or _is_odd(before, labels, own)


_COLON = re.compile(r":(?: {1,3}|$)")
_LONGEST_LABEL = 24


def _labels(text: str) -> Iterator[re.Match[str]]:
    """The labels of a text, looked for in front of its colons."""
    for colon in _COLON.finditer(text):
        found = LABEL.search(text, max(0, colon.start() - _LONGEST_LABEL), colon.end())
        if found and found.end() == colon.end():
            yield found


#: The label of the message itself.
_OWN_LABEL = re.compile(LABEL.pattern + r"$")


def _is_odd(before: str, labels: list[re.Match[str]], end: int) -> bool:
    """Are the double quotes of the last message open?"""
    errors = [label.end() for label in labels if label["label"] in wording.SEVERITY_WORDS]
    return bool(errors) and before.count('"', errors[-1], end) % 2 == 1


def _is_other(label: str) -> bool:
    return label not in wording.ERRORS and label in wording.SEVERITY_WORDS
