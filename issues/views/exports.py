"""Exports: the form, what is streamed at once, what a job writes, and the list of one's own."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from dexter.jobs import runner
from dexter.web.context import preference_of
from dexter.web.htmx import render_page
from dexter.web.request import Request, keys_in, number_in
from dexter.web.streaming import blocks_of, stream_file
from issues.exports import DIRECT, PERMISSION, Refused, Wanted, direct, enqueue, path_of, prepare, record
from issues.exports.columns import COLUMNS, UnknownColumn
from issues.exports.formats import CONTENT_TYPES
from issues.models import Export, Issue
from issues.queries.counts import bounded_count
from issues.queries.found import Search, found_issues
from issues.queries.saved_views import views_of
from issues.search import SearchError, parse
from issues.views.filters import Asked, asked
from issues.views.saved_views import view_asked_for

MOST_LISTED = 50


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """The form. A list posts its ticked rows; its address says what else there is to export."""
    given = request.POST if request.method == "POST" else request.GET
    return _form(request, given)


def _form(request: Request, given: QueryDict, *, error: str = "", status: int = 200) -> HttpResponse:
    issue = _issue(given)
    what = Export.What.EVENTS if issue else Export.What.ISSUES
    ids = _ids(given)
    chosen = given.getlist("column") or [column.name for column in COLUMNS[what] if column.usual]
    state = _state(request, given)
    context = {
        "what": what,
        "of": issue,
        "ids": ids,
        "asked": state,
        "carried": [] if issue else list(state.parameters(but=("cursor", "size", "stats"))),
        "total": len(ids) or _total(request, state, issue),
        "columns": [(column, column.name in chosen) for column in COLUMNS[what]],
        "formats": Export.Format.choices,
        "format": given.get("format") or Export.Format.CSV,
        "may_unmask": request.user.has_perm(PERMISSION),
        "direct": DIRECT,
        "error": error,
    }
    return render_page(request, "issues/export.html", "issues/_export_form.html", context, status=status)


def _total(request: Request, state: Asked, issue: Issue | None) -> Any:
    if issue:
        return issue.events_cached
    try:
        search = _search(request, state)
        return bounded_count(found_issues(search, parse(search.text), search.context()))
    except SearchError:
        return None


def _issue(given: QueryDict) -> Issue | None:
    """The issue whose events are wanted; None for issues."""
    if not given.get("of"):
        return None
    found = Issue.objects.filter(pk=number_in(str(given["of"])) or 0, gone="").first()
    if found is None:
        raise Http404("no such issue")
    return found


def _ids(given: QueryDict) -> list[int]:
    """The ticked rows, unless all that match are meant."""
    if given.get("all"):
        return []
    return keys_in(given.getlist("issue"))


def _state(request: Request, given: QueryDict) -> Asked:
    views = list(views_of(request.user))
    return asked(given, preference_of(request), view_asked_for(request, views))


def _search(request: Request, state: Asked) -> Search:
    scope = (state.connections, state.projects, state.environments)
    return Search(state.query, request.user, *scope, state.period or None)


@require_http_methods(["GET", "POST"])
def exports(request: Request) -> HttpResponseBase:
    """GET: one's own exports. POST: a new one, streamed when it is small, else written by a job."""
    if request.method == "GET":
        return _list(request)
    given = request.POST
    issue, ids, state = _issue(given), _ids(given), _state(request, given)
    wanted = Wanted(
        format=given.get("format", Export.Format.CSV),
        columns=given.getlist("column"),
        masked="unmasked" not in given,
        bom="bom" in given,
        search=None if issue or ids else _search(request, state),
        sort=state.sort,
        ids=ids,
        issue=issue,
    )
    try:
        export, keys = prepare(wanted, user=request.user)
    except SearchError as error:
        return _form(request, given, error=f"{error.summary}: {error.message}.", status=422)
    except (Refused, UnknownColumn) as error:
        return _form(request, given, error=str(error), status=422)
    if len(keys) > DIRECT:
        enqueue(export)
        messages.success(request, f"{len(keys):,} rows are being written. The file is here when it is ready.")
        return redirect("issues:exports")
    record(export, len(keys))
    content_type = CONTENT_TYPES[Export.Format(export.format)]
    return stream_file(request, direct(export, keys), name=export.name, content_type=content_type)


def _list(request: Request) -> HttpResponse:
    rows = list(
        Export.objects.filter(owner=request.user).select_related("job", "issue").order_by("-pk")[:MOST_LISTED]
    )
    running = [row for row in rows if row.job and row.job.state in row.job.ACTIVE]
    context = {"exports": rows, "is_running": bool(running)}
    return render_page(request, "issues/exports.html", "issues/_exports.html", context)


def own_export_or_404(user: Any, pk: int) -> Export:
    found = Export.objects.filter(pk=pk, owner=user).select_related("job").first()
    if found is None:
        raise Http404("no such export of yours")
    return found


@require_GET
def file(request: Request, pk: int) -> HttpResponseBase:
    """The file of a finished export, for its owner."""
    export = own_export_or_404(request.user, pk)
    return file_answer(request, export)


def file_answer(request: Request, export: Export) -> HttpResponseBase:
    path = path_of(export)
    if path is None:
        raise Http404("the file is not written yet, or its time is over")
    return stream_file(
        request,
        blocks_of(str(path)),
        name=export.name,
        content_type=CONTENT_TYPES[Export.Format(export.format)],
        size=path.stat().st_size,
    )


@require_http_methods(["POST"])
def stop(request: Request, pk: int) -> HttpResponse:
    """Ends the writing of a file."""
    export = own_export_or_404(request.user, pk)
    if export.job:
        runner.request_stop(export.job)
    return redirect("issues:exports")
