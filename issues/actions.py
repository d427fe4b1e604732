"""What a person can do to an issue: a value per action, what it changes here, and what Sentry is told.

Pure. An action is parsed from a form or the API (`parse`), applied to the cached columns (`changes`), sent as
the body of a PUT (`body`) and taken back by another action (`inverse`). Bodies as documented at
https://docs.sentry.io/api/events/update-an-issue/
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    RESOLVE = "resolve"
    UNRESOLVE = "unresolve"
    ARCHIVE = "archive"
    ASSIGN = "assign"
    PRIORITY = "priority"
    BOOKMARK = "bookmark"
    SEEN = "seen"
    SUBSCRIBE = "subscribe"
    SHARE = "share"
    DELETE = "delete"
    MERGE = "merge"
    UNMERGE = "unmerge"


# Kinds that a bulk PUT carries; the others need a request of their own.
BULK = frozenset(Kind) - {Kind.SHARE, Kind.DELETE, Kind.MERGE, Kind.UNMERGE}
IRREVERSIBLE = frozenset({Kind.DELETE, Kind.UNMERGE})
PRIORITIES = ("low", "medium", "high")
MARKS = ("new", "escalating", "regressed")  # sub-states of an unresolved issue, beside the usual "ongoing"
MAX_WINDOW = 10_080  # minutes, Sentry's own limit of ignoreWindow
ARCHIVE_WORDS = {
    "archived_forever": "forever",
    "archived_until_escalating": "until it escalates",
    "archived_until_condition_met": "until a condition is met",
}


class InvalidAction(Exception):
    """Not an action; `field` names the argument that is wrong, the message says what would be right."""

    def __init__(self, field_name: str, message: str) -> None:
        super().__init__(message)
        self.field = field_name


@dataclass(frozen=True, slots=True)
class Action:
    """`arguments` by kind:

    resolve    {} now, {"in": "next_release"}, {"release": version or "latest"},
               {"repository": name, "commit": sha}
    archive    {"until": "forever" | "escalating"}, {"minutes": n}, {"events": n, "window": minutes?},
               {"users": n, "window": minutes?}
    assign     {"member": Sentry user id}, {"team": Sentry team id}, {} to unassign
    priority   {"priority": "low" | "medium" | "high"}
    bookmark, seen, subscribe, share   {"on": bool}
    merge      {"with": [Sentry issue ids]}
    unmerge    {"hashes": [fingerprint hashes]}
    """

    kind: Kind
    arguments: Mapping[str, Any] = field(default_factory=dict)


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

# dexter.sentry.flavour capability that each kind needs; resolve and archive depend on their arguments too.
NEEDS: Mapping[Kind, str | None] = {
    Kind.RESOLVE: None,
    Kind.UNRESOLVE: None,
    Kind.ARCHIVE: None,
    Kind.ASSIGN: "assign",
    Kind.PRIORITY: "priority",
    Kind.BOOKMARK: "bookmark",
    Kind.SEEN: "seen",
    Kind.SUBSCRIBE: "subscribe",
    Kind.SHARE: "share",
    Kind.DELETE: "delete",
    Kind.MERGE: "merge",
    Kind.UNMERGE: "unmerge",
}

_FLAGS = {
    Kind.BOOKMARK: ("is_bookmarked", "isBookmarked"),
    Kind.SEEN: ("has_seen", "hasSeen"),
    Kind.SUBSCRIBE: ("is_subscribed", "isSubscribed"),
    Kind.SHARE: ("is_public", "isPublic"),
}


def needs(action: Action) -> str | None:
    """The capability of the server that the action needs, None for what every server can do."""
    if action.kind == Kind.RESOLVE and action.arguments:
        return "status_details"
    if action.kind == Kind.ARCHIVE and action.arguments.get("until") != "forever":
        return "substatus"
    return NEEDS[action.kind]


def parse(kind: str, arguments: Mapping[str, Any]) -> Action:
    """An action out of what a form or an API body says. Raises InvalidAction."""
    try:
        found = Kind(kind)
    except ValueError:
        known = ", ".join(Kind)
        raise InvalidAction("action", f"There is no action “{kind}”. There are: {known}.") from None
    return Action(found, _PARSERS[found](arguments))


def _parse_resolve(given: Mapping[str, Any]) -> dict[str, Any]:
    if given.get("in"):
        if given["in"] != "next_release":
            raise InvalidAction("in", "`in` can only be next_release.")
        return {"in": "next_release"}
    if given.get("release"):
        return {"release": _text(given, "release", 250)}
    if given.get("commit") or given.get("repository"):
        return {"repository": _text(given, "repository", 200), "commit": _text(given, "commit", 64)}
    return {}


def _parse_archive(given: Mapping[str, Any]) -> dict[str, Any]:
    for name in ("minutes", "events", "users"):
        if given.get(name):
            found = {name: _number(given, name, 525_600 if name == "minutes" else 10**9)}
            if name == "minutes" and given.get("window"):
                break
            if given.get("window"):
                found["window"] = _number(given, "window", MAX_WINDOW)
            return found
    if given.get("window"):
        raise InvalidAction("window", "`window` goes with a number of events or users.")
    until = given.get("until") or "escalating"
    if until not in ("forever", "escalating"):
        raise InvalidAction("until", "`until` is forever or escalating; or give minutes, events or users.")
    return {"until": until}


def _parse_assign(given: Mapping[str, Any]) -> dict[str, Any]:
    if given.get("member") and given.get("team"):
        raise InvalidAction("member", "An issue is assigned to a member or to a team, not to both.")
    for name in ("member", "team"):
        if given.get(name):
            return {name: _text(given, name, 40)}
    return {}


def _parse_priority(given: Mapping[str, Any]) -> dict[str, Any]:
    if given.get("priority") not in PRIORITIES:
        raise InvalidAction("priority", "`priority` is low, medium or high.")
    return {"priority": given["priority"]}


def _parse_flag(given: Mapping[str, Any]) -> dict[str, Any]:
    on = given.get("on", True)
    return {"on": on if isinstance(on, bool) else str(on).lower() not in ("", "0", "false", "off", "no")}


def _parse_merge(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"with": _texts(given, "with", "Name the issues to merge with this one.")}


def _parse_unmerge(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"hashes": _texts(given, "hashes", "Name the hashes to take out of this issue.")}


def _text(given: Mapping[str, Any], name: str, limit: int) -> str:
    value = str(given.get(name) or "").strip()
    if not value or len(value) > limit:
        raise InvalidAction(name, f"`{name}` is a text of 1 to {limit} characters.")
    return value


def _texts(given: Mapping[str, Any], name: str, message: str) -> list[str]:
    values = given.get(name)
    values = [values] if isinstance(values, str) else list(values or [])
    if not values or len(values) > 1000:
        raise InvalidAction(name, message)
    return [str(value) for value in values]


def _number(given: Mapping[str, Any], name: str, limit: int) -> int:
    try:
        number = int(given[name])
    except (TypeError, ValueError):
        number = 0
    if not 1 <= number <= limit:
        raise InvalidAction(name, f"`{name}` is a whole number from 1 to {limit:,}.")
    return number


_PARSERS = {
    Kind.RESOLVE: _parse_resolve,
    Kind.UNRESOLVE: lambda given: {},
    Kind.ARCHIVE: _parse_archive,
    Kind.ASSIGN: _parse_assign,
    Kind.PRIORITY: _parse_priority,
    Kind.BOOKMARK: _parse_flag,
    Kind.SEEN: _parse_flag,
    Kind.SUBSCRIBE: _parse_flag,
    Kind.SHARE: _parse_flag,
    Kind.DELETE: lambda given: {},
    Kind.MERGE: _parse_merge,
    Kind.UNMERGE: _parse_unmerge,
}


def body(action: Action) -> dict[str, Any]:
    """The PUT body for the kinds that have one. Raises KeyError for delete, merge and unmerge."""
    given = action.arguments
    if action.kind == Kind.RESOLVE:
        return {"status": "resolved", "statusDetails": _resolve_details(given)}
    if action.kind == Kind.UNRESOLVE:
        return {"status": "unresolved", **given}
    if action.kind == Kind.ARCHIVE:
        # Always with a substatus: what a bare "ignored" becomes differs between servers.
        return {
            "status": "ignored",
            "substatus": archive_substatus(given),
            "statusDetails": _archive_details(given),
        }
    if action.kind == Kind.ASSIGN:
        kind, key = ("team", given["team"]) if given.get("team") else ("user", given.get("member"))
        return {"assignedTo": f"{kind}:{key}" if key else ""}
    if action.kind == Kind.PRIORITY:
        return {"priority": given["priority"]}
    return {_FLAGS[action.kind][1]: given["on"]}


def _resolve_details(given: Mapping[str, Any]) -> dict[str, Any]:
    if given.get("in"):
        return {"inNextRelease": True}
    if given.get("release"):
        return {"inRelease": given["release"]}
    if given.get("commit"):
        return {"inCommit": {"repository": given["repository"], "commit": given["commit"]}}
    return {}


def archive_substatus(given: Mapping[str, Any]) -> str:
    until = given.get("until")
    return (
        f"archived_{'until_' if until == 'escalating' else ''}{until}"
        if until
        else "archived_until_condition_met"
    )


def _archive_details(given: Mapping[str, Any]) -> dict[str, Any]:
    window = given.get("window")
    if given.get("minutes"):
        return {"ignoreDuration": given["minutes"]}
    if given.get("events"):
        return {"ignoreCount": given["events"], **({"ignoreWindow": window} if window else {})}
    if given.get("users"):
        return {"ignoreUserCount": given["users"], **({"ignoreUserWindow": window} if window else {})}
    return {}


def changes(action: Action, now: datetime) -> dict[str, Any]:
    """The cached columns after the action, in JSON values. Assignees are given by Sentry id (`member`,
    `team`), which the caller turns into keys.
    """
    given = action.arguments
    if action.kind == Kind.RESOLVE:
        return {"status": "resolved", "substatus": "", "status_details": _resolve_details(given)}
    if action.kind == Kind.UNRESOLVE:
        return {"status": "unresolved", "substatus": "ongoing", "status_details": {}, **given}
    if action.kind == Kind.ARCHIVE:
        details = _archive_details(given)
        if given.get("minutes"):
            details = {"ignoreUntil": (now + timedelta(minutes=given["minutes"])).isoformat()}
        return {"status": "ignored", "substatus": archive_substatus(given), "status_details": details}
    if action.kind == Kind.ASSIGN:
        return {"member": given.get("member"), "team": given.get("team")}
    if action.kind == Kind.PRIORITY:
        return {"priority": given["priority"]}
    if action.kind in _FLAGS:
        return {_FLAGS[action.kind][0]: given["on"]}
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
    if action.kind in _FLAGS:
        return Action(action.kind, {"on": bool(before.get(_FLAGS[action.kind][0]))})
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
