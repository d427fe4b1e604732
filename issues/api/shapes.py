"""From rows of the cache to what the API answers."""

from typing import Any
from zlib import error as ZlibError  # noqa: N812 - an exception's name

from dexter.pii import mask_text, mask_value
from issues import scoring
from issues.models import Event, Issue, IssueTag


def issue_shape(issue: Issue) -> dict[str, Any]:
    """An IssueOut of an issue loaded with project, connection, assignee and team."""
    impact = scoring.impact(issue.users, issue.project.users_total)
    return {
        **{name: getattr(issue, name) for name in PLAIN},
        "user_count": issue.users,
        "title": mask_text(issue.title),
        "type": mask_text(issue.error_type),
        "value": mask_text(issue.error_value),
        "culprit": mask_text(issue.culprit),
        "summary": mask_text(issue.summary),
        "project": issue.project.slug,
        "connection": issue.connection.slug,
        "impact": {"level": impact.level, "share": impact.share, "reason": impact.reason},
        "trend": None if issue.trend == Issue.NO_TREND else issue.trend,
        "assignee": _assignee(issue),
        "url": f"/issues/{issue.pk}/",
    }


PLAIN = (
    "id", "short_id", "sentry_id", "level", "status", "substatus", "priority", "score", "count", "events_24h",
    "is_unhandled", "is_growing", "first_seen", "last_seen", "permalink",
)  # fmt: skip
PLAIN_OF_EVENT = (
    "id", "event_id", "date", "level", "platform", "environment", "release", "is_pinned",
)  # fmt: skip


def _assignee(issue: Issue) -> dict[str, str] | None:
    if issue.assignee:
        return {"type": "user", "name": str(issue.assignee)}
    if issue.assignee_team:
        return {"type": "team", "name": issue.assignee_team.slug}
    return None


def detail_shape(issue: Issue, score: scoring.Score, tags: list[IssueTag]) -> dict[str, Any]:
    """An IssueDetail."""
    return {
        **issue_shape(issue),
        "first_release": issue.first_release.version if issue.first_release else None,
        "last_release": issue.last_release.version if issue.last_release else None,
        "score_terms": [
            {"name": term.name, "reason": term.reason, "points": term.points, "maximum": term.maximum}
            for term in score.terms
        ],
        "tags": [
            {
                "key": mask_text(tag.key),
                "value": mask_value(tag.value, tag.key),
                "count": tag.count,
                "total": tag.total,
            }
            for tag in tags
        ],
        "events_cached": issue.events_cached,
    }


def event_shape(event: Event) -> dict[str, Any]:
    """An EventOut."""
    return {
        **{name: getattr(event, name) for name in PLAIN_OF_EVENT},
        "issue": event.issue_id,
        "title": mask_text(event.title),
        "transaction": mask_text(event.transaction),
    }


def payload_shape(event: Event) -> Any:
    """The stored payload, masked; None when there is none that can be read."""
    stored = getattr(event, "stored_payload", None)
    if stored is None:
        return None
    try:
        return mask_value(stored.unpack())
    except (ValueError, ZlibError):
        return None
