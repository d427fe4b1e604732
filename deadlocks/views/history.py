"""Deadlocks over time, what keeps coming back, and whether advice that was followed helped."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from deadlocks.analyzer import Report
from deadlocks.analyzer.render import from_value
from deadlocks.models import DeadlockReport, LogReport
from deadlocks.queries.history import DAYS, per_day, recurring
from deadlocks.services import advice
from deadlocks.services.knowledge import known
from dexter.web.htmx import render_page
from dexter.web.request import Request


@require_GET
def history(request: Request) -> HttpResponse:
    now = timezone.now()
    days = per_day(now)
    context = {
        "bars": days,
        "top": max(bar.count for bar in days),
        "total": sum(bar.count for bar in days),
        "days": DAYS,
        "groups": recurring(now),
    }
    return render_page(request, "deadlocks/history.html", "deadlocks/_history.html", context)


@require_POST
def follow(request: Request, pk: int) -> HttpResponse:
    """Marks advice of a report as done, or takes that back, for all deadlocks of the same statements."""
    row = get_object_or_404(DeadlockReport.objects.filter(issue__gone="").exclude(pair=""), pk=pk)
    _follow(request, row.pair, known(row, request.user).report)
    if request.POST.get("page") == "report":
        return redirect("deadlocks:report", row.pk)
    return redirect("deadlocks:history")


@require_POST
def follow_log(request: Request, pk: int, position: int) -> HttpResponse:
    """The same for a report of a kept log."""
    rows = LogReport.objects.filter(log__kept=True).exclude(pair="")
    row = get_object_or_404(rows, log=pk, position=position)
    _follow(request, row.pair, from_value(row.value))
    return redirect("deadlocks:history")


def _follow(request: Request, pair: str, report: Report) -> None:
    title = request.POST.get("title", "")
    if title not in [one.title for one in report.diagnosis.recommendations]:
        raise Http404("no such advice")
    if request.POST.get("do") == "undo":
        advice.take_back(pair=pair, title=title)
    else:
        advice.mark_done(pair=pair, title=title, user=request.user)
