"""Who is waited for gets to the database as soon as it is free."""

import sqlite3
import threading
import time

import pytest
from django.db import OperationalError, connection

from dexter import write_lock
from dexter.jobs.models import Job
from dexter.write_lock import first_in_line

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL has no such lock"),
]


def timeout() -> int:
    with connection.cursor() as cursor:
        return int(cursor.execute("PRAGMA busy_timeout").fetchone()[0])


def add() -> Job:
    return Job.objects.create(kind="x", key="line")


@pytest.fixture
def other():
    found = sqlite3.connect(
        connection.settings_dict["NAME"], isolation_level=None, check_same_thread=False, uri=True
    )
    yield found
    found.close()


def test_it_waits_for_the_other_writer_and_writes(other):
    before = timeout()
    other.execute("BEGIN IMMEDIATE")
    freed = threading.Timer(0.3, other.execute, ["ROLLBACK"])
    freed.start()
    began = time.monotonic()
    assert first_in_line(add).pk
    assert time.monotonic() - began > 0.2
    assert timeout() == before
    freed.join()


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
