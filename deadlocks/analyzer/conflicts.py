"""PostgreSQL's lock-conflict tables as data (manual, 13.3.1 and 13.3.2; lock.c LockConflicts)."""

from .values import Collision

#: Table-level modes, weakest first.
MODES = (
    "AccessShareLock",
    "RowShareLock",
    "RowExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
)

#: For each requested mode, the held modes that it waits for.
CONFLICTS: dict[str, frozenset[str]] = {
    "AccessShareLock": frozenset(MODES[7:]),
    "RowShareLock": frozenset(MODES[6:]),
    "RowExclusiveLock": frozenset(MODES[4:]),
    "ShareUpdateExclusiveLock": frozenset(MODES[3:]),
    "ShareLock": frozenset((MODES[2], MODES[3], *MODES[5:])),
    "ShareRowExclusiveLock": frozenset(MODES[2:]),
    "ExclusiveLock": frozenset(MODES[1:]),
    "AccessExclusiveLock": frozenset(MODES),
}

#: Row-level strengths, weakest first, and for each the held strengths that it waits for.
STRENGTHS = ("FOR KEY SHARE", "FOR SHARE", "FOR NO KEY UPDATE", "FOR UPDATE")
ROW_CONFLICTS: dict[str, frozenset[str]] = {
    "FOR KEY SHARE": frozenset(STRENGTHS[3:]),
    "FOR SHARE": frozenset(STRENGTHS[2:]),
    "FOR NO KEY UPDATE": frozenset(STRENGTHS[1:]),
    "FOR UPDATE": frozenset(STRENGTHS),
}

#: The heavyweight mode a waiter for a row takes on its tuple lock (heapam.c tupleLockExtraInfo).
TUPLE_STRENGTH = {
    "AccessShareLock": "FOR KEY SHARE",
    "RowShareLock": "FOR SHARE",
    "ExclusiveLock": "FOR NO KEY UPDATE",
    "AccessExclusiveLock": "FOR UPDATE",
}

#: The table lock that each kind of command takes (manual, 13.3.1).
TAKES = {
    "select": "AccessShareLock",
    "select for": "RowShareLock",
    "insert": "RowExclusiveLock",
    "update": "RowExclusiveLock",
    "delete": "RowExclusiveLock",
    "merge": "RowExclusiveLock",
    "copy": "RowExclusiveLock",
    "vacuum": "ShareUpdateExclusiveLock",
    "analyze": "ShareUpdateExclusiveLock",
}

_TABLE_TYPES = frozenset({"relation", "extend", "page", "object", "frozenid", "advisory", "userlock"})


def collision(lock_mode: str, lock_type: str) -> Collision:
    """What a wait says about the holder: the held modes that can have caused it."""
    if lock_type == "tuple":
        strength = TUPLE_STRENGTH.get(lock_mode, "")
        return Collision(
            strength or lock_mode, _held(ROW_CONFLICTS, STRENGTHS, strength), "queue for one row version"
        )
    if lock_type in _TABLE_TYPES:
        return Collision(lock_mode, _held(CONFLICTS, MODES, lock_mode), f"lock of type {lock_type}")
    return Collision(
        lock_mode, ("ExclusiveLock",), "every transaction holds its own id exclusively until it ends"
    )


def _held(table: dict[str, frozenset[str]], order: tuple[str, ...], requested: str) -> tuple[str, ...]:
    return tuple(mode for mode in order if mode in table.get(requested, frozenset()))
