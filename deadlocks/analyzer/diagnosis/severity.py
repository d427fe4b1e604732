"""How bad a deadlock is: a published sum over things that are really known.

    processes     10 for each process beyond the first, at most 30
    reach         20 when whole tables, a vacuum or replication stop, 10 for rows and keys, 5 when unknown
    work lost     10 when the victim was writing, 5 when it was reading or nothing is known of it
    frequency     10 x log2(1 + times in the last day), at most 30; once counts as 10
    users         8 x log10(1 + users of the issue), at most 24

70 and more is critical, 45 high, 25 medium, less is low.
"""

import math
import re

from deadlocks.analyzer.values import Report

LEVELS = ((70, "critical"), (45, "high"), (25, "medium"), (0, "low"))
_TABLE_WIDE = frozenset(
    {
        "ddl_vs_dml",
        "ddl_vs_ddl",
        "ddl_vs_vacuum",
        "table_lock_order",
        "table_lock_upgrade",
        "concurrent_ddl_vs_open_transaction",
        "replication_apply",
    }
)


def score(*, processes: int, root_cause: str, writes: bool, times_a_day: float = 1, users: int = 0) -> float:
    """The sum above, 0 to 114."""
    reach = 20 if root_cause in _TABLE_WIDE else 5 if root_cause == "unknown" else 10
    often = min(30.0, 10 * math.log2(1 + max(0.0, times_a_day)))
    reached = min(24.0, 8 * math.log10(1 + max(0, users)))
    return min(30, 10 * max(0, processes - 1)) + reach + (10 if writes else 5) + often + reached


def level(points: float) -> str:
    """critical, high, medium or low."""
    return next(name for least, name in LEVELS if points >= least)


def severity(report: Report, root_cause: str, *, times_a_day: float = 1, users: int = 0) -> str:
    """The level of a report; without an issue's numbers it counts as once, with no known users."""
    victim = next((p for p in report.processes if p.role == "victim"), None)
    writes = victim is not None and bool(victim.statement) and not _READS.match(victim.statement or "")
    count = len(report.processes)
    return level(
        score(processes=count, root_cause=root_cause, writes=writes, times_a_day=times_a_day, users=users)
    )


#: Everything but a plain read counts as work lost.
_READS = re.compile(r"\s*(?:SELECT|FETCH|TABLE|VALUES|SHOW|EXPLAIN|LOCK|<)\b", re.IGNORECASE)
