"""Deadlock reports in what a client prints: messages, tracebacks, inspected error objects, dict
representations.

Here nothing tells a message from the text around it but the sentences themselves. A report is a chain of
``waits for`` lines behind the deadlock message, or the message alone where a driver lost the rest; the same
report printed several times (a chain of exceptions, message and stack) is one.
"""

import re

from . import mention, sentences, statements, wording
from .assembly import Parts, read_detail
from .log.entry import LABEL
from .values import Edge, Source

_NODE_PIECES = re.compile(r"""(?<=\\n)(['"`])\s*\+\s*['"`]""")
_ESCAPE = re.compile(r"\\(n|r|t|\"|'|\\|u[0-9a-fA-F]{4})")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_STRUCT_WHERE = re.compile(r"""\b[Ww]here ?[:=] ?(?:Some\()?"((?:[^"\\]|\\.)*)\"""")
_STATE = re.compile(r"(?<![0-9A-Za-z])40P01(?![0-9A-Za-z])")
_CONTEXT = re.compile(
    r"^(?:[ \t]*(?:Where|where|'?W'?|context)|[^\n]{0,200}?(?<!\w)(?:"
    + wording.alternatives(wording.labels.LABELS["context"])
    + r")) ?: {0,3}['\"`]?",
    re.MULTILINE,
)
_CLIENT_LABEL = re.compile(r"^\s*['\"]?(?:Detail|Hint|Where|Position|Location|[SVCMDHWPFLR])['\"]?: ")
_STOP = re.compile(
    r"^(?:\s*$|\[(?:SQL|parameters|Background)|Traceback|The above|During handling|STATUS|\s+at |\s*File \"|"
    r"Caused by|\s*\.\.\. \d|\s*[\w.$]*(?:Error|Exception)\b|Node\.js|LINE \d|\s*from \S|\s*/\S+:\d+)"
)
_CONTEXT_FRAME = re.compile(r"[\"»«”]|PL/pgSQL|SQL|COPY|\d")
_COLOURS = re.compile(r"\x1b\[[0-9;]{0,20}m")
_DICT_STATE = re.compile(r"""['"]C['"]: ?['"]40P01['"]""")
_DICT_FIELD = re.compile(r"""['"]([CMDHW])['"]: ?(['"])((?:(?!\2)[^\\]|\\.)*)(?:\2|$)""")
#: Without one of these no text holds the message.
_WORDS = ("eadlock", *(primary for primary in wording.PRIMARIES if "eadlock" not in primary))
_GLUED = re.compile(
    r"'[,)}\]]+$|; nested exception is .*$| at (?:\S+ line \d+\.?|\S+:\d+)\s*$"
    r"| in (?:/\S+)(?: on line \d+|:\d+)\s*$| \((?:Connection: |SQL: )[^\n]*$"
)


def parts_of(text: str, place: str = "message") -> list[Parts]:
    """The parts of each different report in a text, the fullest copy of each."""
    if "Lock" not in text and "40P01" not in text and not any(word in text for word in _WORDS):
        return []
    text = _COLOURS.sub("", text) if "\x1b[" in text else text
    if _DICT_STATE.search(text) and (parts := _of_dict(text, place)):
        return [parts]
    plain = unescaped(text)
    found: list[Parts] = []
    state, struct = _STATE.search(plain), _STRUCT_WHERE.search(text)
    for edges, start, end in chains(plain)[: mention.MOST]:
        if not _is_headed(plain, start):
            continue
        parts = _parts(plain, edges, start, end, place)
        parts.sqlstate = "40P01" if state else None
        if not parts.context and struct:
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
        hits = list(lines.every(line))
        for hit in hits:
            edge = hit[0]
            if run and (edge.waiter != run[-1].blocker or run[-1].blocker == run[0].waiter):
                found.append((tuple(run), start, end))
                run = []
            if not run:
                start = at + hit[1]
            run.append(edge)
            end = at + hit[2]
        if not hits and run and run[-1].blocker == run[0].waiter:
            found.append((tuple(run), start, end))
            run = []
        at += len(line) + 1
    if run:
        found.append((tuple(run), start, end))
    return found


def _is_headed(text: str, start: int) -> bool:
    """True when a chain stands behind a deadlock message, or at the start of a detail of its own."""
    before = text[max(0, start - mention.REACH) : start]
    heads = [found.start() for found in mention.ANY_CASE.finditer(before)]
    if not heads:
        return _is_own_detail(before.strip(_AROUND_NAME)) or _STATE.search(before) is not None
    return not mention.is_quoted(before[: heads[-1]])


_AROUND_NAME = " \n\t{}[]'\"`:,"
_LONGEST_NAME = 40


def _is_own_detail(before: str) -> bool:
    """True for nothing, or the name of the field, in front of a chain."""
    if len(before) > _LONGEST_NAME:
        return False
    rest = LABEL.sub("", before + ":", count=1).strip(_AROUND_NAME)
    return not rest or rest.lower() in ("detail", "d", "message_detail")


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
    tail = text[end : end + mention.REACH * 4]
    detail = "\n".join(_sentence(text, edges, start, end))
    shown = _statements_after(tail, [e.waiter for e in edges])
    return Parts(
        source=Source(format="text", line=text.count("\n", 0, start) + 1),
        place=place,
        detail=detail + ("\n" + shown if shown else ""),
        context=_context_after(tail),
    )


def _bare(text: str, place: str) -> list[Parts]:
    """One report without detail when the message itself is there, however often it is printed."""
    found = mention.first(text)
    if found is None:
        return []
    start, end, language = found
    return [
        Parts(
            source=Source(format="text", line=text.count("\n", 0, start) + 1),
            place=place,
            language=language,
            sqlstate="40P01" if _STATE.search(text) else None,
            context=_context_after(text[end : end + mention.REACH]),
        )
    ]


def _sentence(text: str, edges: tuple[Edge, ...], start: int, end: int) -> list[str]:
    lines = sentences.WaitLines()
    found = []
    for line in text[start:end].split("\n"):
        found += [line[first:last] for _, first, last in lines.every(line)]
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
