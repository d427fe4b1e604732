"""Deadlocks whose statements, names or settings are hard to read, and rarer forms of a cause."""

from deadlocks.analyzer.tests.scenarios.setting import FAKE, FAKE_DETAIL, Scenario, two, up

TEXTS = (
    two(
        "quoted",
        "row_lock_order",
        'UPDATE "Büro 東京"."a ""b"".c" SET n = 1 WHERE "Id" = 1',
        'UPDATE "Büro 東京"."a ""b"".c" SET n = 1 WHERE "Id" = 2',
        'UPDATE "Büro 東京"."a ""b"".c" SET n = 2 WHERE "Id" = 2',
        'UPDATE "Büro 東京"."a ""b"".c" SET n = 2 WHERE "Id" = 1',
        setup='DROP SCHEMA IF EXISTS "Büro 東京" CASCADE; CREATE SCHEMA "Büro 東京"; '
        'CREATE TABLE "Büro 東京"."a ""b"".c" ("Id" int PRIMARY KEY, n int); '
        'INSERT INTO "Büro 東京"."a ""b"".c" VALUES (1, 1), (2, 1)',
    ),
    two("long", "row_lock_order", up(1), up(2), up(2) + " -- " + "ü" * 900, up(1) + " -- " + "x" * 2000),
    two("crlf", "row_lock_order", up(1), up(2), up(2), up(1).replace(" WHERE", "\r\n WHERE")),
    two("trailing", "row_lock_order", up(1), up(2), "\n\n" + up(2) + "\n  ", up(1) + " ;\n\n"),
    two(
        "log-like",
        "row_lock_order",
        up(1),
        up(2),
        f"UPDATE accounts SET owner = 'x\n{FAKE}\n{FAKE_DETAIL}\nHINT:  See server log for query details.' "
        f"WHERE id = 2",
        f"UPDATE accounts SET owner = $q$y\n{FAKE}\n{FAKE_DETAIL}\nCONTEXT:  z\nSTATEMENT:  z$q$ WHERE id "
        f"= 1",
    ),
    two(
        "comment",
        "row_lock_order",
        up(1),
        up(2),
        f"/* {FAKE}\n{FAKE_DETAIL} */ " + up(2),
        f"-- {FAKE}\n" + up(1),
    ),
    Scenario(
        "parallel",
        "parallel_worker",
        (
            ("A", "SET force_parallel_mode = on"),
            ("A", "BEGIN"),
            ("B", "BEGIN"),
            ("A", "LOCK TABLE accounts"),
            ("B", "LOCK TABLE orders"),
            ("B", "SELECT count(*) FROM accounts"),
            ("A", "SELECT count_orders()"),
        ),
    ),
    two(
        "do-nothing",
        "upsert_order",
        "INSERT INTO products (sku) VALUES ('a') ON CONFLICT DO NOTHING",
        "INSERT INTO products (sku) VALUES ('b') ON CONFLICT DO NOTHING",
        "INSERT INTO products (sku) VALUES ('b') ON CONFLICT DO NOTHING",
        "INSERT INTO products (sku) VALUES ('a') ON CONFLICT DO NOTHING",
    ),
    two(
        "hidden-statements",
        "row_lock_order",
        up(1),
        up(2),
        up(2),
        up(1),
        settings=(("track_activities", "off"),),
    ),
    two(
        "insert-select",
        "unique_insert_order",
        "INSERT INTO products (sku) VALUES ('a')",
        "INSERT INTO products (sku) VALUES ('b')",
        "INSERT INTO products (sku) SELECT 'b'",
        "INSERT INTO products (sku) SELECT 'a'",
    ),
    two(
        "delete-in",
        "row_lock_order_bulk",
        up(1),
        up(2),
        "DELETE FROM accounts WHERE id IN (2, 3)",
        "DELETE FROM accounts WHERE id < 3",
    ),
    two(
        "deferred-fk",
        "fk_cross_parent",
        "UPDATE orders SET id = 101 WHERE id = 1",
        "UPDATE orders SET id = 102 WHERE id = 2",
        "INSERT INTO notes VALUES (1, 2); COMMIT",
        "INSERT INTO notes VALUES (2, 1); COMMIT",
    ),
    two(
        "create-trigger",
        "ddl_vs_dml",
        "LOCK TABLE accounts IN ROW EXCLUSIVE MODE",
        "LOCK TABLE orders",
        "SELECT 1 FROM orders",
        "CREATE TRIGGER tr BEFORE INSERT ON accounts FOR EACH ROW EXECUTE FUNCTION touch()",
    ),
    two(
        "merge",
        "upsert_order",
        up(1),
        up(2),
        "MERGE INTO accounts a USING (VALUES (2)) v(i) ON a.id = i WHEN MATCHED THEN UPDATE SET balance = 1",
        "MERGE INTO accounts a USING (VALUES (1)) v(i) ON a.id = i WHEN MATCHED THEN UPDATE SET balance = 1",
    ),
    two(
        "cursor",
        "row_lock_order",
        up(1),
        "DECLARE c CURSOR FOR SELECT * FROM accounts WHERE id = 2 FOR UPDATE; FETCH ALL FROM c",
        up(2),
        "DECLARE d CURSOR FOR SELECT * FROM accounts WHERE id = 1 FOR UPDATE; FETCH ALL FROM d",
    ),
    two(
        "position",
        "ddl_vs_dml",
        "ALTER TABLE orders ADD q int",
        up(1),
        "DROP TABLE accounts CASCADE",
        "SELECT * FROM orders",
    ),
)
