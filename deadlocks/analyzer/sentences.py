"""Reading single sentences of PostgreSQL: wait lines, lock descriptions, lock-wait lines, context lines."""

import re
from collections.abc import Iterator
from functools import cache
from types import MappingProxyType

from . import wording
from .values import Edge, LockWait
from .wording import contexts, messages

_DIGITS = re.compile(r"[0-9]+")
_NUMBER = re.compile(r"[0-9]{1,10}")
_TUPLE_CONTEXT_REACH = 400


def lock_object(text: str) -> tuple[str, dict[str, int]]:
    """(pg_locks.locktype, numbers by name) of a lock description; ("unrecognized", {}) for an unknown one."""
    shape = _DIGITS.sub("0", text).replace(", ", ",")
    kind, names = wording.tags().get(shape, ("unrecognized", ()))
    return kind, dict(zip(names, map(int, _NUMBER.findall(text)), strict=False))


class WaitLines:
    """Finds ``waits for`` sentences, trying the language of the last one first: a report has one language."""

    def __init__(self) -> None:
        self.language = "en"
        self._patterns = list(wording.waits())

    def find(self, line: str, start: int = 0) -> tuple[Edge, int, int] | None:
        """The first sentence in a line from ``start``: (edge, start, end), or None."""
        if "Lock" not in line and "INVALID" not in line:
            return None
        for at, (language, pattern) in enumerate(self._patterns):
            if found := pattern.search(line, start):
                if at:
                    self._patterns.insert(0, self._patterns.pop(at))
                self.language = language
                return edge_of(found), found.start(), found.end()
        return None

    def every(self, line: str) -> Iterator[tuple[Edge, int, int]]:
        """All sentences of a line: some loggers put a message on one."""
        at = 0
        while hit := self.find(line, at):
            yield hit
            at = hit[2]

    def whole(self, line: str) -> Edge | None:
        """The sentence when it is the whole line."""
        found = self.find(line)
        return found[0] if found and found[1] == 0 and not line[found[2] :].strip(" \r.") else None


def edge_of(found: re.Match[str]) -> Edge:
    text = found["lock"]
    kind, numbers = lock_object(text)
    return Edge(
        int(found["waiter"]), int(found["blocker"]), found["mode"], kind, text, MappingProxyType(numbers)
    )


@cache
def _lock_waits() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (kind, pattern)
        for kind, table in messages.LOCK_WAITS.items()
        for _, pattern in wording.compiled(table)
    )


def lock_wait(message: str, detail: str = "", time: str | None = None) -> LockWait | None:
    """A log_lock_waits message, with the holders and the queue its DETAIL names."""
    for kind, pattern in _lock_waits():
        if found := pattern.match(message):
            lock_type, _ = lock_object(found["lock"])
            holders, queue = _holders(detail)
            ms = float(f"{found['ms']}.{found['us']}")
            return LockWait(
                int(found["pid"]), kind, found["mode"], lock_type, found["lock"], ms, time, holders, queue
            )
    return None


def _holders(detail: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """``Process holding the lock: 1. Wait queue: 2, 3.``: the two lists are told apart by their colons."""
    parts = re.split("[:：]", detail)
    lists = [tuple(map(int, _NUMBER.findall(part))) for part in parts[1:3]]
    return (lists + [(), ()])[0], (lists + [(), ()])[1]


@cache
def _tuple_contexts() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (doing, pattern)
        for doing, table in contexts.TUPLE.items()
        for _, pattern in wording.compiled(table, tail=r"(?=\n|\Z)")
    )


def tuple_context(context: str) -> tuple[str, str, int, int] | None:
    """(doing, relation, page, tuple) of the row the victim was working on, from the first line of its
    CONTEXT.

    The name is printed without quoting, so it may hold quotes; it is taken to the last one in its line.
    """
    head = context[:_TUPLE_CONTEXT_REACH].replace("(%", "(")
    for doing, pattern in _tuple_contexts():
        if found := pattern.match(head):
            return doing, found["relation"], int(found["page"]), int(found["tuple"])
    return None


@cache
def _frames() -> dict[str, tuple[re.Pattern[str], ...]]:
    tables = {
        "plpgsql": contexts.PLPGSQL,
        "sql": contexts.SQL_STATEMENT,
        "function": contexts.SQL_FUNCTION,
        "parameters": contexts.PARAMETERS,
        "copy": contexts.COPY,
    }
    return {name: tuple(p for _, p in wording.compiled(table)) for name, table in tables.items()}


def frame(kind: str, line: str) -> re.Match[str] | None:
    """A context frame of a kind (``plpgsql``, ``sql``, ``function``, ``parameters``, ``copy``), None if it is
    not one.
    """
    for pattern in _frames()[kind]:
        if found := pattern.fullmatch(line):
            return found
    return None


def is_parallel_copy(context: tuple[str, ...]) -> bool:
    """True when the outermost frame says that a parallel worker reported the error to its leader."""
    return bool(context) and context[-1].strip() in contexts.PARALLEL.values()


def is_replication(context: tuple[str, ...]) -> bool:
    return any(words in line for line in context for words in contexts.REPLICATION)


def is_raised(context: tuple[str, ...]) -> bool:
    """True when the innermost frame is a RAISE: the message was written by a user, not by the deadlock
    detector.
    """
    found = frame("plpgsql", context[0]) if context and "RAISE" in context[0] else None
    return bool(found) and found["at"].strip() == "RAISE"  # type: ignore[index]
