"""The keys of the search language: one table for the grammar, the completion and the documentation.

Names are Sentry's where Sentry has the key, see docs/search.md. A key that is not here is a tag.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["is", "person", "choice", "text", "number", "time", "boolean", "number_id", "hex_id"]
Scope = Literal["issue", "event"]


@dataclass(frozen=True, slots=True)
class Field:
    """One key. `scope` says what it is compared with: the issue itself or any of its events.

    `values` maps the values that exist (kinds is, choice) or are worth proposing (other kinds) to their
    meaning, `spellings` maps other accepted spellings to one of them. `optional` fields may be missing, so
    `has:` can ask for them. `sentry` is the key in Sentry's own search, None where Sentry has none.
    """

    key: str
    kind: Kind
    about: str
    example: str
    scope: Scope = "issue"
    aliases: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict, hash=False)
    spellings: Mapping[str, str] = field(default_factory=dict, hash=False)
    optional: bool = False
    sentry: str | None = None


IS_VALUES: Mapping[str, str] = {
    "unresolved": "neither resolved nor archived",
    "resolved": "resolved",
    "archived": "archived (ignored, muted)",
    "assigned": "has an assignee",
    "unassigned": "has no assignee",
    "for_review": "in the inbox, not reviewed yet",
    "new": "first seen in the last 7 days and not reviewed",
    "regressed": "came back after it was resolved",
    "escalating": "more events than Sentry forecast",
    "ongoing": "unresolved, and neither new, regressed nor escalating",
    "archived_until_escalating": "archived until it escalates",
    "archived_until_condition_met": "archived until a count, a number of users or a time is reached",
    "archived_forever": "archived for good",
    "linked": "linked to an issue in another tracker",
    "unlinked": "not linked to another tracker",
    "growing": "archived, yet its events rise",
    "unhandled": "has an error that nothing caught",
    "deadlock": "a database deadlock was found in its events",
    "n+1": "one request of its events repeats a statement five times or more",
    "slow_query": "a statement in its events takes half a second or more",
}
# What Sentry can be asked and Dexter's cache does not hold: read, then refused, so never proposed.
UNKNOWN_STATES = ("linked", "unlinked")
UNKNOWN_KEYS = ("assigned_or_suggested", "bookmarks", "subscribed")
IS_SPELLINGS: Mapping[str, str] = {"ignored": "archived", "muted": "archived"}

# Values of is: of which an issue has exactly one; a control that sets one replaces the others.
IS_GROUPS: Mapping[str, str] = (
    dict.fromkeys(("unresolved", "resolved", "archived"), "status")
    | dict.fromkeys(("new", "regressed", "escalating", "ongoing"), "status")
    | {name: "status" for name in IS_VALUES if name.startswith("archived_")}
    | dict.fromkeys(("assigned", "unassigned"), "assignment")
    | dict.fromkeys(("linked", "unlinked"), "link")
)

LEVELS: Mapping[str, str] = {
    "fatal": "the process could not go on",
    "error": "an error",
    "warning": "a warning",
    "info": "a message",
    "debug": "a message for developers",
    "sample": "Sentry's own example event",
    "unknown": "no level was sent",
}
_LEVEL_SPELLINGS = {"warn": "warning", "critical": "fatal", "err": "error"}
PRIORITIES: Mapping[str, str] = {name: f"priority {name} in Sentry" for name in ("high", "medium", "low")}
_PRIORITY_SPELLINGS = {"med": "medium"}
_ME = {"me": "you", "my_teams": "the teams you are in"}
_PEOPLE: Mapping[str, str] = _ME
_PEOPLE_OR_NONE: Mapping[str, str] = _ME | {"none": "nobody"}
_CATEGORIES: Mapping[str, str] = dict.fromkeys(
    ("error", "outage", "metric", "db_query", "http_client", "frontend", "mobile")
    + ("performance", "cron", "replay", "feedback", "uptime"),
    "",
)
TRUTH: Mapping[str, str] = {"true": "yes", "false": "no"}
TRUTH_SPELLINGS: Mapping[str, str] = {"1": "true", "0": "false", "yes": "true", "no": "false"}
RELATIVE_TIMES: Mapping[str, str] = {
    "-1h": "within the last hour",
    "-24h": "within the last 24 hours",
    "-7d": "within the last 7 days",
    "-30d": "within the last 30 days",
    "+24h": "longer ago than 24 hours",
    "+30d": "longer ago than 30 days",
}
_LATEST: Mapping[str, str] = {"latest": "the newest release of each project"}


def _event(
    key: str, about: str, example: str, *aliases: str, kind: Kind = "text", **more: Mapping[str, str]
) -> Field:
    """A field of the events: may be missing, and Sentry has it under the same name."""
    return Field(key, kind, about, example, "event", aliases, optional=True, sentry=key, **more)


# In the order in which the completion proposes them.
FIELDS: tuple[Field, ...] = (
    Field("is", "is", "status and state", "is:unresolved", values=IS_VALUES, spellings=IS_SPELLINGS,
          sentry="is"),
    Field("assigned", "person", "who it is assigned to", "assigned:me", values=_PEOPLE_OR_NONE,
          optional=True, sentry="assigned"),
    Field("level", "choice", "how bad one event is", "level:error", values=LEVELS, spellings=_LEVEL_SPELLINGS,
          sentry="level"),
    _event("release", "events of one release", "release:shop@2.4.1", values=_LATEST),
    _event("environment", "events of one environment", "environment:production", "env"),
    Field("project", "text", "one project, by its slug", "project:checkout", aliases=("project.name",),
          sentry="project"),
    Field("lastSeen", "time", "when the newest event came", "lastSeen:-24h", aliases=("last_seen",),
          values=RELATIVE_TIMES, sentry="lastSeen"),
    Field("firstSeen", "time", "when the first event came", "firstSeen:-7d", aliases=("first_seen", "age"),
          values=RELATIVE_TIMES, sentry="firstSeen"),
    Field("timesSeen", "number", "number of events", "timesSeen:>100", aliases=("times_seen", "events"),
          sentry="timesSeen"),
    Field("users", "number", "number of users who met it", "users:>20",
          aliases=("userCount", "user_count", "users_seen")),
    Field("priority", "choice", "priority in Sentry", "priority:high", aliases=("issue.priority",),
          values=PRIORITIES, spellings=_PRIORITY_SPELLINGS, optional=True, sentry="issue.priority"),
    Field("score", "number", "Dexter's priority score, 0 to 100", "score:>60"),
    Field("message", "text", "text of the message", "message:*timeout*", "event", optional=True,
          sentry="message"),
    Field("title", "text", "title of the issue", "title:KeyError*", sentry="title"),
    Field("culprit", "text", "where it happened", "culprit:checkout.*", optional=True),
    _event("transaction", "route or task of the event", "transaction:/checkout/*"),
    _event("error.type", "class of the exception", "error.type:KeyError"),
    _event("error.value", "text of the exception", "error.value:*timeout*"),
    _event("error.handled", "the error was caught", "error.handled:false", kind="boolean", values=TRUTH,
           spellings=TRUTH_SPELLINGS),
    _event("error.unhandled", "nothing caught the error", "error.unhandled:true", kind="boolean",
           values=TRUTH, spellings=TRUTH_SPELLINGS),
    _event("error.mechanism", "what reported the error", "error.mechanism:celery"),
    _event("stack.filename", "file of a frame", "stack.filename:*/payments.py"),
    _event("stack.function", "function of a frame", "stack.function:reserve_stock"),
    _event("stack.module", "module of a frame", "stack.module:shop.cart"),
    Field("first-release", "text", "began in a release", "first-release:shop@2.4.1",
          aliases=("firstRelease", "first_release"), values=_LATEST, optional=True, sentry="firstRelease"),
    _event("dist", "distribution of the release", "dist:42"),
    Field("assigned_or_suggested", "person", "assigned to, or suggested by the owner rules",
          "assigned_or_suggested:me", values=_PEOPLE_OR_NONE, optional=True, sentry="assigned_or_suggested"),
    Field("team", "text", "assigned to a team or its members", "team:payments", sentry="team"),
    Field("label", "text", "a label of Dexter", "label:vendor", optional=True),
    Field("bookmarks", "person", "bookmarked by", "bookmarks:me", values=_PEOPLE, sentry="bookmarks"),
    Field("subscribed", "person", "followed by", "subscribed:me", values=_PEOPLE, sentry="subscribed"),
    Field("issue", "text", "one issue, by its short id", "issue:SHOP-4F2", aliases=("short_id", "shortId"),
          sentry="issue"),
    Field("issue.id", "number_id", "one issue, by Sentry's number", "issue.id:4507", sentry="issue.id"),
    Field("issue.category", "text", "error, performance, cron and others", "issue.category:error",
          values=_CATEGORIES, optional=True, sentry="issue.category"),
    Field("issue.type", "text", "kind of problem within the category", "issue.type:error", optional=True,
          sentry="issue.type"),
    Field("project.id", "number_id", "one project, by Sentry's number", "project.id:12",
          aliases=("project_id",), sentry="project.id"),
    Field("connection", "text", "one Sentry connection, by its name", "connection:main"),
    Field("platform", "text", "platform of the SDK", "platform:python", "event", ("platform.name",),
          optional=True, sentry="platform.name"),
    _event("user.email", "e-mail of the user", "user.email:*@example.com"),
    _event("user.id", "id of the user", "user.id:4711"),
    _event("user.ip", "address of the user", "user.ip:192.0.2.7", "user.ip_address"),
    _event("user.username", "name of the user", "user.username:ada", "user.name"),
    _event("http.method", "method of the request", "http.method:POST"),
    _event("http.url", "address of the request", "http.url:*/checkout/*"),
    _event("http.status_code", "status of the response", "http.status_code:502"),
    _event("device.family", "family of the device", "device.family:iPhone"),
    _event("device.model", "model of the device", "device.model:iPhone15"),
    _event("os.name", "operating system", "os.name:Linux"),
    _event("os.version", "version of the operating system", "os.version:18*"),
    _event("sdk.name", "SDK that sent the event", "sdk.name:sentry.python"),
    _event("trace", "one trace, 32 hexadecimal digits", "trace:4bf92f3577b34da6a3ce929d0e0e4736",
           kind="hex_id"),
    Field("event.id", "hex_id", "one event, 32 hexadecimal digits",
          "event.id:f3d0c4d1a7b64d0e9a9f0c2b1e5d6a78", "event", ("id",), sentry="id"),
)  # fmt: skip

# Names of these families are event fields even where the table does not list them.
FAMILIES = ("http.", "device.", "os.", "geo.", "sdk.", "browser.", "runtime.", "user.", "stack.", "error.")

# Keys of Sentry that Dexter cannot answer: searching a tag of that name would find nothing and not say why.
REFUSED: Mapping[str, str] = {
    "release.version": "use release: with a star, for example release:*@2.4*",
    "release.build": "use release: with a star, for example release:*+42",
    "release.package": "use release: with a star, for example release:shop@*",
    "release.stage": "use environment:",
    "event.timestamp": "use lastSeen: or firstSeen:, for example lastSeen:-24h",
    "timestamp": "use lastSeen: or firstSeen:, for example lastSeen:-24h",
    "issue.seer_actionability": "Dexter has its own score:, for example score:>60",
    "issue.seer_last_run": "Dexter does not store it",
    "detector": "use issue.type:",
}

_BY_NAME: Mapping[str, Field] = {
    name.lower(): entry for entry in FIELDS for name in (entry.key, *entry.aliases)
}


def field_named(name: str) -> Field | None:
    """The field of that name, alias or family, in any case; None means the name is a tag's."""
    found = _BY_NAME.get(name.lower())
    if found is None and name.isascii() and name.lower().startswith(FAMILIES) and not name.endswith("."):
        key = name.lower()
        return _event(key, "field of the event", f"{key}:value")
    return found


def is_reserved(name: str) -> bool:
    """Whether a tag of that name has to be written tags[name]."""
    return name.lower() == "has" or name.lower() in REFUSED or field_named(name) is not None
