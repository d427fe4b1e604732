"""The last lines that may tell of a lock wait."""

import re
from collections import deque

_NUMBERS = re.compile(rb"[0-9]{1,10}")
_RECENT_NUMBERS = 2000
_HEAD_END = 200
_MOST_WAITS = 40


class RecentLines:
    """The last lines that may tell of a lock wait, by the numbers in them; two generations keep it small."""

    def __init__(self) -> None:
        self._young: dict[bytes, deque[bytes]] = {}
        self._old: dict[bytes, deque[bytes]] = {}

    def add(self, head: bytes, line: bytes) -> None:
        if len(self._young) > _RECENT_NUMBERS:
            self._old, self._young = self._young, {}
        for number in _NUMBERS.findall(head[-_HEAD_END:]):
            self._young.setdefault(number, deque(maxlen=_MOST_WAITS)).append(line)

    def about(self, lock: str) -> list[bytes]:
        """The lines that hold the longest number of a lock's description."""
        number = max(_NUMBERS.findall(lock.encode()), key=len, default=b"")
        return [*self._old.get(number, ()), *self._young.get(number, ())][-_MOST_WAITS:]
