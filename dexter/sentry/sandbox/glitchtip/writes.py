"""What GlitchTip lets one change: status, merging, deleting, comments. All else is ignored or breaks."""

from typing import TYPE_CHECKING, Any

from dexter.sentry.sandbox.glitchtip import shapes
from dexter.sentry.sandbox.glitchtip.paging import invalid
from dexter.sentry.sandbox.glitchtip.reads import NOT_FOUND, check_organization, find_issue
from dexter.sentry.sandbox.glitchtip.search import matching, server_error
from dexter.sentry.sandbox.http import ApiError, Request, Response, empty, json_response
from dexter.sentry.sandbox.router import Route
from dexter.sentry.sandbox.world.model import Issue

if TYPE_CHECKING:
    from dexter.sentry.sandbox.state import Sandbox

WRITE, ADMIN = ("event:write",), ("event:admin",)
STATUSES = ("resolved", "unresolved", "ignored")


def _check_status(body: dict[str, Any]) -> None:
    if body.get("status") is not None and body["status"] not in STATUSES:
        message = "Input should be 'resolved', 'unresolved' or 'ignored'"
        raise ApiError(
            422, {"detail": [{"type": "literal_error", "loc": ["body", "payload", "status"], "msg": message}]}
        )


def _set_status(sandbox: "Sandbox", issue: Issue, status: str) -> None:
    issue.status, issue.substatus, issue.details = status, None, None
    sandbox.world.touch(issue)


def update_issue(sandbox: "Sandbox", request: Request) -> Response:
    """A body without `status` is a 500, as `{"assignedTo": ...}` alone is."""
    issue = find_issue(sandbox, request)
    body = request.json()
    _check_status(body)
    if not body.get("status"):
        return server_error()
    _set_status(sandbox, issue, body["status"])
    return json_response(shapes.put_issue(sandbox.world, issue, request.host))


def _matched(sandbox: "Sandbox", request: Request) -> list[Issue]:
    only = None
    if wanted := request.many("project"):
        only = frozenset(place for place, each in enumerate(sandbox.world.projects) if each.id in wanted)
    return [issue for issue in matching(sandbox, request, only) if not issue.gone]


def bulk_update(sandbox: "Sandbox", request: Request) -> Response:
    """Answers the payload back whatever matched; without id and query it changes the whole organization."""
    check_organization(request)
    body = request.json()
    _check_status(body)
    issues = _matched(sandbox, request)
    if body.get("merge") and len(issues) > 1:
        _merge(sandbox, issues)
    if body.get("status"):
        for issue in issues:
            if not issue.gone:
                _set_status(sandbox, issue, body["status"])
    return json_response({"status": body.get("status"), "merge": body.get("merge")})


def _merge(sandbox: "Sandbox", issues: list[Issue]) -> None:
    """The newest id stays; the counts are not added up."""
    *children, parent = sorted(issues, key=lambda issue: issue.id)
    for child in children:
        child.gone = "merged"
        sandbox.world.merged[child.id] = parent.id
        sandbox.world.touch(child)


def _remove(sandbox: "Sandbox", issue: Issue) -> None:
    issue.gone = "deleted"
    sandbox.world.deleted.add(issue.id)
    sandbox.world.touch(issue)


def delete_issue(sandbox: "Sandbox", request: Request) -> Response:
    _remove(sandbox, find_issue(sandbox, request))
    return empty(204)


def bulk_delete(sandbox: "Sandbox", request: Request) -> Response:
    check_organization(request)
    for issue in _matched(sandbox, request):
        _remove(sandbox, issue)
    return empty(204)


def _text(request: Request) -> str:
    data = request.json().get("data")
    if not isinstance(data, dict) or not isinstance(data.get("text"), str):
        error = invalid("data", "missing", "Field required")
        error.body["detail"][0]["loc"] = ["body", "payload", "data"]
        raise error
    return str(data["text"])


def create_comment(sandbox: "Sandbox", request: Request) -> Response:
    issue = find_issue(sandbox, request)
    text = _text(request)
    number = len([note for each in sandbox.world.issues.values() for note in each.notes or []]) + 1
    note = {"id": number, "user": max(1, request.user_id), "text": text, "at": sandbox.clock.now()}
    issue.notes = [*(issue.notes or []), note]
    sandbox.world.touch(issue)
    return json_response(shapes.comment(sandbox.world, note), 201)


def _note(request: Request, issue: Issue) -> dict[str, Any]:
    for note in issue.notes or []:
        if str(note["id"]) == request.params["note"]:
            return note
    raise ApiError(404, NOT_FOUND)


def update_comment(sandbox: "Sandbox", request: Request) -> Response:
    note = _note(request, find_issue(sandbox, request))
    note["text"] = _text(request)
    return json_response(shapes.comment(sandbox.world, note))


def delete_comment(sandbox: "Sandbox", request: Request) -> Response:
    issue = find_issue(sandbox, request)
    note = _note(request, issue)
    issue.notes = [each for each in issue.notes or [] if each is not note] or None
    return empty(204)


_ORG = "/api/0/organizations/{org}"

ROUTES = [
    Route("PUT", f"{_ORG}/issues/", bulk_update, WRITE),
    Route("DELETE", f"{_ORG}/issues/", bulk_delete, ADMIN),
    Route("PUT", f"{_ORG}/issues/{{issue}}/", update_issue, WRITE),
    Route("PUT", "/api/0/issues/{issue}/", update_issue, WRITE),
    Route("DELETE", "/api/0/issues/{issue}/", delete_issue, ADMIN),
    Route("POST", "/api/0/issues/{issue}/comments/", create_comment, WRITE),
    Route("PUT", "/api/0/issues/{issue}/comments/{note}/", update_comment, WRITE),
    Route("DELETE", "/api/0/issues/{issue}/comments/{note}/", delete_comment, WRITE),
]
