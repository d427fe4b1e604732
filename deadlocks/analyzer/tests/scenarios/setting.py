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
