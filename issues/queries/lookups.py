r"""Lookups of the search: `wildcard` (a LIKE pattern, any case) and `matches` (full text).

`title__wildcard=r"Key%"` takes what `Pattern.like()` makes, with a backslash as its escape character.
"""

from typing import Any

from django.db.models import CharField, Lookup, TextField


@CharField.register_lookup
@TextField.register_lookup
class Wildcard(Lookup):  # type: ignore[type-arg]
    """ILIKE on PostgreSQL. SQLite's LIKE ignores the case of ASCII letters only."""

    lookup_name = "wildcard"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        like = "LIKE"
        if connection.vendor == "postgresql":
            # Folding ASCII takes a third of the time of folding by the rules of a language.
            like = 'COLLATE "C" ILIKE' if self.rhs.isascii() else "ILIKE"
        return f"{column} {like} %s ESCAPE '\\'", (*parameters, self.rhs)


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
