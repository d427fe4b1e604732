"""Lookups of the search: `wildcard` (a `Pattern`, any case) and `matches` (full text)."""

import re
from typing import Any

from django.db.models import CharField, Lookup, TextField

from issues.search import Pattern


@CharField.register_lookup
@TextField.register_lookup
class Wildcard(Lookup):  # type: ignore[type-arg]
    """ILIKE on PostgreSQL. SQLite's LIKE ignores the case of ASCII letters only, its REGEXP is Python's."""

    lookup_name = "wildcard"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        like = self.rhs.like()
        operator = "LIKE"
        if connection.vendor == "postgresql":
            # Folding ASCII takes a third of the time of folding by the rules of a language.
            operator = 'COLLATE "C" ILIKE' if like.isascii() else "ILIKE"
        elif not like.isascii():
            return f"{column} REGEXP %s", (*parameters, _expression(self.rhs))
        return f"{column} {operator} %s ESCAPE '\\'", (*parameters, like)


def _expression(pattern: Pattern) -> str:
    """The pattern for REGEXP. What stands between stars is looked for once, so that it takes linear time."""
    first, *others = map(re.escape, pattern.parts)
    between = "".join(f"(?>.*?{part})" for part in others[:-1])
    return rf"(?is)\A{first}{between}" + "".join(f".*{last}" for last in others[-1:]) + r"\Z"


@TextField.register_lookup
class Matches(Lookup):  # type: ignore[type-arg]
    """`IssueText.body` against a tsquery, PostgreSQL only.

    The stored column `words` is made by migration 0002; no model field stands for it.
    """

    lookup_name = "matches"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        row = compiler.quote_name_unless_alias(self.lhs.alias)
        return f"{row}.words @@ to_tsquery('simple', %s)", (self.rhs,)
