"""Short words for what is drawn and printed."""

from deadlocks.analyzer import sql
from deadlocks.analyzer.assembly import MISSING
from deadlocks.analyzer.values import Edge, Process, Report

CAUSES = {
    "row_lock_order": "Rows locked in different orders",
    "row_lock_order_bulk": "Bulk statements lock rows in different orders",
    "share_to_exclusive_upgrade": "Two holders of a share lock both want to change the row",
    "fk_share_upgrade": "A foreign key's share lock is upgraded by both sides",
    "fk_cross_parent": "Referencing rows are written in different orders of their parents",
    "fk_cascade": "A cascade meets a change of the child rows",
    "unique_insert_order": "Equal keys inserted in different orders",
    "upsert_order": "Upserts of the same keys in different orders",
    "exclusion_order": "Rows in conflict under an exclusion constraint inserted in different orders",
    "table_lock_order": "Tables locked in different orders",
    "table_lock_upgrade": "A table lock is upgraded by both sides",
    "ddl_vs_dml": "A schema change meets ordinary statements",
    "ddl_vs_ddl": "Two schema changes meet",
    "ddl_vs_vacuum": "A schema change meets a vacuum",
    "concurrent_ddl_vs_open_transaction": "CONCURRENTLY and an open transaction wait for each other",
    "advisory_lock_order": "Advisory locks taken in different orders",
    "advisory_lock_upgrade": "A shared advisory lock is upgraded by both sides",
    "mixed_lock_order": "Locks of different kinds taken in different orders",
    "parallel_worker": "A parallel worker took locks of its own",
    "replication_apply": "A replication apply worker meets a local transaction",
    "unknown": "Cause unknown",
}


def title(report: Report) -> str:
    """One line that names the deadlock."""
    tables = [name.rpartition(".")[2] for name in report.diagnosis.relations[:2]]
    where = f" on {' and '.join(tables)}" if tables else ""
    count = len(report.cycle) or len(report.processes)
    return f"Deadlock{where}" + (f", {count} processes" if count > 1 else "")


def shown(process: Process, width: int = 0) -> str:
    """A statement in one line, cut to ``width`` characters when that is given."""
    if process.statement is None:
        return "statement not known"
    line = " ".join(process.statement.split())
    return line if not width or len(line) <= width else line[: width - 1] + "…"


def summary(process: Process) -> str:
    """Verb and table of what a process runs, for a small box."""
    if not process.statement or process.withheld:
        return process.statement or "statement not known"
    facts = sql.read(process.statement)
    first = next((s for s in facts if s.target), facts[0])
    return f"{first.verb} {first.target}" if first.verb and first.target else shown(process, 26)


def missing(report: Report) -> list[str]:
    """The sentences for what a report lacks."""
    place = (
        "event" if report.source.format == "event" else "log" if report.source.format != "text" else "text"
    )
    said = [MISSING.get(name, name).format(place=place) for name in report.missing]
    some = any(process.statement for process in report.processes)
    return [line.replace("The statements", "The other statements") if some else line for line in said]


def edge(wait: Edge) -> str:
    return f"{wait.waiter} waits for {wait.lock_mode} on {wait.text}; blocked by {wait.blocker}"


def place(report: Report) -> str:
    source = report.source
    where = source.file or source.format
    return f"{where}:{source.line}" if source.line else where
