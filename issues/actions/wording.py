"""An action in words."""

from collections.abc import Mapping
from typing import Any

from issues.actions.values import Action, Kind
from issues.actions.wire import archive_substatus

ARCHIVE_WORDS = {
    "archived_forever": "forever",
    "archived_until_escalating": "until it escalates",
    "archived_until_condition_met": "until a condition is met",
}


def words(action: Action) -> str:
    """The action in the past tense, for the toast and the activity: "Resolved in the next release"."""
    given = action.arguments
    if action.kind == Kind.RESOLVE:
        if given.get("in"):
            return "Resolved in the next release"
        if given.get("release"):
            return f"Resolved in {'the latest release' if given['release'] == 'latest' else given['release']}"
        return f"Resolved by commit {given['commit'][:8]}" if given.get("commit") else "Resolved"
    if action.kind == Kind.ARCHIVE:
        return f"Archived {_archive_words(given)}"
    if action.kind == Kind.ASSIGN:
        return "Assigned" if given else "Unassigned"
    if action.kind == Kind.PRIORITY:
        return f"Priority set to {given['priority']}"
    on = given.get("on", True)
    return {
        Kind.UNRESOLVE: "Reopened",
        Kind.BOOKMARK: "Bookmarked" if on else "Bookmark removed",
        Kind.SEEN: "Marked as seen" if on else "Marked as unseen",
        Kind.SUBSCRIBE: "Subscribed" if on else "Unsubscribed",
        Kind.SHARE: "Shared by a public link" if on else "Public link removed",
        Kind.DELETE: "Deleted",
        Kind.MERGE: "Merged",
        Kind.UNMERGE: "Taken apart",
    }[action.kind]


def _archive_words(given: Mapping[str, Any]) -> str:
    within = f" within {given['window']} minutes" if given.get("window") else ""
    if given.get("minutes"):
        return f"for {given['minutes']} minutes"
    if given.get("events"):
        return f"until {given['events']:,} more events{within}"
    if given.get("users"):
        return f"until {given['users']:,} more users{within}"
    return ARCHIVE_WORDS[archive_substatus(given)]
