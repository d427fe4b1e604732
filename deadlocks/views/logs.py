"""A pasted report or a dropped log: the form, the reading of it, and what came of it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from deadlocks.analyzer import analyze_text
from deadlocks.analyzer.otherwise import looks_like, named
from deadlocks.analyzer.render import from_value
from deadlocks.charts import lanes_of
from deadlocks.exports import file_of
from deadlocks.models import LogFile, LogReport
from deadlocks.queries.logs import A_PAGE, listed_logs, rows_of, visible_logs
from deadlocks.services import logs
from deadlocks.services.showing import Shown, masked, original_of, shown
from dexter.jobs import runner
from dexter.web.htmx import render_page
from dexter.web.request import Request

LONGEST_TEXT = 2_000_000  # characters; more belongs into a file
MOST_SHOWN = 20


@require_http_methods(["GET", "POST"])
def analyze(request: Request) -> HttpResponse:
    """The form. A pasted text is answered at once, a file by a job."""
    if request.method == "GET":
        return _form(request)
    text = request.POST.get("text", "")
    file = request.FILES.get("file")
    if file is not None:
        try:
            log = logs.take_log(file.chunks(), name=file.name or "log", owner=request.user)
        except logs.TooLarge as error:
            return _form(request, text=text, error=str(error), status=422)
        return redirect("deadlocks:log", log.pk)
    if not text.strip():
        return _form(request, error="Paste a text or choose a file first.", status=422)
    return _pasted(request, text)


def _pasted(request: Request, text: str) -> HttpResponse:
    reports = analyze_text(text)
    if not reports:
        return _form(request, text=text, likeness=looks_like(text))
    if request.POST.get("do") == "keep":
        log = logs.keep_text(text, name=request.POST.get("name", "").strip(), owner=request.user)
        messages.success(request, "The reports are kept.")
        return redirect("deadlocks:log", log.pk)
    found = [_drawn(shown(report, number)) for number, report in enumerate(reports[:MOST_SHOWN], start=1)]
    return _form(request, text=text, found=found, total=len(reports))


def _drawn(found: Shown) -> Shown:
    """With the picture of its lock waits, which is of what was masked."""
    return replace(found, lanes=lanes_of(found.report))


def _form(request: Request, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "logs": listed_logs(request.user),
        "longest": LONGEST_TEXT,
        "most": settings.LOG_MAX_MB,
        **more,
    }
    return render_page(request, "deadlocks/analyze.html", "deadlocks/_analyze.html", context, status=status)


def log_or_404(request: Request, pk: int) -> LogFile:
    """A log of one's own, or one that was kept."""
    found = visible_logs(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404("no such log")
    return found


@require_GET
def log(request: Request, pk: int) -> HttpResponse:
    """How far the reading has come, then the reports, some at a time."""
    row = log_or_404(request, pk)
    given = request.GET.get("from", "")
    first = int(given) if given.isascii() and given.isdecimal() and len(given) < 9 else 0
    found = [
        replace(
            _drawn(shown(from_value(each.value), each.position + 1, original_of(each))),
            files=tuple(_files(each)),
        )
        for each in rows_of(row, first)
    ]
    following = first + A_PAGE
    context = {
        "log": row,
        "found": found,
        "likeness": named(row.looks_like),
        "is_own": row.owner_id == request.user.pk,
        "following": following if row.found and following < row.found else None,
        "preceding": max(0, first - A_PAGE) if first else None,
        "is_cut": row.found == logs.MOST_REPORTS,
    }
    return render_page(request, "deadlocks/log.html", "deadlocks/_log.html", context)


def _files(row: LogReport) -> Iterator[tuple[str, str]]:
    for name, kind in (("SVG", "svg"), ("JSON", "json"), ("Markdown", "md")):
        yield name, reverse("deadlocks:download-log", args=[row.log_id, row.position, kind])


@require_GET
def download(request: Request, pk: int, position: int, kind: str) -> HttpResponse:
    """A report of a log as a file, masked."""
    row = log_or_404(request, pk).reports.filter(position=position).first()
    if row is None:
        raise Http404("no such report")
    return file_of(masked(from_value(row.value)), kind, f"deadlock-log-{pk}-{position + 1}")


@require_POST
def change(request: Request, pk: int) -> HttpResponse:
    """Keep, discard, stop or read again; named buttons. Only the owner may."""
    row = log_or_404(request, pk)
    if row.owner_id != request.user.pk:
        raise Http404("no such log of yours")
    do = request.POST.get("do")
    if do == "discard":
        logs.discard_log(row)
        messages.success(request, "The log and its reports are deleted.")
        return redirect("deadlocks:analyze")
    if do == "keep":
        logs.keep_log(row, name=request.POST.get("name", ""))
        messages.success(request, "The reports are kept, for everybody who can sign in.")
    elif do == "stop" and row.job:
        runner.request_stop(row.job)
    elif do == "again" and row.file and not row.is_waiting:
        logs.read_again(row)
    return redirect("deadlocks:log", row.pk)
