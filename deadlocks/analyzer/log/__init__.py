"""Server logs in any layout: from bytes to reports, streaming."""

from collections.abc import Iterable, Iterator
from itertools import chain

from deadlocks.analyzer.values import Report

from .layouts import Layout, detect
from .scanner import Scanner
from .stream import Readable, blocks

__all__ = ["Log", "Readable"]

_HEAD = 1 << 16


class Log:
    """A log whose layout is known and whose reports can be read once."""

    def __init__(self, source: Readable | Iterable[bytes], file: str | None = None) -> None:
        rest = blocks(source)
        head = b""
        while len(head) < _HEAD and (block := next(rest, b"")):
            head += block
        self.file = file
        self.head = head
        self.rest: Iterator[bytes] = rest
        self.layout: Layout = detect(head)

    def whole(self, limit: int) -> bytes | None:
        """All of it, when it is not more than ``limit`` bytes; the log can still be read."""
        while len(self.head) <= limit and (block := next(self.rest, b"")):
            self.head += block
        return self.head if len(self.head) <= limit else None

    def entries(self) -> Iterator[Report]:
        return Scanner(self.head, self.rest, self.layout, self.file).reports()

    def blocks(self) -> Iterator[bytes]:
        return chain((self.head,), self.rest)
