"""The last lines that may tell of a lock wait."""

import re
from collections import deque

_NUMBERS = re.compile(rb"[0-9]{1,10}")
_RECENT_NUMBERS = 2000
#: Bytes before and after the lock's mode in which the lock is named: a record goes on with the statement.
_AROUND = 200
_MOST_WAITS = 40


class RecentLines:
    """The last lines that may tell of a lock wait, by the numbers in them; two generations keep it small."""

    def __init__(self) -> None:
        self._count = 0
        self._young: dict[bytes, deque[tuple[int, bytes]]] = {}
        self._old: dict[bytes, deque[tuple[int, bytes]]] = {}

    def add(self, head: bytes, line: bytes) -> None:
        if len(self._young) > _RECENT_NUMBERS:
            self._old, self._young = self._young, {}
        at = max(0, head.find(b"Lock"))
        for number in set(_NUMBERS.findall(head[max(0, at - _AROUND) : at + _AROUND])):
            self._young.setdefault(number, deque(maxlen=_MOST_WAITS)).append((self._count, line))
        self._count += 1

    def about(self, lock: str) -> list[tuple[int, bytes]]:
        """The lines that hold the longest number of a lock's description, each with its place among all."""
        number = max(_NUMBERS.findall(lock.encode()), key=len, default=b"")
        return [*self._old.get(number, ()), *self._young.get(number, ())][-_MOST_WAITS:]
