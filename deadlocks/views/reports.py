"""Deadlocks: the list, a report's page and its files, the panel on an issue's page."""

from itertools import zip_longest
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from deadlocks.analyzer import Report
from deadlocks.analyzer.render import markdown, svg
from deadlocks.analyzer.render.words import CAUSES, missing, title
from deadlocks.charts import lanes_of
from deadlocks.exports import file_of
from deadlocks.joining import Joined
from deadlocks.models import DeadlockReport
from deadlocks.queries import reports as queries
from deadlocks.queries.history import advice_of
from deadlocks.services.knowledge import known
from deadlocks.services.showing import masked, original_of
from dexter.web.htmx import render_page
from dexter.web.paging import BadCursor, keyset_page, page_size
from dexter.web.request import Request
from issues.models import Issue


@require_GET
def reports(request: Request) -> HttpResponse:
    """The list, newest first; `cause`, `period` and `project` narrow it."""
    asked = {name: request.GET.get(name, "") for name in ("cause", "period", "project")}
    rows, size = queries.reports(**asked), page_size(request.GET.get("size"))
    try:
        page = keyset_page(rows, queries.NEWEST, size=size, cursor=request.GET.get("cursor") or None)
    except BadCursor as error:
        messages.warning(request, str(error))
        page = keyset_page(rows, queries.NEWEST, size=size)
    context = {
        "page": page,
        "lines": [(row, title(queries.masked(row)), CAUSES.get(row.root_cause, "")) for row in page.rows],
        "asked": asked,
        "is_narrowed": any(asked.values()),
        "causes": queries.cause_choices(),
        "periods": list(queries.PERIODS),
        "projects": queries.projects_with_reports(),
    }
    return render_page(request, "deadlocks/reports.html", "deadlocks/_reports.html", context)


@require_GET
def report(request: Request, pk: int) -> HttpResponse:
    row = _row(pk)
    what = known(row, request.user)
    found = masked(what.report)
    recurrence = queries.recurrence_of(row)
    titles = [one.title for one in what.report.diagnosis.recommendations]
    context = {
        **shown(row, found, what.joined),
        "recurrence": recurrence,
        "bars": recurrence.bars(),
        "matrices": list(queries.matrices_of(found)),
        "markdown": markdown(found),
        "fixes": list(zip_longest(found.diagnosis.recommendations, advice_of(row, titles, timezone.now()))),
        "original": original_of(row),
        "log": what.log,
        "other_logs": what.logs[1:],
    }
    return render_page(request, "deadlocks/report.html", "deadlocks/_report.html", context)


@require_GET
def download(request: Request, pk: int, kind: str) -> HttpResponse:
    """The report as a file, masked: svg, json or md."""
    return file_of(masked(known(_row(pk), request.user).report), kind, f"deadlock-{pk}")


@require_GET
def panel(request: Request, pk: int) -> HttpResponse:
    """The report of the event named by `event`, else the newest of the issue; a part of the issue's page."""
    issue = Issue.objects.filter(pk=pk, gone="").first()
    if issue is None:
        raise Http404("no such issue")
    row = queries.latest_of(pk, request.GET.get("event", ""))
    context: dict[str, Any] = {"issue": issue, "row": row}
    if row:
        what = known(row, request.user)
        context |= shown(row, masked(what.report), what.joined) | {"log": what.log}
    return render_page(request, "deadlocks/panel.html", "deadlocks/_panel.html", context)


def shown(row: DeadlockReport, found: Report, both: Joined | None) -> dict[str, Any]:
    """What page and panel show of a report; `both` says what of it a log added."""
    origins = both.statements if both else {}
    waits = {edge.waiter: edge for edge in found.edges}
    return {
        "row": row,
        "report": found,
        "title": title(found),
        "cause": CAUSES.get(found.diagnosis.root_cause, found.diagnosis.root_cause),
        "confidence": round(found.diagnosis.confidence * 100),
        # Made by deadlocks.analyzer.render.svg, which escapes every text.
        "graph": mark_safe(svg(found)),
        "joined": both,
        "processes": [
            (process, waits.get(process.pid), origins.get(process.pid))  # type: ignore[arg-type]
            for process in found.processes
        ],
        "tables": [name.rpartition(".")[2] for name in found.diagnosis.relations],
        "missing": missing(found),
        "lanes": lanes_of(found),
    }


def _row(pk: int) -> DeadlockReport:
    rows = DeadlockReport.objects.select_related("issue__project", "event")
    row = rows.filter(pk=pk, issue__gone="").first()
    if row is None:
        raise Http404("There is no such report; its issue may have been deleted.")
    return row
