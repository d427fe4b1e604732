"""What a statement does to locks, read with sqlglot: kind, tables, rows by key, bulk, ON CONFLICT.

A statement is first written without its comments and with its literals numbered, so that the thousands of
statements of a log that differ only in values are parsed once.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from deadlocks.analyzer.statements import literal_spans

_NUMBER = re.compile(r"(?<![\w$.\u0080-\uffff])\d+(?:\.\d+)?(?![\w.])")
_SPACE = re.compile(r"\s+")
_LIMIT = 20_000
_MARK = 810_000_000


@dataclass(frozen=True, slots=True)
class Statement:
    """The facts of one statement. ``keys`` are the columns it compares for equality with what; ``sets`` what
    it writes.

    ``row_lock`` is the row-level lock it takes on ``target`` (13.3.2 of the manual), None for none or
    unknown. ``bulk`` when it can touch several rows, ``ordered`` when a subquery or itself fixes their order.
    """

    kind: str = "unknown"
    verb: str = ""
    target: str | None = None
    tables: tuple[str, ...] = ()
    row_lock: str | None = None
    keys: tuple[tuple[str, str | None], ...] = ()
    sets: tuple[str, ...] = ()
    bulk: bool = False
    ordered: bool = False
    on_conflict: bool = False
    conflict_keys: tuple[str, ...] = ()
    concurrently: bool = False
    lock_mode: str | None = None
    complete: bool = True

    @property
    def is_ddl(self) -> bool:
        return self.kind == "ddl"


def numbered(sql: str) -> tuple[str, tuple[str, ...]]:
    """(the statement without comments, its literals numbered; the literals)."""
    sql = sql[:_LIMIT]
    pieces: list[str] = []
    literals: list[str] = []
    at = 0

    def plain(text: str) -> str:
        return _NUMBER.sub(lambda m: _numbered(m[0], literals), text)

    for start, end in literal_spans(sql):
        pieces.append(plain(sql[at:start]))
        said = sql[start:end]
        at = end
        if said.startswith(("--", "/*")):
            pieces.append(" ")
        elif said.startswith('"'):
            pieces.append(said if end <= len(sql) else said + '"')
        else:
            literals.append(said)
            pieces.append(f"'{_MARK + len(literals) - 1}'")
    pieces.append(plain(sql[at:]))
    return _SPACE.sub(" ", "".join(pieces)).strip(), tuple(literals)


def _numbered(number: str, literals: list[str]) -> str:
    literals.append(number)
    return str(_MARK + len(literals) - 1)


def read(sql: str) -> tuple[Statement, ...]:
    """The statements of a text; values of keys are None. Never raises."""
    return facts_of(numbered(sql)[0])


Keys = tuple[tuple[str, str | None], ...]


def read_with_keys(sql: str) -> tuple[tuple[Statement, ...], tuple[Keys, ...]]:
    """The statements of a text, and for each the columns it compares with their values."""
    pattern, literals = numbered(sql)
    keys = tuple(
        tuple((column, _value(mark, literals)) for column, mark in marks) for marks in _marked(pattern)[1]
    )
    return facts_of(pattern), keys


def _value(mark: str | None, literals: tuple[str, ...]) -> str | None:
    if mark is None or not mark.isdigit():
        return mark
    index = int(mark) - _MARK
    return literals[index].strip("'") if 0 <= index < len(literals) else mark


def facts_of(pattern: str) -> tuple[Statement, ...]:
    """The facts of a numbered statement."""
    return _marked(pattern)[0]


@lru_cache(maxsize=4096)
def _marked(pattern: str) -> tuple[tuple[Statement, ...], tuple[Keys, ...]]:
    from .reading import facts  # noqa: PLC0415  sqlglot takes 0.3 s to import; a log without reports needs none of it

    found = facts(pattern)
    blank = tuple(replace(s, keys=tuple((column, None) for column, _ in s.keys)) for s in found)
    return blank, tuple(s.keys for s in found)


def normalised(sql: str) -> str:
    """One line that is equal for statements that differ only in values, white space and comments."""
    pattern, literals = numbered(sql)
    if literals:
        pattern = re.sub(rf"'{_MARK // 1000}\d{{3,}}'|\b{_MARK // 1000}\d{{3,}}\b", "?", pattern)
    return re.sub(r"%s\b|%\(\w+\)s|\$\d+\b", "?", pattern)
