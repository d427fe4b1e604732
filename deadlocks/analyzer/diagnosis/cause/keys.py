"""Causes where foreign keys or shares of one row are in play."""

from deadlocks.analyzer import sql
from deadlocks.analyzer.diagnosis.case import Case

from .values import Cause


def foreign_key(case: Case) -> Cause | None:
    if case.foreign_key == "action":
        return Cause("fk_cascade", 0.95, ("The victim ran a foreign key's ON DELETE or ON UPDATE action.",))
    if case.foreign_key == "check" and case.same_parent and any(_is_strong(s) for s in case.mains[1:]):
        return Cause(
            "fk_cascade",
            0.75,
            ("The victim references a row that the other is deleting or re-keying, and its cascade waits.",),
        )
    if case.foreign_key == "check":
        parent = (case.inner.target if case.inner else None) or "the parent"
        return Cause(
            "fk_cross_parent",
            0.9,
            (f"The victim's foreign key check waits for a row of {parent} that another has changed.",),
        )
    return None


def cascade(case: Case) -> Cause | None:
    """DELETE of a row that the other only updates: such an UPDATE waits for no key share, so children are
    meant.
    """
    mains = case.mains
    strong = [s for s in mains if _is_strong(s)]
    if len(mains) != 2 or len(strong) != 1:
        return None
    other = next(s for s in mains if s is not strong[0])
    if case.rows == "same" and other.row_lock == "FOR NO KEY UPDATE":
        return Cause(
            "fk_cascade",
            0.85,
            (
                f"{strong[0].verb} and {other.verb} name the same row of {strong[0].target}, "
                "and neither can wait for it twice.",
                "The first therefore waits for rows of a referencing table that its cascade reaches.",
            ),
        )
    if _references(other, strong[0].target):
        return Cause(
            "fk_cascade",
            0.7,
            (
                f"{strong[0].verb} on {strong[0].target} meets a statement on a table that seems to "
                f"reference it.",
            ),
        )
    return None


def _is_strong(statement: sql.Statement) -> bool:
    """DELETE and updates of a key: what foreign keys act on."""
    return statement.kind == "delete" or (statement.kind == "update" and statement.row_lock == "FOR UPDATE")


def _references(child: sql.Statement, parent: str | None) -> bool:
    """By the usual name of a foreign key column or of a table: order_id and order_items reference orders."""
    if not parent or not child.target or child.target == parent:
        return False
    name, own = parent.rpartition(".")[2].lower(), child.target.rpartition(".")[2].lower()
    singulars = {name, name.removesuffix("s"), name.removesuffix("es"), name.removesuffix("ies") + "y"}
    if any(own.startswith(f"{s}_") for s in singulars):
        return True
    return any(column.lower() in {f"{s}_id", f"{s}id"} for s in singulars for column, _ in child.keys)


def same_row(case: Case) -> Cause | None:
    """Everybody wants the same row and everybody is in the way: each holds a share of it already."""
    mains = case.mains
    why = _why_one_row(case)
    if why is None:
        return None
    first, sure = why
    inner = case.inner.row_lock if case.same_call and case.inner else None
    if inner == "FOR UPDATE" or _all_strong(mains):
        second = "A key share is what the check of a foreign key takes on the referenced row."
        return Cause("fk_share_upgrade", sure, (first, second))
    second = "An update of no key does not wait for key shares: the shares come from FOR SHARE."
    return Cause("share_to_exclusive_upgrade", sure, (first, second))


def _why_one_row(case: Case) -> tuple[str, float] | None:
    """What says that everybody wants one row, and how sure that is; None when nothing does."""
    mains = case.mains
    table = (mains[0].target if mains else None) or case.relation or "a table"
    if case.rows == "same":
        return f"All statements name the same row of {table}, so each already holds a share lock on it.", 0.85
    if _is_one_queue(case):
        return (
            "One waits in the queue for a row version whose head waits for that very transaction: it holds "
            "a share lock on the row that it now wants alone.",
            0.8,
        )
    if case.same_call:
        return "Both make the same call, which locks its rows in one order: a share is held before.", 0.5
    if case.rows == "unknown" and case.near and len(case.steps) == 2 and _all_strong(mains):
        return (
            f"The victim's row of {table} stands where the other's key would if rows were never moved: it "
            "may be the same row, of which both hold a share.",
            0.5,
        )
    return None


def _is_one_queue(case: Case) -> bool:
    """One of two waits in the queue for a row version; only the other can head it and wants that row."""
    return case.rows != "different" and sorted(s.lock_type for s in case.steps) == ["transactionid", "tuple"]


def _all_strong(statements: tuple[sql.Statement, ...]) -> bool:
    return len(statements) > 1 and all(s.row_lock == "FOR UPDATE" for s in statements)


def keys_changed(case: Case) -> Cause | None:
    """Updates of keys of different rows: hardly anybody does that but over rows that are referenced."""
    mains = case.mains
    if case.doing == "deleting":  # an update that moves its row to another partition
        return None
    if case.rows != "different" or len(mains) != len(case.steps) or len({s.target for s in mains}) > 1:
        return None
    if not all(s.kind == "update" and s.row_lock == "FOR UPDATE" for s in mains):
        return None
    return Cause(
        "fk_cross_parent", 0.5, (f"All statements change keys of {mains[0].target}; references wait.",)
    )
