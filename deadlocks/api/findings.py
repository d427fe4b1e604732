"""Repeated and slow statements of an event, as JSON."""

from typing import Any

from django.http import Http404
from ninja import Field, Router, Schema

from deadlocks.models import QueryFinding
from deadlocks.queries.findings import findings_of, version_of_reading
from dexter.pii import mask_text
from dexter.web.request import Request
from issues.api.schemas import Problem
from issues.models import Event

router = Router()


class FrameOut(Schema):
    file: str
    line: int | None
    function: str | None


class FindingOut(Schema):
    kind: str = Field(
        description="n_plus_one: five or more equal statements; slow_query: half a second or more."
    )
    statement: str = Field(description="Normalised: each literal is a question mark.")
    count: int
    milliseconds: float | None = Field(description="Sum of the times that are known; null when none is.")
    frames: list[FrameOut] = Field(description="Places that issued it, the most frequent first.")
    tables: list[str]


class Findings(Schema):
    event: str
    analyzer: str | None = Field(description="Version that read the event; null while none has.")
    results: list[FindingOut] = Field(description="Worst first.")


@router.get(
    "/events/{id}/findings/",
    response={200: Findings, 404: Problem},
    summary="Repeated and slow statements of an event",
)
def findings(request: Request, id: str) -> dict[str, Any]:
    """`id` is Sentry's or Dexter's own. Personal data are masked."""
    event = _event(id)
    return {
        "event": event.event_id,
        "analyzer": version_of_reading(event),
        "results": [_shape(row) for row in findings_of(event)],
    }


def _event(given: str) -> Event:
    rows = Event.objects.filter(issue__gone="")
    found = rows.filter(event_id=given.replace("-", "").lower()).first()
    if found is None and given.isascii() and given.isdecimal() and len(given) < 19:
        found = rows.filter(pk=int(given)).first()
    if found is None:
        raise Http404("This event is not in the cache.")
    return found


def _shape(row: QueryFinding) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "statement": mask_text(row.statement),
        "count": row.count,
        "milliseconds": row.milliseconds,
        "frames": [{"file": file, "line": line, "function": function} for file, line, function in row.frames],
        "tables": row.tables,
    }
