"""Free text as full-text queries: tsquery on PostgreSQL, an FTS5 expression on SQLite.

Words come from issues.search.words: only letters and digits, so nothing in them is syntax; they travel as
parameters all the same.
"""

from typing import TypeGuard

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL

from issues.models import IssueText
from issues.queries import lookups  # noqa: F401 - registers `matches`
from issues.queries.conditions.context import Context
from issues.search import And, Node, Or, Text, TextMatch, text_query
from issues.search.words import pieces, words

_FTS5 = "SELECT rowid FROM issues_issuetext_fts WHERE issues_issuetext_fts MATCH %s"
FEW = 5000


def is_text(node: Node) -> TypeGuard[Text | And | Or]:
    """Whether a node is free text and nothing else, so that the index can answer it as a whole."""
    return isinstance(node, Text) or (isinstance(node, And | Or) and all(map(is_text, node.items)))


def expression(node: Text | And | Or) -> str:
    """The full-text query of a node that `is_text`."""
    if isinstance(node, Text):
        return match_expression(_match(node))
    parts = [expression(item) for item in node.items if is_text(item)]
    return all_of(parts) if isinstance(node, And) else one_of(parts)


def all_of(queries: list[str]) -> str:
    """The full-text query that holds where each of some holds."""
    return _joined(queries, " & " if connection.vendor == "postgresql" else " AND ")


def one_of(queries: list[str]) -> str:
    """The full-text query that holds where one of some holds."""
    return _joined(queries, " | " if connection.vendor == "postgresql" else " OR ")


def _joined(queries: list[str], operator: str) -> str:
    return queries[0] if len(queries) == 1 else operator.join(f"({query})" for query in queries)


def text_condition(query: str, context: Context) -> Q:
    """Issues whose words fit a full-text query.

    On PostgreSQL the index is asked first. Few keys are named in the condition itself; many are left to a
    test of each row, which a page of a list finds soon enough. The planner, left alone, cannot tell the two
    apart for phrases and prefixes, and reads the words of row after row for seconds.
    """
    if connection.vendor != "postgresql":
        return Q(pk__in=RawSQL(_FTS5, [query]))  # noqa: S611 - no part of it is made of strings
    texts = IssueText.objects.filter(body__matches=query)
    if context.ask_first():
        keys = list(texts.values_list("pk", flat=True)[: FEW + 1])
        if len(keys) <= FEW:
            return Q(pk__in=keys)
    return Q(Exists(texts.filter(pk=OuterRef("pk"))))


def match_expression(match: TextMatch) -> str:
    return tsquery(match) if connection.vendor == "postgresql" else fts5_query(match)


def tsquery(match: TextMatch) -> str:
    """PostgreSQL's syntax: 'out' <-> 'of' <-> 'mem':*

    https://www.postgresql.org/docs/15/datatype-textsearch.html#DATATYPE-TSQUERY
    """
    joined = " & " if match.kind == "all" else " <-> "
    return joined.join(f"'{word}'" for word in match.words) + (":*" if match.kind == "prefix" else "")


def fts5_query(match: TextMatch) -> str:
    """FTS5's syntax: "out of mem" *   https://sqlite.org/fts5.html#full_text_query_syntax"""
    if match.kind == "all":
        return " AND ".join(f'"{word}"' for word in match.words)
    return '"' + " ".join(match.words) + '"' + (" *" if match.kind == "prefix" else "")


def _match(text: Text) -> TextMatch:
    """As issues.search has it, but KeyError is looked up as the one word `keyerror` that documents hold too.

    That is far cheaper than a phrase, of which the positions of both words have to be read row by row.
    """
    match = text_query(text)
    compound = "".join(match.words)
    if len(match.words) > 1 and words(text.value) == [*pieces(text.value), compound]:
        return TextMatch("prefix" if text.prefix else "all", (compound,))
    return match
