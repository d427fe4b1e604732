"""Server logs from a log shipper: taken in, read by a job, and what was found in them."""

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema, Status
from ninja.errors import HttpError

from deadlocks.analyzer import VERSION
from deadlocks.analyzer.otherwise import named
from deadlocks.analyzer.render import to_value
from deadlocks.models import LogFile
from deadlocks.queries.logs import reports_of, visible_logs
from deadlocks.services import logs
from deadlocks.services.showing import masked
from dexter.pii import mask_text
from dexter.web.auth import writes
from dexter.web.request import Request
from issues.api.schemas import Problem

router = Router()
BLOCK = 1 << 16


class LogOut(Schema):
    id: int
    name: str
    bytes: int
    state: str = Field(description="queued, running, done, failed or stopped.")
    read: int = Field(description="Bytes that were read so far.")
    error: str
    found: int | None = Field(description="Deadlocks; null until the log was read.")
    looks_like: str = Field(description="What it is instead, and what to do; empty with reports.")
    kept: bool
    url: str


class LogReports(LogOut):
    analyzer: str = Field(description="Version of the analyzer that runs now.")
    reports: list[dict[str, Any]] = Field(description="As docs/deadlock-report.schema.json says; masked.")
    next: str | None = Field(description="Address of the next reports.")


@router.post(
    "/deadlocks/logs/",
    response={202: LogOut, 400: Problem, 401: Problem, 403: Problem, 413: Problem},
    auth=writes,
    summary="Look for deadlocks in a server log",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                kind: {"schema": {"type": "string", "format": "binary"}}
                for kind in ("text/plain", "application/x-ndjson", "application/gzip")
            },
        }
    },
)
def send_log(
    request: Request,
    name: str = Query("Log shipper", max_length=200),
    keep: bool = Query(False, description="Keep what is found, for everybody who can sign in."),
) -> Status:
    """The body is the log: plain, JSON lines or gzip (with or without `Content-Encoding`), in any layout.

    Without `keep` its reports are the token owner's alone, until they are kept or forgotten.
    """
    try:
        log = logs.take_log(_body(request), name=name, owner=request.user, keep=keep)
    except logs.TooLarge as error:
        raise HttpError(413, str(error)) from error
    return Status(202, _shape(_found(request, log.pk)))


def _body(request: HttpRequest) -> Iterator[bytes]:
    """The body block by block; refused when there is none."""
    block = request.read(BLOCK)
    if not block:
        raise HttpError(
            400, "The body is empty. Send the log as it is, such as with curl --data-binary @file."
        )
    while block:
        yield block
        block = request.read(BLOCK)


@router.get(
    "/deadlocks/logs/{id}/",
    response={200: LogReports, 404: Problem},
    summary="How far a log was read, and its deadlocks",
)
def log(
    request: Request, id: int, first: int = Query(0, ge=0, le=1_000_000, description="Position, from 0.")
) -> dict[str, Any]:
    """Reports come ten at a time, in the order of the log."""
    row = _found(request, id)
    reports = reports_of(row, first)
    following = first + len(reports)
    has_more = bool(reports) and row.found is not None and following < row.found
    address = request.build_absolute_uri(f"{request.path}?first={following}")
    return {
        **_shape(row),
        "analyzer": VERSION,
        "reports": [to_value(masked(report)) for report in reports],
        "next": address if has_more else None,
    }


def _found(request: Request, pk: int) -> LogFile:
    row = visible_logs(request.user).filter(pk=pk).first()
    if row is None:
        raise Http404("There is no such log of yours.")
    return row


def _shape(row: LogFile) -> dict[str, Any]:
    like = named(row.looks_like)
    return {
        "id": row.pk,
        "name": mask_text(row.name),
        "bytes": row.size,
        "state": row.job.state if row.job else "done",
        "read": row.job.done if row.job else row.size,
        "error": row.job.error if row.job else "",
        "found": row.found,
        "looks_like": f"{like.what} {like.todo}" if like else "",
        "kept": row.kept,
        "url": f"/deadlocks/logs/{row.pk}/",
    }
