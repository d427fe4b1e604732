# ruff: noqa: E501  texts and tables stay on one line
import time

import pytest

from deadlocks.analyzer import sql
from deadlocks.analyzer.sentences import lock_object, lock_wait
from deadlocks.analyzer.statements import cut_size, is_cut, is_open, literal_spans, split


@pytest.mark.parametrize(
    ("text", "open_"),
    [
        ("SELECT 'a", True),
        ("SELECT 'it''s'", False),
        (r"SELECT E'it\'s", True),
        ('SELECT "a', True),
        ("SELECT $q$ ' $q$", False),
        ("SELECT $q$ $$", True),
        ("SELECT $1, $2", False),
        ("/* a /* b */", True),
        ("-- 'x\nSELECT 1", False),
        ("SELECT 1 -- open comment", False),
    ],
)
def test_open_literals(text, open_):
    assert is_open(text) is open_


def test_spans_cover_doubled_quotes():
    assert literal_spans("a 'it''s' b") == [(2, 9)]


def test_split_takes_the_mark_outside_a_literal():
    body = "Process 1: SELECT 'x\nProcess 2: fake'\nProcess 2: SELECT 2"
    assert split(body, [1, 2], None) == {1: "SELECT 'x\nProcess 2: fake'", 2: "SELECT 2"}


def test_split_of_a_cut_statement_uses_the_whole_one():
    shown = "SELECT '" + "x" * 200
    body = f"Process 1: {shown}\nProcess 2: a 'b\nProcess 2: c'"
    assert split(body, [1, 2], shown + "yyy' FROM t")[1] == shown


def test_split_of_a_cut_statement_reaches_as_far_as_the_whole_one():
    shown = "SELECT 'x\nProcess 2: fake\n" + "y" * 200
    body = f"Process 1: {shown}\nProcess 2: SELECT 2"
    assert split(body, [1, 2], shown + "zzz'") == {1: shown, 2: "SELECT 2"}


def test_the_cut_of_the_victims_statement_is_that_of_the_others():
    first, second = "SELECT '" + "x" * 242, "SELECT '\nProcess 3: fake\n" + "y" * 225
    body = f"Process 1: {first}\nProcess 2: {second}\nProcess 3: SELECT 3"
    assert split(body, [1, 2, 3], first + "xxx'") == {1: first, 2: second, 3: "SELECT 3"}


def test_cut_is_known_from_the_whole_statement_or_the_default_size():
    assert cut_size("abc", "abcdef") == 3
    assert is_cut("x" * 1023, None)
    assert is_cut("é" * 511, None)
    assert not is_cut("SELECT 1", None)


@pytest.mark.parametrize(
    ("text", "kind", "numbers"),
    [
        (
            "tuple (0,7) of relation 16 of database 5",
            "tuple",
            {"page": 0, "tuple": 7, "relation": 16, "database": 5},
        ),
        (
            "データベース5のリレーション16のタプル(7,0)",
            "tuple",
            {"page": 0, "tuple": 7, "relation": 16, "database": 5},
        ),
        (
            "Tupel (0, 7) von Relation 16 von Datenbank 5",
            "tuple",
            {"page": 0, "tuple": 7, "relation": 16, "database": 5},
        ),
        (
            "advisory lock [5,0,4294967291,1]",
            "advisory",
            {"database": 5, "key1": 0, "key2": 4294967291, "key3": 1},
        ),
        ("something else 5", "unrecognized", {}),
    ],
)
def test_lock_descriptions(text, kind, numbers):
    assert lock_object(text) == (kind, numbers)


def test_lock_wait_line_with_holders_and_queue():
    wait = lock_wait(
        "process 31372 still waiting for ShareLock on relation 4 of database 5 after 300.155 ms",
        "Processes holding the lock: 1, 2. Wait queue: 31372, 9.",
    )
    assert (wait.kind, wait.ms, wait.holders, wait.queue) == ("waiting", 300.155, (1, 2), (31372, 9))


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("UPDATE s.a SET b = 1 WHERE id = 2", ("update", "s.a", "FOR NO KEY UPDATE", False)),
        ("UPDATE a SET id = 1 WHERE id = 2", ("update", "a", "FOR UPDATE", False)),
        ('UPDATE "a" AS "t1" SET "b" = ("t1"."b" + 1) WHERE ("t1"."id" = 2)', ("update", "a", "FOR NO KEY UPDATE", False)),
        ('UPDATE "a" SET "b" = $1 WHERE (("a"."id" = $2) AND 1=1)', ("update", "a", "FOR NO KEY UPDATE", False)),
        ('UPDATE "a" SET "b" = 1 WHERE "a"."id" IN (2)', ("update", "a", "FOR NO KEY UPDATE", False)),
        ("UPDATE a SET b = 1 WHERE id IN (SELECT id FROM a WHERE id = 2 FOR UPDATE)", ("update", "a", "FOR NO KEY UPDATE", False)),
        ("UPDATE a SET b = 1 WHERE id IN (SELECT id FROM a WHERE c > 2)", ("update", "a", "FOR NO KEY UPDATE", True)),
        ("UPDATE a SET b = 1 WHERE id = 2 AND state IN ('x', 'y')", ("update", "a", "FOR NO KEY UPDATE", False)),
        ("UPDATE a SET b = 1 WHERE state = 'x'", ("update", "a", "FOR NO KEY UPDATE", True)),
        ("UPDATE a SET email = 'x' WHERE id = 2", ("update", "a", "FOR UPDATE", False)),
        ("WITH x AS (SELECT id FROM a WHERE id = 2 FOR UPDATE) UPDATE a SET b = 1 FROM x WHERE a.id = x.id", ("update", "a", "FOR NO KEY UPDATE", False)),
        ("DELETE FROM a USING b WHERE a.id = b.id", ("delete", "a", "FOR UPDATE", True)),
        ("SELECT * FROM a WHERE id > 5 FOR SHARE", ("select", "a", "FOR SHARE", True)),
        ("WITH x AS (UPDATE a SET b = 1 WHERE id = 2 RETURNING 1) SELECT * FROM x", ("update", "a", "FOR NO KEY UPDATE", False)),
        ("LOCK TABLE ONLY s.a, b IN SHARE MODE", ("lock", "s.a", None, False)),
        ("UPDATE a SET b = 'cut in the mid", ("update", "a", "FOR NO KEY UPDATE", True)),
        ("REFRESH MATERIALIZED VIEW CONCURRENTLY m", ("ddl", "m", None, False)),
        ("PREPARE p (int) AS UPDATE a SET b = 1 WHERE id = $1", ("update", "a", "FOR NO KEY UPDATE", False)),
        ("EXPLAIN (ANALYZE, BUFFERS) DELETE FROM a WHERE id = 2", ("delete", "a", "FOR UPDATE", False)),
        ("EXPLAIN ANALYZE UPDATE a SET b = 1 WHERE id = 2", ("update", "a", "FOR NO KEY UPDATE", False)),
        ("DECLARE c NO SCROLL CURSOR FOR SELECT * FROM a WHERE id = 1 FOR SHARE", ("select", "a", "FOR SHARE", False)),
        ("MERGE INTO a USING b ON", ("merge", "a", None, True)),
        ("this is not SQL", ("unknown", None, None, False)),
    ],
)  # fmt: skip
def test_facts(text, facts):
    first = sql.read(text)[0]
    assert (first.kind, first.target, first.row_lock, first.bulk) == facts


def test_statements_that_differ_in_values_are_one():
    one = sql.normalised("UPDATE a SET b = 'x' -- c\n WHERE id = 5")
    assert (
        one == sql.normalised("UPDATE a  SET b = 'it''s' WHERE id = $1") == "UPDATE a SET b = ? WHERE id = ?"
    )


def test_many_subscripts_take_no_longer_than_their_length():
    start = time.process_time()
    sql.read("UPDATE a SET b = c" + " [1-2]" * 3000)
    assert time.process_time() - start < 2
