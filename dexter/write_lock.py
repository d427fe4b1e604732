"""Writing while others write: how somebody who is waited for gets to the database soon.

SQLite has one writer at a time. Whoever waits looks again after ever longer pauses, up to 100 ms
(sqliteDefaultBusyCallback), and loses to those who came later. PostgreSQL has a queue and needs none of this.
"""

import time
from collections.abc import Callable
from sqlite3 import SQLITE_BUSY
from typing import TypeVar

from django.db import OperationalError, connection, transaction

PAUSE = 0.002  # seconds
PATIENCE = 20.0

T = TypeVar("T")


def first_in_line(work: Callable[[], T]) -> T:
    """What `work` returns, run in a transaction. Raises OperationalError after PATIENCE seconds of waiting.

    `work` may be run again when the database was taken, so it does nothing but write to it.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        with transaction.atomic():
            return work()
    _set_timeout(0)
    try:
        return _again_and_again(work)
    finally:
        _set_timeout(connection.settings_dict["OPTIONS"]["timeout"])


def _again_and_again(work: Callable[[], T]) -> T:
    limit = time.monotonic() + PATIENCE
    while True:
        try:
            with transaction.atomic():
                return work()
        except OperationalError as error:
            code = getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF
            if code != SQLITE_BUSY or time.monotonic() > limit:
                raise
        time.sleep(PAUSE)


def _set_timeout(seconds: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {1000 * seconds}")
