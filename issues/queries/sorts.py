"""The orders a list of issues can have. Each is served by two indexes of Issue, with and without status."""

from dexter.web.paging import Order

# The names of the page's URLs and of the API, and the columns behind them; all most or newest first.
SORTS: dict[str, str] = {
    "last_seen": "last_seen",
    "first_seen": "first_seen",
    "events": "count",
    "users": "user_count",
    "trend": "trend",
    "score": "score",
}
ALIASES = {"count": "events", "user_count": "users", "priority": "score"}
ASCENDING = ":asc"


class BadSort(ValueError):
    """A sort that does not exist; the message names those that do."""


def order_of(sort: str) -> Order:
    """`last_seen` is newest first, `last_seen:asc` oldest first; raises BadSort."""
    name = sort.removesuffix(ASCENDING)
    name = ALIASES.get(name, name)
    if name not in SORTS:
        raise BadSort(f"Issues cannot be sorted by {sort!r}. Use one of {', '.join(SORTS)}.")
    descending = not sort.endswith(ASCENDING)
    return Order(name if descending else name + ASCENDING, SORTS[name], descending)
