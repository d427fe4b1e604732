"""What the API answers. Texts from events are masked like on the pages."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import ConfigDict

SortName = Literal["last_seen", "first_seen", "events", "users", "trend", "score"]
# What a column of ids holds, and how many SQLite takes in one query (32,766 values).
IdOfIssue = Annotated[int, Field(ge=1, le=2**63 - 1)]
MOST_IDS = 30_000


class Asked(Schema):
    """What a request holds; a field that does not exist is refused, as it was meant to do something."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class PageAsked(Schema):
    limit: int = Field(25, ge=1, le=100)
    cursor: str = Field("", description="From `next` or `previous`.")


class IssuesAsked(PageAsked):
    query: str = Field("", description="The search, as in the portal: `is:unresolved level:error timeout`.")
    sort: SortName = Field("last_seen", description="Most or newest first.")
    period: str = Field("", description="Only issues seen in this time: `24h`, `7d`.")
    connection: list[str] = Field([], description="Slugs of connections; all without.")
    project: list[str] = Field([], description="Slugs of projects; all without.")
    environment: list[str] = Field([], description="Names of environments; all without.")


class Total(Schema):
    """Counting stops at 1,000: `more` says that there are more than `count`."""

    count: int
    more: bool


class Searched(Schema):
    """How far a search by event data reached: events in the cache, of all that Sentry counted."""

    cached: int
    total: int


class FirstReleases(Schema):
    """How far a search by first release reached: Sentry says it with an issue's details only."""

    known: Total
    issues: Total


class Person(Schema):
    type: Literal["user", "team"]
    name: str


class Share(Schema):
    """Share of the project's users, 0 to 1; null, with the reason, where Sentry gives no total."""

    level: Literal["critical", "high", "medium", "low", "unknown"]
    share: float | None
    reason: str


class IssueOut(Schema):
    id: int
    short_id: str
    sentry_id: str
    title: str = Field(description="Masked.")
    type: str = Field(description="Masked.")
    value: str = Field(description="Masked.")
    culprit: str
    summary: str = Field(description="In one line, written by a language model; empty without. Masked.")
    level: str
    status: str
    substatus: str
    priority: str = Field(description="Sentry's own: low, medium, high or empty.")
    score: int = Field(description="Dexter's priority, 0 to 100.")
    project: str
    connection: str
    count: int = Field(description="Events, all that Sentry counted.")
    events_24h: int | None
    user_count: int | None = Field(description="null where the server does not count users (GlitchTip).")
    impact: Share
    trend: int | None = Field(description="Percent on the 24 hours before; null without a baseline.")
    is_unhandled: bool | None
    is_growing: bool
    assignee: Person | None
    first_seen: datetime
    last_seen: datetime
    permalink: str
    url: str


class Term(Schema):
    name: str
    reason: str
    points: int
    maximum: int


class Tag(Schema):
    key: str = Field(description="Masked.")
    value: str = Field(description="Masked.")
    count: int = Field(description="In the cached events.")
    total: int | None = Field(description="In all events, where Sentry told.")


class IssueDetail(IssueOut):
    first_release: str | None
    last_release: str | None
    score_terms: list[Term]
    tags: list[Tag]
    events_cached: int


class EventOut(Schema):
    id: int
    event_id: str
    issue: int
    date: datetime
    title: str = Field(description="Masked.")
    level: str
    platform: str
    environment: str
    release: str
    transaction: str = Field(description="Masked.")
    is_pinned: bool


class EventDetail(EventOut):
    payload: dict[str, Any] | None = Field(
        description="The event as Sentry's Web API gave it, masked; null when it is not cached in full."
    )


class Issues(Schema):
    results: list[IssueOut]
    next: str | None = Field(description="Address of the next page.")
    previous: str | None
    total: Total
    searched: Searched | None
    first_releases: FirstReleases | None = Field(
        description="Of how many issues the first release is known, where the search is by it."
    )


class Events(Schema):
    results: list[EventOut]
    next: str | None
    previous: str | None


class Place(Schema):
    """Offsets into the search text."""

    start: int
    end: int


class Error(Schema):
    code: str = Field(description="For programs: `invalid_search`, `invalid_cursor`, `not_found`, ...")
    message: str
    hint: str = Field(description="What would be right, or empty.")
    at: Place | None = Field(description="Where the search is at fault.")


class Problem(Schema):
    """What every answer with a status of 400 or above holds."""

    error: Error
