"""What happens to an issue other than by a single update: regression, merging, deleting; and its activity."""

from typing import TYPE_CHECKING, Any

from dexter.sentry.sandbox.clock import iso
from dexter.sentry.sandbox.webhooks.bodies import issue_data
from dexter.sentry.sandbox.webhooks.sender import Sender
from dexter.sentry.sandbox.world.model import Issue

if TYPE_CHECKING:
    from dexter.sentry.sandbox.world.store import World


def activities(world: "World", issue: Issue) -> list[dict[str, Any]]:
    """The activity of an issue, newest last; made up from its first state the first time somebody asks."""
    if issue.activity is None:
        issue.activity = [_entry(0, "first_seen", None, issue.first, {"priority": issue.priority})]
        if issue.assigned:
            kind, identity = issue.assigned
            owner = {"assignee": identity, "assigneeType": kind}
            issue.activity.append(_entry(issue.id % 10**7 * 10 + 1, "assigned", 1, issue.first + 900, owner))
        what = {"resolved": "set_resolved", "ignored": "set_ignored"}.get(issue.status)
        if what:
            data: dict[str, Any] = (
                {"ignoreUntilEscalating": True} if issue.substatus == "archived_until_escalating" else {}
            )
            issue.activity.append(_entry(issue.id % 10**7 * 10 + 2, what, 2, issue.last + 60, data))
        elif issue.substatus == "regressed":
            issue.activity.append(_entry(issue.id % 10**7 * 10 + 3, "set_regression", None, issue.last, {}))
    return issue.activity


def _entry(number: int, kind: str, user: int | None, at: float, data: dict[str, Any]) -> dict[str, Any]:
    return {"id": str(number), "type": kind, "user": user, "at": at, "data": data}


def note_activity(
    world: "World", issue: Issue, kind: str, user: int | None, data: dict[str, Any] | None = None
) -> dict[str, Any]:
    entry = _entry(world.new_activity_id(), kind, user, world.clock.now(), data or {})
    activities(world, issue).append(entry)
    return entry


def regress(world: "World", issue: Issue, moment: float, count: int, sender: Sender) -> None:
    """What new events do to an issue that was put away."""
    if issue.status == "resolved" and not (issue.details or {}).get("inNextRelease"):
        issue.substatus, kind, reason = "regressed", "set_regression", 2
    elif issue.status == "ignored" and _condition_met(world, issue, count):
        issue.substatus, kind, reason = "escalating", "set_escalating", 5
    else:
        return
    issue.status, issue.details, issue.inbox = "unresolved", None, (reason, moment)
    note_activity(world, issue, kind, None)
    issue.refresh()
    sender.send("issue", "unresolved", {"issue": issue_data(world, issue)})


def _condition_met(world: "World", issue: Issue, count: int) -> bool:
    details = issue.details or {}
    if issue.substatus == "archived_until_escalating":
        return count >= 10
    if "until" in details:
        return bool(world.clock.now() >= details["until"])
    if details.get("ignoreCount"):
        details["seen"] = details.get("seen", 0) + count
        return bool(details["seen"] >= details["ignoreCount"])
    return False


def start_merge(
    world: "World", issues: list[Issue], user: int | None, seconds: float
) -> tuple[Issue, list[Issue]]:
    """The parent has most events, then the higher id; the children vanish, their streams move later."""
    parent, *children = sorted(issues, key=lambda issue: (issue.count, issue.id), reverse=True)
    for child in children:
        child.gone = "pending_merge"
        world.touch(child)
    world.later(seconds, lambda: _finish_merge(world, parent, children, user))
    return parent, children


def _finish_merge(world: "World", parent: Issue, children: list[Issue], user: int | None) -> None:
    for child in children:
        parent.streams += child.streams
        for stream in child.streams:
            world.stream_issue[stream.key] = parent
        parent.notes = sorted((parent.notes or []) + (child.notes or []), key=lambda note: note["at"]) or None
        world.merged[child.id] = parent.id
        world.drop(child)
    merged = [{"id": str(child.id)} for child in children]
    note_activity(world, parent, "merge", user, {"issues": merged})
    world.touch(parent)


def unmerge(world: "World", issue: Issue, hashes: set[str], user: int | None) -> Issue | None:
    """All given hashes go to one new issue; None when that would leave nothing behind."""
    moving = [stream for stream in issue.streams if world.hash_of(stream) in hashes]
    if not moving or len(moving) == len(issue.streams):
        return None
    issue.streams = [stream for stream in issue.streams if stream not in moving]
    project = world.projects[issue.project]
    new_id = world.next_issue_id()
    project.numbers.append(new_id)
    new = Issue(
        new_id, len(project.numbers), issue.project, moving, substatus="ongoing", priority=issue.priority
    )
    new.refresh()
    world.touch(issue)
    world.add(new)
    note_activity(world, issue, "unmerge_destination", user, {"fingerprints": sorted(hashes)})
    return new


def delete(world: "World", issue: Issue) -> None:
    world.deleted.add(issue.id)
    for stream in issue.streams:
        world.stream_issue.pop(stream.key, None)
    world.drop(issue)


def activity_body(world: "World", entry: dict[str, Any], user: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "id": entry["id"],
        "user": user,
        "sentry_app": None,
        "type": entry["type"],
        "data": entry["data"],
        "dateCreated": iso(entry["at"]),
    }
