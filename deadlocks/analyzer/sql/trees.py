"""Facts of the statements that sqlglot parses into trees."""

from collections.abc import Iterator

from sqlglot import exp

from . import Statement
from .commands import by_words, named, table_name, verb_of, words_of

_RANGES = (
    exp.GT,
    exp.GTE,
    exp.LT,
    exp.LTE,
    exp.Between,
    exp.Like,
    exp.ILike,
    exp.NEQ,
    exp.RegexpLike,
    exp.Any,
)
_STRENGTHS = {
    (True, False): "FOR UPDATE",
    (True, True): "FOR NO KEY UPDATE",
    (False, False): "FOR SHARE",
    (False, True): "FOR KEY SHARE",
}


#: Columns that usually have a unique index: to write one is to write a key (13.3.2 of the manual).
UNIQUE = frozenset({"id", "uuid", "email", "username", "login", "slug", "sku", "code"})
#: Columns that many rows share: a comparison with one names no row.
SHARED = frozenset(
    {
        *("active", "archived", "category", "country", "currency", "deleted", "deleted_at", "enabled"),
        *("kind", "locked", "locked_by", "owner", "priority", "processed", "queue", "region", "role"),
        *("state", "status", "tenant", "tenant_id", "type", "visible", "worker"),
    }
)


#: Columns that hardly any table has a unique index on, even where a statement finds its row by one.
PLAIN = frozenset({"name", "title", "owner", "note", "version", "lock_version", "balance", "total", "qty"})


def by_tree(sql: str, tree: exp.Expr) -> Statement:
    if isinstance(tree, (exp.Drop, exp.TruncateTable, exp.Grant, exp.Comment)):
        tables = tuple(table_name(t) for t in tree.find_all(exp.Table))
        upper = [w.upper() for w in words_of(sql)]
        return Statement("ddl", verb_of(upper), *named(tables), concurrently="CONCURRENTLY" in upper[:4])
    if isinstance(tree, exp.Copy):
        return Statement("copy", "COPY", *named(tuple(table_name(t) for t in tree.find_all(exp.Table))))
    if isinstance(tree, (exp.Commit, exp.Rollback, exp.Transaction)):
        return Statement({"Commit": "commit", "Rollback": "rollback"}.get(type(tree).__name__, "begin"))
    writer = _writer(tree)
    if isinstance(writer, exp.Insert):
        return _insert(writer)
    if isinstance(writer, exp.Update):
        return _update(writer)
    if isinstance(writer, exp.Delete):
        return _delete(writer)
    if isinstance(writer, exp.Merge):
        on = writer.args.get("on")
        return _rows(
            "merge", "MERGE", writer, writer.this, on if isinstance(on, exp.Expr) else None, None, True
        )
    if isinstance(tree, exp.Query):
        return _select(tree)
    return by_words(sql, None)


def _writer(tree: exp.Expr) -> exp.Expr:
    """The data-modifying statement of a tree: itself, or the first one in its WITH."""
    if isinstance(tree, exp.Query):
        return tree.find(exp.Insert, exp.Update, exp.Delete, exp.Merge) or tree
    return tree


def _insert(tree: exp.Insert) -> Statement:
    conflict = tree.args.get("conflict")
    values = tree.expression
    many = isinstance(values, exp.Values) and len(values.expressions) > 1
    from_query = isinstance(values, exp.Query) and values.find(exp.From) is not None
    target = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
    keys = tuple(k.this.name for k in conflict.args.get("conflict_keys") or ()) if conflict else ()
    return Statement(
        "insert",
        "INSERT",
        table_name(target) if isinstance(target, exp.Table) else None,
        _tables(tree),
        None,
        bulk=bool(many or from_query),
        ordered=isinstance(values, exp.Query) and values.args.get("order") is not None,
        on_conflict=conflict is not None,
        conflict_keys=keys,
    )


def _update(tree: exp.Update) -> Statement:
    sets = tuple(e.this.name for e in tree.expressions if isinstance(e, exp.EQ) and hasattr(e.this, "name"))
    where = tree.args.get("where")
    source = tree.args.get("from_") or tree.args.get("from")
    found = _rows("update", "UPDATE", tree, tree.this, where.this if where else None, source, where is None)
    keys = {key for key, _ in found.keys}
    strong = any(column in UNIQUE or keys == {column} and column not in SHARED | PLAIN for column in sets)
    return _locked(found, "FOR UPDATE" if strong else "FOR NO KEY UPDATE", sets)


def _delete(tree: exp.Delete) -> Statement:
    where = tree.args.get("where")
    source = tree.args.get("using")
    return _locked(
        _rows("delete", "DELETE", tree, tree.this, where.this if where else None, source, where is None),
        "FOR UPDATE",
    )


def _select(tree: exp.Query) -> Statement:
    locks = tree.args.get("locks") or [
        lock for s in tree.find_all(exp.Select) for lock in s.args.get("locks") or ()
    ]
    source = tree.find(exp.From)
    table = source.this if source and isinstance(source.this, exp.Table) else None
    where = tree.args.get("where")
    found = _rows("select", "SELECT", tree, table, where.this if where else None, None, where is None)
    if not locks:
        return Statement("select", "SELECT", found.target, found.tables, keys=found.keys)
    lock = locks[0]
    strength = _STRENGTHS[bool(lock.args.get("update")), bool(lock.args.get("key"))]
    return _locked(found, strength)


def _locked(found: Statement, strength: str, sets: tuple[str, ...] = ()) -> Statement:
    return Statement(
        found.kind,
        found.verb if found.kind != "select" else f"SELECT {strength}",
        found.target,
        found.tables,
        strength,
        found.keys,
        sets,
        found.bulk,
        found.ordered,
    )


def _rows(
    kind: str,
    verb: str,
    tree: exp.Expr,
    table: object,
    where: exp.Expr | None,
    source: object,
    all_rows: bool,
) -> Statement:
    target = table if isinstance(table, exp.Table) else None
    keys = tuple(_equalities(where)) if where is not None else ()
    several = (
        all_rows or not _names_row(keys) and (_is_bulk(where) or all(c.lower() in SHARED for c, _ in keys))
    )
    if not all_rows and source:
        several = _has_rows(source, _single_ctes(tree))
    limit = tree.args.get("limit")
    order = tree.args.get("order") or tree.find(exp.Order)
    return Statement(
        kind,
        verb,
        table_name(target) if target is not None else None,
        _tables(tree),
        None,
        keys,
        (),
        several and not _is_one(limit),
        order is not None,
    )


def _is_one(limit: object) -> bool:
    """A LIMIT at all: a queue takes one row or a few."""
    return isinstance(limit, (exp.Limit, exp.Fetch))


def _has_rows(source: object, single: frozenset[str]) -> bool:
    """False when FROM holds only constants of one row, or CTEs that name their one row by its key."""
    nodes = source if isinstance(source, list) else [source]
    for node in nodes:
        if not isinstance(node, exp.Expr):
            continue
        if any(t.name not in single for t in node.find_all(exp.Table)) or node.find(exp.Unnest) is not None:
            return True
        values = node.find(exp.Values)
        if values is not None and len(values.expressions) > 1:
            return True
    return False


def _single_ctes(tree: exp.Expr) -> frozenset[str]:
    """Names of the CTEs that read one row: by constants that a key must equal."""
    return frozenset(cte.alias for cte in tree.find_all(exp.CTE) if _row_named(cte.this))


def _names_row(keys: tuple[tuple[str, str | None], ...]) -> bool:
    """True for a comparison with what is a primary key nearly everywhere."""
    return any(column.lower() in ("id", "uuid") for column, _ in keys)


def _is_bulk(where: exp.Expr | None) -> bool:
    if where is None:
        return False
    several = where.find(exp.In)
    if several is not None and not any(_one_of(several, "")):
        return True
    return where.find(*_RANGES) is not None and not any(_equalities(where))


def _equalities(where: exp.Expr) -> Iterator[tuple[str, str | None]]:
    """column = value pairs that all must hold; None for a value that is no constant (a parameter, an
    expression).
    """
    for part in _conjuncts(where):
        if isinstance(part, exp.In) and isinstance(part.this, exp.Column):
            yield from _one_of(part, part.this.name)
        elif isinstance(part, exp.EQ):
            left, right = part.this, _only_element(part.expression)
            if isinstance(left, exp.Tuple) and isinstance(right, exp.Tuple):
                for column, value in zip(left.expressions, right.expressions, strict=False):
                    if isinstance(column, exp.Column):
                        yield column.name, _literal_of(value)
                continue
            if not isinstance(left, exp.Column):
                left, right = right, left
            if isinstance(left, exp.Column) and not isinstance(right, (exp.Any, exp.Column)):
                yield left.name, _literal_of(right)
            elif isinstance(left, exp.Column) and isinstance(right, exp.Column):
                yield left.name, None


def _only_element(value: exp.Expr) -> exp.Expr:
    """``ANY (ARRAY[5])`` is 5."""
    array = value.this.unnest() if isinstance(value, exp.Any) and isinstance(value.this, exp.Expr) else None
    return array.expressions[0] if isinstance(array, exp.Array) and len(array.expressions) == 1 else value


def _one_of(part: exp.In, column: str) -> Iterator[tuple[str, str | None]]:
    """IN with one value, or with a subquery that names one row by a key."""
    query = part.args.get("query")
    if len(part.expressions) == 1:
        yield column, _literal_of(part.expressions[0])
    elif query is not None and (keys := _row_named(query.unnest())):
        yield column, dict(keys).get(column)


def _row_named(query: exp.Expr) -> list[tuple[str, str | None]]:
    """The keys by which a SELECT names its one row, [] for more rows."""
    where = query.args.get("where") if isinstance(query, exp.Select) else None
    keys = list(_equalities(where.this)) if where is not None else []
    return keys if any(value is not None and column.lower() not in SHARED for column, value in keys) else []


def _literal_of(value: exp.Expr) -> str | None:
    return value.this if isinstance(value, exp.Literal) else _constant(value)


def _constant(value: exp.Expr) -> str | None:
    """A cast literal is its literal; a parameter keeps its name."""
    if isinstance(value, exp.Parameter):
        return f"${value.name}"
    inner = value.find(exp.Literal) if isinstance(value, (exp.Cast, exp.Paren, exp.Neg)) else None
    return str(inner.this) if inner is not None else None


def _conjuncts(where: exp.Expr) -> Iterator[exp.Expr]:
    """The conditions that all must hold; many ORMs put each of them, or all, in parentheses."""
    for part in where.flatten() if isinstance(where, exp.And) else (where,):
        inner = part.unnest()
        if isinstance(inner, exp.And):
            yield from _conjuncts(inner)
        else:
            yield inner


def _tables(tree: exp.Expr) -> tuple[str, ...]:
    ctes = {cte.alias for cte in tree.find_all(exp.CTE)}
    names = [table_name(t) for t in tree.find_all(exp.Table) if not isinstance(t.parent, exp.Lock)]
    return tuple(dict.fromkeys(n for n in names if n and n not in ctes))
