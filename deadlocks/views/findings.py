"""The panel of repeated and slow statements on the issue page."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from deadlocks.queries.findings import findings_of, version_of_reading
from dexter.web.htmx import render_page
from dexter.web.request import Request
from issues.models import Event, Issue


@require_GET
def queries(request: Request, pk: int) -> HttpResponse:
    """The findings of the event named by `event`, else of the newest; without a script a page of its own."""
    issue = Issue.objects.select_related("project").filter(pk=pk, gone="").first()
    if issue is None:
        raise Http404("no such issue")
    event = _event_of(issue, request.GET.get("event", ""))
    findings = findings_of(event) if event else []
    context = {
        "issue": issue,
        "event": event,
        "findings": findings,
        "kinds": {finding.kind for finding in findings},
        "is_timed": any(finding.milliseconds is not None for finding in findings),
        "is_read": event is not None and version_of_reading(event) is not None,
    }
    return render_page(request, "deadlocks/queries.html", "deadlocks/_queries.html", context)


def _event_of(issue: Issue, event_id: str) -> Event | None:
    rows = Event.objects.filter(issue=issue)
    if event_id:
        rows = rows.filter(event_id=event_id)
    return rows.order_by("-date", "-id").first()
