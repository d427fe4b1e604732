# ruff: noqa: S608  advice is text to read, nothing runs it
"""Advice where rows and keys are locked in different orders."""

from deadlocks.analyzer.diagnosis.case import Case
from deadlocks.analyzer.values import Recommendation

from .names import key_of, quoted, quoted_part, row_statements, strength_of, table_of


def ordered_locks(case: Case) -> Recommendation:
    table, key = table_of(case), key_of(case)
    tables = list(dict.fromkeys(quoted(s.target) for s in row_statements(case) if s.target))
    if len(tables) > 1:
        listed = ", then ".join(sorted(tables))
        return Recommendation(
            "Take the row locks of all tables in one order",
            f"Let every transaction lock its rows of {listed}, each table's by {key}. The manual (13.3.4) "
            f"names this as the "
            "best defence: a cycle needs two transactions that lock in different orders. Costs one "
            "statement for each "
            "table at the start of the transaction, and the locks are held a little longer.",
            "BEGIN;\n"
            + "\n".join(f"SELECT 1 FROM {t} WHERE ... ORDER BY {key} FOR UPDATE;" for t in sorted(tables)),
        )
    return Recommendation(
        f"Lock the rows of {table} in one order",
        f"At the start of the transaction lock every row of {table} that it will change, ordered by {key}; "
        f"then it can "
        "wait, but not in a circle (manual, 13.3.4). Costs one statement and longer waits on contended rows.",
        f"BEGIN;\nSELECT 1 FROM {table} WHERE {key} = ANY ($1) ORDER BY {key} FOR {strength_of(case)};",
    )


def row_order(case: Case) -> list[Recommendation]:
    table, key = table_of(case), key_of(case)
    found = [ordered_locks(case)]
    if "plpgsql" in case.frames or "function" in case.frames:
        found.append(
            Recommendation(
                "Lock before the function or trigger does",
                f"The victim's CONTEXT shows that {case.relation or table} was locked inside a function or "
                f"a trigger. Lock "
                "those rows in order before calling it, or let the function sort its arguments first. "
                "Costs knowing in the "
                "caller what the function touches.",
            )
        )
    found.append(
        Recommendation(
            f"Sort the changes to {table} in the application",
            f"When one transaction changes several rows of {table} by separate statements, issue them "
            f"sorted by {key}. No "
            "extra statement, but every code path has to do it.",
        )
    )
    return found


def bulk(case: Case) -> list[Recommendation]:
    table, key = table_of(case), key_of(case)
    verb = next((s.verb for s in case.statements if s.bulk), "UPDATE")
    return [
        Recommendation(
            f"Lock the rows in order before the bulk {verb}",
            f"A single {verb} locks rows in the order of its plan, which differs between plans. A subquery "
            f"with ORDER BY and "
            "FOR UPDATE fixes the order (manual, 13.3.4 and the notes on the locking clause of SELECT). "
            "Costs a sort.",
            f"WITH rows AS (\n  SELECT {key} FROM {table} WHERE ... ORDER BY {key} FOR UPDATE\n)\n"
            f"UPDATE {table} SET ... FROM rows WHERE {table}.{key} = rows.{key};",
        ),
        Recommendation(
            "Work in small batches",
            "Fewer rows for each transaction hold fewer locks for less time. Makes it rarer, does not "
            "remove the cycle; the "
            "work is no longer one atomic step.",
        ),
    ]


def same_row(case: Case) -> list[Recommendation]:
    table, key = table_of(case), key_of(case)
    return [
        Recommendation(
            f"Take the strong lock on {table} first",
            "Two transactions that both hold FOR SHARE and then both want to update wait for each other: "
            "the upgrade "
            "cannot be granted to either (manual, 13.3.2). Lock with FOR NO KEY UPDATE where FOR SHARE is "
            "now. Readers "
            "that only look are not held up; those that lock are served one after another.",
            f"SELECT * FROM {table} WHERE {key} = $1 FOR NO KEY UPDATE;",
        ),
        Recommendation(
            "Read without a lock and check when writing",
            "Leave FOR SHARE away and let the UPDATE test a version column; an update of no rows means "
            "somebody was "
            "faster. No waiting, but the losing transaction has to be repeated.",
            f"UPDATE {table} SET ..., version = version + 1 WHERE {key} = $1 AND version = $2;",
        ),
    ]


def unique(case: Case) -> list[Recommendation]:
    table = table_of(case)
    return [
        Recommendation(
            f"Insert into {table} in key order",
            "An insert waits for any uncommitted row with the same key until that transaction ends. "
            "Transactions that insert "
            "several keys have to do so sorted by key. Costs a sort in the application.",
        ),
        Recommendation(
            "Insert all rows in one sorted statement",
            "One INSERT ... SELECT ... ORDER BY the unique columns inserts in that order, and holds its "
            "keys for one statement "
            "only when it is the whole transaction.",
            f"INSERT INTO {table} (...) SELECT ... FROM unnest(...) ORDER BY 1;",
        ),
        Recommendation(
            "Commit after each insert",
            "A transaction that holds one new key cannot be part of such a cycle. Costs atomicity across "
            "the rows.",
        ),
    ]


def upsert(case: Case) -> list[Recommendation]:
    table = table_of(case)
    keys = next((s.conflict_keys for s in case.statements if s.conflict_keys), ())
    columns = ", ".join(quoted_part(k) for k in keys) or "the conflict columns"
    return [
        Recommendation(
            f"Upsert into {table} sorted by {columns}",
            "ON CONFLICT locks or waits for each key in the order of the rows given. The same order "
            "everywhere leaves no "
            "cycle. Costs a sort of the batch.",
            f"INSERT INTO {table} (...)\nSELECT ... FROM unnest(...) ORDER BY {columns}\n"
            f"ON CONFLICT ({columns}) DO UPDATE SET ...;",
        ),
        Recommendation(
            "One upsert for each transaction",
            "A transaction that holds a single key cannot wait in a circle. Costs atomicity across keys.",
        ),
    ]


def exclusion(case: Case) -> list[Recommendation]:
    table = table_of(case)
    return [
        Recommendation(
            f"Serialise the inserts into {table} that can overlap",
            "An exclusion constraint waits for the transaction of any row in conflict. An advisory lock on "
            "what the rows "
            "share (the room, the machine) makes one wait before inserting. Costs concurrency for that one "
            "thing.",
            "SELECT pg_advisory_xact_lock(hashtextextended('room:' || $1, 0));",
        ),
        Recommendation(
            "Insert in one order",
            "Sort the rows of one transaction by the excluded columns before inserting.",
        ),
    ]
