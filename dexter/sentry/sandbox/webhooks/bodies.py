"""The `data` of each kind of webhook, in the shapes of Sentry's integration platform."""

from typing import TYPE_CHECKING, Any

from dexter.sentry.sandbox.clock import iso
from dexter.sentry.sandbox.events.render import raw_event, tags_of
from dexter.sentry.sandbox.events.templates import head_of_event
from dexter.sentry.sandbox.shapes.issue import View, base_body, counts_body
from dexter.sentry.sandbox.webhooks.sender import APP_SLUG, APP_UUID, INSTALLATION
from dexter.sentry.sandbox.world.model import Issue

if TYPE_CHECKING:
    from dexter.sentry.sandbox.world.store import World

WEB = "https://sentry.sandbox.invalid"


def issue_data(world: "World", issue: Issue) -> dict[str, Any]:
    """The issue serializer's output and three addresses."""
    project = world.projects[issue.project]
    view = View(WEB, -1)
    return {
        "url": f"{WEB}/api/0/organizations/acme/issues/{issue.id}/",
        "web_url": f"{WEB}/organizations/acme/issues/{issue.id}/",
        "project_url": f"{WEB}/organizations/acme/issues/?project={project.id}",
        **base_body(world, issue, view),
        "isUnhandled": world.templates[issue.streams[0].kind].unhandled,
        **counts_body(issue, view),
    }


def event_data(world: "World", issue: Issue) -> dict[str, Any]:
    """The newest event as it is stored: snake_case, tags as pairs."""
    stream = max(issue.streams, key=lambda each: each.newest)
    n = stream.total - 1
    event = raw_event(world, stream, n)
    head = head_of_event(event)
    event |= {
        "project": int(world.projects[issue.project].id),
        "datetime": iso(stream.time_of(n)),
        "received": stream.time_of(n) + 0.4,
        "type": head["type"],
        "title": head["title"],
        "culprit": head["culprit"],
        "location": head["location"],
        "metadata": head["metadata"],
        "message": head["message"],
        "version": "7",
        "dist": None,
        "tags": [[key, value] for key, value in tags_of(world, stream, n).items()],
    }
    path = f"projects/acme/{world.projects[issue.project].slug}/events/{event['event_id']}"
    return {
        **event,
        "url": f"{WEB}/api/0/{path}/",
        "web_url": f"{WEB}/organizations/acme/issues/{issue.id}/events/{event['event_id']}/",
        "issue_url": f"{WEB}/api/0/organizations/acme/issues/{issue.id}/",
        "issue_id": str(issue.id),
    }


def error_data(world: "World", issue: Issue) -> dict[str, Any]:
    return {"error": event_data(world, issue)}


def event_alert_data(world: "World", issue: Issue, rule: str) -> dict[str, Any]:
    return {"event": event_data(world, issue), "triggered_rule": rule}


def metric_alert_data(world: "World", status: int, title: str) -> dict[str, Any]:
    """`status` is Sentry's number: 2 closed, 10 warning, 20 critical."""
    slugs = [world.projects[0].slug]
    now = iso(world.clock.now())
    rule = {
        "id": "7", "name": title, "organization_id": "4509001", "projects": slugs, "aggregate": "count()",
        "dataset": "events", "query": "level:error", "time_window": 10, "resolution": 1, "threshold_type": 0,
        "threshold_period": 1, "resolve_threshold": None, "status": 0, "environment": None,
        "include_all_projects": False, "created_by": None, "date_created": now, "date_modified": now,
        "triggers": [],
    }  # fmt: skip
    alert = {
        "id": "4", "identifier": "1", "organization_id": "4509001", "projects": slugs, "title": title,
        "status": status, "status_method": 3, "type": 2, "date_created": now, "date_detected": now,
        "date_started": now, "date_closed": now if status == 2 else None, "alert_rule": rule,
    }  # fmt: skip
    word = {2: "Resolved", 10: "Warning", 20: "Critical"}.get(status, "Critical")
    return {
        "metric_alert": alert,
        "description_text": "1000 events in the last 10 minutes\nFilter: level:error",
        "description_title": f"{word}: {title}",
        "web_url": f"{WEB}/organizations/acme/alerts/1/",
    }


def comment_data(world: "World", issue: Issue, note: dict[str, Any]) -> dict[str, Any]:
    return {
        "comment": note["text"],
        "project_slug": world.projects[issue.project].slug,
        "comment_id": note["id"],
        "issue_id": issue.id,
        "timestamp": iso(note["at"]),
    }


def installation_data() -> dict[str, Any]:
    return {
        "installation": {
            "status": "installed",
            "organization": {"slug": "acme"},
            "app": {"uuid": APP_UUID, "slug": APP_SLUG},
            "code": "f3c71b491e3949b6b033ae45312a4fcb",
            "uuid": INSTALLATION,
        }
    }
