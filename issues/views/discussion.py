"""What people say about an issue: comments, completion of names, watching."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dexter.web.htmx import render_fragment, render_page, wants_fragment
from dexter.web.request import Request
from issues.models import Comment, Issue, ResolutionNote
from issues.queries.mentions import meant_by, offers
from issues.queries.stream import BadPlace, comment_item, html_of, stream_of
from issues.services import discussion
from issues.services.reveal import Refused
from issues.services.watching import is_watching, unwatch, watch


def issue_or_404(pk: int) -> Issue:
    found = Issue.objects.select_related("connection", "project", "assignee")
    issue = found.filter(pk=pk, gone="").first()
    if issue is None:
        raise Http404("no such issue")
    return issue


def stream_context(request: Request, issue: Issue, **more: Any) -> dict[str, Any]:
    """What `_stream.html` shows."""
    try:
        stream = stream_of(issue, request.user, before=request.GET.get("before", ""))
    except BadPlace as error:
        raise Http404(str(error)) from error
    return {
        "issue": issue,
        "stream": stream,
        "stays_here": discussion.why_not_mirrored(issue),
        "is_watching": is_watching(issue, request.user),
        "asks_resolution": issue.status == Issue.Status.RESOLVED
        and not ResolutionNote.objects.filter(issue=issue).exists(),
        "is_page_before": bool(request.GET.get("before")),
        **more,
    }


def activity_url(issue: Issue, anchor: str = "stream") -> str:
    return f"{reverse('issues:issue', args=[issue.pk])}?tab=activity#{anchor}"


def stream_answer(
    request: Request, issue: Issue, *, status: int = 200, anchor: str = "stream", **more: Any
) -> HttpResponse:
    """The stream again after a change; without a script, back to the page."""
    if not wants_fragment(request) and status == 200:
        return redirect(activity_url(issue, anchor))
    context = stream_context(request, issue, **more)
    return render_page(request, "issues/discussion.html", "issues/_stream.html", context, status=status)


@require_http_methods(["GET", "POST"])
def comments(request: Request, pk: int) -> HttpResponse:
    """GET: the stream, also its earlier pages. POST: a new comment, or with `do=preview` its look."""
    issue = issue_or_404(pk)
    if request.method == "GET":
        return render_page(
            request, "issues/discussion.html", "issues/_stream.html", stream_context(request, issue)
        )
    text = request.POST.get("text", "")
    to_sentry = "to_sentry" in request.POST
    if request.POST.get("do") == "preview":
        return _preview(request, issue, text, to_sentry)
    try:
        made = discussion.comment(issue=issue, user=request.user, text=text, to_sentry=to_sentry)
    except discussion.Invalid as error:
        return stream_answer(
            request, issue, status=422, error=str(error), typed=text, keeps_here=not to_sentry
        )
    return stream_answer(request, issue, anchor=f"comment-{made.pk}")


def _preview(request: Request, issue: Issue, text: str, to_sentry: bool) -> HttpResponse:
    preview = html_of(text, meant_by([text], issue.connection_id))
    if wants_fragment(request):
        return render_fragment(request, "issues/_comment_preview.html", {"preview": preview})
    more = stream_context(request, issue, typed=text, keeps_here=not to_sentry, preview=preview)
    return render_page(request, "issues/discussion.html", "issues/_stream.html", more)


@require_http_methods(["GET", "POST"])
def comment(request: Request, pk: int) -> HttpResponse:
    """GET: the comment, or with `?edit` the form to change it. POST: `do` is save, delete or retry."""
    found = _comment_or_404(pk)
    issue = found.issue
    if request.method == "GET":
        item = comment_item(found, request.user)
        is_editing = "edit" in request.GET and item.is_own
        name = "_comment_form" if is_editing else "_comment"
        context = {"issue": issue, "item": item, "typed": found.text, "fragment": f"issues/{name}.html"}
        return render_page(request, "issues/comment.html", f"issues/{name}.html", context)
    if found.user_id != request.user.pk:
        raise Http404("not yours")
    return _change(request, found)


def _change(request: Request, found: Comment) -> HttpResponse:
    act = request.POST.get("do")
    if act == "delete":
        discussion.delete(found)
    elif act == "retry":
        discussion.retry(found)
    else:
        try:
            discussion.edit(found, text=request.POST.get("text", ""))
        except discussion.Invalid as error:
            item = comment_item(found, request.user)
            context = {
                "issue": found.issue,
                "item": item,
                "error": str(error),
                "typed": request.POST.get("text", ""),
                "fragment": "issues/_comment_form.html",
            }
            page = "issues/comment.html"
            response = render_page(request, page, "issues/_comment_form.html", context, status=422)
            response["HX-Retarget"] = f"#comment-{found.pk}"
            return response
    return stream_answer(request, found.issue, anchor="stream" if found.deleted_at else f"comment-{found.pk}")


@require_POST
def reveal_comment(request: Request, pk: int) -> HttpResponse:
    """The text behind the masks of a comment; that somebody looked is recorded."""
    found = _comment_or_404(pk)
    context: dict[str, Any] = {"issue": found.issue, "item": comment_item(found, request.user)}
    try:
        context["revealed"] = discussion.reveal(found, user=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    context["fragment"] = "issues/_comment.html"
    return render_page(request, "issues/comment.html", "issues/_comment.html", context)


def _comment_or_404(pk: int) -> Comment:
    found = Comment.objects.select_related("issue__connection", "issue__project", "issue__assignee")
    gone = found.filter(pk=pk, deleted_at=None) | found.filter(pk=pk, state=Comment.State.FAILED)
    comment = gone.first()
    if comment is None:
        raise Http404("no such comment")
    return comment


@require_GET
def mentions(request: Request, pk: int) -> HttpResponse:
    """Completions of `?q=@pri` or `?q=#pay`, as a list to choose from."""
    asked = request.GET.get("q", "")
    sign, prefix = asked[:1], asked[1:]
    found = offers(sign, prefix, issue_or_404(pk).connection_id) if sign in ("@", "#") else []
    return render_fragment(request, "issues/_mentions.html", {"offers": found})


@require_POST
def watching(request: Request, pk: int) -> HttpResponse:
    """Named buttons `do`: watch or unwatch."""
    issue = issue_or_404(pk)
    (watch if request.POST.get("do") == "watch" else unwatch)(issue, request.user)
    context = {"issue": issue, "is_watching": is_watching(issue, request.user)}
    if not wants_fragment(request):
        return redirect(activity_url(issue))
    return render_fragment(request, "issues/_watching.html", context)
