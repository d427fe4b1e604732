"""Searches of one filter, for the tests."""

from issues.search import Filter, parse


def filter_of(text: str) -> Filter:
    """The filter that is all of the search."""
    node = parse(text).root
    assert isinstance(node, Filter)
    return node
