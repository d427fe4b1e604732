"""One masked value in the text of a report, shown for a while to somebody who may see it."""

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from deadlocks.models import DeadlockReport, LogReport
from deadlocks.queries.logs import visible_logs
from deadlocks.services.showing import original_of
from dexter.web.htmx import render_page
from dexter.web.request import Request
from issues.services.reveal import Refused, behind, reveal_in


@never_cache
@require_http_methods(["GET", "POST"])
def of_report(request: Request, pk: int) -> HttpResponse:
    """POST shows what is behind a mask of an event's report, and records it; GET puts the mask back."""
    row = DeadlockReport.objects.select_related("issue", "event").filter(pk=pk, issue__gone="").first()
    if row is None:
        raise Http404("no such report")
    address = reverse("deadlocks:report", args=[pk])
    return _answer(request, row, address, issue=row.issue, event=row.event)


@never_cache
@require_http_methods(["GET", "POST"])
def of_log(request: Request, pk: int, position: int) -> HttpResponse:
    """The same for a log's report."""
    rows = LogReport.objects.filter(log__in=visible_logs(request.user), log=pk, position=position)
    row = rows.first()
    if row is None:
        raise Http404("no such report")
    return _answer(request, row, f"{reverse('deadlocks:log', args=[pk])}?from={position}")


def _answer(request: Request, row: DeadlockReport | LogReport, back: str, **about: Any) -> HttpResponse:
    place = (request.POST if request.method == "POST" else request.GET).get("place", "")
    original = original_of(row)
    if original is None:
        raise Http404("its text is not kept")
    context: dict[str, Any] = {
        "place": place,
        "reveal_url": request.path,
        "back": back,
        "what": "this deadlock",
    }
    try:
        if request.method == "POST":
            context["shown"] = reveal_in(original.value, place, user=request.user, **about)
        else:
            context["hidden_kind"] = behind(original.value, place).kind
    except Refused as refused:
        context["refused"] = str(refused)
    except LookupError as error:
        raise Http404("nothing is masked there") from error
    # A refusal is an answer to show in place of the mask, so its status is that of a form: 422.
    status = 422 if "refused" in context else 200
    return render_page(request, "issues/reveal.html", "issues/_mask.html", context, status=status)
