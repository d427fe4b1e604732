"""Which cached columns an action changes, what is in them after it, and the action that takes it back."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from issues.actions.values import FLAGS, Action, Kind
from issues.actions.wire import archive_details, archive_substatus, resolve_details

# What the cached columns are called that each kind may change; before and after are kept of these.
COLUMNS: Mapping[Kind, tuple[str, ...]] = {
    Kind.RESOLVE: ("status", "substatus", "status_details"),
    Kind.UNRESOLVE: ("status", "substatus", "status_details"),
    Kind.ARCHIVE: ("status", "substatus", "status_details"),
    Kind.ASSIGN: ("assignee", "assignee_team"),
    Kind.PRIORITY: ("priority",),
    Kind.BOOKMARK: ("is_bookmarked",),
    Kind.SEEN: ("has_seen",),
    Kind.SUBSCRIBE: ("is_subscribed",),
    Kind.SHARE: ("is_public",),
    Kind.DELETE: ("gone",),
    Kind.MERGE: ("gone", "merged_into"),
    Kind.UNMERGE: (),
}

MARKS = ("new", "escalating", "regressed")  # sub-states of an unresolved issue, beside the usual "ongoing"


def changes(action: Action, now: datetime) -> dict[str, Any]:
    """The cached columns after the action, in JSON values. Assignees are given by Sentry id (`member`,
    `team`), which the caller turns into keys.
    """
    given = action.arguments
    if action.kind == Kind.RESOLVE:
        return {"status": "resolved", "substatus": "", "status_details": resolve_details(given)}
    if action.kind == Kind.UNRESOLVE:
        return {"status": "unresolved", "substatus": "ongoing", "status_details": {}, **given}
    if action.kind == Kind.ARCHIVE:
        details = archive_details(given)
        if given.get("minutes"):
            details = {"ignoreUntil": (now + timedelta(minutes=given["minutes"])).isoformat()}
        return {"status": "ignored", "substatus": archive_substatus(given), "status_details": details}
    if action.kind == Kind.ASSIGN:
        return {"member": given.get("member"), "team": given.get("team")}
    if action.kind == Kind.PRIORITY:
        return {"priority": given["priority"]}
    if action.kind in FLAGS:
        return {FLAGS[action.kind][0]: given["on"]}
    return {Kind.DELETE: {"gone": "deleted"}, Kind.MERGE: {"gone": "merged"}}.get(action.kind, {})


def inverse(action: Action, before: Mapping[str, Any], now: datetime) -> Action | None:
    """The action that brings `before` back, None where Sentry cannot take it back."""
    if action.kind in (Kind.RESOLVE, Kind.UNRESOLVE, Kind.ARCHIVE):
        return _restoring_status(before, now)
    if action.kind == Kind.ASSIGN:
        named = {name: before[name] for name in ("member", "team") if before.get(name)}
        return Action(Kind.ASSIGN, named)
    if action.kind == Kind.PRIORITY:
        return Action(Kind.PRIORITY, {"priority": before["priority"]}) if before.get("priority") else None
    if action.kind in FLAGS:
        return Action(action.kind, {"on": bool(before.get(FLAGS[action.kind][0]))})
    return None


def _restoring_status(before: Mapping[str, Any], now: datetime) -> Action:
    status, details = before.get("status"), before.get("status_details") or {}
    if status == "resolved":
        return Action(Kind.RESOLVE, _resolve_arguments(details))
    if status == "ignored":
        return Action(Kind.ARCHIVE, _archive_arguments(before.get("substatus") or "", details, now))
    # Reopened alone, a new or regressed issue would be an ongoing one.
    substatus = before.get("substatus")
    return Action(Kind.UNRESOLVE, {"substatus": substatus} if substatus in MARKS else {})


def _resolve_arguments(details: Mapping[str, Any]) -> dict[str, Any]:
    if details.get("inNextRelease"):
        return {"in": "next_release"}
    if details.get("inRelease"):
        return {"release": details["inRelease"]}
    commit = details.get("inCommit")
    if isinstance(commit, Mapping) and commit.get("commit") and commit.get("repository"):
        return {"repository": commit["repository"], "commit": commit["commit"]}
    return {}


def _archive_arguments(substatus: str, details: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    if details.get("ignoreUntil"):
        until = datetime.fromisoformat(details["ignoreUntil"])
        left = (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
        return {"minutes": max(1, round(left.total_seconds() / 60))}
    if details.get("ignoreCount"):
        return _with_window({"events": details["ignoreCount"]}, details.get("ignoreWindow"))
    if details.get("ignoreUserCount"):
        return _with_window({"users": details["ignoreUserCount"]}, details.get("ignoreUserWindow"))
    return {"until": "forever" if substatus == "archived_forever" else "escalating"}


def _with_window(found: dict[str, Any], window: Any) -> dict[str, Any]:
    return {**found, "window": window} if window else found
