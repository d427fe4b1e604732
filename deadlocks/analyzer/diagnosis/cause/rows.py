"""Causes where rows and unique keys are waited for."""

from deadlocks.analyzer.diagnosis.case import ROWS, Case

from .values import Cause


def exclusion(case: Case) -> Cause | None:
    if case.doing != "checking exclusion":
        return None
    return Cause("exclusion_order", 0.95, ("The victim was checking an exclusion constraint.",))


def unique(case: Case) -> Cause | None:
    """Waiting while inserting into an index means waiting for the owner of an equal key."""
    if case.doing not in ("inserting", "checking uniqueness"):
        return None
    upserts = [s for s in case.mains if s.on_conflict or s.kind == "merge"]
    inner = case.inner is not None and case.inner.on_conflict
    cut = "on conflict" in case.hints or _is_table(case)
    if inner or cut or (upserts and all(s.on_conflict for s in case.mains if s.kind == "insert")):
        return Cause(
            "upsert_order", 0.95, ("The victim inserts a key with ON CONFLICT that another is inserting.",)
        )
    return Cause(
        "unique_insert_order", 0.95, ("The victim inserts a key that another uncommitted insert has.",)
    )


def _is_table(case: Case) -> bool:
    """Plain inserts wait in an index, ON CONFLICT with the table in hand; CONTEXT names the one or the other
    (_bt_doinsert, check_exclusion_or_unique_constraint).
    """
    names = [s.target.rpartition(".")[2] for s in case.statements if s.kind == "insert" and s.target]
    return case.doing == "inserting" and case.relation in names


def upserts(case: Case) -> Cause | None:
    mains = [s for s in case.mains if s.kind in ("insert", "merge")]
    if (
        not mains
        or len(mains) < len(case.steps)
        or not all(s.on_conflict or s.kind == "merge" for s in mains)
    ):
        return None
    return Cause(
        "upsert_order", 0.9, ("Every process updates existing rows by INSERT ... ON CONFLICT or MERGE.",)
    )


def inserts(case: Case) -> Cause | None:
    """Without a CONTEXT that tells more, inserts wait for each other's keys."""
    mains = case.mains
    if not mains or len(mains) < len(case.steps) or case.doing or case.inner:
        return None
    if all(s.kind == "insert" and s.on_conflict for s in mains):
        return Cause("upsert_order", 0.7, ("All statements are INSERT ... ON CONFLICT.",))
    if all(s.kind in ("insert", "copy") for s in mains):
        return Cause(
            "unique_insert_order", 0.6, ("All statements insert; inserts only wait for equal keys.",)
        )
    return None


def rows(case: Case) -> Cause | None:
    if not case.types <= ROWS or not case.types:
        return None
    bulk = [s for s in case.mains if s.bulk and s.row_lock]
    if bulk and not (case.inner and "plpgsql" in case.frames and not case.inner.bulk):
        return Cause(
            "row_lock_order_bulk",
            0.9 if len(bulk) > 1 else 0.7,
            (
                f"{bulk[0].verb} on {bulk[0].target} touches several rows, in the order in which its plan "
                f"finds them.",
            ),
        )
    evidence = ["All waits are for rows (a transaction's id stands for the rows it changed)."]
    if case.rows == "different":
        evidence.insert(0, "The statements name different rows, so each took its first row earlier.")
    if case.relation:
        evidence.append(f"The victim was {case.doing} a row of {case.relation}.")
    if "plpgsql" in case.frames:
        evidence.append("The row lock was taken inside a function or trigger.")
    sure = 0.95 if case.rows == "different" else 0.8 if case.mains else 0.6
    return Cause("row_lock_order", sure, tuple(evidence))
