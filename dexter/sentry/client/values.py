"""What the client's methods return around the decoded JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """`hits` is the server's capped estimate of all rows, None where it does not count.

    A page may hold fewer rows than asked for, even none, though more follow: go by `next_cursor` alone.
    """

    rows: list[Row] = field(default_factory=list)
    next_cursor: str | None = None
    hits: int | None = None
    direct_hit: bool = False


@dataclass(frozen=True, slots=True)
class IssueDetail:
    """`merged_into` is the id of the issue that swallowed the one asked for; `body` is then that issue's."""

    body: Row
    merged_into: str | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """`parent` survives; `children` (ids) disappear after a while, as merging is asynchronous."""

    parent: str
    children: tuple[str, ...]
