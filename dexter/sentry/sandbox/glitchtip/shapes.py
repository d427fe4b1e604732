"""Objects as GlitchTip writes them: the Sentry ones with fewer keys, other numbers and other dates."""

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from dexter.sentry.sandbox.events.naming import Person as User
from dexter.sentry.sandbox.events.render import event_id, full_event
from dexter.sentry.sandbox.search.values import head_of
from dexter.sentry.sandbox.shapes.issue import short_id
from dexter.sentry.sandbox.shapes.tags import count_tags
from dexter.sentry.sandbox.world.model import Issue, Person, Project, Release, Team
from dexter.sentry.sandbox.world.organization import ORG_NAME, ORG_SLUG
from dexter.sentry.sandbox.world.streams import Stream

if TYPE_CHECKING:
    from dexter.sentry.sandbox.world.store import World

NOT_IN_EVENTS = (
    "location", "size", "crashFile", "occurrence", "_meta", "fingerprints", "groupingConfig",
)  # fmt: skip


def stamp(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def long_stamp(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="microseconds")


def organization(world: "World") -> dict[str, Any]:
    return {
        "name": ORG_NAME,
        "id": "1",
        "dateCreated": stamp(world.projects[0].created),
        "status": {"id": "active", "name": "active"},
        "avatar": {"avatarType": "", "avatarUuid": None},
        "isEarlyAdopter": False,
        "require2fa": False,
        "slug": ORG_SLUG,
        "isAcceptingEvents": True,
        "eventThrottleRate": 0,
    }


def organization_detail(world: "World") -> dict[str, Any]:
    return {
        **organization(world),
        "projects": [
            {
                **project_base(world, each),
                "eventThrottleRate": 0,
                "teams": [{"id": _team_id(world, each), "slug": each.team}],
            }
            for each in world.projects
        ],
        "teams": [
            {key: value for key, value in team(world, each).items() if key != "projects"}
            for each in world.teams
        ],
        "access": [
            "event:read",
            "event:write",
            "event:admin",
            "org:read",
            "project:read",
            "member:read",
            "team:read",
        ],
        "openMembership": True,
    }


def _team_id(world: "World", found: Project) -> str:
    return next(team.id for team in world.teams if team.slug == found.team)


def project_base(world: "World", found: Project) -> dict[str, Any]:
    return {
        "name": found.name,
        "slug": found.slug,
        "id": found.id,
        "avatar": {"avatarType": "", "avatarUuid": None},
        "color": "",
        "features": [],
        "hasAccess": True,
        "isBookmarked": False,
        "isInternal": False,
        "isMember": True,
        "isPublic": False,
        "scrubIPAddresses": True,
        "dateCreated": stamp(found.created),
        "platform": found.platform,
        "firstEvent": stamp(found.releases[0].created),
    }


def project(world: "World", found: Project) -> dict[str, Any]:
    return {**project_base(world, found), "eventThrottleRate": 0, "organization": organization(world)}


def team(world: "World", found: Team) -> dict[str, Any]:
    return {
        "id": found.id,
        "slug": found.slug,
        "dateCreated": stamp(found.created),
        "isMember": True,
        "memberCount": sum(found.slug in person.teams for person in world.people),
        "projects": [project_base(world, each) for each in world.projects if each.team == found.slug],
    }


def member(found: Person) -> dict[str, Any]:
    return {
        "id": str(found.user_id),
        "role": found.role,
        "roleName": found.role.capitalize(),
        "dateCreated": stamp(found.joined),
        "email": found.email,
        "user": user(found),
        "pending": False,
        "isOwner": found.role == "owner",
    }


def user(found: Person) -> dict[str, Any]:
    options = dict.fromkeys(("timezone", "stacktraceOrder", "language", "clock24Hours", "preferredTheme"))
    return {
        "id": str(found.user_id),
        "options": options,
        "username": found.email,
        "dateJoined": stamp(found.joined),
        "email": found.email,
        "hasPasswordAuth": True,
        "identities": [],
        "lastLogin": None,
        "isSuperuser": found.role == "owner",
        "isActive": True,
        "name": found.name,
    }


def release(world: "World", found: Release) -> dict[str, Any]:
    owner = world.projects[found.project]
    return {
        "ref": None,
        "dateReleased": None,
        "version": found.version,
        "dateCreated": stamp(found.created),
        "shortVersion": found.version,
        "projects": [{"name": owner.name, "slug": owner.slug}],
        "url": None,
        "data": {},
        "deployCount": len(found.deploys),
    }


def issue(world: "World", found: Issue, host: str, matching: str | None = None) -> dict[str, Any]:
    """No culprit, no users, no statistics: that is how GlitchTip answers."""
    head = head_of(world, found)
    owner = world.projects[found.project]
    metadata = {key: value for key, value in head["metadata"].items() if key != "in_app_frame_mix"}
    return {
        "id": str(found.id),
        "count": str(found.count),
        "type": head["type"],
        "level": world.templates[found.streams[0].kind].level,
        "status": found.status,
        "project": {"id": owner.id, "platform": owner.platform, "slug": owner.slug, "name": owner.name},
        "shortId": short_id(world, found),
        "numComments": len(found.notes or []),
        "stats": {"24h": []},
        "shareId": None,
        "logger": world.templates[found.streams[0].kind].static_tags.get("logger"),
        "permalink": f"{host}/{owner.slug}/issues/{found.id}",
        "statusDetails": {},
        "subscriptionDetails": None,
        "userCount": 0,
        "matchingEventId": matching,
        "firstSeen": stamp(found.first),
        "lastSeen": stamp(found.last),
        "title": head["title"],
        "metadata": metadata,
        "culprit": "",
    }


def put_issue(world: "World", found: Issue, host: str) -> dict[str, Any]:
    """The answer to a PUT writes some keys in snake_case."""
    body = {**issue(world, found, host), "userReportCount": 0}
    for name in ("shareId", "statusDetails", "subscriptionDetails", "userCount", "matchingEventId"):
        body[snake(name)] = body.pop(name)
    return body


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(ID|[A-Z])", lambda found: "_" + found.group().lower(), name)


def event(
    world: "World", stream: Stream, n: int, issue_id: int, neighbours: tuple[str | None, str | None]
) -> dict[str, Any]:
    body = full_event(world, stream, n, str(issue_id))
    for name in NOT_IN_EVENTS:
        body.pop(name)
    body["projectID"] = int(body["projectID"])
    body["errors"] = None
    body["dateCreated"], body["dateReceived"] = stamp(stream.time_of(n)), stamp(stream.time_of(n) + 0.4)
    body["tags"] = _event_tags(body["tags"], stream, n)
    body["contexts"] = {name: value for name, value in (body["contexts"] or {}).items() if name != "state"}
    body["message"] = body["message"] or body["title"]
    body["userReport"] = None
    body["previousEventID"], body["nextEventID"] = neighbours
    for entry in body["entries"]:
        if entry["type"] == "exception":
            _exception(entry)
    return body


def _event_tags(tags: list[dict[str, str]], stream: Stream, n: int) -> list[dict[str, str]]:
    kept = [
        tag
        for tag in tags
        if tag["key"] not in ("level", "user", "handled", "mechanism", "runtime", "runtime.name")
    ]
    number = stream.user_of(n)
    if number is not None:
        person = User(number)
        kept += [
            {"key": "user.id", "value": str(number)},
            {"key": "user.email", "value": person.email},
            {"key": "user.username", "value": person.username},
        ]
    return kept


def _exception(entry: dict[str, Any]) -> None:
    entry["data"].pop("excOmitted", None)
    for value in entry["data"]["values"]:
        for name in ("threadId", "rawStacktrace"):
            value.pop(name, None)
        if value["stacktrace"]:
            value["stacktrace"] = {"frames": [_frame(frame) for frame in value["stacktrace"]["frames"]]}


def _frame(frame: dict[str, Any]) -> dict[str, Any]:
    line = next((text for number, text in frame["context"] if number == frame["lineNo"]), None)
    kept = {
        name: frame[name]
        for name in ("vars", "module", "filename", "function", "inApp", "absPath", "lineNo", "context")
    }
    return {**kept, "context_line": line}


def snake_event(body: dict[str, Any]) -> dict[str, Any]:
    """Events in the list of an issue have snake_case keys at the top."""
    return {snake(name): value for name, value in body.items()}


def neighbour_ids(world: "World", found: Issue, stream: Stream, n: int) -> tuple[str | None, str | None]:
    before = event_id(world.seed, stream, n - 1) if n > 0 else None
    after = event_id(world.seed, stream, n + 1) if n + 1 < stream.total else None
    return before, after


def tags(world: "World", found: Issue) -> list[dict[str, Any]]:
    rows = []
    for key, values in count_tags(world, found).items():
        if key in ("level", "handled", "mechanism"):
            continue
        top = sorted(values.items(), key=lambda pair: -pair[1])
        rows.append(
            {
                "topValues": [
                    {"name": value, "value": value, "count": count, "key": key} for value, count in top[:10]
                ],
                "uniqueValues": len(values),
                "key": key,
                "name": key,
                "totalValues": sum(values.values()),
            }
        )
    return rows


def comment(world: "World", note: dict[str, Any]) -> dict[str, Any]:
    person = world.person(note["user"])
    return {
        "data": {"text": note["text"]},
        "type": "note",
        "dateCreated": stamp(note["at"]),
        "user": {"id": str(person.user_id), "email": person.email} if person else None,
        "id": note["id"],
    }
