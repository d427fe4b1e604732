"""How many issues a list would show that the page somebody looks at does not."""

from collections.abc import Collection

from dexter.web.paging import keyset_page
from issues.queries.found import Search, found_issues
from issues.queries.sorts import order_of
from issues.search import SearchError, parse


def count_news(
    search: Search,
    sort: str,
    size: int,
    *,
    shown: Collection[int],
    created: Collection[int],
    is_first: bool,
) -> int:
    """Of a first page the issues that it would have now and that are not among `shown`; of a later page those
    of `created` that match. 0 for a search that cannot be answered.
    """
    try:
        found = found_issues(search, parse(search.text), search.context())
        if not is_first:
            return found.filter(pk__in=created).count()
        page = keyset_page(found.only("pk", order_of(sort).column), order_of(sort), size=size)
    except SearchError:
        return 0
    return sum(issue.pk not in shown for issue in page.rows)
