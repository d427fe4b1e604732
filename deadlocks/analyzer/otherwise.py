"""What a text is when it holds no deadlock report, and what to do with it."""

from dataclasses import dataclass

_MOST = 1 << 20


@dataclass(frozen=True, slots=True)
class Likeness:
    """``name`` is a word for programs; ``what`` and ``todo`` are sentences for people."""

    name: str
    what: str
    todo: str


EMPTY = Likeness("empty", "There is nothing in it.", "Paste the text of the error or of the server log.")
OTHER = Likeness(
    "other",
    "It holds no deadlock report of PostgreSQL.",
    "A report begins with “ERROR: deadlock detected” and has DETAIL lines with “Process … waits for …”."
    " The server writes it to its own log; take that file, whole.",
)
#: Words of a text, all in lower case, that tell what it is; the first that is found counts.
_SIGNS: tuple[tuple[tuple[str, ...], Likeness], ...] = (
    (
        ("deadlock found when trying to get lock", "latest detected deadlock", "er_lock_deadlock"),
        Likeness(
            "mysql",
            "It looks like a deadlock of MySQL or MariaDB.",
            "Dexter reads those of PostgreSQL. SHOW ENGINE INNODB STATUS has the transactions of this one.",
        ),
    ),
    (
        ("was deadlocked on lock resources", "error 1205"),
        Likeness(
            "sqlserver",
            "It looks like a deadlock of SQL Server.",
            "Dexter reads those of PostgreSQL. The server's system_health session has the graph of this one.",
        ),
    ),
    (
        ("ora-00060",),
        Likeness(
            "oracle",
            "It looks like a deadlock of Oracle.",
            "Dexter reads those of PostgreSQL. The trace file that the alert log names has its graph.",
        ),
    ),
    (
        ("could not serialize access", "40001", "serialization failure"),
        Likeness(
            "serialization",
            "It looks like a serialization failure (SQLSTATE 40001), which is no deadlock.",
            "Run the whole transaction again; at REPEATABLE READ and above that is what the manual asks for.",
        ),
    ),
    (
        ("due to lock timeout", "lock_timeout", "55p03", "could not obtain lock on"),
        Likeness(
            "lock_timeout",
            "It looks like a lock timeout (SQLSTATE 55P03): one waited too long, and there was no cycle.",
            "Find who held the lock: set log_lock_waits = on and look for “still waiting for” in the log.",
        ),
    ),
    (
        ("due to statement timeout", "57014"),
        Likeness(
            "statement_timeout",
            "It looks like a statement that was cancelled because it took too long (SQLSTATE 57014).",
            "See with EXPLAIN (ANALYZE, BUFFERS) whether it was slow by itself, and with log_lock_waits"
            " whether it waited.",
        ),
    ),
    (
        ("still waiting for",),
        Likeness(
            "lock_wait",
            "It looks like lock waits (log_lock_waits): processes waited, and none was cancelled.",
            "No advice is needed for a deadlock. If the waits are long, look for long transactions.",
        ),
    ),
    (
        ("deadlock",),
        Likeness(
            "mention",
            "It speaks of a deadlock but holds no report of one.",
            "The client may have kept the first line only. The server's log has the rest at the same time:"
            " take that file.",
        ),
    ),
)


def looks_like(text: str) -> Likeness:
    """What `text` is instead of a deadlock report; of a long one its first million characters count."""
    start = text[:_MOST].lower()
    if not start.strip():
        return EMPTY
    return next((likeness for signs, likeness in _SIGNS if any(sign in start for sign in signs)), OTHER)


def named(name: str) -> Likeness | None:
    """The likeness of that name; None for "" and names that are not known."""
    every = (EMPTY, OTHER, *(likeness for _, likeness in _SIGNS))
    return next((likeness for likeness in every if likeness.name == name), None)
