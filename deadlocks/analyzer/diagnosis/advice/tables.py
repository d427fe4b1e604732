# ruff: noqa: S608  advice is text to read, nothing runs it
"""Advice where tables are locked or changed."""

from deadlocks.analyzer.diagnosis.case import Case
from deadlocks.analyzer.values import Recommendation

from .names import mode_words, quoted, table_of, tables_of


def table_order(case: Case) -> list[Recommendation]:
    tables = sorted(tables_of(case))
    return [
        Recommendation(
            "Lock the tables in one statement, in one order",
            f"LOCK TABLE takes its tables in the order given, at the start of the transaction; use "
            f"{', '.join(tables)} "
            "everywhere (manual, LOCK and 13.3.4). Costs: every table is locked for the whole transaction.",
            f"BEGIN;\nLOCK TABLE {', '.join(tables)} IN SHARE ROW EXCLUSIVE MODE;",
        ),
        Recommendation(
            "Ask whether the table locks are needed",
            "Row locks, SERIALIZABLE transactions or an advisory lock often replace LOCK TABLE and stop "
            "fewer others.",
        ),
    ]


def table_upgrade(case: Case) -> list[Recommendation]:
    table = table_of(case)
    mode = next((s.lock_mode for s in case.statements if s.lock_mode), None)
    words = mode_words(mode) if mode else "EXCLUSIVE"
    return [
        Recommendation(
            f"Ask for the strongest lock on {table} first",
            "Two transactions that hold a weaker lock each block the upgrade of the other; the manual "
            "(LOCK, notes) says to "
            "take the most restrictive mode first. Costs: the table is locked that much from the start.",
            f"BEGIN;\nLOCK TABLE {table} IN {words} MODE;",
        )
    ]


def ddl(case: Case) -> list[Recommendation]:
    ddl = next((s for s in case.statements if s.is_ddl), None)
    what = f"{ddl.verb} on {quoted(ddl.target)}" if ddl and ddl.target else "the DDL"
    return [
        Recommendation(
            f"Run {what} in a transaction of its own, with a lock_timeout",
            "DDL holds its table locks until commit. One table for each transaction cannot form a cycle, "
            "and a short "
            "lock_timeout gives up before others queue behind it; repeat it until it gets through. Costs: "
            "a migration is "
            "several steps that each must be safe to repeat.",
            "BEGIN;\nSET LOCAL lock_timeout = '2s';\n"
            + (f"{ddl.verb} ... ;" if ddl else "ALTER TABLE ... ;")
            + "\nCOMMIT;",
        ),
        Recommendation(
            "Take all table locks at the start, in one order",
            f"When it has to be one transaction, lock {', '.join(sorted(tables_of(case)))} first, in the "
            f"order the application "
            "uses them. Costs: all of them are blocked until commit.",
            f"BEGIN;\nLOCK TABLE {', '.join(sorted(tables_of(case)))} IN ACCESS EXCLUSIVE MODE;",
        ),
    ]


def ddl_ddl(case: Case) -> list[Recommendation]:
    return [
        Recommendation(
            "Let only one migration run at a time",
            "An advisory lock around the whole migration run lets the second deployer wait before it holds "
            "anything. Costs "
            "nothing but the wait.",
            "SELECT pg_advisory_lock(hashtextextended('migrations', 0));",
        ),
        *ddl(case)[1:],
    ]


def vacuum(case: Case) -> list[Recommendation]:
    return [
        Recommendation(
            "Keep vacuum and DDL of one table apart",
            "VACUUM and ANALYZE take SHARE UPDATE EXCLUSIVE, which conflicts with itself and with DDL. Run "
            "the DDL on one "
            "table for each transaction with a lock_timeout, and vacuum tables one by one. Costs a repeat "
            "now and then.",
            "SET lock_timeout = '2s';",
        ),
        Recommendation(
            "Let autovacuum reach the table before it must",
            "An ordinary autovacuum gives way to others; one against wraparound does not. Lower "
            "autovacuum_freeze_max_age for the table or vacuum it at a quiet hour.",
        ),
    ]


def concurrently(case: Case) -> list[Recommendation]:
    return [
        Recommendation(
            "Run CONCURRENTLY from a session that holds no other lock",
            "It waits for every transaction that could see the old state, also for those that wait for it. "
            "Never run it "
            "inside an application's connection that holds session locks, and end idle transactions first. "
            "Costs: it takes "
            "as long as the oldest transaction.",
            "SELECT pid, xact_start, state, query FROM pg_stat_activity WHERE xact_start < now() - "
            "interval '1 min';",
        ),
        Recommendation(
            "Look for an invalid index",
            "When the victim was CREATE INDEX CONCURRENTLY, an INVALID index is left that still costs on "
            "every write.",
            "SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid;",
        ),
    ]
