"""The endpoints of comments."""

from datetime import datetime
from typing import Any

from django.http import Http404
from ninja import Field, Query, Router, Schema, Status
from ninja.errors import HttpError

from dexter.pii import mask_text
from dexter.web.auth import writes
from dexter.web.paging import Order, keyset_page
from dexter.web.request import Request
from issues.api.paging import page_url
from issues.api.schemas import Asked, PageAsked, Problem
from issues.models import Comment, Issue
from issues.services import discussion as service

router = Router(tags=["comments"])
NEWEST = Order("comments", "created_at")


class CommentAsked(Asked):
    text: str = Field(description="Markdown; @name and #team notify people.", examples=["It is *hold time*."])
    to_sentry: bool = Field(True, description="Also as a note in Sentry, where the server has them.")


class CommentEdit(Asked):
    text: str = Field(description="Markdown.")


class CommentOut(Schema):
    id: int
    issue: int
    author: str
    is_own: bool
    text: str = Field(description="Markdown, masked, but for one's own.")
    created_at: datetime
    edited_at: datetime | None
    state: str = Field(description="local, pending, sending, sent or failed: how far it is to Sentry.")
    error: str = Field(description="Why Sentry does not have it; empty otherwise.")
    sentry_id: str = Field(description="Of the note; empty while Sentry has none.")


class Comments(Schema):
    results: list[CommentOut]
    next: str | None
    previous: str | None


def _shape(comment: Comment, request: Request) -> dict[str, Any]:
    is_own = comment.user_id == request.user.pk
    return {
        "id": comment.pk,
        "issue": comment.issue_id,
        "author": comment.author_name,
        "is_own": is_own,
        "text": comment.text if is_own else mask_text(comment.text),
        "created_at": comment.created_at,
        "edited_at": comment.edited_at,
        "state": comment.state,
        "error": comment.error,
        "sentry_id": comment.sentry_id,
    }


@router.get(
    "/issues/{id}/comments/",
    response={200: Comments, 400: Problem, 404: Problem},
    summary="Comments on an issue, newest first",
)
def comments(request: Request, id: int, asked: Query[PageAsked]) -> dict[str, Any]:
    rows = Comment.objects.filter(issue=_issue(id), deleted_at=None)
    page = keyset_page(rows, NEWEST, size=asked.limit, cursor=asked.cursor or None)
    return {
        "results": [_shape(row, request) for row in page.rows],
        "next": page_url(request, page.next),
        "previous": page_url(request, page.previous),
    }


@router.post(
    "/issues/{id}/comments/",
    response={201: CommentOut, 400: Problem, 403: Problem, 404: Problem},
    auth=writes,
    summary="Comment on an issue",
)
def comment(request: Request, id: int, asked: CommentAsked) -> Status:
    """The people it names hear of it at once; Sentry gets it in the background."""
    try:
        made = service.comment(
            issue=_issue(id), user=request.user, text=asked.text, to_sentry=asked.to_sentry
        )
    except service.Invalid as error:
        raise HttpError(400, str(error)) from error
    return Status(201, _shape(made, request))


@router.put(
    "/comments/{id}/",
    response={200: CommentOut, 400: Problem, 403: Problem, 404: Problem},
    auth=writes,
    summary="Change one's own comment",
)
def edit(request: Request, id: int, asked: CommentEdit) -> dict[str, Any]:
    try:
        return _shape(service.edit(_own(request, id), text=asked.text), request)
    except service.Invalid as error:
        raise HttpError(400, str(error)) from error


@router.delete(
    "/comments/{id}/",
    response={204: None, 403: Problem, 404: Problem},
    auth=writes,
    summary="Delete one's own comment",
)
def delete(request: Request, id: int) -> Status:
    """In Sentry too."""
    service.delete(_own(request, id))
    return Status(204, None)


def _issue(pk: int) -> Issue:
    issue = Issue.objects.select_related("connection", "assignee").filter(pk=pk, gone="").first()
    if issue is None:
        raise Http404("There is no such issue, or it was deleted or merged in Sentry.")
    return issue


def _own(request: Request, pk: int) -> Comment:
    rows = Comment.objects.select_related("issue__connection", "issue__assignee")
    found = rows.filter(pk=pk, user=request.user, deleted_at=None).first()
    if found is None:
        raise Http404("There is no such comment of yours.")
    return found
