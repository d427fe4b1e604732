"""Pins and resolution notes."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dexter.web.htmx import render_fragment, render_page, wants_fragment
from dexter.web.paging import BadCursor, Order, keyset_page
from dexter.web.request import Request, keys_in
from issues.models import Event, Pin, ResolutionNote
from issues.services import knowledge
from issues.views.discussion import activity_url, issue_or_404, stream_answer

NEWEST = Order("pins", "created_at")


@require_POST
def pin(request: Request, pk: int, event_id: str) -> HttpResponse:
    """Named buttons `do`: pin or unpin."""
    event = Event.objects.filter(issue=pk, issue__gone="", event_id=event_id).first()
    if event is None:
        raise Http404("this event is not in the cache")
    if request.POST.get("do") == "unpin":
        knowledge.unpin(event)
    else:
        knowledge.pin(event, request.user)
    event.refresh_from_db()
    if wants_fragment(request):
        return render_fragment(request, "issues/_pin.html", {"event": event, "issue": event.issue})
    return redirect(f"{reverse('issues:event', args=[pk, event_id])}#event")


@require_GET
def pins(request: Request) -> HttpResponse:
    """All pinned events, newest pin first."""
    rows = Pin.objects.select_related("event__issue__project", "user")
    try:
        page = keyset_page(rows, NEWEST, size=50, cursor=request.GET.get("cursor") or None)
    except BadCursor as error:
        messages.warning(request, str(error))
        page = keyset_page(rows, NEWEST, size=50)
    return render_page(request, "issues/pins.html", "issues/_pins.html", {"page": page})


@require_http_methods(["GET", "POST"])
def resolution(request: Request, pk: int) -> HttpResponse:
    """GET: the form that asks what fixed the issue. POST: a note, or `do=remove` of one's own."""
    issue = issue_or_404(pk)
    if request.method == "GET":
        return render_page(
            request, "issues/resolution.html", "issues/_resolution.html", {"issue": issue, "in_dialog": True}
        )
    if request.POST.get("do") == "remove":
        keys = keys_in(request.POST.getlist("note"))
        note = ResolutionNote.objects.filter(issue=issue, user=request.user, pk__in=keys).first()
        if note is None:
            raise Http404("no such note of yours")
        knowledge.remove_resolution_note(note)
        return stream_answer(request, issue)
    text, url = request.POST.get("text", ""), request.POST.get("url", "")
    try:
        knowledge.add_resolution_note(issue=issue, user=request.user, text=text, url=url)
    except knowledge.Invalid as error:
        in_dialog = "in_dialog" in request.POST
        context = {"issue": issue, "error": str(error), "text": text, "url": url, "in_dialog": in_dialog}
        response = render_page(
            request, "issues/resolution.html", "issues/_resolution.html", context, status=422
        )
        response["HX-Retarget"] = "#resolution"
        return response
    messages.success(request, "Kept. It shows where a similar issue appears.")
    if not wants_fragment(request):
        return redirect(activity_url(issue))
    if "in_dialog" not in request.POST:
        return stream_answer(request, issue)
    # The page behind the dialog need not show the issue: the dialog closes, and a toast says so.
    response = render_fragment(request, "issues/_resolution_kept.html", {"issue": issue})
    response["HX-Trigger"] = "dexter:acted"
    return response
