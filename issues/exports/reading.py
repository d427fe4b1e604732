"""The rows of an export: their keys frozen first, then read in chunks, so that memory stays flat.

A hundred thousand keys take 800 kB; what hangs off the rows is never in memory for more than CHUNK of them.
"""

from array import array
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

from issues.models import Event, Export, Issue
from issues.queries.found import Search, found_issues
from issues.queries.sorts import order_of
from issues.search import parse

CHUNK = 500
RELATED = ("project", "connection", "assignee", "assignee_team", "first_release", "last_release")


def keys_of_search(search: Search, sort: str) -> Sequence[int]:
    """Primary keys of the issues that a search finds, in the order of the list.

    Raises SearchError for a search that cannot be answered and sorts.BadSort.
    """
    order = order_of(sort)
    sign = "-" if order.descending else ""
    found = found_issues(search, parse(search.text), search.context())
    ordered = found.order_by(f"{sign}{order.column}", f"{sign}pk").values_list("pk", flat=True)
    return array("q", ordered.iterator(chunk_size=5000))


def keys_of_selection(ids: Sequence[int]) -> Sequence[int]:
    """Those of the issues that are there, in the given order."""
    there: set[int] = set()
    for start in range(0, len(ids), CHUNK):
        some = Issue.objects.filter(pk__in=ids[start : start + CHUNK], gone="")
        there.update(some.values_list("pk", flat=True))
    return array("q", [key for key in dict.fromkeys(ids) if key in there])


def keys_of_events(issue: Issue) -> Sequence[int]:
    """Primary keys of the cached events, newest first."""
    rows = Event.objects.filter(issue=issue).order_by("-date", "-id").values_list("pk", flat=True)
    return array("q", rows.iterator(chunk_size=5000))


def rows_of(what: str, keys: Sequence[int], *, payloads: bool = False) -> Iterator[Any]:
    """The objects in the order of their keys; those deleted meanwhile are left out."""
    rows = _events(payloads) if what == Export.What.EVENTS else _issues()
    # A whole event is a hundred times an issue.
    size = 20 if payloads else CHUNK
    for start in range(0, len(keys), size):
        chunk = list(keys[start : start + size])
        found = {row.pk: row for row in rows.filter(pk__in=chunk)}
        yield from (found[key] for key in chunk if key in found)


def _issues() -> QuerySet[Issue]:
    return Issue.objects.select_related(*RELATED)


def _events(payloads: bool) -> QuerySet[Event]:
    return Event.objects.select_related("stored_payload") if payloads else Event.objects.all()
