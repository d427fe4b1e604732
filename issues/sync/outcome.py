"""Whether an issue, as Sentry gives it, shows what an action wants, and what is kept of the answer."""

from typing import Any

from django.utils import timezone

from issues.actions import Action, Kind, archive_substatus, changes
from issues.sync import mapping

KEPT = (
    "status", "substatus", "statusDetails", "assignedTo", "priority", "isBookmarked", "hasSeen",
    "isSubscribed", "isPublic", "shareId", "merge",
)  # fmt: skip
_FLAGS = ("priority", "is_bookmarked", "has_seen", "is_subscribed", "is_public")
_RELEASES = ("inNextRelease", "inUpcomingRelease", "inRelease", "inCommit")


def kept_of(payload: dict[str, Any]) -> dict[str, Any]:
    """The part of an answer that an action's row keeps."""
    return {key: payload[key] for key in KEPT if key in payload}


def has_happened(action: Action, payload: dict[str, Any]) -> bool:
    """False also where it cannot be told (delete, merge and unmerge are asked about otherwise)."""
    if action.kind in (Kind.DELETE, Kind.MERGE, Kind.UNMERGE):
        return False
    wanted = changes(action, timezone.now())
    if action.kind == Kind.ASSIGN:
        team, member = wanted["team"], wanted["member"]
        return mapping.assignee(payload.get("assignedTo")) == (
            ("team", team) if team else ("user", member) if member else None
        )
    columns = mapping.issue(payload).columns
    if any(columns[name] != value for name, value in wanted.items() if name in ("status", *_FLAGS)):
        return False
    return _details_show(action, columns)


def _details_show(action: Action, columns: dict[str, Any]) -> bool:
    """Sentry adds times and actors of its own and counts down: which condition it is decides."""
    given, details = action.arguments, columns["status_details"]
    if action.kind == Kind.RESOLVE:
        named = [name for name in _RELEASES if details.get(name)]
        if given.get("release") not in (None, "latest"):
            return bool(details.get("inRelease") == given["release"])
        return bool(named) == bool(given)
    if action.kind == Kind.ARCHIVE:
        # A server without sub-states knows "ignored" and no more.
        if columns["substatus"] and columns["substatus"] != archive_substatus(given):
            return False
        keys = {"minutes": "ignoreUntil", "events": "ignoreCount", "users": "ignoreUserCount"}
        return all(details.get(key) for name, key in keys.items() if given.get(name))
    return True
