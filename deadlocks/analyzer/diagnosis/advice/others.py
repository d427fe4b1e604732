# ruff: noqa: S608  advice is text to read, nothing runs it
"""Advice for advisory locks, mixed locks, special backends, and what always holds."""

from deadlocks.analyzer.diagnosis.case import Case
from deadlocks.analyzer.values import Recommendation

from .rows import ordered_locks


def advisory(case: Case) -> list[Recommendation]:
    return [
        Recommendation(
            "Take advisory locks in ascending key order",
            "Advisory locks follow the same rule as all others (manual, 13.3.5): sort the keys of one "
            "transaction before "
            "locking. A LIMIT or an ORDER BY in the same SELECT does not order the calls; use a subquery.",
            "SELECT pg_advisory_xact_lock(k) FROM (SELECT unnest($1::bigint[]) AS k ORDER BY 1) AS keys;",
        ),
        Recommendation(
            "Do not wait: pg_try_advisory_xact_lock",
            "Returns false at once when another holds the lock; the application decides when to come back. "
            "Session locks "
            "survive the error of the victim: unlock or disconnect.",
            "SELECT pg_try_advisory_xact_lock($1);",
        ),
    ]


def advisory_upgrade(case: Case) -> list[Recommendation]:
    return [
        Recommendation(
            "Take the exclusive advisory lock from the start",
            "Two sessions that hold the shared lock and both ask for the exclusive one wait for each other "
            "for good. Costs: "
            "those that only read are served one after another.",
            "SELECT pg_advisory_xact_lock($1);  -- not pg_advisory_xact_lock_shared first",
        )
    ]


def mixed(case: Case) -> list[Recommendation]:
    return [
        Recommendation(
            "One order for all kinds of locks",
            "Tables, rows and advisory locks share one wait-for graph. Take advisory locks first, then "
            "tables, then rows by "
            "key, in every transaction. Costs a convention that all code has to keep.",
        ),
        ordered_locks(case),
    ]


def parallel(case: Case) -> list[Recommendation]:
    return [
        Recommendation(
            "Mark the function PARALLEL UNSAFE",
            "A parallel worker takes locks of its own only when a function called in the query does; such "
            "a function must "
            "not be marked PARALLEL SAFE (manual, 15.4). Costs the parallel plan for queries that use it.",
            "ALTER FUNCTION ... PARALLEL UNSAFE;",
        )
    ]


def apply(case: Case) -> list[Recommendation]:
    return [
        Recommendation(
            "Do not write to subscribed tables on the subscriber",
            "The apply worker changes rows in the publisher's order; local writes in another order meet "
            "it. Without local "
            "writes, or with rows that belong to one side, there is no cycle. The worker starts again by "
            "itself.",
        ),
        Recommendation(
            "Lock in the publisher's order",
            "Where local writes are needed, take the rows in the order in which the publisher's "
            "transactions change them.",
        ),
    ]


def unknown(case: Case) -> list[Recommendation]:
    return [
        Recommendation(
            "Get the report of the server log",
            "It has a line for each process and the statements. Set log_lock_waits = on to see who waited "
            "for what before. "
            "Costs a log line for each wait longer than deadlock_timeout.",
            "ALTER SYSTEM SET log_lock_waits = on;\nSELECT pg_reload_conf();",
        )
    ]


def retry(case: Case) -> Recommendation:
    return Recommendation(
        "Repeat the transaction on SQLSTATE 40P01",
        "PostgreSQL has rolled the victim back as a whole, so it can be run again: three tries with a "
        "random pause "
        "(manual, 13.3.4). Keep it even after the order is fixed. Hides the cause and costs "
        "deadlock_timeout each time.",
    )
