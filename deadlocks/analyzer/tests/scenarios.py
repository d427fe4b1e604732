"""Deadlocks to provoke on a real server: name, root cause, and the steps of each session in order.

A step that blocks is left waiting; the last one closes the cycle. ``None`` as cause marks what is no
deadlock.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scenario:
    name: str
    cause: str | None
    steps: tuple[tuple[str, str], ...]
    setup: str = ""
    prefix: str = "%m [%p] %q%u@%d "
    settings: tuple[tuple[str, str], ...] = ()
    #: Seconds between a wait and the next step. Above deadlock_timeout (0.12) the last waiter is the victim,
    #: else the first.
    pause: float = 0.2


SCHEMA = """
DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public;
CREATE TABLE accounts (id int PRIMARY KEY, owner text, balance numeric DEFAULT 0);
INSERT INTO accounts SELECT n, 'o' || n % 3, 100 FROM generate_series(1, 30) n;
CREATE TABLE orders (id int PRIMARY KEY, status text, total numeric DEFAULT 0);
INSERT INTO orders SELECT n, 'new', 1 FROM generate_series(1, 20) n;
CREATE TABLE items (id serial PRIMARY KEY, order_id int REFERENCES orders ON DELETE CASCADE ON UPDATE CASCADE,
qty int);
INSERT INTO items (order_id, qty) SELECT n, 1 FROM generate_series(1, 20) n;
CREATE TABLE products (id serial PRIMARY KEY, sku text UNIQUE, stock int);
INSERT INTO products (sku, stock) VALUES ('x', 1), ('y', 1);
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE TABLE rooms (room int, during int4range, EXCLUDE USING gist (room WITH =, during WITH &&));
CREATE TABLE deferred (id int, u int UNIQUE DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE notes (id int PRIMARY KEY, order_id int REFERENCES orders DEFERRABLE INITIALLY DEFERRED);
CREATE FUNCTION credit(i int, a numeric) RETURNS void LANGUAGE plpgsql AS
  $$ BEGIN UPDATE accounts SET balance = balance + a WHERE id = i; END $$;
CREATE FUNCTION pay(i int, a numeric) RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM credit(i, a); END $$;
CREATE FUNCTION sqlpay(i int) RETURNS void LANGUAGE sql AS $$ UPDATE accounts SET balance = 1 WHERE id = i $$;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN UPDATE accounts SET balance = 0 WHERE id = NEW.id; RETURN NEW; END $$;
CREATE FUNCTION count_orders() RETURNS bigint LANGUAGE plpgsql PARALLEL SAFE AS
  $$ BEGIN RETURN (SELECT count(*) FROM orders); END $$;
CREATE TABLE triggering (id int, note text);
CREATE TRIGGER t BEFORE INSERT ON triggering FOR EACH ROW EXECUTE FUNCTION touch();
"""


def two(name, cause, a1, b1, a2, b2, **more):
    """Two sessions: A and B take a lock each, then each asks for the other's."""
    steps = (("A", "BEGIN"), ("B", "BEGIN"), ("A", a1), ("B", b1), ("A", a2), ("B", b2))
    return Scenario(name, cause, steps, **more)


def up(n, amount=1):
    return f"UPDATE accounts SET balance = balance + {amount} WHERE id = {n}"


def ring(count, pause=0.2):
    names = [chr(65 + n) for n in range(count)]
    steps = [(s, "BEGIN") for s in names] + [(s, up(n + 1)) for n, s in enumerate(names)]
    steps += [(s, up((n + 1) % count + 1)) for n, s in enumerate(names)]
    return Scenario(f"ring-{count}", "row_lock_order", tuple(steps), pause=pause)


FAKE = "2024-01-01 00:00:00.000 UTC [4242] ERROR:  deadlock detected"
FAKE_DETAIL = (
    "2024-01-01 00:00:00.000 UTC [4242] DETAIL:  Process 4242 waits for ShareLock on transaction 1; "
    "blocked by process 43.\n"
    "Process 43 waits for ShareLock on transaction 2; blocked by process 4242.\nProcess 4242: a\nProcess "
    "43: b"
)

DEADLOCKS = (
    two("update", "row_lock_order", up(1), up(2), up(2), up(1)),
    two("update-first", "row_lock_order", up(1), up(2), up(2), up(1), pause=0.01),
    two(
        "delete",
        "row_lock_order",
        "DELETE FROM accounts WHERE id = 1",
        up(2),
        up(2),
        "DELETE FROM accounts WHERE id = 1",
    ),
    two(
        "select-for-update",
        "row_lock_order",
        "SELECT * FROM accounts WHERE id = 1 FOR UPDATE",
        "SELECT * FROM accounts WHERE id = 2 FOR UPDATE",
        "SELECT * FROM accounts WHERE id = 2 FOR UPDATE",
        "SELECT * FROM accounts WHERE id = 1 FOR UPDATE",
    ),
    two(
        "no-key",
        "row_lock_order",
        up(1),
        up(2),
        "SELECT 1 FROM accounts WHERE id = 2 FOR NO KEY UPDATE",
        up(1),
    ),
    two(
        "function",
        "row_lock_order",
        "SELECT pay(1, 1)",
        "SELECT pay(2, 1)",
        "SELECT pay(2, 1)",
        "SELECT pay(1, 1)",
    ),
    two("sql-function", "row_lock_order", up(1), up(2), "SELECT sqlpay(2)", "SELECT sqlpay(1)"),
    two("do-block", "row_lock_order", up(1), up(2), up(2), f"DO $$ BEGIN {up(1)}; END $$"),
    two(
        "trigger",
        "row_lock_order",
        "INSERT INTO triggering VALUES (1)",
        "INSERT INTO triggering VALUES (2)",
        "INSERT INTO triggering VALUES (2)",
        "INSERT INTO triggering VALUES (1)",
    ),
    Scenario(
        "prepared",
        "row_lock_order",
        (
            ("A", "PREPARE u AS " + up("$1")),
            ("B", "PREPARE u AS " + up("$1")),
            ("A", "BEGIN"),
            ("B", "BEGIN"),
            ("A", "EXECUTE u(1)"),
            ("B", "EXECUTE u(2)"),
            ("A", "EXECUTE u(2)"),
            ("B", "EXECUTE u(1)"),
        ),
    ),
    two(
        "multi-statement", "row_lock_order", up(1), up(2), f"SELECT 1; {up(2)}; SELECT 2", f"{up(9)}; {up(1)}"
    ),
    two("savepoint", "row_lock_order", f"SAVEPOINT s; {up(1)}", f"SAVEPOINT s; {up(2)}", up(2), up(1)),
    two(
        "bulk",
        "row_lock_order_bulk",
        "UPDATE accounts SET balance = 1 WHERE id IN (1, 5)",
        up(2),
        "UPDATE accounts SET balance = 2 WHERE id IN (2, 3)",
        "UPDATE accounts SET balance = 3 WHERE id BETWEEN 1 AND 4",
    ),
    two(
        "bulk-order",
        "row_lock_order_bulk",
        up(1),
        up(20),
        "SELECT * FROM accounts WHERE owner > 'a' ORDER BY id DESC FOR UPDATE",
        "SELECT * FROM accounts WHERE owner > 'a' ORDER BY id FOR UPDATE",
    ),
    two(
        "share-upgrade",
        "share_to_exclusive_upgrade",
        "SELECT * FROM accounts WHERE id = 1 FOR SHARE",
        "SELECT * FROM accounts WHERE id = 1 FOR SHARE",
        up(1),
        up(1, 2),
    ),
    two(
        "fk-upgrade",
        "fk_share_upgrade",
        "INSERT INTO items (order_id) VALUES (1)",
        "INSERT INTO items (order_id) VALUES (1)",
        "SELECT * FROM orders WHERE id = 1 FOR UPDATE",
        "SELECT * FROM orders WHERE id = 1 FOR UPDATE",
    ),
    two(
        "fk-delete",
        "fk_share_upgrade",
        "INSERT INTO items (order_id) VALUES (2)",
        "INSERT INTO items (order_id) VALUES (2)",
        "DELETE FROM orders WHERE id = 2",
        "UPDATE orders SET id = 99 WHERE id = 2",
    ),
    two(
        "fk-cross",
        "fk_cross_parent",
        "SELECT * FROM orders WHERE id = 1 FOR UPDATE",
        "SELECT * FROM orders WHERE id = 2 FOR UPDATE",
        "INSERT INTO items (order_id) VALUES (2)",
        "INSERT INTO items (order_id) VALUES (1)",
    ),
    two(
        "fk-cascade",
        "fk_cascade",
        "SELECT 1",
        "UPDATE items SET qty = 2 WHERE order_id = 4",
        "DELETE FROM orders WHERE id = 4",
        "UPDATE orders SET total = 2 WHERE id = 4",
    ),
    two(
        "fk-cascade-victim",
        "fk_cascade",
        "UPDATE items SET qty = 2 WHERE order_id = 5",
        "DELETE FROM orders WHERE id = 6",
        "UPDATE orders SET total = 2 WHERE id = 6",
        "DELETE FROM orders WHERE id = 5",
    ),
    two(
        "unique",
        "unique_insert_order",
        "INSERT INTO products (sku) VALUES ('a')",
        "INSERT INTO products (sku) VALUES ('b')",
        "INSERT INTO products (sku) VALUES ('b')",
        "INSERT INTO products (sku) VALUES ('a')",
    ),
    two(
        "deferred-unique",
        "unique_insert_order",
        "INSERT INTO deferred VALUES (1, 1)",
        "INSERT INTO deferred VALUES (2, 2)",
        "INSERT INTO deferred VALUES (3, 2); COMMIT",
        "INSERT INTO deferred VALUES (4, 1); COMMIT",
    ),
    two(
        "upsert",
        "upsert_order",
        "INSERT INTO products (sku) VALUES ('a') ON CONFLICT (sku) DO UPDATE SET stock = 1",
        "INSERT INTO products (sku) VALUES ('b') ON CONFLICT (sku) DO UPDATE SET stock = 1",
        "INSERT INTO products (sku) VALUES ('b') ON CONFLICT (sku) DO UPDATE SET stock = 1",
        "INSERT INTO products (sku) VALUES ('a') ON CONFLICT (sku) DO UPDATE SET stock = 1",
    ),
    two(
        "upsert-existing",
        "upsert_order",
        "INSERT INTO products (sku) VALUES ('x') ON CONFLICT (sku) DO UPDATE SET stock = 1",
        "INSERT INTO products (sku) VALUES ('y') ON CONFLICT (sku) DO UPDATE SET stock = 1",
        "INSERT INTO products (sku) VALUES ('y') ON CONFLICT (sku) DO UPDATE SET stock = 2",
        "INSERT INTO products (sku) VALUES ('x') ON CONFLICT (sku) DO UPDATE SET stock = 2",
    ),
    two(
        "exclusion",
        "exclusion_order",
        "INSERT INTO rooms VALUES (1, '[1,5)')",
        "INSERT INTO rooms VALUES (2, '[1,5)')",
        "INSERT INTO rooms VALUES (2, '[2,3)')",
        "INSERT INTO rooms VALUES (1, '[2,3)')",
    ),
    two(
        "lock-table",
        "table_lock_order",
        "LOCK TABLE accounts",
        "LOCK TABLE orders",
        "LOCK TABLE orders",
        "LOCK accounts",
    ),
    two(
        "lock-read",
        "table_lock_order",
        "LOCK TABLE accounts",
        "LOCK TABLE orders",
        "SELECT 1 FROM orders",
        up(1),
    ),
    two(
        "lock-upgrade",
        "table_lock_upgrade",
        "LOCK TABLE accounts IN SHARE MODE",
        "LOCK TABLE accounts IN SHARE MODE",
        "LOCK TABLE accounts IN EXCLUSIVE MODE",
        "LOCK TABLE accounts IN EXCLUSIVE MODE",
    ),
    two(
        "lock-upgrade-dml",
        "table_lock_upgrade",
        "LOCK accounts IN SHARE MODE",
        "LOCK accounts IN SHARE MODE",
        up(1),
        up(2),
    ),
    two(
        "alter",
        "ddl_vs_dml",
        "ALTER TABLE orders ADD COLUMN x int",
        up(1),
        "ALTER TABLE accounts ADD COLUMN x int",
        "SELECT count(*) FROM orders",
    ),
    two(
        "create-index",
        "ddl_vs_dml",
        up(1),
        "UPDATE orders SET total = 1",
        "CREATE INDEX ON orders (total)",
        up(1),
    ),
    two(
        "truncate",
        "ddl_vs_dml",
        "SELECT 1 FROM accounts",
        "SELECT 1 FROM products",
        "TRUNCATE products",
        "UPDATE accounts SET balance = 1 WHERE id = 1; LOCK accounts",
    ),
    two(
        "two-migrations",
        "ddl_vs_ddl",
        "ALTER TABLE orders ADD COLUMN y int",
        "ALTER TABLE products ADD COLUMN y int",
        "ALTER TABLE products ADD COLUMN z int",
        "DROP TABLE orders CASCADE",
    ),
    Scenario(
        "concurrently",
        "concurrent_ddl_vs_open_transaction",
        (
            ("A", "BEGIN"),
            ("A", up(1)),
            ("B", "CREATE INDEX CONCURRENTLY ci ON accounts (balance)"),
            ("A", "LOCK TABLE accounts IN SHARE UPDATE EXCLUSIVE MODE"),
        ),
    ),
    Scenario(
        "vacuum",
        "ddl_vs_vacuum",
        (
            ("A", "BEGIN"),
            ("A", "LOCK TABLE orders IN SHARE MODE"),
            ("B", "SELECT pg_advisory_lock(1)"),
            ("B", "VACUUM accounts, orders"),
            ("A", "SELECT pg_advisory_lock(1)"),
        ),
    ),
    two(
        "advisory",
        "advisory_lock_order",
        "SELECT pg_advisory_xact_lock(1)",
        "SELECT pg_advisory_xact_lock(-5)",
        "SELECT pg_advisory_xact_lock(-5)",
        "SELECT pg_advisory_xact_lock(1)",
    ),
    two(
        "advisory-pair",
        "advisory_lock_order",
        "SELECT pg_advisory_lock(42, 1)",
        "SELECT pg_advisory_lock(42, -2)",
        "SELECT pg_advisory_lock(42, -2)",
        "SELECT pg_advisory_lock(42, 1)",
    ),
    two(
        "advisory-upgrade",
        "advisory_lock_upgrade",
        "SELECT pg_advisory_xact_lock_shared(7)",
        "SELECT pg_advisory_xact_lock_shared(7)",
        "SELECT pg_advisory_xact_lock(7)",
        "SELECT pg_advisory_xact_lock(7)",
    ),
    two(
        "row-advisory",
        "mixed_lock_order",
        up(1),
        "SELECT pg_advisory_xact_lock(9)",
        "SELECT pg_advisory_xact_lock(9)",
        up(1),
    ),
    two(
        "row-table", "mixed_lock_order", up(1), "LOCK TABLE orders", "SELECT 1 FROM orders FOR UPDATE", up(1)
    ),
    Scenario(
        "tuple-queue",
        "row_lock_order",
        (
            ("A", "BEGIN"),
            ("B", "BEGIN"),
            ("C", "BEGIN"),
            ("A", up(1)),
            ("C", up(3)),
            ("B", up(1)),
            ("C", up(1)),
            ("A", up(3)),
        ),
    ),
    *(ring(count) for count in (3, 4, 7, 12)),
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

RAISED = "DO $$ BEGIN RAISE {level} 'deadlock detected' {using}; END $$"
NEGATIVES = (
    Scenario("raise", None, (("A", RAISED.format(level="EXCEPTION", using="")),)),
    Scenario(
        "raise-40P01", None, (("A", RAISED.format(level="EXCEPTION", using="USING ERRCODE = '40P01'")),)
    ),
    Scenario(
        "raise-detail",
        None,
        (
            (
                "A",
                RAISED.format(
                    level="EXCEPTION",
                    using="USING ERRCODE = '40P01', HINT = 'See server log for query details.', DETAIL = "
                    "'Process 11 waits for ShareLock on transaction 1; blocked by process 12.' || E'\\n' || "
                    "'Process 12 waits for ShareLock on transaction 2; blocked by process 11.'",
                ),
            ),
        ),
    ),
    Scenario("raise-log", None, (("A", RAISED.format(level="LOG", using="")),)),
    Scenario(
        "raise-warning", None, (("A", RAISED.format(level="WARNING", using="USING ERRCODE = '40P01'")),)
    ),
    Scenario(
        "literal", None, (("A", "SELECT 'ERROR:  deadlock detected'"),), settings=(("log_statement", "all"),)
    ),
    Scenario(
        "literal-lines",
        None,
        (("A", f"SELECT 'x\n{FAKE}\n{FAKE_DETAIL}\n'"),),
        settings=(("log_statement", "all"),),
    ),
    Scenario("cast", None, (("A", f"SELECT $q$x\n{FAKE}\n{FAKE_DETAIL}$q$::int"),)),
    Scenario("missing-table", None, (("A", 'SELECT * FROM "deadlock detected"'),)),
    Scenario("syntax", None, (("A", "deadlock detected"),)),
    Scenario(
        "lock-timeout",
        None,
        (("A", "BEGIN"), ("A", up(1)), ("B", "SET lock_timeout = '100ms'"), ("B", up(1))),
    ),
    Scenario(
        "nowait",
        None,
        (("A", "BEGIN"), ("A", up(1)), ("B", "SELECT * FROM accounts WHERE id = 1 FOR UPDATE NOWAIT")),
    ),
    Scenario("duplicate", None, (("A", "INSERT INTO accounts VALUES (1)"),)),
    Scenario(
        "serialization",
        None,
        (
            ("A", "BEGIN ISOLATION LEVEL REPEATABLE READ"),
            ("A", "SELECT count(*) FROM accounts"),
            ("B", up(1)),
            ("A", up(1)),
        ),
    ),
    Scenario(
        "avoided",
        None,
        (
            ("A", "BEGIN"),
            ("M", "BEGIN"),
            ("B", "BEGIN"),
            ("A", "SELECT count(*) FROM orders"),
            ("B", up(6)),
            ("M", "ALTER TABLE orders ADD COLUMN w int"),
            ("B", "SELECT * FROM orders WHERE id = 1"),
            ("A", up(6)),
        ),
    ),
    Scenario(
        "application",
        None,
        (("A", "SET application_name = 'ERROR:  deadlock detected'"), ("A", "SELECT 1/0")),
        prefix="%m [%p] %a ",
    ),
    Scenario(
        "swallowed",
        None,
        (("A", "DO $$ BEGIN RAISE deadlock_detected; EXCEPTION WHEN deadlock_detected THEN NULL; END $$"),),
    ),
)
