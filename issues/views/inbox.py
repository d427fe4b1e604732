"""The inbox: what somebody should hear of, newest first; the count at the bell of every page."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from dexter.web.htmx import render_fragment, render_page, wants_fragment
from dexter.web.paging import BadCursor, Order, keyset_page
from dexter.web.request import Request, keys_in
from issues.models import InboxEntry
from issues.queries.inbox import entries_of, unread_count
from issues.services.inbox import mark_read, mark_unread

NEWEST = Order("inbox", "created_at")
SIZE = 50


@require_http_methods(["GET", "POST"])
def inbox(request: Request) -> HttpResponse:
    """POST: named buttons `do`: all, read, unread, the latter two with `entry`."""
    if request.method == "POST":
        _mark(request)
        if not wants_fragment(request):
            return redirect("issues:inbox")
    only_unread = request.GET.get("show") == "unread"
    rows = entries_of(request.user, only_unread=only_unread)
    try:
        page = keyset_page(rows, NEWEST, size=SIZE, cursor=request.GET.get("cursor") or None)
    except BadCursor as error:
        messages.warning(request, str(error))
        page = keyset_page(rows, NEWEST, size=SIZE)
    unread = unread_count(request.user.pk)
    context = {"page": page, "only_unread": only_unread, "unread": unread}
    return render_page(
        request, "issues/inbox.html", "issues/_inbox.html", context, also=["issues/_bell.html"]
    )


def _mark(request: Request) -> None:
    ids = keys_in(request.POST.getlist("entry"))
    act = request.POST.get("do")
    if act == "all":
        mark_read(request.user)
    elif act == "unread":
        mark_unread(request.user, ids)
    else:
        mark_read(request.user, ids=ids)


@require_GET
def open_entry(request: Request, pk: int) -> HttpResponse:
    """Marks the entry as read and leads to what it is about."""
    entry = InboxEntry.objects.filter(pk=pk, user=request.user).first()
    if entry is None:
        raise Http404("no such entry of yours")
    mark_read(request.user, ids=[pk])
    anchor = f"comment-{entry.comment_id}" if entry.comment_id else "stream"
    return redirect(f"{reverse('issues:issue', args=[entry.issue_id])}?tab=activity#{anchor}")


@require_GET
def bell(request: Request) -> HttpResponse:
    """The bell with its count."""
    return render_fragment(request, "issues/_bell.html", {"unread": unread_count(request.user.pk)})
