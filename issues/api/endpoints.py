"""The endpoints of issues and events, read-only."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from ninja import Path, Query, Router

from dexter.web.paging import Order, keyset_page
from dexter.web.request import Request, number_in
from issues.api import schemas
from issues.api.paging import page_url
from issues.api.shapes import detail_shape, event_shape, issue_shape, payload_shape
from issues.models import Event, Issue, IssueTag
from issues.queries.counts import FirstReleases, Total
from issues.queries.explorer import explore
from issues.queries.score import score_of

router = Router(tags=["issues"])
NEWEST = Order("date", "date")
MOST_TAGS = 200


@router.get("/issues/", response={200: schemas.Issues, 400: schemas.Problem}, summary="Issues a search finds")
def issues(request: Request, asked: Query[schemas.IssuesAsked]) -> dict[str, Any]:
    """One page. Answers 400 with the place for a search that cannot be read."""
    found = explore(
        asked.query,
        user=request.user,
        connections=asked.connection,
        projects=asked.project,
        environments=asked.environment,
        period=asked.period,
        sort=asked.sort,
        page_size=asked.limit,
        cursor=asked.cursor or None,
    )
    if found.error:
        raise found.error
    reach = found.searched
    return {
        "results": [issue_shape(issue) for issue in found.rows],
        "next": page_url(request, found.next),
        "previous": page_url(request, found.previous),
        "total": _total(found.total),
        "searched": {"cached": reach.cached, "total": reach.total} if reach else None,
        "first_releases": _first_releases(found.first_releases),
    }


@router.get("/issues/{id}/", response={200: schemas.IssueDetail, 404: schemas.Problem}, summary="One issue")
def issue(request: Request, id: int) -> dict[str, Any]:
    found = _issue(id)
    tags = IssueTag.objects.filter(issue=found).order_by("key", "-count", "value")[:MOST_TAGS]
    return detail_shape(found, score_of(found, timezone.now()), list(tags))


@router.get(
    "/issues/{id}/events/",
    response={200: schemas.Events, 400: schemas.Problem, 404: schemas.Problem},
    summary="Cached events of an issue, newest first",
)
def events(request: Request, id: int, asked: Query[schemas.PageAsked]) -> dict[str, Any]:
    rows = Event.objects.filter(issue=_issue(id))
    page = keyset_page(rows, NEWEST, size=asked.limit, cursor=asked.cursor or None)
    return {
        "results": [event_shape(event) for event in page.rows],
        "next": page_url(request, page.next),
        "previous": page_url(request, page.previous),
    }


@router.get("/events/{id}/", response={200: schemas.EventDetail, 404: schemas.Problem}, summary="One event")
def event(request: Request, id: str = Path(..., description="Dexter's number or Sentry's event id.")) -> Any:
    rows = Event.objects.select_related("stored_payload").filter(issue__gone="")
    found = rows.filter(event_id=id.replace("-", "").lower()).first()
    if found is None and (key := number_in(id)) is not None:
        found = rows.filter(pk=key).first()
    if found is None:
        raise Http404("This event is not in the cache.")
    return {**event_shape(found), "payload": payload_shape(found)}


def _first_releases(reach: FirstReleases | None) -> dict[str, Any] | None:
    if reach is None:
        return None
    return {"known": _total(reach.known), "issues": _total(reach.issues)}


def _total(total: Total) -> dict[str, Any]:
    return {"count": total.count, "more": total.more}


def _issue(pk: int) -> Issue:
    related = ("project", "connection", "assignee", "assignee_team", "first_release", "last_release")
    issue = Issue.objects.select_related(*related).filter(pk=pk, gone="").first()
    if issue is None:
        raise Http404("There is no such issue, or it was deleted or merged in Sentry.")
    return issue
