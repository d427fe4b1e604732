"""PUT and DELETE of issues, alone and in bulk, merging and unmerging."""

from typing import TYPE_CHECKING, Any

from dexter.sentry.sandbox.http import ApiError, Request, Response, empty, json_response
from dexter.sentry.sandbox.router import Route
from dexter.sentry.sandbox.routes.listing import issue_query, projects
from dexter.sentry.sandbox.routes.lookup import get_issue, get_organization, get_project
from dexter.sentry.sandbox.shapes.issue import View, base_body, counts_body
from dexter.sentry.sandbox.shapes.people import user_body
from dexter.sentry.sandbox.shapes.statuses import assigned_body, status_details
from dexter.sentry.sandbox.webhooks.bodies import issue_data
from dexter.sentry.sandbox.webhooks.sender import OWN_ACTOR
from dexter.sentry.sandbox.world import changes
from dexter.sentry.sandbox.world.model import Issue
from dexter.sentry.sandbox.world.updates import Actor, apply, validate

if TYPE_CHECKING:
    from dexter.sentry.sandbox.state import Sandbox

WRITE = ("event:write",)
ADMIN = ("event:admin",)
MOST = 1000
STATUS_KEYS = {"status", "substatus", "statusDetails"}
SEVERAL_PROJECTS = {"detail": "Merging across multiple projects is not supported"}


def _actor(request: Request) -> Actor:
    return Actor(max(0, request.user_id))


def hook_actor(sandbox: "Sandbox", request: Request) -> dict[str, Any]:
    """Who a webhook says it was: the member, or this very application for its own writes."""
    person = sandbox.world.person(request.user_id)
    return {"type": "user", "id": person.user_id, "name": person.name} if person else OWN_ACTOR


def _announce(sandbox: "Sandbox", request: Request, issue: Issue, actions: list[str]) -> None:
    for action in actions:
        data = {"issue": issue_data(sandbox.world, issue)}
        sandbox.sender.send("issue", action, data, hook_actor(sandbox, request))


def update_issue(sandbox: "Sandbox", request: Request) -> Response:
    """The whole issue comes back."""
    issue = get_issue(sandbox, request)
    body = request.json()
    _check_discard(request, body)
    validate(sandbox.world, body)
    if body.get("discard"):
        changes.delete(sandbox.world, issue)
        return empty(204)
    actions = apply(sandbox.world, issue, body, _actor(request))
    _announce(sandbox, request, issue, actions)
    view = View(request.host, request.user_id)
    row = base_body(sandbox.world, issue, view)
    row["statusDetails"] = _shown_details(sandbox, request, issue, body)
    row["isUnhandled"] = sandbox.world.templates[issue.streams[0].kind].unhandled
    return json_response(row | counts_body(issue, view))


def _check_discard(request: Request, body: dict[str, Any]) -> None:
    if not body.get("discard"):
        return
    if set(body) != {"discard"}:
        raise ApiError(400, {"detail": "discard must be the only key"})
    if request.token is None or not request.token.may(ADMIN):
        raise ApiError(403, {"detail": "You do not have permission to perform this action."})


def _shown_details(
    sandbox: "Sandbox", request: Request, issue: Issue, body: dict[str, Any]
) -> dict[str, Any]:
    """A fresh resolution also says who did it."""
    details = status_details(sandbox.world, issue)
    person = sandbox.world.person(request.user_id)
    if person and body.get("status") in ("resolved", "ignored") and issue.details:
        details["actor"] = user_body(person)
    return details


def _targets(sandbox: "Sandbox", request: Request, limit_to_query: bool) -> list[Issue]:
    """By id; without ids everything that the query matches. Unknown ids are silently skipped."""
    chosen = projects(sandbox, request)
    ids = request.many("id")
    if ids:
        found = {
            issue.id: issue
            for text in ids
            if text.isdigit() and (issue := sandbox.world.issues.get(int(text)))
        }
        usable = [issue for issue in found.values() if not issue.gone]
        return [issue for issue in usable if chosen is None or issue.project in chosen][:MOST]
    if not limit_to_query:
        raise ApiError(400, {"detail": "You must provide a list of issue ids."})
    return [entry[2] for entry in sandbox.results.entries(issue_query(sandbox, request, chosen))]


def bulk_update(sandbox: "Sandbox", request: Request) -> Response:
    """A delta comes back, 204 when nothing matched. WITHOUT `id` it changes all that the query matches."""
    get_organization(sandbox, request)
    body = request.json()
    _check_discard(request, body)
    issues = _targets(sandbox, request, limit_to_query=set(body) <= STATUS_KEYS | {"inbox"})
    if len(request.many("id")) > MOST:
        raise ApiError(400, {"detail": f"You can only update {MOST} issues at a time"})
    validate(sandbox.world, body)
    if not issues:
        return empty(204)
    if body.get("discard"):
        for issue in issues:
            changes.delete(sandbox.world, issue)
        return empty(204)
    delta: dict[str, Any] = {}
    if body.get("merge"):
        refusal = _merge(sandbox, request, issues, delta)
        if refusal is not None:
            return refusal
        body = {key: value for key, value in body.items() if key != "merge"}
    if body:
        for issue in issues:
            if not issue.gone:
                actions = apply(sandbox.world, issue, body, _actor(request))
                _announce(sandbox, request, issue, actions)
        delta |= _delta(sandbox, issues[0], body)
    return json_response(delta)


def _merge(
    sandbox: "Sandbox", request: Request, issues: list[Issue], delta: dict[str, Any]
) -> Response | None:
    if len(issues) < 2:
        raise ApiError(400, {"detail": "You must provide at least two issues to merge."})
    if len({issue.project for issue in issues}) > 1:
        # Older servers refuse with the same body and status 200.
        return json_response(SEVERAL_PROJECTS, 200 if sandbox.switches.old_refusals else 400)
    user = _actor(request).user
    parent, children = changes.start_merge(sandbox.world, issues, user, sandbox.switches.merge_seconds)
    delta["merge"] = {"parent": str(parent.id), "children": [str(child.id) for child in children]}
    return None


def _delta(sandbox: "Sandbox", issue: Issue, body: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    if "status" in body:
        shown |= {"status": issue.status, "statusDetails": status_details(sandbox.world, issue)}
        if issue.substatus is not None:
            shown["substatus"] = issue.substatus
    if "assignedTo" in body:
        shown["assignedTo"] = assigned_body(sandbox.world, issue)
    for name in ("hasSeen", "isBookmarked", "isSubscribed", "isPublic", "inbox", "priority"):
        if name in body:
            shown[name] = body[name]
    if body.get("isPublic"):
        shown["shareId"] = issue.share
    return shown


def bulk_delete(sandbox: "Sandbox", request: Request) -> Response:
    get_organization(sandbox, request)
    for issue in _targets(sandbox, request, limit_to_query=True):
        changes.delete(sandbox.world, issue)
    return empty(204)


def delete_issue(sandbox: "Sandbox", request: Request) -> Response:
    changes.delete(sandbox.world, get_issue(sandbox, request))
    return empty(202)


def unmerge(sandbox: "Sandbox", request: Request) -> Response:
    """Asynchronous: all given hashes go to one new issue."""
    issue = get_issue(sandbox, request)
    hashes = set(request.many("id"))
    if not hashes:
        raise ApiError(400, {"detail": "No hashes given"})
    world = sandbox.world
    if (issue.id, "unmerge") in world.busy:
        raise ApiError(409, {"detail": "Already being unmerged"})
    world.busy.add((issue.id, "unmerge"))
    user = _actor(request).user

    def finish() -> None:
        world.busy.discard((issue.id, "unmerge"))
        changes.unmerge(world, issue, hashes, user)

    world.later(sandbox.switches.merge_seconds, finish)
    return empty(202)


def project_update(sandbox: "Sandbox", request: Request) -> Response:
    """The old project-wide bulk PUT."""
    project = get_project(sandbox, request)
    request.query.append(("project", project.id))
    return bulk_update(sandbox, request)


def project_delete(sandbox: "Sandbox", request: Request) -> Response:
    project = get_project(sandbox, request)
    request.query.append(("project", project.id))
    return bulk_delete(sandbox, request)


_ORG = "/api/0/organizations/{org}"

ROUTES = [
    Route("PUT", f"{_ORG}/issues/", bulk_update, WRITE),
    Route("DELETE", f"{_ORG}/issues/", bulk_delete, ADMIN),
    Route("PUT", "/api/0/projects/{org}/{project}/issues/", project_update, WRITE),
    Route("DELETE", "/api/0/projects/{org}/{project}/issues/", project_delete, ADMIN),
    *[
        route
        for base in (f"{_ORG}/issues/{{issue}}", "/api/0/issues/{issue}")
        for route in (
            Route("PUT", f"{base}/", update_issue, WRITE, "issue-put"),
            Route("DELETE", f"{base}/", delete_issue, ADMIN, "issue-delete"),
            Route("PUT", f"{base}/hashes/", unmerge, WRITE),
        )
    ],
]
