"""The rows of a list as values: what the template shows, computed once, without further queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dexter.timeseries import PERIODS, Bucket, PeriodName, compared, from_json, summary, window
from issues import scoring
from issues.models import Issue

# What `rows_of` reads of an issue; whoever loads the issues selects these.
RELATED = ("project", "connection", "assignee", "assignee_team", "stats")


@dataclass(frozen=True)
class Badge:
    text: str
    tone: str
    icon: str
    title: str


@dataclass(frozen=True)
class Row:
    """One issue in a list. `type` and `value` may hold personal data: the template masks them.

    `summary` is a model's, "" without one; `users` is None where the server does not count them.
    """

    id: int
    url: str
    peek_url: str
    why_url: str
    short_id: str
    status: str
    level: str
    type: str
    value: str
    culprit: str
    summary: str
    project: str
    score: int
    band: scoring.Band
    buckets: tuple[Bucket, ...]
    said: str
    trend: scoring.Trend
    events: int
    events_24h: int | None
    users: int | None
    impact: scoring.Impact
    first_seen: datetime
    last_seen: datetime
    assignee: str
    badges: tuple[Badge, ...]


def rows_of(issues: Iterable[Issue], stats: PeriodName, now: datetime) -> list[Row]:
    """The rows of `issues`, whose sparklines and trends are over `stats`."""
    return [_row(issue, stats, now) for issue in issues]


def buckets_of(issue: Issue, stats: PeriodName, now: datetime) -> tuple[tuple[Bucket, ...], scoring.Trend]:
    """Events of the issue over `stats` up to `now`, and how that compares with the time before."""
    stored = getattr(issue, "stats", None)  # a one-to-one that may be missing
    series = from_json((stored.hours if stats == "24h" else stored.days) if stored else None)
    if series is None and stored and stats != "24h":
        series = from_json(stored.hours)
    epoch, began = now.timestamp(), issue.first_seen.timestamp()
    if stats == "24h":
        # The stored figures: they are what the list sorts by.
        counts: tuple[int | None, int | None] = issue.events_24h, issue.events_before
    else:
        counts = compared(series, epoch, stats, began)
    return window(series, epoch, stats, began), scoring.trend(*counts, PERIODS[stats].before)


def _row(issue: Issue, stats: PeriodName, now: datetime) -> Row:
    buckets, trend = buckets_of(issue, stats, now)
    url = f"/issues/{issue.pk}/"  # not reverse(): it is asked a hundred times a page
    return Row(
        id=issue.pk,
        url=url,
        peek_url=f"{url}peek/",
        why_url=f"{url}why/",
        short_id=issue.short_id or issue.sentry_id,
        status=issue.status,
        level=issue.level,
        type=issue.error_type,
        value=issue.error_value if issue.error_type else issue.title,
        culprit=issue.culprit,
        summary=issue.summary,
        project=issue.project.slug,
        score=issue.score,
        band=scoring.band(issue.score),
        buckets=buckets,
        said=summary(buckets, stats, trend.words),
        trend=trend,
        events=issue.count,
        events_24h=issue.events_24h,
        users=issue.users,
        impact=scoring.impact(issue.users, issue.project.users_total),
        first_seen=issue.first_seen,
        last_seen=issue.last_seen,
        assignee=assignee_of(issue),
        badges=badges_of(issue),
    )


def assignee_of(issue: Issue) -> str:
    """The name of the person or #team it is assigned to; "" for nobody."""
    return str(issue.assignee or issue.assignee_team or "")


_SUBSTATUS = {
    "new": Badge("New", "info", "new", "First seen in the last 7 days and not reviewed"),
    "regressed": Badge("Regressed", "error", "regressed", "Came back after it was resolved"),
    "escalating": Badge("Escalating", "warn", "growing", "More events than Sentry forecast"),
}
_GROWING = Badge("Muted but growing", "fatal", "growing", "Archived in Sentry, yet its events rise")
_DEADLOCK = Badge("Deadlock", "lock", "lock", "A report of a database deadlock is in its events")
_REPEATED = Badge("N+1", "warn", "db", "One request of its events repeats a statement five times or more")
_SLOW = Badge("Slow query", "warn", "clock", "A statement in its events takes half a second or more")
_UNHANDLED = Badge("Unhandled", "debug", "", "Nothing caught the error")
_STATUS = {
    Issue.Status.RESOLVED: Badge("Resolved", "ok", "check", "Resolved in Sentry"),
    Issue.Status.IGNORED: Badge("Archived", "debug", "archive", "Archived in Sentry"),
    Issue.Status.PENDING_DELETION: Badge("Being deleted", "warn", "queue", "Sentry is deleting it"),
    Issue.Status.PENDING_MERGE: Badge("Being merged", "warn", "queue", "Sentry is merging it"),
    Issue.Status.REPROCESSING: Badge("Being reprocessed", "warn", "queue", "Sentry is reprocessing it"),
}


def badges_of(issue: Issue) -> tuple[Badge, ...]:
    """What is special about it, at most three: its state, its news, what its database does, that nothing
    caught it.
    """
    status = Issue.Status(issue.status)
    badges = [_STATUS[status]] if status in _STATUS and not issue.is_growing else []
    if issue.is_growing:
        badges.append(_GROWING)
    if issue.substatus in _SUBSTATUS:
        badges.append(_SUBSTATUS[issue.substatus])
    if issue.has_deadlock:
        badges.append(_DEADLOCK)
    elif issue.has_n_plus_one:
        badges.append(_REPEATED)
    elif issue.has_slow_query:
        badges.append(_SLOW)
    elif issue.is_unhandled:
        badges.append(_UNHANDLED)
    return tuple(badges)
