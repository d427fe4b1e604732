"""What stands beside a status: details of a resolution or an archive, and who an issue is assigned to."""

from typing import TYPE_CHECKING, Any

from dexter.sentry.sandbox.clock import iso
from dexter.sentry.sandbox.world.model import Issue

if TYPE_CHECKING:
    from dexter.sentry.sandbox.world.store import World

_SHOWN = (
    "inNextRelease", "inRelease", "inCommit", "ignoreCount", "ignoreWindow", "ignoreUserCount",
    "ignoreUserWindow", "actor",
)  # fmt: skip


def status_details(world: "World", issue: Issue) -> dict[str, Any]:
    """Only what applies is there, as in Sentry. `ignoreUntil` is kept as a time and shown as a date."""
    details = issue.details or {}
    shown = {name: details[name] for name in _SHOWN if name in details}
    if "until" in details:
        shown["ignoreUntil"] = iso(details["until"])
    return shown


def assigned_body(world: "World", issue: Issue) -> dict[str, Any] | None:
    if issue.assigned is None:
        return None
    kind, identity = issue.assigned
    if kind == "team":
        name = next((team.slug for team in world.teams if team.id == identity), identity)
        return {"type": "team", "id": identity, "name": name}
    person = world.people[int(identity) - 1]
    return {"type": "user", "id": identity, "name": person.name, "email": person.email}
