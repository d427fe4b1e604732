"""Which JSON field of the Web API becomes which column. Pure: payloads in, plain values out.

Field names are those of https://docs.sentry.io/api/events/list-an-organizations-issues/ and its neighbours.
Unknown fields are ignored, missing ones become the column's empty value, so no server version breaks a sync.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from dexter.timeseries.series import Series, from_pairs
from issues.search.words import document

Payload = dict[str, Any]

LEVELS = frozenset({"fatal", "error", "warning", "info", "debug", "sample", "unknown"})


class Unmappable(Exception):
    """A row that lacks what the cache cannot do without; the message says which field."""


class MappedIssue(NamedTuple):
    """Columns of Issue, and references that issues.sync.store turns into foreign keys.

    `stats` are the counts over time, of whatever steps Sentry was asked for. `words` is the document that
    free text searches (issues.search.words).
    """

    sentry_id: str
    project_id: str
    assignee: tuple[str, str] | None
    columns: dict[str, Any]
    stats: tuple[Series, ...]
    words: str


@dataclass(slots=True)
class MappedIssues:
    """What could be mapped, and the reasons for what could not."""

    issues: list[MappedIssue]
    skipped: list[str]


def time_of(value: Any) -> datetime | None:
    """Both date forms of the API (with and without fractions), as an aware UTC time."""
    if not isinstance(value, str) or not value:
        return None
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def number_of(value: Any) -> int:
    """`count` is a string, `userCount` a number: either, and 0 for neither."""
    try:
        return max(0, int(value))
    except (TypeError, ValueError):
        return 0


def text_of(value: Any, limit: int) -> str:
    """At most `limit` characters, without the NUL that PostgreSQL refuses."""
    return value.replace("\x00", "\ufffd")[:limit] if isinstance(value, str) else ""


def issue(payload: Payload) -> MappedIssue:
    """A row of the issue list, or the issue detail. Raises Unmappable without id, project or times."""
    sentry_id = text_of(payload.get("id"), 40)
    project_id = str((payload.get("project") or {}).get("id") or "")
    lifetime = payload.get("lifetime") or {}
    first_seen = time_of(lifetime.get("firstSeen")) or time_of(payload.get("firstSeen"))
    last_seen = time_of(lifetime.get("lastSeen")) or time_of(payload.get("lastSeen")) or first_seen
    if not (sentry_id and project_id and last_seen):
        missing = "id" if not sentry_id else "project.id" if not project_id else "lastSeen"
        raise Unmappable(f"issue {sentry_id or '?'} has no {missing}")
    metadata = payload.get("metadata") or {}
    title = text_of(payload.get("title"), 500)
    error_value = text_of(metadata.get("value") or metadata.get("message"), 1000)
    short_id, culprit = text_of(payload.get("shortId"), 100), text_of(payload.get("culprit"), 300)
    columns = {
        "short_id": short_id,
        "title": title,
        "error_type": text_of(metadata.get("type"), 200),
        "error_value": error_value,
        "culprit": culprit,
        "permalink": text_of(payload.get("permalink"), 500),
        "logger": text_of(payload.get("logger"), 100),
        "platform": text_of(payload.get("platform"), 64),
        "level": payload.get("level") if payload.get("level") in LEVELS else "unknown",
        "issue_type": text_of(payload.get("issueType") or payload.get("type"), 60),
        "issue_category": text_of(payload.get("issueCategory"), 60),
        "status": text_of(payload.get("status"), 20) or "unresolved",
        "substatus": text_of(payload.get("substatus"), 40),
        "status_details": payload.get("statusDetails") or {},
        "priority": text_of(payload.get("priority"), 6),
        "is_unhandled": payload.get("isUnhandled"),
        "is_public": bool(payload.get("isPublic")),
        "is_bookmarked": bool(payload.get("isBookmarked")),
        "is_subscribed": bool(payload.get("isSubscribed")),
        "has_seen": bool(payload.get("hasSeen")),
        "comment_count": number_of(payload.get("numComments")),
        "count": number_of(lifetime.get("count") or payload.get("count")),
        "user_count": number_of(lifetime.get("userCount") or payload.get("userCount")),
        "first_seen": first_seen or last_seen,
        "last_seen": last_seen,
    }
    return MappedIssue(
        sentry_id=sentry_id,
        project_id=project_id,
        assignee=assignee(payload.get("assignedTo")),
        columns=columns,
        stats=tuple(series(payload.get("stats") or {})),
        words=document(issue_parts(title, culprit, error_value, short_id)),
    )


def series(stats: dict[str, Any]) -> Iterator[Series]:
    """Those of the `stats`, lists of [epoch seconds, count], that are series; there is nothing to learn from
    others, nor from a single bucket."""
    for pairs in stats.values():
        if isinstance(pairs, list):
            with suppress(ValueError):
                yield from_pairs(pairs)


def issue_parts(title: str, culprit: str, error_value: str, short_id: str) -> tuple[str, ...]:
    """The texts of an issue that free text searches. Sentry's title is "type: value" as a rule; the value is
    not searched a second time then."""
    if title.endswith(f": {error_value}"):
        return title, culprit, short_id
    return title, culprit, error_value, short_id


def issues(payloads: Iterable[Payload]) -> MappedIssues:
    """Rows of the issue list, each as `issue` maps it."""
    found = MappedIssues([], [])
    for payload in payloads:
        try:
            found.issues.append(issue(payload))
        except Unmappable as error:
            found.skipped.append(str(error))
    return found


def assignee(payload: Any) -> tuple[str, str] | None:
    """("user" | "team", id) or None. Older servers send no type for a user."""
    if not isinstance(payload, dict) or not payload.get("id"):
        return None
    return (payload.get("type") or "user", str(payload["id"]))


def project(payload: Payload) -> dict[str, Any]:
    """Columns of Project. Raises Unmappable without an id."""
    if not payload.get("id"):
        raise Unmappable("a project has no id")
    slug = text_of(payload.get("slug"), 100)
    return {
        "sentry_id": str(payload["id"]),
        "slug": slug,
        "name": text_of(payload.get("name"), 200) or slug,
        "platform": text_of(payload.get("platform"), 64),
    }


def team(payload: Payload) -> dict[str, Any]:
    """Columns of Team. GlitchTip's teams have no name."""
    if not payload.get("id"):
        raise Unmappable("a team has no id")
    slug = text_of(payload.get("slug"), 100)
    return {"sentry_id": str(payload["id"]), "slug": slug, "name": text_of(payload.get("name"), 200) or slug}


def member(payload: Payload) -> dict[str, Any] | None:
    """Columns of Member, keyed by the user's id; None for an invitation that nobody has taken yet."""
    user = payload.get("user") or {}
    if not user.get("id"):
        return None
    email = text_of(user.get("email") or payload.get("email"), 254)
    return {
        "sentry_id": str(user["id"]),
        "name": text_of(user.get("name") or payload.get("name"), 200) or email,
        "email": email,
    }


def team_slugs(payload: Payload) -> list[str]:
    """Slugs of the teams a project or member belongs to."""
    teams = payload.get("teams") or [role.get("teamSlug") for role in payload.get("teamRoles") or []]
    return [str(team.get("slug") if isinstance(team, dict) else team) for team in teams if team]


def release(payload: Payload) -> dict[str, Any]:
    """Columns of Release. Raises Unmappable without a version."""
    version = text_of(payload.get("version"), 250)
    created = time_of(payload.get("dateCreated")) or time_of(payload.get("dateReleased"))
    if not version or not created:
        raise Unmappable(f"release {version or '?'} has no {'dateCreated' if version else 'version'}")
    return {
        "version": version,
        "short_version": text_of(payload.get("shortVersion"), 250),
        "created_at": created,
        "released_at": time_of(payload.get("dateReleased")),
        "first_event_at": time_of(payload.get("firstEvent")),
        "last_event_at": time_of(payload.get("lastEvent")),
        "commit_count": number_of(payload.get("commitCount")),
        "deploy_count": number_of(payload.get("deployCount")),
        "new_issues": number_of(payload.get("newGroups")),
        "url": text_of(payload.get("url"), 500),
    }


def deploy(payload: Payload) -> dict[str, Any] | None:
    """Columns of Deploy; None when it has not finished."""
    finished = time_of(payload.get("dateFinished"))
    if not finished:
        return None
    return {
        "sentry_id": str(payload.get("id") or ""),
        "environment": text_of(payload.get("environment"), 64),
        "name": text_of(payload.get("name"), 200),
        "url": text_of(payload.get("url"), 500),
        "started_at": time_of(payload.get("dateStarted")),
        "finished_at": finished,
    }


def commit(payload: Payload) -> dict[str, Any]:
    """Columns of Commit."""
    author = payload.get("author") or {}
    return {
        "sha": text_of(payload.get("id"), 64),
        "message": text_of(payload.get("message"), 10_000),
        "author_name": text_of(author.get("name"), 200),
        "author_email": text_of(author.get("email"), 254),
        "repository": text_of((payload.get("repository") or {}).get("name"), 200),
        "committed_at": time_of(payload.get("dateCreated")),
    }


def activity(payload: Payload) -> dict[str, Any] | None:
    """Columns of Activity; None for an entry without a time."""
    date = time_of(payload.get("dateCreated"))
    if not date:
        return None
    actor = payload.get("user") or payload.get("sentry_app") or {}
    kind = text_of(payload.get("type"), 60)
    return {
        # The synthetic first_seen entry has no id of its own.
        "sentry_id": str(payload.get("id") or kind),
        "type": kind,
        "user_name": text_of(actor.get("name") or actor.get("email"), 200),
        "data": payload.get("data") or {},
        "date": date,
    }
