"""Exports as bytes, and what is read out of them."""

import csv
import io
import zipfile

from issues.exports import Wanted, direct, prepare
from issues.queries.found import Search


def made(user=None, **how):
    """An export of all issues, unless told otherwise, as bytes."""
    how = {"search": Search("", user)} | how
    export, keys = prepare(Wanted(**how), user=user)
    return b"".join(direct(export, keys))


def table(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def sheet(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return book.read("xl/worksheets/sheet1.xml").decode()
