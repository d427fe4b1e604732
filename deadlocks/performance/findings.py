"""N+1 and slow statements among the queries of one request."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from deadlocks.analyzer import sql

from .queries import Frame, Query, queries

#: Equal statements in one request from which they count as N+1, and milliseconds from which one is slow.
REPEATED = 5
SLOW_MS = 500.0
_MOST_FRAMES = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found. ``statement`` is normalised, ``example`` one as recorded; ``milliseconds`` is the sum
    of the times that are known, None when none is; ``frames`` the places that issued it, most frequent
    first.
    """

    kind: Literal["n_plus_one", "slow_query"]
    statement: str
    example: str
    count: int
    milliseconds: float | None = None
    frames: tuple[Frame, ...] = ()
    tables: tuple[str, ...] = ()


def findings(event: Any, *, repeated: int = REPEATED, slow_ms: float = SLOW_MS) -> tuple[Finding, ...]:
    """The findings of an event, worst first: by time where it is known, else by count. Never raises."""
    groups: dict[str, list[Query]] = {}
    for query in queries(event):
        groups.setdefault(sql.normalised(query.statement), []).append(query)
    found = []
    for statement, group in groups.items():
        if len(group) >= repeated:
            found.append(_finding("n_plus_one", statement, group))
        slow = [q for q in group if q.milliseconds is not None and q.milliseconds >= slow_ms]
        if slow:
            found.append(_finding("slow_query", statement, slow))
    return tuple(sorted(found, key=lambda f: (-(f.milliseconds or 0), -f.count)))


def _finding(kind: Literal["n_plus_one", "slow_query"], statement: str, group: Sequence[Query]) -> Finding:
    times = [q.milliseconds for q in group if q.milliseconds is not None]
    frames: dict[Frame, int] = {}
    for query in group:
        if query.frame:
            frames[query.frame] = frames.get(query.frame, 0) + 1
    first = group[0].statement
    return Finding(
        kind,
        statement,
        first,
        len(group),
        round(sum(times), 3) if times else None,
        tuple(sorted(frames, key=lambda f: -frames[f]))[:_MOST_FRAMES],
        tuple(dict.fromkeys(table for s in sql.read(first) for table in s.tables)),
    )
