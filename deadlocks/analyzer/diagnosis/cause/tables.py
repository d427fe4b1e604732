"""Causes where tables and advisory locks are waited for."""

from deadlocks.analyzer import sql
from deadlocks.analyzer.diagnosis.case import ADVISORY, TABLES, Case

from .values import Cause


def advisory(case: Case) -> Cause | None:
    if not case.types or not case.types <= ADVISORY:
        return None
    if _one_lock(case):
        return Cause(
            "advisory_lock_upgrade",
            0.95,
            (
                "All processes wait for the same advisory lock: each holds it shared and asks for it "
                "exclusively.",
            ),
        )
    return Cause("advisory_lock_order", 0.95, ("All locks are advisory locks, taken in different orders.",))


def mixed_advisory(case: Case) -> Cause | None:
    if not case.types & ADVISORY:
        return None
    kinds = ", ".join(sorted(case.types))
    return Cause("mixed_lock_order", 0.9, (f"Locks of different kinds are in the cycle: {kinds}.",))


def tables(case: Case) -> Cause | None:
    if not case.types <= TABLES or not case.types:
        return None
    if found := _ddl(case):
        return found
    locking = [s for s in case.statements if s.kind == "lock"]
    sure = 0.95 if locking else 0.6 if case.mains else 0.4
    if _one_lock(case) and len({step.lock_mode for step in case.steps}) <= 2:
        return Cause(
            "table_lock_upgrade",
            sure,
            ("All processes wait for the same table: each holds a weaker lock on it already.",),
        )
    modes = sorted({step.lock_mode for step in case.steps})
    if not case.mains and "AccessExclusiveLock" in modes and len(modes) > 1:
        return Cause(
            "ddl_vs_dml",
            0.4,
            (f"A table is wanted exclusively, another in a weak mode: {', '.join(modes)}.",),
        )
    return Cause(
        "table_lock_order", sure, (f"All locks are table locks ({', '.join(modes)}) on different tables.",)
    )


def mixed_tables(case: Case) -> Cause | None:
    if not case.types & TABLES:
        return None
    if found := _ddl(case):
        return found
    kinds = ", ".join(sorted(case.types))
    if any(s.kind == "lock" for s in case.statements):
        return Cause("mixed_lock_order", 0.9, (f"LOCK TABLE and row locks meet: {kinds}.",))
    if any(step.lock_type == "relation" and step.lock_mode == "AccessShareLock" for step in case.steps):
        return Cause(
            "ddl_vs_dml",
            0.6,
            ("A plain read waits for a table: somebody holds it AccessExclusive, as DDL does.",),
        )
    return Cause("mixed_lock_order", 0.7, (f"Locks of different kinds are in the cycle: {kinds}.",))


def _ddl(case: Case) -> Cause | None:
    ddl = [s for s in _statements(case) if s.is_ddl]
    if not ddl:
        return _hidden_ddl(case)
    if all(any(s.is_ddl for s in step.statements) for step in case.steps):
        return Cause("ddl_vs_ddl", 0.95, (f"Every process runs DDL: {_verbs(ddl)}.",))
    return Cause(
        "ddl_vs_dml", 0.95, (f"{_verbs(ddl)} waits for a table that is in use, and the other way round.",)
    )


#: What may run DDL without showing it, and modes that only DDL and LOCK ask for.
_CALLS = frozenset({"select", "call", "do", "execute"})
_DDL_MODES = frozenset({"ShareLock", "ShareRowExclusiveLock", "AccessExclusiveLock"})


def _hidden_ddl(case: Case) -> Cause | None:
    """DDL inside a function: its statement is no DDL, yet it wants a table as only DDL does."""
    if any(s.kind == "lock" for s in _statements(case)):
        return None
    for step in case.steps:
        called = step.seen and step.main.kind in _CALLS and not step.main.row_lock
        if step.lock_type == "relation" and step.lock_mode in _DDL_MODES and called:
            return Cause(
                "ddl_vs_dml", 0.5, (f"A function asks for {step.lock_mode} on a table, as DDL does.",)
            )
    return None


def _statements(case: Case) -> tuple[sql.Statement, ...]:
    """All that is known to run, the innermost statement of the victim's functions with it."""
    return (*case.statements, case.inner) if case.inner else case.statements


def _one_lock(case: Case) -> bool:
    return len({step.lock for step in case.steps}) == 1 and len(case.steps) > 1


def _verbs(statements: list[sql.Statement]) -> str:
    return " and ".join(dict.fromkeys(f"{s.verb} on {s.target}" if s.target else s.verb for s in statements))
