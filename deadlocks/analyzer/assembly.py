"""From the parts of one log entry or message to a report: the only place where a report is made."""

import re
from dataclasses import dataclass, field

from . import graph, sentences, statements, wording
from .values import Edge, LockWait, Process, Report, Source, Victim

#: deadlock.c raises its message with no other.
SQLSTATE = "40P01"

#: What can be missing, and the sentence for it.
MISSING = {
    "detail": "The report's detail is not in this {place}; it is in the server log.",
    "edges": "The report's detail is cut off in this {place}; the rest of the cycle is in the server log.",
    "statements": "The statements are not in this {place}; they are in the server log.",
    "context": "No CONTEXT: the input does not have it, or the victim did not wait for a row.",
    "sqlstate": "The SQLSTATE is not in this {place}; the message is only ever raised with 40P01.",
    "victim": "Nothing says which process was cancelled.",
}


@dataclass(slots=True)
class Parts:
    """What a layout found for one report. Texts are as PostgreSQL wrote them, without tabs or escapes of the
    layout.
    """

    source: Source = field(default_factory=Source)
    place: str = "log"
    language: str | None = None
    sqlstate: str | None = None
    detail: str = ""
    context: str = ""
    statement: str | None = None
    query: str | None = None
    pid: int | None = None
    user: str | None = None
    database: str | None = None
    application: str | None = None
    backend_type: str | None = None
    terse: bool = False
    known_from: tuple[str, ...] = ()
    timeline: tuple[LockWait, ...] = ()


def report_of(parts: Parts) -> Report | None:
    """The report of an entry whose message is the deadlock message; None when a user wrote it (RAISE)."""
    context = context_lines(parts.context)
    if sentences.is_raised(context) or _raised_by_statement(parts):
        return None
    language, edges, body = read_detail(parts.detail)
    ring = graph.cycle(edges)
    shown = statements.split(body, [e.waiter for e in edges], parts.statement) if edges else {}
    victim = _victim(parts, edges, bool(ring), context)
    return Report(
        source=parts.source,
        language=parts.language or language,
        sqlstate=SQLSTATE,
        victim=victim,
        processes=_processes(parts, edges, shown, victim),
        edges=edges,
        cycle=ring,
        context=context,
        timeline=parts.timeline,
        missing=_missing(parts, edges, ring, shown, context, victim),
        hints=_hints(parts, context, shown.get(edges[0].waiter) if edges else None),
    )


def read_detail(detail: str) -> tuple[str | None, tuple[Edge, ...], str]:
    """(language, edges, the rest) of a DETAIL: wait lines are read until the cycle closes, never beyond."""
    lines, at = sentences.WaitLines(), 0
    edges: list[Edge] = []
    while at < len(detail):
        end = detail.find("\n", at)
        end = len(detail) if end < 0 else end
        edge = lines.whole(detail[at:end])
        if edge is None or (edges and edge.waiter != edges[-1].blocker):
            break
        edges.append(edge)
        at = end + 1
        if edge.blocker == edges[0].waiter:
            break
    return (lines.language if edges else None), tuple(edges), detail[at:]


def context_lines(context: str) -> tuple[str, ...]:
    """The frames of a CONTEXT. A statement inside a frame keeps its line breaks: its quote is still open."""
    frames: list[str] = []
    for line in context.strip("\n").split("\n"):
        if frames and _unfinished(frames[-1]):
            frames[-1] += "\n" + line
        elif line.strip():
            frames.append(line.rstrip())
    return tuple(frames)


_QUOTED_FRAME = re.compile(r"^[^\"»«]{0,40}[\"«»]\s?")
_FRAME_LIMIT = 20_000


def _unfinished(frame: str) -> bool:
    head = _QUOTED_FRAME.match(frame)
    if not head or "PL/pgSQL" in head[0] or len(frame) > _FRAME_LIMIT or "SQL" not in head[0]:
        return False
    return not re.search(r"[\"»«]\s*$", frame[head.end() :])


def _raised_by_statement(parts: Parts) -> bool:
    """A terse log has no CONTEXT; a statement that raises the very message gives itself away."""
    if parts.context or parts.detail or not parts.statement:
        return False
    lowered = parts.statement.lower()
    return "raise" in lowered and any(primary in lowered for primary in wording.PRIMARIES)


def _victim(parts: Parts, edges: tuple[Edge, ...], closed: bool, context: tuple[str, ...]) -> Victim | None:
    """The first waiter is the victim; a log entry's own pid confirms it (except for a leader's copy)."""
    if not edges:
        return Victim(parts.pid, ("pid of the log entry",)) if parts.pid else None
    known = list(parts.known_from)
    if parts.pid == edges[0].waiter:
        known.append("pid of the log entry")
    known.append("first line of DETAIL")
    return Victim(edges[0].waiter, tuple(known))


def _processes(
    parts: Parts, edges: tuple[Edge, ...], shown: dict[int, str], victim: Victim | None
) -> tuple[Process, ...]:
    if not edges:
        lone = _process(parts, parts.pid, "victim", parts.statement, False)
        return (lone,) if parts.pid or parts.statement else ()
    cut = statements.cut_size(shown.get(edges[0].waiter), parts.statement)
    pids = list(dict.fromkeys([e.waiter for e in edges] + [e.blocker for e in edges]))
    found = []
    for pid in pids:
        is_victim = victim is not None and pid == victim.pid
        text = shown.get(pid)
        if text is None and is_victim and not shown:
            text = parts.statement
        found.append(
            _process(parts, pid, "victim" if is_victim else "blocker", text, statements.is_cut(text, cut))
        )
    return tuple(found)


def _process(parts: Parts, pid: int | None, role: str, statement: str | None, truncated: bool) -> Process:
    own = role == "victim" and parts.pid in (None, pid)
    return Process(
        pid,
        role,
        statement,
        truncated,
        parts.user if own else None,
        parts.database if own else None,
        parts.application if own else None,
    )


def _missing(
    parts: Parts,
    edges: tuple[Edge, ...],
    ring: tuple[int, ...],
    shown: dict[int, str],
    context: tuple[str, ...],
    victim: Victim | None,
) -> tuple[str, ...]:
    lost = []
    if not edges:
        lost.append("detail")
    elif not ring:
        lost.append("edges")
    if len(shown) < len(edges) or not edges:
        lost.append("statements")
    if not context and any(e.lock_type == "transactionid" for e in edges[:1]) or not edges and not context:
        lost.append("context")
    if not parts.sqlstate:
        lost.append("sqlstate")
    if victim is None:
        lost.append("victim")
    return tuple(lost)


_ON_CONFLICT = re.compile(r"\bON\s{1,20}CONFLICT\b", re.IGNORECASE)


def _hints(parts: Parts, context: tuple[str, ...], own: str | None) -> frozenset[str]:
    """Kinds of backends in the cycle. An apply worker shows no statement and logs none (13 to 14 say nothing
    else). What the victim's whole statement says where DETAIL has it cut.
    """
    found = set()
    if parts.backend_type == "parallel worker" or sentences.is_parallel_copy(context):
        found.add("parallel worker")
    if "logical replication" in (parts.backend_type or "") or sentences.is_replication(context):
        found.add("replication")
    if own == "<command string not enabled>" and not parts.statement:
        found.add("replication")
    if own and parts.statement and len(own) < len(parts.statement) and _ON_CONFLICT.search(parts.statement):
        found.add("on conflict")
    return frozenset(found)
