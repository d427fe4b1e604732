"""A report reduced to what a diagnosis depends on, so that equal cases of a log are thought about once."""

import re
from dataclasses import dataclass, replace

from deadlocks.analyzer import sentences, sql
from deadlocks.analyzer.values import Edge, Process, Report

_PARAMETER = re.compile(r"\$(\d{1,5}) = ('(?:[^']|'')*'|NULL)")
_FOREIGN_KEY_CHECK = "FOR KEY SHARE OF x"
ROWS = frozenset({"transactionid", "tuple"})
TABLES = frozenset({"relation", "extend", "page", "object", "frozenid"})
ADVISORY = frozenset({"advisory", "userlock"})


@dataclass(frozen=True, slots=True)
class Step:
    """One process of the cycle: what it runs, what it waits for. ``lock`` is equal for equal locks of the
    cycle.
    """

    statements: tuple[sql.Statement, ...]
    lock_mode: str
    lock_type: str
    lock: int
    placeholder: str | None = None
    truncated: bool = False
    seen: bool = True

    @property
    def main(self) -> sql.Statement:
        """The statement that most likely waits: the first that takes locks of the kind waited for."""
        for statement in self.statements:
            if statement.kind not in ("begin", "commit", "rollback", "unknown"):
                return statement
        return self.statements[0] if self.statements else sql.Statement()


@dataclass(frozen=True, slots=True)
class Case:
    """A cycle without process ids, xids and values. ``steps`` start with the victim.

    ``rows`` says whether the row statements aim at one row: same, different or unknown. ``doing`` and
    ``relation`` come from the first CONTEXT line; ``inner`` is the statement of the innermost frame;
    ``frames`` are the kinds of the rest. ``same_call``: all run one call with the same arguments, which locks
    single rows.
    """

    steps: tuple[Step, ...]
    rows: str = "unknown"
    doing: str | None = None
    relation: str | None = None
    inner: sql.Statement | None = None
    foreign_key: str | None = None
    frames: tuple[str, ...] = ()
    hints: frozenset[str] = frozenset()
    near: bool = False
    same_parent: bool = False
    same_call: bool = False

    @property
    def types(self) -> frozenset[str]:
        return frozenset(step.lock_type for step in self.steps)

    @property
    def statements(self) -> tuple[sql.Statement, ...]:
        return tuple(statement for step in self.steps for statement in step.statements)

    @property
    def mains(self) -> tuple[sql.Statement, ...]:
        return tuple(step.main for step in self.steps if step.seen)


_Aim = tuple[str, sql.Keys]


def case_of(report: Report) -> Case:
    """The case of a report."""
    place = sentences.tuple_context(report.context[0]) if report.context else None
    parameters = _parameters(report.context)
    locks: dict[str, int] = {}
    by_pid = {p.pid: p for p in report.processes}
    read = {p.pid: _read(p) for p in report.processes}
    steps = tuple(
        _step(e, by_pid[e.waiter], read[e.waiter][0], locks.setdefault(e.text, len(locks)))
        for e in report.edges
    ) or tuple(_lone(p, read[p.pid][0]) for p in report.processes)
    inner, foreign_key, frames = _frames(report.context[1:] if place else report.context)
    aims = [_aim(*read[e.waiter], parameters if not n else {}) for n, e in enumerate(report.edges)]
    return Case(
        steps=steps,
        rows=_rows(aims),
        doing=place[0] if place else None,
        relation=place[1] if place else None,
        inner=inner,
        foreign_key=foreign_key,
        frames=frames,
        hints=report.hints,
        near=_is_near(place, aims),
        same_parent=foreign_key == "check" and _names_key(by_pid, report, aims),
        same_call=place is not None and not (inner and inner.bulk) and _is_same_call(report, steps),
    )


def _read(process: Process) -> tuple[tuple[sql.Statement, ...], tuple[sql.Keys, ...]]:
    if not process.statement or process.withheld:
        return (), ()
    found, keys = sql.read_with_keys(process.statement)
    if process.truncated:
        found = tuple(replace(s, bulk=s.bulk and bool(s.keys), complete=False) for s in found)
    return found, keys


def _step(edge: Edge, process: Process, statements: tuple[sql.Statement, ...], lock: int) -> Step:
    return Step(
        statements,
        edge.lock_mode,
        edge.lock_type,
        lock,
        process.statement if process.withheld else None,
        process.truncated,
        process.statement is not None and not process.withheld,
    )


def _lone(process: Process, statements: tuple[sql.Statement, ...]) -> Step:
    return Step(statements, "", "", 0, None, process.truncated, bool(statements))


def _parameters(context: tuple[str, ...]) -> dict[str, str]:
    for line in context:
        found = sentences.frame("parameters", line) if "$1 = " in line else None
        if found:
            return {f"${n}": v.strip("'") for n, v in _PARAMETER.findall(found["parameters"])}
    return {}


def _rows(aims: list[_Aim | None]) -> str:
    """Do all statements aim at the same row? Equal tables and equal constants on equal columns say so."""
    known = [aim for aim in aims if aim is not None]
    if len(known) < 2 or len(known) < len(aims):
        return "unknown"
    if len({table for table, _ in known}) > 1:
        return "different"
    keys = [dict(pairs) for _, pairs in known]
    columns = set(keys[0])
    if not columns or any(set(k) != columns for k in keys):
        return "unknown"
    unknown = [c for c in columns if any(_is_variable(k[c]) for k in keys)]
    if any(len({k[c] for k in keys}) > 1 for c in columns if c not in unknown):
        return "different"
    return "unknown" if unknown else "same"


def _is_variable(value: str | None) -> bool:
    return value is None or value.startswith(("$", "%"))


def _aim(
    statements: tuple[sql.Statement, ...], keys: tuple[sql.Keys, ...], parameters: dict[str, str]
) -> _Aim | None:
    """(table, key values) of the one row statement of a process, None when there is none or more."""
    rows = [n for n, s in enumerate(statements) if s.row_lock and s.target]
    if len(rows) != 1 or statements[rows[0]].bulk:
        return None
    pairs = tuple(
        (column, parameters.get(value, value) if value else value) for column, value in keys[rows[0]]
    )
    return (statements[rows[0]].target or "").rpartition(".")[2], pairs


def _frames(context: tuple[str, ...]) -> tuple[sql.Statement | None, str | None, tuple[str, ...]]:
    """(statement of the innermost SQL frame, foreign key check or action it is, kinds of frames)."""
    inner, foreign_key, kinds = None, None, []
    for line in context:
        found = sentences.frame("sql", line)
        if found:
            kinds.append("sql")
            if inner is None:
                inner, foreign_key = _inner(found["statement"])
        elif sentences.frame("plpgsql", line):
            kinds.append("plpgsql")
        elif sentences.frame("copy", line):
            kinds.append("copy")
        elif sentences.frame("function", line):
            kinds.append("function")
    return inner, foreign_key, tuple(dict.fromkeys(kinds))


def _inner(statement: str) -> tuple[sql.Statement, str | None]:
    """The server's own foreign key queries (ri_triggers.c) have a form that nobody else writes."""
    facts = sql.read(statement)[0]
    if "OPERATOR(pg_catalog." not in statement or " ONLY " not in statement:
        return facts, None
    if statement.rstrip().endswith(_FOREIGN_KEY_CHECK):
        return facts, "check"
    return facts, "action" if statement.startswith(("DELETE", "UPDATE")) else None


def _is_near(place: tuple[str, str, int, int] | None, aims: list[_Aim | None]) -> bool:
    """True when the victim's row could be the row another statement names by a key: the n-th row of the first
    page.

    Where keys count up from 1 and rows were not moved, row n is tuple (0,n). Only a hint, for want of better.
    """
    if not place or place[2] != 0:
        return False
    return any(value == str(place[3]) for aim in aims[1:] if aim for _, value in aim[1])


_CALLS = frozenset({"select", "call", "execute"})


def _is_same_call(report: Report, steps: tuple[Step, ...]) -> bool:
    """True when every process runs the same call, a function or prepared statement, with equal values."""
    said = {" ".join(p.statement.split()) if p.statement else None for p in report.processes}
    if len(said) > 1 or None in said or not report.edges:
        return False
    calls = all(len(s.statements) == 1 and s.main.kind in _CALLS and not s.main.row_lock for s in steps)
    return calls and bool(sql.numbered(next(iter(said)) or "")[1])


def _names_key(by_pid: dict[int | None, Process], report: Report, aims: list[_Aim | None]) -> bool:
    """True when the victim's statement holds the key of the row that another statement names."""
    statement = by_pid[report.edges[0].waiter].statement if report.edges else None
    if not statement:
        return False
    values = {literal.strip("'") for literal in sql.numbered(statement)[1]}
    return any(value in values for aim in aims[1:] if aim for _, value in aim[1])
