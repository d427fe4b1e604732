"""Webhooks with an issue in them: the whole row, as the issue serializer gives it to nobody in particular.

The body is taken at its word where nothing speaks against it; a state that may be older than the cache's is
asked for instead. Sentry neither keeps the order of its webhooks nor signs their time.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from issues.models import Issue
from issues.sync import mapping
from issues.sync.store import store_issues
from issues.sync.webhooks import claims
from issues.sync.webhooks.received import Received, Work, by_issue

# What is about the person who asks; a webhook is made for nobody and says False.
PERSONAL = {"isBookmarked": "is_bookmarked", "hasSeen": "has_seen", "isSubscribed": "is_subscribed"}
# Without these the row would be stored with less than the cache has.
WANTED = ("id", "title", "status", "lastSeen", "count", "project")

State = tuple[Any, ...]


@dataclass
class Said:
    """What one delivery says of its issue."""

    received: Received
    payload: dict[str, Any]
    mapped: mapping.MappedIssue
    state: State


def take_issues(work: Work, received: list[Received]) -> None:
    """Store what the bodies say, the last of each issue, or leave the issue to be asked for."""
    known = work.issues(received)
    payloads: list[dict[str, Any]] = []
    moments: list[datetime] = []
    for issue_id, group in by_issue(received).items():
        said = [_read(work, each) for each in group]
        whole = [each for each in said if each]
        if not issue_id or len(whole) < len(said) or _is_doubtful(whole, known.get(issue_id)):
            _ask(group)
        elif _is_unknown_project(work, whole[-1]):
            _wait_for_project(work, group)
        elif payload := _worth_storing(whole[-1], known.get(issue_id)):
            payloads.append(payload)
            moments.append(whole[-1].received.moment)
            _end(group, "Stored.")
        else:
            _end(group, "The cache had it already.")
    if payloads:
        store_issues(work.directory, payloads, asked_at=min(moments))


def _ask(group: list[Received]) -> None:
    for each in group:
        if each.issue_id:
            claims.leave_to_sentry(each.row)
        else:
            claims.fail(each.row, "It names no issue.")


def _end(group: list[Received], note: str) -> None:
    for each in group:
        claims.done(each.row, note)


def _wait_for_project(work: Work, group: list[Received]) -> None:
    work.needs_sync = True
    for each in group:
        claims.ignore(each.row, "Its project is not known yet; the sync that was started brings both.")


def _read(work: Work, each: Received) -> Said | None:
    """None when the body lacks what the cache needs."""
    payload = each.hook.data.get("issue")
    if not isinstance(payload, dict) or any(not payload.get(key) for key in WANTED):
        return None
    try:
        mapped = mapping.issue(payload)
    except (mapping.Unmappable, TypeError, AttributeError):
        return None
    return Said(each, payload, mapped, _state(work, mapped))


def _state(work: Work, mapped: mapping.MappedIssue) -> State:
    columns = mapped.columns
    return (
        columns["status"],
        columns["substatus"],
        columns["priority"],
        *work.directory.assignee(mapped.assignee),
    )


def _state_of(issue: Issue) -> State:
    return (issue.status, issue.substatus, issue.priority, issue.assignee_id, issue.assignee_team_id)


def _is_doubtful(said: list[Said], issue: Issue | None) -> bool:
    """Whether the last body may say less than what Sentry or the cache has by now."""
    last = said[-1]
    moments = [each.received.moment for each in said]
    in_order = all(earlier < later for earlier, later in zip(moments, moments[1:], strict=False))
    if not in_order and len({each.state for each in said}) > 1:
        return True
    if issue is None or last.state == _state_of(issue) and not issue.gone:
        return False
    is_older = last.mapped.columns["last_seen"] < issue.last_seen
    return bool(issue.gone) or is_older or issue.synced_at > last.received.moment


def _is_unknown_project(work: Work, last: Said) -> bool:
    return last.mapped.project_id not in work.directory.projects


def _worth_storing(last: Said, issue: Issue | None) -> dict[str, Any] | None:
    """The payload to store, with what a webhook cannot know taken from the cache; None for no news."""
    if issue is None:
        return last.payload
    columns = last.mapped.columns
    is_news = columns["last_seen"] > issue.last_seen or columns["count"] > issue.count
    if last.state == _state_of(issue) and not is_news:
        return None
    kept = {key: getattr(issue, column) for key, column in PERSONAL.items()}
    if last.payload.get("isUnhandled") is None:
        kept["isUnhandled"] = issue.is_unhandled
    # Counts only grow; a body that was made before the last sync must not take any back.
    kept["count"] = max(columns["count"], issue.count)
    kept["userCount"] = max(columns["user_count"], issue.user_count)
    return last.payload | kept
