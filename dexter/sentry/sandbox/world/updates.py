"""One update of one issue, as PUT means it. Every function changes the issue and says what it did."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dexter.sentry.sandbox.http import ApiError
from dexter.sentry.sandbox.world.changes import note_activity
from dexter.sentry.sandbox.world.model import PRIORITIES, Issue
from dexter.sentry.sandbox.world.streams import mix

if TYPE_CHECKING:
    from dexter.sentry.sandbox.world.store import World

STATUSES = ("resolved", "unresolved", "ignored", "resolvedInNextRelease", "muted")
SUBSTATUSES = ("archived_until_escalating", "archived_until_condition_met", "archived_forever", "escalating",
               "ongoing", "regressed", "new")  # fmt: skip
FLAGS = ("hasSeen", "isBookmarked", "isSubscribed", "isPublic", "inbox")
_COUNTED = ("ignoreCount", "ignoreWindow", "ignoreUserCount", "ignoreUserWindow")
LONGEST_WINDOW = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class Actor:
    """Who writes: a member, or 0 for the integration."""

    user_id: int

    @property
    def user(self) -> int | None:
        return self.user_id or None


def validate(world: "World", body: dict[str, Any]) -> None:
    """Raises ApiError 400 with Sentry's dictionary of fields."""
    errors: dict[str, Any] = {}
    if "status" in body and body["status"] not in STATUSES:
        errors["status"] = [f'"{body["status"]}" is not a valid choice.']
    if body.get("substatus") is not None and body["substatus"] not in SUBSTATUSES:
        errors["substatus"] = [f'"{body["substatus"]}" is not a valid choice.']
    if "priority" in body and body["priority"] not in PRIORITIES:
        errors["priority"] = [f'"{body["priority"]}" is not a valid choice.']
    for name in FLAGS:
        if name in body and not isinstance(body[name], bool):
            errors[name] = ["Must be a valid boolean."]
    if body.get("assignedTo"):
        try:
            read_owner(world, str(body["assignedTo"]))
        except ValueError as error:
            errors["assignedTo"] = [str(error)]
    if details := _detail_errors(world, body.get("statusDetails")):
        errors["statusDetails"] = details
    if errors:
        raise ApiError(400, errors)


def _detail_errors(world: "World", details: Any) -> dict[str, list[str]]:
    if not isinstance(details, dict):
        return {} if details is None else {"non_field_errors": ["Invalid data. Expected a dictionary."]}
    errors = {}
    for name in ("ignoreDuration", "ignoreCount", "ignoreWindow", "ignoreUserCount", "ignoreUserWindow"):
        value = details.get(name)
        if value is not None and (not isinstance(value, int) or value < 1):
            errors[name] = ["A valid integer is required."]
        elif name.endswith("Window") and value is not None and value > LONGEST_WINDOW:
            errors[name] = [f"Ensure this value is less than or equal to {LONGEST_WINDOW}."]
    wanted = details.get("inRelease")
    if wanted and wanted != "latest" and all(wanted != each.version for each in world.all_releases()):
        errors["inRelease"] = ["Unable to find a release with the given version."]
    commit = details.get("inCommit")
    if commit and all(
        commit.get("commit") != each.id for found in world.all_releases() for each in found.commits
    ):
        errors["inCommit"] = ["Unable to find the given commit."]
    return errors


def read_owner(world: "World", text: str) -> tuple[str, str] | None:
    """`user:12`, `team:3`, an id, an e-mail or "" -> ("user", "12"). Raises ValueError, Sentry's words."""
    if not text:
        return None
    kind, _, identity = text.rpartition(":")
    if kind == "team" or text.startswith("#"):
        for team in world.teams:
            if identity in (team.id, team.slug) or text == f"#{team.slug}":
                return "team", team.id
        raise ValueError("Cannot assign to a team without access to the project")
    for person in world.people:
        if identity in (str(person.user_id), person.email):
            return "user", str(person.user_id)
    raise ValueError("Cannot assign to non-team member")


def apply(world: "World", issue: Issue, body: dict[str, Any], actor: Actor) -> list[str]:
    """Does what the body says; gives its webhook actions (resolved, unresolved, archived, assigned)."""
    events: list[str] = []
    if "status" in body:
        events += _set_status(world, issue, body, actor)
    if "assignedTo" in body:
        events += _assign(world, issue, str(body["assignedTo"] or ""), actor)
    if "priority" in body and body["priority"] != issue.priority:
        issue.priority = body["priority"]
        note_activity(world, issue, "set_priority", actor.user, {"priority": issue.priority, "reason": None})
    if "isPublic" in body:
        issue.share = _share_id(world, issue) if body["isPublic"] else None
        note_activity(world, issue, "set_public" if body["isPublic"] else "set_private", actor.user)
    if body.get("inbox") is False:
        issue.inbox = None
        note_activity(world, issue, "mark_reviewed", actor.user)
    _set_flags(world, issue, body, actor)
    world.touch(issue)
    return events


def _share_id(world: "World", issue: Issue) -> str:
    return f"{mix(world.seed, issue.id, 15):016x}{mix(world.seed, issue.id, 16):016x}"


def _set_flags(world: "World", issue: Issue, body: dict[str, Any], actor: Actor) -> None:
    """Bookmarks, subscriptions and "seen" belong to the token's user, an integration's proxy included."""
    if "isBookmarked" in body:
        issue.bookmarked = _toggled(issue.bookmarked, actor.user_id, body["isBookmarked"])
    if "isSubscribed" in body:
        issue.subscribed = _toggled(issue.subscribed, actor.user_id, body["isSubscribed"])
    if "hasSeen" in body:
        seen = dict(issue.seen or {})
        if body["hasSeen"]:
            seen[actor.user_id] = world.clock.now()
        else:
            seen.pop(actor.user_id, None)
        issue.seen = seen or None


def _toggled(people: set[int] | None, user_id: int, on: bool) -> set[int] | None:
    found = set(people or ())
    (found.add if on else found.discard)(user_id)
    return found or None


def _set_status(world: "World", issue: Issue, body: dict[str, Any], actor: Actor) -> list[str]:
    status = body["status"]
    given = {name: value for name, value in (body.get("statusDetails") or {}).items() if value is not None}
    if status == "unresolved":
        if issue.status == "unresolved" and not body.get("substatus"):
            return []
        issue.status, issue.details = "unresolved", None
        issue.substatus = body.get("substatus") or "ongoing"
        note_activity(world, issue, "set_unresolved", actor.user)
        return ["unresolved"]
    if status in ("ignored", "muted"):
        return _archive(world, issue, body, given, actor)
    if status == "resolvedInNextRelease":
        given["inNextRelease"] = True
    details = {name: given[name] for name in ("inNextRelease", "inRelease", "inCommit") if given.get(name)}
    if details.get("inRelease") == "latest":
        details["inRelease"] = world.projects[issue.project].releases[-1].version
    issue.status, issue.substatus, issue.inbox = "resolved", None, None
    issue.details = details or None
    kind = "set_resolved"
    if "inCommit" in details:
        kind = "set_resolved_in_commit"
    elif details:
        kind = "set_resolved_in_release"
    note_activity(
        world, issue, kind, actor.user, {"version": details.get("inRelease", "")} if details else {}
    )
    return ["resolved"]


def _archive(
    world: "World", issue: Issue, body: dict[str, Any], given: dict[str, Any], actor: Actor
) -> list[str]:
    details: dict[str, Any] = {
        name: given[name]
        for name in ("ignoreCount", "ignoreWindow", "ignoreUserCount", "ignoreUserWindow")
        if name in given
    }
    if "ignoreDuration" in given:
        details["until"] = round(world.clock.now() + given["ignoreDuration"] * 60)
    substatus = body.get("substatus")
    if details:
        substatus = "archived_until_condition_met"
    issue.status, issue.details, issue.inbox = "ignored", details or None, None
    issue.substatus = substatus or "archived_until_escalating"
    data = {"ignoreUntilEscalating": True} if issue.substatus == "archived_until_escalating" else dict(given)
    note_activity(world, issue, "set_ignored", actor.user, data)
    return ["archived"]


def _assign(world: "World", issue: Issue, text: str, actor: Actor) -> list[str]:
    owner = read_owner(world, text)
    if owner == issue.assigned:
        return []
    issue.assigned = owner
    if owner is None:
        note_activity(world, issue, "unassigned", actor.user)
        return []
    note_activity(world, issue, "assigned", actor.user, {"assignee": owner[1], "assigneeType": owner[0]})
    return ["assigned"]
