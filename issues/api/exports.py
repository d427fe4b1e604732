"""The endpoints of exports: a job that writes a file, and the file."""

from datetime import datetime
from typing import Any, Literal

from django.http import Http404, HttpResponseBase
from ninja import Field, Router, Schema, Status
from ninja.errors import HttpError

from dexter.web.request import Request
from dexter.web.streaming import blocks_of, stream_file
from issues.api.schemas import MOST_IDS, Asked, IdOfIssue, Problem, SortName
from issues.exports import Refused, Wanted, enqueue, path_of, prepare
from issues.exports.columns import UnknownColumn
from issues.exports.formats import CONTENT_TYPES
from issues.models import Export, Issue
from issues.queries.found import Search

router = Router(tags=["exports"])


class ExportAsked(Asked):
    """What to export: the issues of a `query`, those with `ids`, or the stored events of one `issue`."""

    format: Literal["csv", "jsonl", "xlsx", "md"] = "csv"
    columns: list[str] = Field([], description="In this order; the usual ones without.")
    query: str | None = Field(None, description="The search, as in the portal.", examples=["is:unresolved"])
    ids: list[IdOfIssue] | None = Field(
        None, max_length=MOST_IDS, description="Ids of issues, as in the list."
    )
    issue: int | None = Field(None, description="Id of the issue whose events are wanted.")
    sort: SortName = "last_seen"
    period: str = ""
    connection: list[str] = []
    project: list[str] = []
    environment: list[str] = []
    masked: bool = Field(True, description="False needs the permission issues.export_unmasked; recorded.")
    bom: bool = Field(False, description="CSV with a byte order mark, for Excel.")


class ExportOut(Schema):
    id: int
    state: str = Field(
        description="queued, running, done, failed, stopped, or expired once the file is gone."
    )
    done: int = Field(description="Rows written.")
    total: int | None = Field(description="Rows to write; null while that is not known.")
    format: str
    columns: list[str]
    masked: bool
    rows: int | None
    size: int = Field(description="Bytes of the file.")
    error: str
    created_at: datetime
    expires_at: datetime | None
    file: str | None = Field(description="Address of the file, once it is written.")


def _shape(export: Export, request: Request) -> dict[str, Any]:
    job = export.job
    state = str(job.state) if job else "done"
    if state == "done" and not export.is_ready:
        state = "expired"
    file = request.build_absolute_uri(f"/api/v1/exports/{export.pk}/file/") if export.is_ready else None
    plain = ("format", "columns", "masked", "rows", "size", "created_at", "expires_at")
    return {
        **{name: getattr(export, name) for name in plain},
        "id": export.pk,
        "state": state,
        "done": job.done if job else export.rows or 0,
        "total": job.total if job else export.rows,
        "error": job.error if job else "",
        "file": file,
    }


@router.post(
    "/exports/",
    response={202: ExportOut, 400: Problem, 403: Problem, 404: Problem},
    summary="Export issues or events",
)
def make(request: Request, asked: ExportAsked) -> Status:
    """Ask `GET /exports/{id}/` until the state is done, then fetch the file. Only its owner can."""
    try:
        export, _ = prepare(_wanted(request, asked), user=request.user)
    except UnknownColumn as error:
        raise HttpError(400, str(error)) from error
    except Refused as error:
        raise HttpError(403 if not asked.masked else 400, str(error)) from error
    enqueue(export)
    return Status(202, _shape(_own(request, export.pk), request))


def _wanted(request: Request, asked: ExportAsked) -> Wanted:
    if sum(given is not None for given in (asked.query, asked.ids, asked.issue)) != 1:
        raise HttpError(400, "Give one of `query`, `ids` and `issue`.")
    issue = None
    if asked.issue is not None:
        issue = Issue.objects.filter(pk=asked.issue, gone="").first()
        if issue is None:
            raise Http404("There is no such issue, or it was deleted or merged in Sentry.")
    search = None
    if asked.query is not None:
        scope = (tuple(asked.connection), tuple(asked.project), tuple(asked.environment))
        search = Search(asked.query, request.user, *scope, asked.period or None)
    return Wanted(
        format=asked.format,
        columns=asked.columns,
        masked=asked.masked,
        bom=asked.bom,
        search=search,
        sort=asked.sort,
        ids=asked.ids or (),
        issue=issue,
    )


@router.get("/exports/{id}/", response={200: ExportOut, 404: Problem}, summary="How far an export is")
def state(request: Request, id: int) -> dict[str, Any]:
    return _shape(_own(request, id), request)


@router.get(
    "/exports/{id}/file/",
    response={404: Problem},
    summary="The file of an export",
    openapi_extra={"responses": {200: {"description": "The file, in the format that was asked for."}}},
)
def file(request: Request, id: int) -> HttpResponseBase:
    export = _own(request, id)
    path = path_of(export)
    if path is None:
        raise Http404("The file is not written yet, or its time is over.")
    content_type = CONTENT_TYPES[Export.Format(export.format)]
    size = path.stat().st_size
    return stream_file(request, blocks_of(str(path)), name=export.name, content_type=content_type, size=size)


def _own(request: Request, pk: int) -> Export:
    found = Export.objects.select_related("job").filter(pk=pk, owner=request.user).first()
    if found is None:
        raise Http404("There is no such export of yours.")
    return found
