"""Server logs in any layout: from bytes to reports, streaming."""

from collections.abc import Iterable, Iterator
from itertools import chain

from deadlocks.analyzer.values import Report

from .layouts import CSV_START, Layout, detect, records_of
from .records import lines
from .scanner import Scanner
from .stream import BLOCK, Readable, blocks
from .wrapped import holds_entries, plain, unwrap_json

__all__ = ["Log", "Readable"]

_HEAD = 1 << 16
_LONGEST = 8 << 20


class Log:
    """A log whose layout is known and whose reports can be read once."""

    def __init__(self, source: Readable | Iterable[bytes], file: str | None = None) -> None:
        self.file = file
        self.head, self.rest = _headed(blocks(source))
        self.layout: Layout = detect(self.head)
        if self.layout.kind == "lines" and (inner := _inner(self.layout, self.head)):
            self.head, self.rest = _headed(_unwrapped(self.layout, self.head, self.rest))
            self.layout = inner

    @property
    def may_be_json(self) -> bool:
        """True when what looks like lines of a log may be one JSON document that holds them."""
        return self.layout.name == "stderr" and self.head.lstrip()[:1] in (b"[", b"{")

    @property
    def is_record(self) -> bool:
        """True when it starts with a record whose lines are whole."""
        if self.layout.name == "jsonlog":
            return self.head.startswith(b'{"') and (b"\n" in self.head or b"\r" not in self.head)
        return self.layout.name == "csvlog" and bool(CSV_START.match(self.head)) and b"\n" in self.head

    def whole(self, limit: int) -> bytes | None:
        """All of it, when it is not more than ``limit`` bytes; the log can still be read."""
        while len(self.head) <= limit and (block := next(self.rest, b"")):
            self.head += block
        return self.head if len(self.head) <= limit else None

    def entries(self) -> Iterator[Report]:
        return Scanner(self.head, self.rest, self.layout, self.file).reports()

    def blocks(self) -> Iterator[bytes]:
        return chain((self.head,), self.rest)


def _headed(rest: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """(the first 64 kB or more, what follows)."""
    head = b""
    while len(head) < _HEAD and (block := next(rest, b"")):
        head += block
    return head, rest


def _inner(layout: Layout, head: bytes) -> Layout | None:
    """The layout of what the lines carry, where that is records or several entries in one line."""
    bare = _bare(layout, head)
    if (found := records_of(bare)) is not None:
        return found
    several = layout.unwrap is unwrap_json and holds_entries(head[: 1 << 16].split(b"\n"))
    return detect(bare) if several else None


def _bare(layout: Layout, head: bytes) -> bytes:
    """The head without what stands around its lines."""
    if layout.unwrap is plain:
        return b""
    start = lines(head[: head.find(b"\n", 1 << 16) + 1 or len(head)], 0)
    return "\n".join(line.text for line in layout.unwrap(start)).encode("utf-8", "replace")


def _unwrapped(layout: Layout, head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    """Records (csvlog, jsonlog) that a container runtime or syslog carried line by line, as they were."""
    piece: list[bytes] = []
    size = 0
    for line in layout.unwrap(_raw_lines(chain((head,), rest))):
        data = line.text.encode("utf-8", "replace") + b"\n"
        piece.append(data)
        size += len(data)
        if size > BLOCK:
            yield b"".join(piece)
            piece, size = [], 0
    yield b"".join(piece)


def _raw_lines(source: Iterator[bytes]) -> Iterator[tuple[bytes, int, int]]:
    before = b""
    for block in source:
        *whole, before = (before + block).split(b"\n")
        yield from ((line, 0, 0) for line in whole)
        if len(before) > _LONGEST:
            yield before, 0, 0
            before = b""
    if before:
        yield before, 0, 0
