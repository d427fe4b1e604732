"""Notes (comments) and the activity feed of an issue."""

from typing import TYPE_CHECKING, Any

from dexter.sentry.sandbox.clock import iso
from dexter.sentry.sandbox.http import ApiError, Request, Response, empty, json_response, not_found
from dexter.sentry.sandbox.paging import paged
from dexter.sentry.sandbox.router import Route
from dexter.sentry.sandbox.routes.lookup import get_issue
from dexter.sentry.sandbox.routes.writes import hook_actor
from dexter.sentry.sandbox.shapes.detail import activity_list
from dexter.sentry.sandbox.shapes.people import user_body
from dexter.sentry.sandbox.webhooks.bodies import comment_data
from dexter.sentry.sandbox.webhooks.sender import APP_SLUG, APP_UUID
from dexter.sentry.sandbox.world.model import Issue

if TYPE_CHECKING:
    from dexter.sentry.sandbox.state import Sandbox

READ = ("event:read",)
WRITE = ("event:write",)
REPEAT = 3600.0


def note_body(sandbox: "Sandbox", note: dict[str, Any]) -> dict[str, Any]:
    person = sandbox.world.person(note["user"])
    app = None if person else {"id": APP_UUID, "name": "Dexter", "slug": APP_SLUG, "avatars": []}
    return {
        "id": str(note["id"]),
        "user": user_body(person) if person else None,
        "sentry_app": app,
        "type": "note",
        "data": {"text": note["text"], **({"mentions": note["mentions"]} if note.get("mentions") else {})},
        "dateCreated": iso(note["at"]),
    }


def list_notes(sandbox: "Sandbox", request: Request) -> Response:
    issue = get_issue(sandbox, request)
    rows = sorted(issue.notes or [], key=lambda note: note["at"], reverse=True)
    found, headers = paged(request, rows)
    return json_response([note_body(sandbox, note) for note in found], headers=headers)


def _text(request: Request) -> tuple[str, list[str]]:
    body = request.json()
    text = body.get("text")
    if not isinstance(text, str) or not text.strip():
        raise ApiError(
            400, {"text": ["This field is required." if text is None else "This field may not be blank."]}
        )
    return text, list(body.get("mentions") or [])


def create_note(sandbox: "Sandbox", request: Request) -> Response:
    """201. The same text by the same author within an hour is a 400, so a repeated POST is found out."""
    issue = get_issue(sandbox, request)
    if request.token is None or request.token.kind == "org":
        raise ApiError(403, {"detail": "Key doesn't have permission to create Note"})
    text, mentions = _text(request)
    now = sandbox.clock.now()
    for note in issue.notes or []:
        if note["user"] == request.user_id and note["text"] == text and now - note["at"] < REPEAT:
            raise ApiError(400, {"detail": "You have already posted that comment."})
    number = sandbox.world.new_activity_id()
    note = {"id": number, "user": request.user_id, "text": text, "mentions": mentions, "at": now}
    issue.notes = [*(issue.notes or []), note]
    sandbox.world.touch(issue)
    _announce(sandbox, request, issue, note, "created")
    return json_response(note_body(sandbox, note), 201)


def _announce(sandbox: "Sandbox", request: Request, issue: Issue, note: dict[str, Any], action: str) -> None:
    sandbox.sender.send(
        "comment", action, comment_data(sandbox.world, issue, note), hook_actor(sandbox, request)
    )


def _own_note(sandbox: "Sandbox", request: Request, issue: Issue) -> dict[str, Any]:
    for note in issue.notes or []:
        if str(note["id"]) == request.params["note"]:
            if note["user"] != request.user_id:
                raise ApiError(403, {"detail": "You do not have permission to perform this action."})
            return note
    raise not_found()


def update_note(sandbox: "Sandbox", request: Request) -> Response:
    issue = get_issue(sandbox, request)
    note = _own_note(sandbox, request, issue)
    note["text"], note["mentions"] = _text(request)
    sandbox.world.touch(issue)
    _announce(sandbox, request, issue, note, "updated")
    return json_response(note_body(sandbox, note))


def delete_note(sandbox: "Sandbox", request: Request) -> Response:
    issue = get_issue(sandbox, request)
    note = _own_note(sandbox, request, issue)
    issue.notes = [each for each in issue.notes or [] if each is not note] or None
    sandbox.world.touch(issue)
    _announce(sandbox, request, issue, note, "deleted")
    return empty(204)


def list_activities(sandbox: "Sandbox", request: Request) -> Response:
    issue = get_issue(sandbox, request)
    return json_response({"activity": activity_list(sandbox.world, issue)})


ROUTES = [
    route
    for base in ("/api/0/organizations/{org}/issues/{issue}", "/api/0/issues/{issue}")
    for name in ("notes", "comments")
    for route in (
        Route("GET", f"{base}/{name}/", list_notes, READ),
        Route("POST", f"{base}/{name}/", create_note, WRITE),
        Route("PUT", f"{base}/{name}/{{note}}/", update_note, WRITE),
        Route("DELETE", f"{base}/{name}/{{note}}/", delete_note, WRITE),
        Route("GET", f"{base}/activities/", list_activities, READ),
    )
]
