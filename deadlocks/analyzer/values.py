"""What the analyzer returns: frozen values that know nothing of Django, HTML or JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

#: Statements that pg_stat_activity shows in place of a text (backend_status.c).
PLACEHOLDERS = frozenset(
    {
        "<command string not enabled>",
        "<backend information not available>",
        "<insufficient privilege>",
    }
)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a report was found: file, format (``stderr``, ``csvlog``, ...), line from 1, time as logged."""

    file: str | None = None
    format: str = "text"
    line: int | None = None
    time: str | None = None


@dataclass(frozen=True, slots=True)
class Victim:
    """The process that was cancelled, and what says so."""

    pid: int
    known_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Process:
    """A backend of the cycle. ``pid`` is None only for the victim of a report that lost its detail.

    ``statement`` is what PostgreSQL printed (a placeholder where it withheld the text), None when the input
    has none.
    """

    pid: int | None
    role: str = "blocker"
    statement: str | None = None
    truncated: bool = False
    user: str | None = None
    database: str | None = None
    application: str | None = None

    @property
    def withheld(self) -> bool:
        return self.statement in PLACEHOLDERS


@dataclass(frozen=True, slots=True)
class Edge:
    """``waiter`` waits for ``lock_mode`` on a lock that ``blocker`` holds, or asked for earlier.

    ``lock_type`` is pg_locks.locktype; ``object`` its numbers by name (``relation``, ``database``, ``page``,
    ``tuple``, ``xid``, ``key1``, ...); ``text`` the lock as PostgreSQL wrote it, in the report's language.
    """

    waiter: int
    blocker: int
    lock_mode: str
    lock_type: str
    text: str
    object: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}), compare=False)


@dataclass(frozen=True, slots=True)
class LockWait:
    """A log_lock_waits line near a report. ``kind``: waiting, detected, avoided, acquired or failed; ``ms``
    waited.
    """

    pid: int
    kind: str
    lock_mode: str
    lock_type: str
    text: str
    ms: float
    time: str | None = None
    holders: tuple[int, ...] = ()
    queue: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One thing to change. ``detail`` has the reason and the cost; ``sql`` is "" when there is nothing to
    paste.
    """

    title: str
    detail: str
    sql: str = ""


@dataclass(frozen=True, slots=True)
class Collision:
    """A cell of the lock-conflict matrix that met in this deadlock."""

    requested: str
    held: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why it happened. ``confidence`` is 0 to 1; ``evidence`` the facts that led there, strongest first."""

    root_cause: str = "unknown"
    confidence: float = 0.0
    evidence: tuple[str, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()
    relations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """One deadlock. Without edges, ``missing`` says what the input lost and where it can be found."""

    source: Source
    language: str | None = None
    sqlstate: str | None = None
    victim: Victim | None = None
    processes: tuple[Process, ...] = ()
    edges: tuple[Edge, ...] = ()
    cycle: tuple[int, ...] = ()
    context: tuple[str, ...] = ()
    timeline: tuple[LockWait, ...] = ()
    missing: tuple[str, ...] = ()
    diagnosis: Diagnosis = Diagnosis()
    severity: str = "medium"
    hints: frozenset[str] = frozenset()

    @property
    def statements(self) -> tuple[str, ...]:
        """The statements of the cycle in its order, without placeholders."""
        return tuple(p.statement for p in self.processes if p.statement and not p.withheld)
