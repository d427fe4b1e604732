"""Events of an issue: the one that is shown with its neighbours, and the table of those in the cache."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import OuterRef, Q, QuerySet, Subquery

from dexter.web.paging import Order, Page, keyset_page
from issues.models import Event, Issue, IssueTag

PAGE_SIZE = 25
_NEWEST = Order("events", "date")
# Sentry's own times of first and last event are cut to seconds.
_SAME = timedelta(seconds=1)


def shown_event(issue: Issue, event_id: str = "") -> Event | None:
    """The event with this id, or the newest in the cache; with its payload, one query.

    `older_id` and `newer_id` are set on it: the ids of its neighbours in the cache, None at the ends.
    """
    events = Event.objects.filter(issue=issue)
    if event_id:
        events = events.filter(event_id=event_id)
    return _with_neighbours(events).order_by("-date", "-id").first()


def _with_neighbours(events: QuerySet[Event]) -> QuerySet[Event]:
    others = Event.objects.filter(issue=OuterRef("issue"))
    same = Q(date=OuterRef("date"))
    older = others.filter(Q(date__lt=OuterRef("date")) | same & Q(pk__lt=OuterRef("pk")))
    newer = others.filter(Q(date__gt=OuterRef("date")) | same & Q(pk__gt=OuterRef("pk")))
    return events.select_related("stored_payload").annotate(
        older_id=Subquery(older.order_by("-date", "-id").values("event_id")[:1]),
        newer_id=Subquery(newer.order_by("date", "id").values("event_id")[:1]),
    )


def first_event_id(issue: Issue) -> str | None:
    """The id of the issue's first event if the cache holds it."""
    return _id(Event.objects.filter(issue=issue, date__lte=issue.first_seen + _SAME).order_by("date", "id"))


def latest_event_id(issue: Issue) -> str | None:
    """The id of the issue's latest event if the cache holds it."""
    return _id(Event.objects.filter(issue=issue, date__gte=issue.last_seen - _SAME).order_by("-date", "-id"))


def _id(events: QuerySet[Event]) -> str | None:
    return events.values_list("event_id", flat=True).first()


@dataclass(frozen=True)
class EventList:
    """A page of the cached events, and what they can be filtered by."""

    page: Page[Event]
    environments: Sequence[str]
    releases: Sequence[str]


def events_of(
    issue: Issue, *, environment: str = "", release: str = "", cursor: str | None = None
) -> EventList:
    """The cached events, newest first; two queries. Raises paging.BadCursor."""
    events = Event.objects.filter(issue=issue)
    if environment:
        events = events.filter(environment=environment)
    if release:
        events = events.filter(release=release)
    tags = IssueTag.objects.filter(issue=issue, key__in=("environment", "release"), count__gt=0)
    values = list(tags.order_by("-count", "value").values_list("key", "value")[:200])
    return EventList(
        keyset_page(events, _NEWEST, size=PAGE_SIZE, cursor=cursor),
        [value for key, value in values if key == "environment"],
        [value for key, value in values if key == "release"],
    )
