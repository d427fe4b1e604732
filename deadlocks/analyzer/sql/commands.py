"""Utility commands, which sqlglot keeps as text: read word by word from its tokenizer."""

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from . import Statement

_DDL = frozenset(
    [
        "ALTER",
        "CREATE",
        "DROP",
        "TRUNCATE",
        "REINDEX",
        "CLUSTER",
        "REFRESH",
        "COMMENT",
        "GRANT",
        "REVOKE",
        "REASSIGN",
        "SECURITY",
        "IMPORT",
    ]
)
_WORDS = {
    "LOCK": "lock",
    "VACUUM": "vacuum",
    "ANALYZE": "analyze",
    "ANALYSE": "analyze",
    "COMMIT": "commit",
    "END": "commit",
    "EXECUTE": "execute",
    "FETCH": "fetch",
    "MOVE": "fetch",
    "CALL": "call",
    "DO": "do",
    "COPY": "copy",
    "BEGIN": "begin",
    "START": "begin",
    "ROLLBACK": "rollback",
    "SAVEPOINT": "begin",
}
_OBJECTS = frozenset(
    [
        "TABLE",
        "INDEX",
        "VIEW",
        "SEQUENCE",
        "SCHEMA",
        "TYPE",
        "FUNCTION",
        "TRIGGER",
        "DATABASE",
        "SYSTEM",
        "ROLE",
        "USER",
        "DOMAIN",
    ]
)
_SKIPPED = frozenset(
    [
        "TABLE",
        "INDEX",
        "ONLY",
        "IF",
        "NOT",
        "EXISTS",
        "CONCURRENTLY",
        "MATERIALIZED",
        "VIEW",
        "FULL",
        "FREEZE",
        "VERBOSE",
        "ANALYZE",
        "ANALYSE",
        "UNIQUE",
        "ON",
        "IN",
    ]
)
_MODES = {
    "ACCESS SHARE": "AccessShareLock",
    "ROW SHARE": "RowShareLock",
    "ROW EXCLUSIVE": "RowExclusiveLock",
    "SHARE UPDATE EXCLUSIVE": "ShareUpdateExclusiveLock",
    "SHARE ROW EXCLUSIVE": "ShareRowExclusiveLock",
    "SHARE": "ShareLock",
    "EXCLUSIVE": "ExclusiveLock",
    "ACCESS EXCLUSIVE": "AccessExclusiveLock",
}


def words_of(sql: str) -> list[str]:
    """The first words of a statement, from sqlglot's tokenizer; quoted names keep their case.

    Behind the first word of a command it does not know the tokenizer gives the rest as one token.
    """
    try:
        tokens = [t.text for t in sqlglot.tokenize(sql[:2000], read="postgres")][:60]
        if len(tokens) == 2 and " " in tokens[1]:
            tokens[1:] = [t.text for t in sqlglot.tokenize("- " + tokens[1], read="postgres")][1:60]
        return tokens
    except (SqlglotError, ValueError):
        return sql[:2000].replace("(", " ( ").replace(",", " , ").split()[:60]


def by_words(sql: str, tree: exp.Expr | None) -> Statement:
    """Utility commands, which sqlglot keeps as text, and anything it cannot read."""
    words = words_of(sql)
    upper = [w.upper() for w in words]
    if not words:
        return Statement()
    first = upper[0]
    concurrently = "CONCURRENTLY" in upper
    tables = tuple(table_name(t) for t in tree.find_all(exp.Table)) if tree is not None else ()
    if first == "LOCK":
        return _lock(words, upper)
    if first in _DDL:
        verb = verb_of(upper)
        return Statement("ddl", verb, *named(tables or _names(words, upper)), concurrently=concurrently)
    kind = _WORDS.get(first)
    if kind == "vacuum" or kind == "analyze":
        return Statement(kind, first, *named(_names(words, upper)))
    if kind:
        return Statement(kind, first, *named(tables))
    return _by_first_words(words, upper)


def _by_first_words(words: list[str], upper: list[str]) -> Statement:
    """A statement too damaged for the parser: its verb and the table behind it."""
    for verb, before in (("UPDATE", "UPDATE"), ("INSERT", "INTO"), ("DELETE", "FROM"), ("SELECT", "FROM")):
        if upper[0] == verb and before in upper:
            names = _names(words, upper, upper.index(before) + 1)
            return Statement(verb.lower(), verb, *named(names[:1]), complete=False)
    return Statement(verb=upper[0], complete=False)


def verb_of(upper: list[str]) -> str:
    kept = [
        w for w in upper[:5] if w in _DDL or w in _OBJECTS or w in ("MATERIALIZED", "UNIQUE", "CONCURRENTLY")
    ]
    return " ".join(kept)


def named(names: tuple[str, ...]) -> tuple[str | None, tuple[str, ...]]:
    return (names[0] if names else None), tuple(dict.fromkeys(names))


def _names(words: list[str], upper: list[str], at: int = 1) -> tuple[str, ...]:
    """The dotted names that follow the keywords at ``at``, as in ``LOCK TABLE a, s.b IN ...``."""
    while at < len(words) and (upper[at] in _SKIPPED or upper[at] in _OBJECTS):
        at += 1
    if at < len(words) and words[at] == "(":
        at = words.index(")", at) + 1 if ")" in words[at:] else len(words)
    found: list[str] = []
    current = ""
    while at < len(words):
        word = words[at]
        if word == ".":
            current += "."
        elif word == ",":
            found.append(current)
            current = ""
        elif not current or current.endswith("."):
            current += word
        else:
            break
        at += 1
    return tuple(n for n in [*found, current] if n.strip(".*"))


def _lock(words: list[str], upper: list[str]) -> Statement:
    mode = "ACCESS EXCLUSIVE"
    if "MODE" in upper and "IN" in upper:
        mode = " ".join(upper[upper.index("IN") + 1 : upper.index("MODE")])
    return Statement("lock", "LOCK TABLE", *named(_names(words, upper)), lock_mode=_MODES.get(mode))


def table_name(table: exp.Table) -> str:
    return ".".join(part.name for part in table.parts if part.name)
