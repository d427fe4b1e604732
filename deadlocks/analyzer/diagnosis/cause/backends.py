"""Causes that lie in the kind of a backend or of a wait."""

from deadlocks.analyzer.diagnosis.case import ADVISORY, TABLES, Case

from .values import Cause

_NOT_ENABLED = "<command string not enabled>"


def parallel(case: Case) -> Cause | None:
    if "parallel worker" not in case.hints:
        return None
    return Cause(
        "parallel_worker",
        0.95,
        ("A parallel worker is in the cycle: it waits for a lock on its own account.",),
    )


def replication(case: Case) -> Cause | None:
    if "replication" in case.hints or "applytransaction" in case.types:
        return Cause("replication_apply", 0.95, ("A logical replication apply worker is in the cycle.",))
    others = () if case.types & ADVISORY else case.steps[1:]
    if others and case.steps[0].seen and all(step.placeholder == _NOT_ENABLED for step in others):
        return Cause(
            "replication_apply",
            0.5,
            (
                "The other process shows no statement while the victim's is shown: apply workers never "
                "show one.",
                "track_activities switched off in one session would look the same.",
            ),
        )
    return None


def concurrently(case: Case) -> Cause | None:
    concurrent = [s for s in case.statements if s.concurrently and "MATERIALIZED" not in s.verb]
    if "virtualxid" not in case.types and not concurrent:
        return None
    evidence = ["A process waits for a virtual transaction to end, as CREATE INDEX CONCURRENTLY does."]
    evidence += [
        f"{s.verb} waits for every transaction that can still see the old state." for s in concurrent[:1]
    ]
    return Cause("concurrent_ddl_vs_open_transaction", 0.95 if concurrent else 0.8, tuple(evidence))


def vacuum(case: Case) -> Cause | None:
    found = [s for s in case.statements if s.kind in ("vacuum", "analyze")]
    if not found or not case.types & TABLES:
        return None
    return Cause(
        "ddl_vs_vacuum", 0.9, (f"{found[0].verb} is in the cycle, and it locks its table against DDL.",)
    )


def speculative(case: Case) -> Cause | None:
    if "spectoken" not in case.types:
        return None
    return Cause(
        "upsert_order", 0.95, ("A process waits for a speculative insertion: only ON CONFLICT makes those.",)
    )
