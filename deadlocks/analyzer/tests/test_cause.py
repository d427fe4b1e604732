# ruff: noqa: E501  texts and tables stay on one line
"""Root causes from the last statement of each process, as PostgreSQL shows them."""

import pytest

from deadlocks.analyzer import analyze_text
from deadlocks.analyzer.conflicts import CONFLICTS, MODES, ROW_CONFLICTS, STRENGTHS, collision
from deadlocks.analyzer.diagnosis.severity import level, score

ROW, TABLE, ADVISORY = "transaction {}", "relation {} of database 5", "advisory lock [5,0,{},1]"
CHECK = 'while locking tuple (0,1) in relation "orders"\n\tSQL statement "SELECT 1 FROM ONLY "public"."orders" x WHERE '
CHECK += '"id" OPERATOR(pg_catalog.=) $1 FOR KEY SHARE OF x"'
ACTION = 'while deleting tuple (0,1) in relation "items"\n\tSQL statement "DELETE FROM ONLY "public"."items" WHERE $1 '
ACTION += 'OPERATOR(pg_catalog.=) "order_id""'
LOCK = "LOCK TABLE {} IN EXCLUSIVE MODE"
UPDATE, KEY_UPDATE = "UPDATE orders SET total = 1 WHERE id = {}", "UPDATE orders SET id = 9 WHERE id = {}"
CASES = [
    ("row_lock_order", ROW, ("ShareLock",), (UPDATE.format(1), UPDATE.format(2)), ""),
    ("row_lock_order", ROW, ("ShareLock",), ("EXECUTE u(1)", "FETCH ALL FROM c"), ""),
    ("row_lock_order", ROW, ("ShareLock",), ("<command string not enabled>",) * 2, ""),
    ("row_lock_order_bulk", ROW, ("ShareLock",), ("DELETE FROM a WHERE id < 5", "DELETE FROM a WHERE id IN (1, 2)"), ""),
    ("share_to_exclusive_upgrade", ROW, ("ShareLock",), (UPDATE.format(1),) * 2, ""),
    ("fk_share_upgrade", ROW, ("ShareLock",), ("SELECT 1 FROM orders WHERE id = 1 FOR UPDATE",) * 2, ""),
    ("fk_share_upgrade", ROW, ("ShareLock",), ("DELETE FROM orders WHERE id = 2", KEY_UPDATE.format(2)), ""),
    ("fk_cascade", ROW, ("ShareLock",), (UPDATE.format(4), "DELETE FROM orders WHERE id = 4"), ""),
    ("fk_cascade", ROW, ("ShareLock",), ("DELETE FROM orders WHERE id = 4", "UPDATE items SET qty = 1 WHERE id = 1"), ACTION),
    ("fk_cascade", ROW, ("ShareLock",), ("INSERT INTO items VALUES (4, 1)", "DELETE FROM orders WHERE id = 4"), CHECK),
    ("fk_cross_parent", ROW, ("ShareLock",), ("INSERT INTO items VALUES (1)", "INSERT INTO items VALUES (2)"), CHECK),
    ("unique_insert_order", ROW, ("ShareLock",), ("INSERT INTO a VALUES (1)", "COPY a FROM STDIN"), ""),
    ("upsert_order", ROW, ("ShareLock",), ("INSERT INTO a VALUES (1) ON CONFLICT DO NOTHING",) * 2, ""),
    ("upsert_order", "speculative token 1 of transaction {}", ("ShareLock",), ("INSERT INTO a VALUES (1)",) * 2, ""),
    ("upsert_order", ROW, ("ShareLock",), ("INSERT INTO a VALUES (1, 'cut", "INSERT INTO a VALUES (2, 'cut"), 'while inserting index tuple (0,3) in relation "a"'),
    ("unique_insert_order", ROW, ("ShareLock",), ("INSERT INTO a VALUES (1)", "INSERT INTO a VALUES (2)"), 'while inserting index tuple (0,3) in relation "a_key"'),
    ("ddl_vs_dml", TABLE, ("AccessExclusiveLock", "RowExclusiveLock"), ("SELECT migrate()", "INSERT INTO a VALUES (1)"), ""),
    ("fk_cascade", ROW, ("ShareLock",), ("DELETE FROM orders WHERE id = 8", "UPDATE order_items SET qty = 1 WHERE id = 7"), ""),
    ("exclusion_order", ROW, ("ShareLock",), ("INSERT INTO r VALUES (1)",) * 2, 'while checking exclusion constraint on tuple (0,1) in relation "r"'),
    ("table_lock_order", TABLE, ("ExclusiveLock",), (LOCK.format("a"), LOCK.format("b")), ""),
    ("ddl_vs_dml", TABLE, ("AccessExclusiveLock", "AccessShareLock"), ("ALTER TABLE a ADD x int", "SELECT 1 FROM b"), ""),
    ("ddl_vs_ddl", TABLE, ("AccessExclusiveLock",), ("ALTER TABLE a ADD x int", "DROP INDEX b"), ""),
    ("ddl_vs_ddl", "object {} of class 1260 of database 0", ("AccessExclusiveLock",), ("DROP ROLE a", "DROP ROLE b"), ""),
    ("ddl_vs_vacuum", TABLE, ("AccessExclusiveLock",), ("ALTER TABLE a ADD x int", "autovacuum: VACUUM public.b"), ""),
    ("concurrent_ddl_vs_open_transaction", "virtual transaction 5/{}", ("ShareLock",), ("CREATE INDEX CONCURRENTLY i ON a (b)", LOCK.format("a")), ""),
    ("advisory_lock_order", ADVISORY, ("ExclusiveLock",), ("SELECT pg_advisory_lock(1)", "SELECT pg_advisory_lock(2)"), ""),
    ("replication_apply", "remote transaction {} of subscription 6 of database 5", ("ShareLock",), ("<command string not enabled>",) * 2, ""),
    ("replication_apply", ROW, ("ShareLock",), (UPDATE.format(1), "<command string not enabled>"), ""),
]  # fmt: skip


def log(tag, modes, statements, context, same_lock=False):
    locks = [tag.format(7), tag.format(7 if same_lock else 8)]
    mode = (modes * 2)[:2]
    head = "2026-11-20 22:54:46.909 UTC [11] "
    detail = f"Process 11 waits for {mode[0]} on {locks[0]}; blocked by process 12.\n"
    detail += f"\tProcess 12 waits for {mode[1]} on {locks[1]}; blocked by process 11.\n"
    detail += f"\tProcess 11: {statements[0]}\n\tProcess 12: {statements[1]}"
    said = f"{head}ERROR:  deadlock detected\n{head}DETAIL:  {detail}\n{head}HINT:  See server log for query details.\n"
    return said + (f"{head}CONTEXT:  {context}\n" if context else "") + f"{head}STATEMENT:  {statements[0]}\n"


@pytest.mark.parametrize(("cause", "tag", "modes", "statements", "context"), CASES)
def test_cause(cause, tag, modes, statements, context):
    (report,) = analyze_text(log(tag, modes, statements, context))
    assert report.diagnosis.root_cause == cause
    assert 0 < report.diagnosis.confidence <= 1
    assert report.diagnosis.evidence


@pytest.mark.parametrize(
    ("cause", "tag", "statements"),
    [
        ("table_lock_upgrade", TABLE, (LOCK.format("a"),) * 2),
        ("advisory_lock_upgrade", ADVISORY, ("SELECT pg_advisory_lock(7)",) * 2),
    ],
)
def test_one_lock_that_everybody_wants_is_an_upgrade(cause, tag, statements):
    (report,) = analyze_text(log(tag, ("ExclusiveLock",), statements, "", same_lock=True))
    assert report.diagnosis.root_cause == cause


QUEUE = [
    ("UPDATE orders SET total = 1 WHERE id = $1", "UPDATE orders SET total = 2 WHERE id = $1"),
    (
        "UPDATE stock SET n = 1 WHERE sku_id = 7741",
        "UPDATE stock s SET n = 2 FROM lines l WHERE l.sku_id = s.sku_id",
    ),
]


@pytest.mark.parametrize("said", QUEUE)
def test_a_queue_of_one_row_is_an_upgrade_of_shares_and_claims_nothing_of_the_statements(said):
    text = log(ROW, ("ExclusiveLock", "ShareLock"), said, "")
    (report,) = analyze_text(text.replace("transaction 7", "tuple (0,1) of relation 5 of database 6"))
    assert report.diagnosis.root_cause == "share_to_exclusive_upgrade"
    assert "queue" in report.diagnosis.evidence[0]
    assert "name the same row" not in " ".join(report.diagnosis.evidence)


def test_a_row_found_by_its_place_is_only_a_guess():
    said = ("DELETE FROM orders WHERE id = $1", "DELETE FROM orders WHERE id = 9")
    (report,) = analyze_text(
        log(ROW, ("ShareLock",), said, 'while deleting tuple (0,9) in relation "orders"')
    )
    assert (report.diagnosis.root_cause, report.diagnosis.confidence) == ("fk_share_upgrade", 0.5)
    assert "may be the same row" in report.diagnosis.evidence[0]


VERSIONED = "UPDATE accounts SET total = 1, version = {1} WHERE id = {0} AND version = {2}"
MOVED = "UPDATE parts SET r = {1} WHERE id = {0} AND r = {2}"
CALL = 'while updating tuple (0,1) in relation "jobs"\n\tSQL statement "UPDATE jobs SET n = {} WHERE id = i"'
SUBTLE = [
    ("row_lock_order", (VERSIONED.format(1, 6, 5), VERSIONED.format(2, 8, 7)), ""),
    ("row_lock_order", (MOVED.format(1, 50, 10), MOVED.format(2, 60, 20)), 'while deleting tuple (0,2) in relation "parts_1"'),
    ("row_lock_order", ("UPDATE t SET n = 1 WHERE (a, b) = (1, 2)", "UPDATE t SET n = 1 WHERE (a, b) = (2, 1)"), ""),
    ("row_lock_order", ("UPDATE t SET n = 1 WHERE id = ANY(ARRAY[1])", "UPDATE t SET n = 1 WHERE id = ANY(ARRAY[2])"), ""),
    ("share_to_exclusive_upgrade", ("UPDATE people SET name = 'a' WHERE name = 'n'", "UPDATE people SET name = 'b' WHERE name = 'n'"), ""),
    ("share_to_exclusive_upgrade", ("SELECT pay(1)",) * 2, CALL.format(1)),
    ("row_lock_order", ("SELECT pay(1)", "SELECT pay(2)"), CALL.format(1)),
    ("row_lock_order", ("SELECT pay_all()",) * 2, CALL.format(1)),
    ("fk_share_upgrade", ("CALL pay(1)",) * 2, CALL.format("1, id = 5").replace("n = 1, ", "")),
]  # fmt: skip


@pytest.mark.parametrize(("cause", "said", "context"), SUBTLE)
def test_a_cause_that_hangs_on_one_word(cause, said, context):
    (report,) = analyze_text(log(ROW, ("ShareLock",), said, context))
    assert report.diagnosis.root_cause == cause


def test_an_apply_worker_takes_no_advisory_lock():
    said = ("SELECT pg_advisory_lock(1)", "<command string not enabled>")
    (report,) = analyze_text(log(ADVISORY, ("ExclusiveLock",), said, ""))
    assert report.diagnosis.root_cause == "advisory_lock_order"


def test_the_whole_statement_of_the_victim_counts_where_detail_has_it_cut():
    whole = "INSERT INTO a VALUES " + ", ".join(f"({n}, 'x')" for n in range(200))
    text = log(ROW, ("ShareLock",), (whole[:1023], "INSERT INTO a VALUES (5, 'y')"), "")
    text = text.replace("STATEMENT:  " + whole[:1023], f"STATEMENT:  {whole} ON CONFLICT (id) DO NOTHING")
    context = 'CONTEXT:  while inserting index tuple (0,3) in relation "a_key"\n'
    (report,) = analyze_text(
        text.replace(
            "2026-11-20 22:54:46.909 UTC [11] STATEMENT",
            "2026-11-20 22:54:46.909 UTC [11] " + context + "2026-11-20 22:54:46.909 UTC [11] STATEMENT",
        )
    )
    assert report.diagnosis.root_cause == "upsert_order"


def test_bind_parameters_in_the_context_tell_rows_apart():
    said = ("SELECT 1 FROM orders WHERE id = $1 FOR UPDATE", "SELECT 1 FROM orders WHERE id = 1 FOR UPDATE")
    context = "while locking tuple (0,9) in relation \"orders\"\n\tunnamed portal with parameters: $1 = '{}'"
    causes = [
        analyze_text(log(ROW, ("ShareLock",), said, context.format(n)))[0].diagnosis.root_cause
        for n in (1, 2)
    ]
    assert causes == ["fk_share_upgrade", "row_lock_order"]


def test_advice_names_the_table_and_its_key():
    said = ("UPDATE stock SET n = 1 WHERE sku = 5", "UPDATE stock SET n = 1 WHERE sku = 6")
    (report,) = analyze_text(log(ROW, ("ShareLock",), said, ""))
    first, *_, last = report.diagnosis.recommendations
    assert "stock" in first.title
    assert "ORDER BY sku FOR NO KEY UPDATE" in first.sql
    assert "40P01" in last.title


def test_conflict_matrix_is_symmetric():
    assert all((a in CONFLICTS[b]) == (b in CONFLICTS[a]) for a in MODES for b in MODES)
    assert all((a in ROW_CONFLICTS[b]) == (b in ROW_CONFLICTS[a]) for a in STRENGTHS for b in STRENGTHS)
    assert [len(CONFLICTS[m]) for m in MODES] == [1, 2, 4, 5, 5, 6, 7, 8]


def test_collision_of_a_tuple_lock_is_about_rows():
    assert collision("ExclusiveLock", "tuple").requested == "FOR NO KEY UPDATE"
    assert collision("ShareLock", "transactionid").held == ("ExclusiveLock",)


def test_severity_grows_with_processes_and_users():
    least = score(processes=2, root_cause="unknown", writes=False)
    most = score(processes=9, root_cause="ddl_vs_dml", writes=True, times_a_day=50, users=5000)
    assert (level(least), level(most)) == ("medium", "critical")
