"""Dexter's search: Sentry's query language with AND, OR, NOT and parentheses. Pure; see docs/search.md."""

from .ast import And, Filter, Node, Not, Or, Pattern, Query, Text, Value
from .errors import SearchError, Unanswerable
from .grammar import MAX_LENGTH, parse
from .times import Moment, Relative, time_range
from .words import TextMatch, document, text_query, words

__all__ = [
    "MAX_LENGTH", "And", "Filter", "Moment", "Node", "Not", "Or", "Pattern", "Query", "Relative",
    "SearchError", "Text", "TextMatch", "Unanswerable", "Value", "document", "parse", "text_query",
    "time_range", "words",
]  # fmt: skip
