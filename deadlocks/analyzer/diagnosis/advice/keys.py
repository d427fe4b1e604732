# ruff: noqa: S608  advice is text to read, nothing runs it
"""Advice where foreign keys are in play."""

from deadlocks.analyzer.diagnosis.case import Case
from deadlocks.analyzer.values import Recommendation

from .names import key_of, quoted, table_of


def fk_upgrade(case: Case) -> list[Recommendation]:
    table, key = table_of(case), key_of(case)
    return [
        Recommendation(
            f"Lock the row of {table} before inserting what references it",
            f"Inserting a referencing row takes FOR KEY SHARE on the row of {table}; a later FOR UPDATE, "
            f"DELETE or change of "
            "its key in the same transaction is an upgrade, and two of them wait for each other. Take the "
            "strong lock "
            "first. Costs: inserts for the same parent wait for one another.",
            f"BEGIN;\nSELECT 1 FROM {table} WHERE {key} = $1 FOR NO KEY UPDATE;\n-- then insert the "
            f"referencing rows",
        ),
        Recommendation(
            "Use FOR NO KEY UPDATE instead of FOR UPDATE",
            "FOR NO KEY UPDATE does not conflict with the key share of foreign keys (manual, 13.3.2), and "
            "it is enough "
            "unless the row is deleted or its key changes. In Django: select_for_update(no_key=True).",
            f"SELECT * FROM {table} WHERE {key} = $1 FOR NO KEY UPDATE;",
        ),
    ]


def fk_cross(case: Case) -> list[Recommendation]:
    parent = quoted(case.inner.target) if case.inner and case.inner.target else "the referenced table"
    return [
        Recommendation(
            f"Touch the rows of {parent} in one order",
            f"Each insert or update of a referencing row takes FOR KEY SHARE on its row of {parent}. Sort "
            f"the work by the "
            "referenced key, or lock all referenced rows in order first. Costs one statement.",
            f"BEGIN;\nSELECT 1 FROM {parent} WHERE id = ANY ($1) ORDER BY id FOR KEY SHARE;",
        ),
        Recommendation(
            f"Do not lock {parent} more strongly than needed",
            "FOR NO KEY UPDATE and updates of other columns do not conflict with foreign key checks; FOR "
            "UPDATE, DELETE and "
            "updates of the key do.",
        ),
    ]


def cascade(case: Case) -> list[Recommendation]:
    parent = next(
        (quoted(s.target) for s in case.statements if s.kind == "delete" and s.target), table_of(case)
    )
    return [
        Recommendation(
            f"Lock the row of {parent} first everywhere",
            f"A DELETE on {parent} locks the parent, then its children by the cascade; code that changes a "
            f"child and then the "
            "parent goes the other way. Lock the parent first there. Costs one statement for each change "
            "of children.",
            f"BEGIN;\nSELECT 1 FROM {parent} WHERE {key_of(case)} = $1 FOR UPDATE;\n-- then the children",
        ),
        Recommendation(
            "Delete the children yourself, in order",
            "Delete children in key order before the parent, so that the cascade finds nothing left to "
            "lock. Costs a second "
            "statement and an index on the foreign key column.",
        ),
    ]
