"""Deadlocks over time, what keeps coming back, and whether advice that was followed helped."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from deadlocks.models import DeadlockReport
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
    row = DeadlockReport.objects.filter(pk=pk, issue__gone="").exclude(pair="").first()
    title = request.POST.get("title", "")
    given = known(row, request.user).report.diagnosis.recommendations if row else ()
    if row is None or title not in [one.title for one in given]:
        raise Http404("no such advice")
    if request.POST.get("do") == "undo":
        advice.take_back(pair=row.pair, title=title)
    else:
        advice.mark_done(pair=row.pair, title=title, user=request.user)
    if request.POST.get("page") == "report":
        return redirect("deadlocks:report", row.pk)
    return redirect("deadlocks:history")
