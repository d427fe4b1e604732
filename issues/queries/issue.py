"""The issue of a page: its row with all that hangs off it, and where it stands in a list."""

from dataclasses import dataclass

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from dexter.web.paging import Order
from issues.models import Activity, Comment, Issue
from issues.payload.values import Value
from issues.queries.counts import COUNTED, Total, total_of
from issues.queries.found import Search, found_issues
from issues.queries.sorts import order_of
from issues.search import parse

RELATED = (
    "project", "connection", "assignee", "assignee_team", "stats", "first_release", "last_release",
    "merged_into__project",
)  # fmt: skip


def issue_for_page(pk: int) -> Issue | None:
    """The issue in one query; one that is gone too, so that the page can say what became of it.

    `activity_count` and `regressed_at` are set on it.
    """
    regressed = Activity.objects.filter(issue=OuterRef("pk"), type="set_regression").order_by("-date")
    found = Issue.objects.select_related(*RELATED).annotate(
        activity_count=_count(Activity.objects.filter(issue=OuterRef("pk")).exclude(type="note"))
        + _count(Comment.objects.filter(issue=OuterRef("pk"), deleted_at=None)),
        regressed_at=Subquery(regressed.values("date")[:1]),
    )
    return found.filter(pk=pk).first()


def _count(rows: QuerySet) -> Coalesce:  # type: ignore[type-arg]
    counted = rows.order_by().values("issue").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def issue_values(issue: Issue) -> dict[str, Value]:
    """The texts of the issue's own row that may hold something personal, addressed like those of an event."""
    texts = ("title", "error_type", "error_value", "culprit")
    return {name: Value(f"issue.{name}", getattr(issue, name)) for name in texts}


@dataclass(frozen=True)
class Walk:
    """Where an issue stands in a list. `position` counts from 1 and is None beyond the first COUNTED.

    `matches` is False for an issue that the list does not show any more; its neighbours are those between
    which it would stand.
    """

    position: int | None
    total: Total | None
    previous: int | None
    next: int | None
    matches: bool = True


def walk(issue: Issue, search: Search, sort: str, *, counted: int = COUNTED) -> Walk:
    """One query for an issue among the first `counted`, two for others.

    Raises SearchError for a search that cannot be answered and BadSort.
    """
    order = order_of(sort)
    found = found_issues(search, parse(search.text), search.context())
    sign = "-" if order.descending else ""
    ordered = found.order_by(f"{sign}{order.column}", f"{sign}pk")
    keys = list(ordered.values_list("pk", flat=True)[: counted + 1])
    if issue.pk not in keys[:counted]:
        return _far_walk(issue, found, order, keys)
    at = keys.index(issue.pk)
    return Walk(
        position=at + 1,
        total=total_of(len(keys)),
        previous=keys[at - 1] if at else None,
        next=keys[at + 1] if at + 1 < len(keys) else None,
    )


def _far_walk(issue: Issue, found: QuerySet[Issue], order: Order, keys: list[int]) -> Walk:
    """The neighbours by the value that the list is sorted by."""
    row = (
        Issue.objects.filter(pk=issue.pk)
        .annotate(
            before=_neighbour(issue, found, order, before=True),
            after=_neighbour(issue, found, order, before=False),
            matches=Exists(found.filter(pk=issue.pk)),
        )
        .values_list("before", "after", "matches")
        .get()
    )
    return Walk(None, total_of(len(keys)), *row)


def _neighbour(issue: Issue, found: QuerySet[Issue], order: Order, *, before: bool) -> Subquery:
    up = order.descending == before
    column, value = order.column, getattr(issue, order.column)
    way = "gt" if up else "lt"
    beyond = Q(**{f"{column}__{way}": value}) | Q(**{column: value, f"pk__{way}": issue.pk})
    sign = "" if up else "-"
    return Subquery(found.filter(beyond).order_by(f"{sign}{column}", f"{sign}pk").values("pk")[:1])
