"""The endpoints that change something: actions, jobs, the outbox. They need a token that may write."""

from typing import Any

from django.http import Http404
from ninja import Query, Router, Status
from ninja.errors import HttpError

from dexter.web.auth import writes
from dexter.web.request import Request
from issues.actions import Action, InvalidAction, Kind, parse
from issues.api import action_schemas as schemas
from issues.api.action_shapes import action_shapes, item_shape, job_shape
from issues.api.schemas import Problem
from issues.api.shapes import issue_shape
from issues.models import Bulk, Issue, IssueAction
from issues.queries.found import Search, matching_ids
from issues.queries.open_changes import backlog
from issues.queries.people import Unknown, assignee_named
from issues.queries.receipt import PAGE, bulk_of, items
from issues.services import bulk as service
from issues.services.merging import merge
from issues.services.triage import act

router = Router(tags=["actions"])
REFUSALS = {400: Problem, 403: Problem, 404: Problem, 409: Problem}
RELATED = ("project", "connection", "assignee", "assignee_team")


@router.post(
    "/issues/bulk/",
    response={202: schemas.JobOut, **REFUSALS},
    auth=writes,
    summary="Act on many issues",
    openapi_extra={
        "requestBody": {
            "content": {
                "application/json": {
                    "examples": {
                        "ids": {"value": {"action": "archive", "until": "forever", "ids": [17, 18]}},
                        "query": {
                            "value": {"action": "resolve", "query": "is:unresolved error.type:KeyError"}
                        },
                    }
                }
            }
        }
    },
)
def act_on_many(request: Request, asked: schemas.BulkAsked) -> Status:
    """The list is frozen now; the job's receipt says what became of each issue."""
    action = _action(request, asked, None)
    if action.kind == Kind.MERGE or action.kind == Kind.UNMERGE:
        raise InvalidAction("action", f"`{action.kind}` is of one issue: POST /issues/{{id}}/actions/.")
    ids = _asked_ids(request, asked)
    return Status(202, job_shape(service.start(action, ids, user=request.user, query=asked.query or "")))


def _asked_ids(request: Request, asked: schemas.BulkAsked) -> list[int]:
    if (asked.ids is None) == (asked.query is None):
        raise InvalidAction("ids", "Give `ids` or `query`, one of them.")
    if asked.ids is not None:
        return list(Issue.objects.filter(pk__in=asked.ids).order_by("pk").values_list("pk", flat=True))
    scope = (tuple(asked.connection), tuple(asked.project), tuple(asked.environment))
    return list(matching_ids(Search(asked.query or "", request.user, *scope, asked.period or None)))


@router.post(
    "/issues/{id}/actions/",
    response={200: schemas.Acted, **REFUSALS},
    auth=writes,
    summary="Act on one issue",
    openapi_extra={
        "requestBody": {
            "content": {
                "application/json": {
                    "examples": {
                        "resolve": {"value": {"action": "resolve", "in": "next_release"}},
                        "archive": {"value": {"action": "archive", "events": 100, "window": 60}},
                        "assign": {"value": {"action": "assign", "member": "me"}},
                        "merge": {"value": {"action": "merge", "with": [18, 19]}},
                    }
                }
            }
        }
    },
)
def act_on_one(request: Request, id: int, asked: schemas.ActionAsked) -> dict[str, Any]:
    """Dexter shows it at once; `action.state` says how far it has come to Sentry."""
    issue = _issue(id)
    if asked.action == Kind.MERGE:
        _, acted = merge([id, *(asked.with_ or [])], user=request.user)
    else:
        acted = act(_action(request, asked, issue), [id], user=request.user)
    rows = list(IssueAction.objects.filter(batch=acted.batch, pk__in=[row.pk for row in acted.actions])
                .select_related("issue", "user"))  # fmt: skip
    after = _found().filter(pk=id, gone="").first()
    return {"issue": issue_shape(after) if after else None, "action": next(iter(action_shapes(rows)), None)}


def _found() -> Any:
    return Issue.objects.select_related(*RELATED)


def _issue(pk: int) -> Issue:
    found: Issue | None = _found().filter(pk=pk, gone="").first()
    if found is None:
        raise Http404("There is no such issue, or it was deleted or merged in Sentry.")
    return found


def _action(request: Request, asked: schemas.ActionAsked, issue: Issue | None) -> Action:
    """Raises InvalidAction; 403 for a deletion by somebody who may not."""
    arguments = asked.arguments()
    for name in ("member", "team"):
        if arguments.get(name):
            try:
                arguments[name] = assignee_named(name, arguments[name], issue, request.user)
            except Unknown as error:
                raise InvalidAction(name, str(error)) from None
    action = parse(asked.action, arguments)
    if action.kind == Kind.DELETE and not request.user.has_perm("issues.delete_issue"):
        raise HttpError(
            403, "Deleting needs the permission “Can delete issue”. An administrator can give it."
        )
    return action


@router.get("/jobs/{id}/", response={200: schemas.JobDetail, 404: Problem}, summary="A job, with its receipt")
def job(request: Request, id: int, asked: Query[schemas.JobAsked]) -> dict[str, Any]:
    """State and progress of an action on many issues, and a page of its items."""
    bulk = _bulk(id)
    rows = items(bulk, asked.outcome, asked.after)
    following = None
    if len(rows) > PAGE:
        parameters = request.GET.copy()
        parameters["after"] = str(rows[PAGE - 1].pk)
        following = request.build_absolute_uri(f"{request.path}?{parameters.urlencode()}")
    return {**job_shape(bulk), "items": [item_shape(row) for row in rows[:PAGE]], "next": following}


def _bulk(job_id: int) -> Bulk:
    found = bulk_of(job_id)
    if found is None:
        raise Http404("There is no such job.")
    return found


@router.post(
    "/jobs/{id}/stop/", response={202: schemas.JobOut, **REFUSALS}, auth=writes, summary="Stop a job"
)
def stop(request: Request, id: int) -> Status:
    """Nothing more is sent; what had not been sent is taken back."""
    service.stop(_bulk(id))
    return Status(202, job_shape(_bulk(id)))


@router.post(
    "/jobs/{id}/retry/", response={202: schemas.JobOut, **REFUSALS}, auth=writes, summary="Retry what failed"
)
def retry(request: Request, id: int) -> Status:
    """What Sentry refused is sent again, and what was not begun goes on."""
    service.retry_failed(_bulk(id))
    return Status(202, job_shape(_bulk(id)))


@router.post(
    "/jobs/{id}/undo/", response={202: schemas.JobOut, **REFUSALS}, auth=writes, summary="Take a job back"
)
def undo(request: Request, id: int) -> Status:
    """Another job brings back what each issue was before; the answer is that job."""
    return Status(202, job_shape(service.undo(_bulk(id), user=request.user)))


@router.get(
    "/outbox/", response={200: schemas.Outbox}, summary="What waits for Sentry, what it refused and why"
)
def outbox(request: Request, asked: Query[schemas.OutboxAsked]) -> dict[str, Any]:
    rows = IssueAction.objects.select_related("issue", "user")
    waiting = rows.filter(state__in=IssueAction.WAITING).order_by("pk")[: asked.limit]
    failed = rows.filter(state=IssueAction.State.FAILED).order_by("-pk")[: asked.limit]
    return {
        "connections": [
            {
                "connection": b.connection.slug,
                "state": b.connection.state,
                "waiting": b.waiting,
                "failed": b.failed,
            }
            for b in backlog()
        ],
        "waiting": action_shapes(list(waiting)),
        "failed": action_shapes(list(failed)),
    }
