"""The columns that can be exported: where each comes from, and how it is masked."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import error as ZlibError  # noqa: N812 - an exception's name

from dexter.pii import mask_text, mask_value
from issues import scoring
from issues.models import Event, Export, Issue
from issues.queries.rows import assignee_of

Read = Callable[[Any], Any]
Mask = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """`read` takes the row's object, `mask` what was read; without `mask` it is nothing personal."""

    name: str
    label: str
    read: Read
    mask: Mask | None = None
    usual: bool = False

    def value(self, row: Any, *, masked: bool) -> Any:
        found = self.read(row)
        return self.mask(found) if masked and self.mask and found is not None else found


def _attribute(name: str) -> Read:
    return lambda row: getattr(row, name)


def _trend(issue: Issue) -> int | None:
    return None if issue.trend == Issue.NO_TREND else issue.trend


def _impact(issue: Issue) -> str:
    return scoring.impact(issue.users, issue.project.users_total).level


def _share(issue: Issue) -> float | None:
    share = scoring.impact(issue.users, issue.project.users_total).share
    return None if share is None else round(share, 4)


def _release(name: str) -> Read:
    def read(issue: Issue) -> str:
        release = getattr(issue, name)
        return release.version if release else ""

    return read


def _column(
    name: str, label: str, *, usual: bool = False, mask: Mask | None = None, read: Read | None = None
) -> Column:
    return Column(name, label, read or _attribute(name), mask, usual)


def _user(identity: str) -> str:
    """`email:ada@example.com` tells who somebody is, whatever is behind the colon: only its kind is left."""
    kind, found, _ = identity.partition(":")
    return f"[{kind}]" if found else ("[user]" if identity else "")


def _payload(event: Event) -> Any:
    stored = getattr(event, "stored_payload", None)
    try:
        return stored.unpack() if stored else None
    except (ValueError, ZlibError):
        return None


ISSUE_COLUMNS = (
    _column("short_id", "Issue", usual=True),
    _column("title", "Title", usual=True, mask=mask_text),
    _column("error_type", "Type", mask=mask_text),
    _column("error_value", "Message", mask=mask_text),
    _column("culprit", "Culprit", usual=True, mask=mask_text),
    _column("project", "Project", usual=True, read=lambda issue: issue.project.slug),
    _column("connection", "Connection", read=lambda issue: issue.connection.slug),
    _column("level", "Level", usual=True),
    _column("status", "Status", usual=True),
    _column("substatus", "Sub-state"),
    _column("priority", "Priority in Sentry"),
    _column("score", "Priority", usual=True),
    _column("count", "Events", usual=True),
    _column("events_24h", "Events in 24 h"),
    _column("trend", "Trend, %", read=_trend),
    _column("user_count", "Users", usual=True, read=lambda issue: issue.users),
    _column("impact", "Impact", read=_impact),
    _column("impact_share", "Share of users", read=_share),
    _column("assignee", "Assigned to", usual=True, read=assignee_of),
    _column("is_unhandled", "Unhandled"),
    _column("first_seen", "First seen", usual=True),
    _column("last_seen", "Last seen", usual=True),
    _column("first_release", "First release", read=_release("first_release")),
    _column("last_release", "Last release", read=_release("last_release")),
    _column("platform", "Platform"),
    _column("logger", "Logger"),
    _column("sentry_id", "Sentry id"),
    _column("permalink", "In Sentry", usual=True),
)
EVENT_COLUMNS = (
    _column("event_id", "Event", usual=True),
    _column("date", "Time", usual=True),
    _column("title", "Title", usual=True, mask=mask_text),
    _column("message", "Message", mask=mask_text),
    _column("level", "Level", usual=True),
    _column("environment", "Environment", usual=True),
    _column("release", "Release", usual=True),
    _column("transaction", "Transaction", mask=mask_text),
    _column("platform", "Platform"),
    _column("user", "User", usual=True, read=_attribute("user_key"), mask=_user),
    _column("trace_id", "Trace"),
    _column("is_pinned", "Pinned"),
    _column("payload", "Whole event", read=_payload, mask=mask_value),
)
COLUMNS: Mapping[str, Sequence[Column]] = {
    Export.What.ISSUES: ISSUE_COLUMNS,
    Export.What.EVENTS: EVENT_COLUMNS,
}


class UnknownColumn(ValueError):
    """A column that cannot be exported; the message names those that can."""


def columns_named(what: str, names: Iterable[str]) -> list[Column]:
    """The columns in the order of `names`, the usual ones for no names. Raises UnknownColumn."""
    by_name = {column.name: column for column in COLUMNS[what]}
    wanted = list(dict.fromkeys(names)) or [column.name for column in COLUMNS[what] if column.usual]
    unknown = [name for name in wanted if name not in by_name]
    if unknown:
        raise UnknownColumn(f"There is no column {', '.join(unknown)}. There are: {', '.join(by_name)}.")
    return [by_name[name] for name in wanted]
