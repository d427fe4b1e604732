"""Deadlock reports as JSON, and a report or a log taken apart at once."""

from datetime import datetime
from typing import Any, Literal

from django.http import Http404
from ninja import Field, Query, Router, Schema
from ninja.errors import HttpError

from deadlocks.analyzer import VERSION, analyze_event, analyze_text
from deadlocks.analyzer.render import to_value
from deadlocks.models import DeadlockReport
from deadlocks.queries.reports import NEWEST, masked_value, reports
from deadlocks.services.knowledge import known
from dexter.pii import mask_text
from dexter.web.paging import keyset_page
from dexter.web.request import Request
from issues.api.paging import page_url
from issues.api.schemas import Asked, PageAsked, Problem

router = Router()


class Summary(Schema):
    id: int
    issue: int
    event: str = Field(description="Sentry's id of the event; the cache may hold it no more.")
    occurred_at: datetime
    root_cause: str
    confidence: float
    severity: str
    tables: list[str]
    analyzer: str


class Detail(Summary):
    report: dict[str, Any] = Field(description="As docs/deadlock-report.schema.json has it, masked.")
    log: str | None = Field(
        description="Address of the same deadlock in a server log, joined into the report."
    )
    origins: dict[str, str] = Field(description="With a log, where each part came from: event, log or both.")
    raw: str = Field(description="The report as it stands in the event, masked; empty where it is not kept.")


class Reports(Schema):
    results: list[Summary]
    next: str | None = Field(description="Address of the next page.")
    previous: str | None


class ReportsAsked(PageAsked):
    cause: str = ""
    period: Literal["", "24h", "7d", "30d"] = ""
    project: str = ""


class ToAnalyze(Asked):
    """One of both."""

    text: str | None = Field(None, description="A message, an exception's value or a piece of a server log.")
    event: dict[str, Any] | None = Field(None, description="A Sentry event, as an SDK or the API has it.")


class Analysis(Schema):
    analyzer: str
    reports: list[dict[str, Any]]


@router.get("/deadlocks/", response=Reports, summary="Deadlock reports, newest first")
def deadlocks(request: Request, asked: Query[ReportsAsked]) -> dict[str, Any]:
    """`cause` is a root cause of docs/deadlocks.md, `project` a slug."""
    rows = reports(cause=asked.cause, period=asked.period, project=asked.project)
    page = keyset_page(rows, NEWEST, size=asked.limit, cursor=asked.cursor or None)
    return {
        "results": [_summary(row) for row in page.rows],
        "next": page_url(request, page.next),
        "previous": page_url(request, page.previous),
    }


@router.get("/deadlocks/{int:id}/", response={200: Detail, 404: Problem}, summary="A deadlock report")
def deadlock(request: Request, id: int) -> dict[str, Any]:
    """Personal data are masked."""
    row = DeadlockReport.objects.filter(pk=id, issue__gone="").first()
    if row is None:
        raise Http404("There is no such report.")
    what = known(row, request.user)
    return {
        **_summary(row),
        "report": masked_value(to_value(what.report)),
        "raw": mask_text(row.raw),
        "log": what.log and what.log.get_absolute_url(),
        "origins": dict(what.joined.parts) if what.joined else {},
    }


@router.post(
    "/deadlocks/analyze/", response={200: Analysis, 422: Problem}, summary="Take a report or an event apart"
)
def analyze(request: Request, given: ToAnalyze) -> dict[str, Any]:
    """Answers what `manage.py analyze_deadlock --format json` prints. Nothing is stored, nothing is masked.

    More than 2.5 MB is refused with 413: a whole log is for the command, which streams.
    """
    if (given.text is None) == (given.event is None):
        raise HttpError(422, "Send one of both: text, or event.")
    found = analyze_text(given.text) if given.text is not None else analyze_event(given.event)
    return {"analyzer": VERSION, "reports": [to_value(report) for report in found]}


def _summary(row: DeadlockReport) -> dict[str, Any]:
    return {
        "id": row.pk,
        "issue": row.issue_id,
        "event": row.event_key,
        "occurred_at": row.occurred_at,
        "root_cause": row.root_cause,
        "confidence": row.confidence,
        "severity": row.severity,
        "tables": row.tables,
        "analyzer": row.version,
    }
