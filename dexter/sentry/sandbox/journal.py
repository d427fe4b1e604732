"""What the server was asked and what it answered: the last requests, and counters that forget nothing."""

from collections import Counter, deque
from dataclasses import asdict, dataclass
from typing import Any

KEPT = 20_000
BODY_KEPT = 4000


@dataclass(slots=True)
class Line:
    """`at` is epoch seconds of the server's clock; `fault` names what was done to the answer, if anything."""

    number: int
    at: float
    method: str
    path: str
    query: str
    body: str
    status: int
    ms: float
    token: str
    fault: str | None


class Journal:
    def __init__(self) -> None:
        self._lines: deque[Line] = deque(maxlen=KEPT)
        self._last = 0
        self.by_status: Counter[int] = Counter()
        self.by_operation: Counter[str] = Counter()

    def note(self, operation: str, **line: Any) -> None:
        self._last += 1
        self._lines.append(Line(number=self._last, **line))
        self.by_status[line["status"]] += 1
        self.by_operation[operation] += 1

    def after(self, number: int, limit: int = 1000) -> list[dict[str, Any]]:
        """Requests numbered above `number`, oldest first."""
        found = [line for line in self._lines if line.number > number]
        return [asdict(line) for line in found[:limit]]

    def counters(self) -> dict[str, Any]:
        return {
            "requests": self._last,
            "by_status": {str(status): count for status, count in sorted(self.by_status.items())},
            "by_operation": dict(sorted(self.by_operation.items())),
        }

    def clear(self) -> None:
        self._lines.clear()
        self.by_status.clear()
        self.by_operation.clear()
