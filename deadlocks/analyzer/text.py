"""Deadlock reports in what a client prints: messages, tracebacks, inspected error objects, dict
representations.

Here nothing tells a message from the text around it but the sentences themselves. A report is a chain of
``waits for`` lines behind the deadlock message, or the message alone where a driver lost the rest; the same
report printed several times (a chain of exceptions, message and stack) is one.
"""

import re
from dataclasses import replace
from itertools import islice

from . import sentences, statements, wording
from .assembly import Parts, read_detail
from .log.entry import LABEL
from .values import Edge, Source

_NODE_PIECES = re.compile(r"""(?<=\\n)(['"`])\s*\+\s*['"`]""")
_ESCAPE = re.compile(r"\\(n|r|t|\"|'|\\|u[0-9a-fA-F]{4})")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_PRIMARY = re.compile(wording.alternatives(wording.PRIMARIES), re.IGNORECASE)
_BEFORE = re.compile(
    r"(?:^|[:\-()\[{=|,>*]|\bERROR|\berror|\b40P01\]?)\s*$|(?:^|[:(\[{=,])\s*(?:Some\()?['\"`]$"
)
#: The server or a client quotes the statement: LINE 1: ...
_QUOTED_LINE = re.compile(r"^\s*(?:\S{1,12} \d{1,9} ?|第 \d{1,9} 行): ")
_STRUCT_WHERE = re.compile(r"""\b[Ww]here ?[:=] ?(?:Some\()?"((?:[^"\\]|\\.)*)\"""")
_AFTER = re.compile(
    r"\s*(?:$|[\n\r\"'`)\]},;|]|\(SQLSTATE|\(PG::|\(40P01|SQLSTATE|\\n|\.?\s*$|\[|<"
    r"| at (?:character \d|/|\S+ line \d|\S+:\d))"
    r"|(?:"
    + "|".join(
        sorted(
            {wording.expression(t).replace("(?P<n>", "(?:") for t in wording.messages.AT_CHARACTER.values()}
        )
    )
    + r")\s"
)
_STATE = re.compile(r"(?<![0-9A-Za-z])40P01(?![0-9A-Za-z])")
_CONTEXT = re.compile(
    r"^[ \t]*(?:(?:"
    + wording.alternatives(wording.labels.LABELS["context"])
    + r")|Where|where|'?W'?|context) ?: {0,3}['\"`]?",
    re.MULTILINE,
)
_CLIENT_LABEL = re.compile(r"^\s*['\"]?(?:Detail|Hint|Where|Position|Location|[SVCMDHWPFLR])['\"]?: ")
_STOP = re.compile(
    r"^(?:\s*$|\[(?:SQL|parameters|Background)|Traceback|The above|During handling|STATUS|\s+at |\s*File \"|"
    r"Caused by|\s*\.\.\. \d|\s*[\w.$]*(?:Error|Exception)\b|Node\.js|LINE \d|\s*from \S|\s*/\S+:\d+)"
)
_CONTEXT_FRAME = re.compile(r"[\"»«”]|PL/pgSQL|SQL|COPY|\d")
_DICT_STATE = re.compile(r"""['"]C['"]: ?['"]40P01['"]""")
_DICT_FIELD = re.compile(r"""['"]([CMDHW])['"]: ?(['"])((?:(?!\2)[^\\]|\\.)*)(?:\2|$)""")
#: Characters looked back for the head of a chain and for the start of a line; copies looked at in one text.
_REACH = 4000
_NEARBY = 400
_MOST = 500
#: Without one of these no text holds the message.
_WORDS = ("eadlock", *(primary for primary in wording.PRIMARIES if "eadlock" not in primary))
_GLUED = re.compile(
    r"'[,)}\]]+$|; nested exception is .*$| at (?:\S+ line \d+\.?|\S+:\d+)\s*$"
    r"| in (?:/\S+)(?: on line \d+|:\d+)\s*$"
)


def parts_of(text: str, place: str = "message") -> list[Parts]:
    """The parts of each different report in a text, the fullest copy of each."""
    if "Lock" not in text and not any(word in text for word in _WORDS):
        return []
    if _DICT_STATE.search(text) and (parts := _of_dict(text, place)):
        return [parts]
    plain = unescaped(text)
    found: list[Parts] = []
    for edges, start, end in chains(plain)[:_MOST]:
        if not _is_headed(plain, start):
            continue
        parts = _parts(plain, edges, start, end, place)
        if not parts.context and (struct := _STRUCT_WHERE.search(text)):
            parts.context = unescaped(struct[1] + "\\n").strip()
        add(found, edges, parts)
    if found:
        return found
    return _bare(plain, place)


def _of_dict(text: str, place: str) -> Parts | None:
    """pg8000 prints the protocol's fields as a dict: C SQLSTATE, M message, D detail, W context."""
    fields = {f[1]: unescaped(f[3]) for f in _DICT_FIELD.finditer(text)}
    _, edges, _ = read_detail(fields.get("D", ""))
    if fields.get("M") not in wording.PRIMARIES:
        return None
    return Parts(
        source=Source(format="text", line=1),
        place=place,
        language=wording.PRIMARIES[fields["M"]],
        sqlstate="40P01",
        detail=fields.get("D", "") if edges else "",
        context=fields.get("W", ""),
    )


def unescaped(text: str) -> str:
    """Node's string pieces put together; escapes of dict and JSON representations undone."""
    if "\\n" not in text:
        return text
    text = _NODE_PIECES.sub("", text)
    return _ESCAPE.sub(_unescape, text)


def _unescape(found: re.Match[str]) -> str:
    word = found[1]
    if word[0] == "u" and len(word) == 5:
        return chr(int(word[1:], 16))
    return _ESCAPES.get(word, word)


def chains(text: str) -> list[tuple[tuple[Edge, ...], int, int]]:
    """Runs of wait lines, each waiting for the next: (edges, start, end); a closed cycle ends one."""
    lines, found = sentences.WaitLines(), []
    run: list[Edge] = []
    start = end = at = 0
    for line in text.split("\n"):
        hit = lines.find(line)
        if hit:
            edge = hit[0]
            if run and (edge.waiter != run[-1].blocker or run[-1].blocker == run[0].waiter):
                found.append((tuple(run), start, end))
                run = []
            if not run:
                start = at + hit[1]
            run.append(edge)
            end = at + hit[2]
        elif run and run[-1].blocker == run[0].waiter:
            found.append((tuple(run), start, end))
            run = []
        at += len(line) + 1
    if run:
        found.append((tuple(run), start, end))
    return found


def _is_headed(text: str, start: int) -> bool:
    """True when a chain stands behind a deadlock message, or at the start of a detail of its own."""
    before = text[max(0, start - _REACH) : start]
    heads = [found.start() for found in _PRIMARY.finditer(before)]
    if not heads:
        rest = LABEL.sub("", before, count=1).strip(" \n\t{}[]'\"`:,")
        return (
            not rest or rest.lower() in ("detail", "d", "message_detail") or _STATE.search(before) is not None
        )
    return not _is_quoted(before[: heads[-1]])


def _is_quoted(before: str) -> bool:
    """True where another message goes on: behind its label, or inside its double quotes."""
    line = before[before.rfind("\n") + 1 :]
    first = LABEL.search(line)
    if first and _is_other(first["label"]):
        return True
    labels = list(LABEL.finditer(before))
    own = labels.pop().start() if labels and labels[-1].end() == len(before) else None
    statement = bool(labels) and wording.FIELD_OF.get(labels[-1]["label"]) in ("statement", "query")
    if own is None:
        return statement or _is_odd(before, labels, len(before))
    return (statement and statements.is_open(before[labels[-1].end() : own])) or _is_odd(before, labels, own)


def _is_odd(before: str, labels: list[re.Match[str]], end: int) -> bool:
    """Are the double quotes of the last message open?"""
    errors = [label.end() for label in labels if label["label"] in wording.SEVERITY_WORDS]
    return bool(errors) and before.count('"', errors[-1], end) % 2 == 1


def _is_other(label: str) -> bool:
    return label not in wording.ERRORS and label in wording.SEVERITY_WORDS


def add(found: list[Parts], edges: tuple[Edge, ...], parts: Parts) -> None:
    """Keeps the fullest of several copies: the one with more edges, then the one with a CONTEXT."""
    for at, other in enumerate(found):
        known, _ = _edges_of(other)
        short = min(len(known), len(edges))
        if known[:short] == edges[:short]:
            keep = parts if len(edges) > len(known) else other
            spare = other if keep is parts else parts
            keep.context = keep.context or spare.context
            keep.sqlstate = keep.sqlstate or spare.sqlstate
            keep.statement = keep.statement or spare.statement
            found[at] = keep
            return
    found.append(parts)


def _edges_of(parts: Parts) -> tuple[tuple[Edge, ...], str]:
    _, edges, rest = read_detail(parts.detail)
    return edges, rest


def _parts(text: str, edges: tuple[Edge, ...], start: int, end: int, place: str) -> Parts:
    tail = text[end : end + _REACH * 4]
    detail = "\n".join(_sentence(text, edges, start, end))
    shown = _statements_after(tail, [e.waiter for e in edges])
    return Parts(
        source=Source(format="text", line=text.count("\n", 0, start) + 1),
        place=place,
        sqlstate="40P01" if _STATE.search(text) else None,
        detail=detail + ("\n" + shown if shown else ""),
        context=_context_after(tail),
    )


def _sentence(text: str, edges: tuple[Edge, ...], start: int, end: int) -> list[str]:
    lines = sentences.WaitLines()
    found = []
    for line in text[start:end].split("\n"):
        if hit := lines.find(line):
            found.append(line[hit[1] : hit[2]])
    return found[: len(edges)]


def _statements_after(tail: str, pids: list[int]) -> str:
    """``Process N: text`` paragraphs that follow, where somebody pasted them from a log."""
    body = tail.lstrip("\r\n\t ")
    first = statements.MARK.match(body)
    if not first or int(next(g for g in first.groups() if g)) not in pids:
        return ""
    kept: list[str] = []
    for line in body.split("\n"):
        label = LABEL.match(line)
        if label and wording.FIELD_OF.get(label["label"]) in ("hint", "context", "statement"):
            break
        kept.append(line.removeprefix("\t").rstrip("\r"))
    return "\n".join(kept).rstrip("\n")


def _context_after(tail: str) -> str:
    """The CONTEXT behind a chain, without what a client glues to its end."""
    label = _CONTEXT.search(tail)
    next_chain = tail.find("\n\n")
    if not label or (0 <= next_chain < label.start()):
        return ""
    kept: list[str] = []
    for line in tail[label.end() :].split("\n"):
        if kept and (
            _STOP.match(line)
            or LABEL.match(line)
            or _CLIENT_LABEL.match(line)
            or not _CONTEXT_FRAME.search(line)
        ):
            break
        kept.append(_GLUED.sub("", line.rstrip("\r").removesuffix(",")).strip())
    if kept and kept[-1][-1:] in "'`" and "'" not in kept[0][:1]:
        kept[-1] = kept[-1][:-1]
    return "\n".join(kept).strip()


def _bare(text: str, place: str) -> list[Parts]:
    """One report without detail when the message itself is there, however often it is printed."""
    for found in islice(_PRIMARY.finditer(text), _MOST):
        nearby = text[max(0, found.start() - _NEARBY) : found.start()]
        before = nearby[nearby.rfind("\n") + 1 :]
        after = text[found.end() : found.end() + 80]
        if not _BEFORE.search(before) or not _AFTER.match(after):
            continue
        if _QUOTED_LINE.match(before) or _is_quoted(text[max(0, found.start() - _REACH) : found.start()]):
            continue
        primary = found[0].lower()
        language = next((lang for p, lang in wording.PRIMARIES.items() if p.lower() == primary), None)
        context = _context_after(text[found.end() : found.end() + _REACH])
        return [
            Parts(
                source=Source(format="text", line=text.count("\n", 0, found.start()) + 1),
                place=place,
                language=language,
                sqlstate="40P01" if _STATE.search(text) else None,
                context=context,
            )
        ]
    return []


def with_source(parts: Parts, source: Source) -> Parts:
    parts.source = replace(source, line=parts.source.line)
    return parts
