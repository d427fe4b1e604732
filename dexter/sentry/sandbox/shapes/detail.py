"""One issue in full: what `row` has, and activity, releases, tags and participants."""

from typing import TYPE_CHECKING, Any

from dexter.sentry.sandbox.shapes.issue import View, base_body, counts_body, inbox_body, make_buckets
from dexter.sentry.sandbox.shapes.people import user_body
from dexter.sentry.sandbox.shapes.release import reference
from dexter.sentry.sandbox.shapes.tags import tag_totals
from dexter.sentry.sandbox.world.changes import activities, activity_body
from dexter.sentry.sandbox.world.model import Issue

if TYPE_CHECKING:
    from dexter.sentry.sandbox.world.store import World

EMBEDDED_ACTIVITY = 100


def activity_list(world: "World", issue: Issue) -> list[dict[str, Any]]:
    """Newest first. Notes stand in it as Sentry has them, with type `note`."""
    entries = activities(world, issue) + [
        {
            "id": str(note["id"]),
            "type": "note",
            "user": note["user"],
            "at": note["at"],
            "data": {"text": note["text"]},
        }
        for note in issue.notes or []
    ]
    entries.sort(key=lambda entry: entry["at"], reverse=True)
    return [activity_body(world, entry, _user(world, entry["user"])) for entry in entries]


def _user(world: "World", number: int | None) -> dict[str, Any] | None:
    person = world.person(number) if number else None
    return user_body(person) if person else None


def detail_body(world: "World", issue: Issue, view: View) -> dict[str, Any]:
    body = base_body(world, issue, view)
    body["isUnhandled"] = world.templates[issue.streams[0].kind].unhandled
    body |= counts_body(issue, view)
    body["activity"] = activity_list(world, issue)[:EMBEDDED_ACTIVITY]
    body["seenBy"] = [
        user_body(world.people[number - 1])
        for number in sorted(issue.seen or {})
        if 0 < number <= len(world.people)
    ]
    body["participants"] = [
        {"type": "user", **user_body(world.people[number - 1])}
        for number in sorted(issue.subscribed or ())
        if 0 < number <= len(world.people)
    ]
    body["userReportCount"] = 0
    if "release" not in view.collapse:
        project = world.projects[issue.project]
        for name, moment in (("firstRelease", issue.first), ("lastRelease", issue.last)):
            release = world.release_at(project, moment)
            body[name] = reference(release) if release else None
    if "tags" not in view.collapse:
        body["tags"] = tag_totals(world, issue)
    if "stats" not in view.collapse:
        now = world.clock.now()
        body["stats"] = {name: make_buckets(name, now).series(issue) for name in ("24h", "30d")}
    if "inbox" in view.expand:
        body["inbox"] = inbox_body(issue)
    if "owners" in view.expand:
        body["owners"] = None
    for name in ("integrationIssues", "sentryAppIssues"):
        if name in view.expand:
            body[name] = []
    if "latestEventHasAttachments" in view.expand:
        body["latestEventHasAttachments"] = False
    return body
