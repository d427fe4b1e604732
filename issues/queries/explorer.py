"""The list of issues: which ones a search finds, page by page, in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from dexter.web.paging import Order, Page, keyset_page
from issues.models import Issue
from issues.queries.compile import reads_events, reads_first_releases
from issues.queries.counts import (
    FirstReleases,
    Searched,
    Total,
    bounded_count,
    count,
    first_releases_of,
    keep_total,
    kept_total,
    reach_of,
)
from issues.queries.found import Search, found_issues, matching_ids
from issues.queries.sorts import order_of
from issues.search import Query, SearchError, parse

__all__ = ["Listing", "Search", "Searched", "Total", "count", "explore", "matching_ids"]


@dataclass(frozen=True)
class Listing:
    """A page of the list; issues.queries.rows makes what is shown of its issues.

    `next` is the cursor of the page below, `previous` of the one above, None where there is none. With
    `error` set the search was not applied and there are no rows.
    """

    rows: tuple[Issue, ...]
    next: str | None
    previous: str | None
    total: Total
    sort: str
    query: Query
    searched: Searched | None = None
    first_releases: FirstReleases | None = None
    error: SearchError | None = None

    @property
    def total_label(self) -> str:
        return str(self.total)


def explore(
    text: str,
    *,
    user: Any,
    connections: Iterable[str] | None = None,
    projects: Iterable[str] | None = None,
    environments: Iterable[str] | None = None,
    period: str | None = None,
    sort: str = "last_seen",
    page_size: int = 25,
    cursor: str | None = None,
    now: datetime | None = None,
) -> Listing:
    """One page of the issues that a search finds; an empty search finds every issue.

    A search that cannot be read or answered is in `Listing.error`. Raises paging.BadCursor for a cursor that
    is not of this sort and sorts.BadSort for a sort that does not exist.
    """
    scope = (tuple(connections or ()), tuple(projects or ()), tuple(environments or ()))
    search = Search(text, user, *scope, period or None, now or timezone.now())
    order, context = order_of(sort), search.context()
    try:
        query = parse(text)
        issues = found_issues(search, query, context)
    except SearchError as error:
        return Listing((), None, None, Total(0), order.name, Query(), error=error)
    page, total = _page(search, issues, order, page_size, cursor)
    partly = bool(search.environments) or reads_events(query)
    return Listing(
        rows=tuple(page.rows),
        next=page.next,
        previous=page.previous,
        total=total,
        sort=order.name,
        query=query,
        searched=reach_of(search) if partly else None,
        first_releases=first_releases_of(search, context) if reads_first_releases(query) else None,
    )


def _page(
    search: Search, issues: QuerySet[Issue], order: Order, size: int, cursor: str | None
) -> tuple[Page[Issue], Total]:
    """A page and the total, which for the pages behind the first is the one that was counted there."""
    page = keyset_page(_with_related(issues), order, size=size, cursor=cursor)
    if cursor is None and page.next is None:
        return page, Total(len(page.rows))
    total = kept_total(search) if cursor else None
    if total is None:
        total = bounded_count(issues)
        keep_total(search, total)
    return page, total


def _with_related(issues: QuerySet[Issue]) -> QuerySet[Issue]:
    """What a row shows; the counts over time by a query of their own, so that no join reads more of them."""
    return issues.select_related("project", "connection", "assignee", "assignee_team", "stats")
