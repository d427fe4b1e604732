"""Who is waited for gets to the database as soon as it is free."""

import sqlite3
import threading
import time

import pytest
from django.conf import settings
from django.db import OperationalError, connection, connections
from django.db.utils import ConnectionHandler

from dexter import write_lock
from dexter.write_lock import first_in_line


@pytest.fixture(autouse=True)
def lines(db, tmp_path):
    """A SQLite of its own in place of the suite's database: PostgreSQL has no such lock."""
    own = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": tmp_path / "lines.sqlite3",
        "OPTIONS": settings.SQLITE_OPTIONS,
    }
    of_the_suite = connections["default"]
    connections["default"] = ConnectionHandler({"default": own})["default"]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE line (pk INTEGER PRIMARY KEY)")
    yield own["NAME"]
    connection.close()
    connections["default"] = of_the_suite


def timeout() -> int:
    with connection.cursor() as cursor:
        return int(cursor.execute("PRAGMA busy_timeout").fetchone()[0])


def add() -> int:
    with connection.cursor() as cursor:
        return cursor.execute("INSERT INTO line DEFAULT VALUES").lastrowid


@pytest.fixture
def other(lines):
    found = sqlite3.connect(lines, isolation_level=None, check_same_thread=False)
    yield found
    found.close()


def test_it_waits_for_the_other_writer_and_writes(other):
    before = timeout()
    other.execute("BEGIN IMMEDIATE")
    freed = threading.Timer(0.3, other.execute, ["ROLLBACK"])
    freed.start()
    began = time.monotonic()
    pk = first_in_line(add)
    assert time.monotonic() - began > 0.2
    assert timeout() == before
    freed.join()
    assert other.execute("SELECT pk FROM line").fetchall() == [(pk,)]


def test_it_gives_up_after_its_patience(other, monkeypatch):
    monkeypatch.setattr(write_lock, "PATIENCE", 0.1)
    before = timeout()
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError):
        first_in_line(add)
    assert timeout() == before


def test_what_is_wrong_otherwise_is_said_at_once():
    with pytest.raises(ValueError, match="no"):
        first_in_line(lambda: (_ for _ in ()).throw(ValueError("no")))
