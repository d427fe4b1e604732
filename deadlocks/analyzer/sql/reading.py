"""sqlglot's trees to facts. A statement that is cut off is closed and read as far as it goes."""

import logging
import re
from collections.abc import Iterator
from dataclasses import replace

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from . import Statement
from .commands import by_words
from .trees import by_tree

logging.getLogger("sqlglot").addHandler(logging.NullHandler())
logging.getLogger("sqlglot").propagate = False


def facts(pattern: str) -> tuple[Statement, ...]:
    """The facts of each statement in a text; one of kind ``unknown`` when nothing can be read."""
    if pattern.startswith("autovacuum:"):
        inner = facts(pattern.removeprefix("autovacuum:").strip())
        return tuple(_verbed(s, "autovacuum " + s.verb) for s in inner)
    found = []
    for part in _parts(pattern):
        tree = _tree(part)
        if tree is None or isinstance(
            tree, (exp.Command, exp.Alias, exp.Column, exp.Create, exp.Analyze, exp.Alter)
        ):
            found.append(by_words(part, tree))
        else:
            found.append(_at_cursor(part, _by_tree(part, tree)))
    return tuple(found) or (Statement(),)


#: What reading a tree can raise: of a damaged statement, sqlglot's trees hold anything anywhere.
_ODD = (SqlglotError, RecursionError, ValueError, TypeError, AttributeError, IndexError, KeyError)


def _by_tree(part: str, tree: exp.Expr) -> Statement:
    try:
        return by_tree(part, tree)
    except _ODD:
        return by_words(part, None)


def _verbed(statement: Statement, verb: str) -> Statement:
    return Statement(statement.kind, verb, statement.target, statement.tables)


def _at_cursor(sql: str, statement: Statement) -> Statement:
    """WHERE CURRENT OF takes one row; sqlglot does not keep it."""
    return replace(statement, bulk=False) if "CURRENT OF" in sql.upper() else statement


def _parts(pattern: str) -> Iterator[str]:
    """Literals are plain by now, so a semicolon ends a statement, except inside a body of BEGIN ATOMIC."""
    return (_AROUND.sub("", part.strip()) for part in pattern.split(";")[:64] if part.strip())


#: What stands in front of a statement that is planned or run all the same.
_AROUND = re.compile(
    r"^(?:PREPARE\s{1,9}[^\s(]{1,80}\s?(?:\([^()]{0,400}\))?\s?AS\s{1,9}"
    r"|DECLARE\s{1,9}\S{1,80}\s{1,9}(?:\w{2,11}\s{1,9}){0,4}CURSOR\s{1,9}(?:WITH(?:OUT)?\s{1,9}HOLD\s{1,9})?FOR\s{1,9}"
    r"|EXPLAIN\s{1,9}(?:\([^()]{0,400}\)\s?|(?:ANALYZE|VERBOSE)\s{1,9}){0,3})",
    re.IGNORECASE,
)


#: sqlglot tries each nested ARRAY[ twice: its time doubles with every level.
_MOST_BRACKETS = 6
_MOST_PARENTHESES = 100
#: A subscript of a subscript of ...: quadratic in sqlglot.
_MOST_SUBSCRIPTS = 50
_SUBSCRIPT = re.compile(r"\] ?\[")


def _depth(sql: str, opening: str, closing: str) -> int:
    """How deep brackets of a kind are nested."""
    if sql.count(opening) <= _MOST_BRACKETS:
        return 0
    depth = deepest = 0
    for character in sql:
        if character == opening:
            depth += 1
            deepest = max(deepest, depth)
        elif character == closing:
            depth -= 1
    return deepest


def _tree(sql: str) -> exp.Expr | None:
    if sql.count("[") > _MOST_SUBSCRIPTS and len(_SUBSCRIPT.findall(sql)) > _MOST_SUBSCRIPTS:
        return None
    if _depth(sql, "[", "]") > _MOST_BRACKETS or _depth(sql, "(", ")") > _MOST_PARENTHESES:
        return None
    try:
        found = sqlglot.parse(sql, read="postgres", error_level=ErrorLevel.IGNORE)
    except _ODD:
        return None
    return found[0] if found else None
