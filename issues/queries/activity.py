"""Sentry's activity of an issue in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from issues.models import Activity


@dataclass(frozen=True)
class Entry:
    """One line: who ("" is Sentry itself) did what, when. `note` is the text of a comment."""

    who: str
    act: str
    icon: str
    tone: str
    date: datetime
    note: str = ""


def entry_of(row: Activity) -> Entry:
    """One entry in words."""
    data = row.data if isinstance(row.data, Mapping) else {}
    words, icon, tone = _KINDS.get(row.type, (_unknown(row.type), "info", "debug"))
    act = words(data) if callable(words) else words
    note = _text(data.get("text")) if row.type == "note" else ""
    return Entry(row.user_name, act, icon, tone, row.date, note)


def _unknown(kind: str) -> str:
    """A kind that is newer than Dexter, in Sentry's own word."""
    return kind.replace("_", " ") or "did something that Sentry does not name"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _release(data: Mapping[str, Any]) -> str:
    version = _text(data.get("version"))
    return f"resolved it in {version}" if version else "resolved it in the next release"


def _regression(data: Mapping[str, Any]) -> str:
    version, after = _text(data.get("version")), _text(data.get("resolved_in_version"))
    words = f"came back in {version}" if version else "came back after it was resolved"
    return f"{words}, resolved in {after} before" if after else words


def _commit(data: Mapping[str, Any]) -> str:
    commit = data.get("commit")
    sha = _text(commit.get("id") if isinstance(commit, Mapping) else commit)
    return f"resolved it in commit {sha[:8]}" if sha else "resolved it in a commit"


def _pull_request(data: Mapping[str, Any]) -> str:
    request = data.get("pullRequest")
    title = _text(request.get("title")) if isinstance(request, Mapping) else ""
    return f"resolved it in the pull request “{title}”" if title else "resolved it in a pull request"


def _assigned(data: Mapping[str, Any]) -> str:
    name = _text(data.get("assigneeName")) or _text(data.get("assigneeEmail"))
    kind = "a team" if data.get("assigneeType") == "team" else "somebody"
    return f"assigned it to {name or kind}"


def _ignored(data: Mapping[str, Any]) -> str:
    if data.get("ignoreUntilEscalating"):
        return "archived it until it escalates"
    if data.get("ignoreUntil"):
        return f"archived it until {_text(data['ignoreUntil'])[:10]}"
    if data.get("ignoreDuration"):
        return f"archived it for {data['ignoreDuration']} minutes"
    if data.get("ignoreCount"):
        return f"archived it until it happens {data['ignoreCount']} more times"
    if data.get("ignoreUserCount"):
        return f"archived it until {data['ignoreUserCount']} more users meet it"
    return "archived it"


def _priority(data: Mapping[str, Any]) -> str:
    return f"set the priority to {_text(data.get('priority')) or 'another one'}"


def _first_seen(data: Mapping[str, Any]) -> str:
    priority = _text(data.get("priority"))
    return f"saw it for the first time, priority {priority}" if priority else "saw it for the first time"


def _merged(data: Mapping[str, Any]) -> str:
    others = data.get("issues")
    count = len(others) if isinstance(others, list) else 0
    return f"merged {count} issue{'' if count == 1 else 's'} into it" if count else "merged issues into it"


Words = str | Callable[[Mapping[str, Any]], str]
# Kinds as Sentry's API names them: words, icon, tone.
_KINDS: dict[str, tuple[Words, str, str]] = {
    "first_seen": (_first_seen, "new", "info"),
    "note": ("wrote", "comment", "debug"),
    "set_resolved": ("resolved it", "check", "ok"),
    "set_resolved_by_age": ("resolved it, as nothing happened for long", "check", "ok"),
    "set_resolved_in_release": (_release, "check", "ok"),
    "set_resolved_in_commit": (_commit, "check", "ok"),
    "set_resolved_in_pull_request": (_pull_request, "check", "ok"),
    "set_unresolved": ("reopened it", "undo", "debug"),
    "set_regression": (_regression, "regressed", "error"),
    "set_escalating": ("found more events than forecast", "growing", "warn"),
    "auto_set_ongoing": ("counts it as ongoing now", "info", "debug"),
    "set_ignored": (_ignored, "archive", "debug"),
    "set_priority": (_priority, "flag", "debug"),
    "assigned": (_assigned, "assign", "debug"),
    "unassigned": ("unassigned it", "user", "debug"),
    "mark_reviewed": ("reviewed it", "eye", "debug"),
    "set_public": ("shared it by a public link", "link", "debug"),
    "set_private": ("ended the sharing by link", "link", "debug"),
    "merge": (_merged, "merge", "debug"),
    "unmerge_source": ("moved some events to another issue", "merge", "debug"),
    "unmerge_destination": ("took events over from another issue", "merge", "debug"),
    "create_issue": ("opened a ticket for it", "external", "debug"),
    "reprocess": ("processed its events again", "refresh", "debug"),
}
