"""The root cause of a case, by rules that are tried in order; each says why, with a confidence.

What PostgreSQL prints is only the last wait of each process, not the lock it took before. So a rule argues
from lock types, from what the statements can take, from the victim's CONTEXT, and says how sure that makes
it.
"""

from collections.abc import Callable

from deadlocks.analyzer.diagnosis.case import Case

from . import backends, keys, rows, tables
from .values import Cause

__all__ = ["RULES", "Cause", "cause_of"]

#: Strongest evidence first; the last one takes every cycle of row locks that is left.
RULES: tuple[Callable[[Case], Cause | None], ...] = (
    backends.parallel,
    backends.replication,
    backends.concurrently,
    backends.vacuum,
    backends.speculative,
    tables.advisory,
    tables.mixed_advisory,
    tables.tables,
    tables.mixed_tables,
    rows.exclusion,
    rows.unique,
    keys.foreign_key,
    keys.cascade,
    rows.upserts,
    keys.same_row,
    keys.keys_changed,
    rows.inserts,
    rows.rows,
)


def cause_of(case: Case) -> Cause:
    """The answer of the first rule that has one."""
    for rule in RULES:
        if (found := rule(case)) is not None:
            return found
    return Cause("unknown", 0.0, ("Nothing in the report tells why the locks were taken in this order.",))
