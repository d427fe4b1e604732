"""What to change, best first: made from the cause and the statements, with the reason and the cost."""

from collections.abc import Callable

from deadlocks.analyzer.diagnosis.case import Case
from deadlocks.analyzer.values import Recommendation

from . import keys, others, rows, tables

__all__ = ["recommendations"]

_BY_CAUSE: dict[str, Callable[[Case], list[Recommendation]]] = {
    "row_lock_order": rows.row_order,
    "row_lock_order_bulk": rows.bulk,
    "share_to_exclusive_upgrade": rows.same_row,
    "fk_share_upgrade": keys.fk_upgrade,
    "fk_cross_parent": keys.fk_cross,
    "fk_cascade": keys.cascade,
    "unique_insert_order": rows.unique,
    "upsert_order": rows.upsert,
    "exclusion_order": rows.exclusion,
    "table_lock_order": tables.table_order,
    "table_lock_upgrade": tables.table_upgrade,
    "ddl_vs_dml": tables.ddl,
    "ddl_vs_ddl": tables.ddl_ddl,
    "ddl_vs_vacuum": tables.vacuum,
    "concurrent_ddl_vs_open_transaction": tables.concurrently,
    "advisory_lock_order": others.advisory,
    "advisory_lock_upgrade": others.advisory_upgrade,
    "mixed_lock_order": others.mixed,
    "parallel_worker": others.parallel,
    "replication_apply": others.apply,
}


def recommendations(case: Case, cause: str) -> tuple[Recommendation, ...]:
    """Advice for a cause; every list ends with the retry, which any application with locks needs."""
    return (*_BY_CAUSE.get(cause, others.unknown)(case), others.retry(case))
