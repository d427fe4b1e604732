"""The kinds of actions, an action as a value, and what each kind needs of the server."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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

# What is on or off: column, and field of the API.
FLAGS = {
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
