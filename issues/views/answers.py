"""What comes back after a change: the touched parts of the page out of band and a toast, or a redirect."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from dexter.web.context import preference_of
from dexter.web.htmx import wants_fragment
from dexter.web.request import Request
from issues.models import Issue
from issues.queries.offers import with_gone
from issues.queries.open_changes import with_marks
from issues.queries.rows import Row, rows_of
from issues.views.asked_action import INLINE, issues_of
from issues.views.filters import Asked, asked

# What a page of one issue and the panel have of it.
PARTS = ("_issue_actions", "_issue_state")
# States of a connection in which a change does not get through now.
STUCK = frozenset({"unreachable", "limited", "refused", "failed"})


def say(request: Request, text: str, *, level: int = messages.SUCCESS, undo: Any = "", ask: Any = "") -> None:
    """A toast; `undo` is the batch that its button takes back, `ask` an issue: what fixed it?"""
    tags = f"undo:{undo}" if undo else ""
    messages.add_message(request, level, text, extra_tags=f"{tags} ask:{ask}" if undo and ask else tags)


def say_done(request: Request, text: str, issues: Iterable[Issue], *, undo: Any = "", ask: Any = "") -> None:
    """Says what was done; where Sentry does not answer now, also that it will come later."""
    if any(issue.connection.state in STUCK for issue in issues):
        say(
            request, f"{text} Sentry will get it when it answers.", level=messages.WARNING, undo=undo, ask=ask
        )
    else:
        say(request, text, undo=undo, ask=ask)


def changed(
    request: Request, issue_ids: Sequence[int], *, status: int = 200, extra: str = ""
) -> HttpResponse:
    """The answer to a change of these issues: for HTMX their parts that the page shows, else back to it."""
    if not wants_fragment(request):
        return redirect(back_to(request))
    cache.delete("portal:freshness")  # it counts what waits
    response = HttpResponse()
    response["HX-Reswap"] = "none"
    response["HX-Trigger"] = json.dumps({"dexter:acted": {"issues": len(issue_ids)}})
    shown = issues_of(issue_ids[:INLINE])
    response.write(extra + parts(request, shown) + _toasts(request))
    return response


def refused(request: Request, text: str) -> HttpResponse:
    """Nothing was done, and why."""
    say(request, text, level=messages.ERROR)
    if not wants_fragment(request):
        return redirect(back_to(request))
    response = HttpResponse(_toasts(request), status=422)
    response["HX-Reswap"] = "none"
    return response


def dialog(
    request: Request, name: str, context: dict[str, Any], *, status: int = 200, title: str = ""
) -> HttpResponse:
    """A form that asks for more: in the dialog, or as a page of its own without a script."""
    context = {"title": title, "next": back_to(request), "fragment": f"issues/{name}.html", **context}
    if not wants_fragment(request):
        return HttpResponse(render_to_string("issues/dialog.html", context, request), status=status)
    response = HttpResponse(render_to_string(f"issues/{name}.html", context, request), status=status)
    response["HX-Retarget"], response["HX-Reswap"] = "#dialog", "innerHTML"
    return response


def back_to(request: Request) -> str:
    """The page of this portal that asked, or the list."""
    current = urlsplit(request.htmx.current_url or "")  # type: ignore[attr-defined]
    shown = f"{current.path}?{current.query}" if current.query else current.path
    referer = urlsplit(request.headers.get("Referer", ""))
    seen = f"{referer.path}?{referer.query}" if referer.query else referer.path
    # A form that came with an answer of HTMX names the address of that answer as the next one.
    for url in (shown, request.POST.get("next", ""), seen):
        if url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None):
            return url
    return "/"


def parts(request: Request, issues: Sequence[Issue]) -> str:
    """Rows on the list, and the head of the one issue that a page or the panel shows, out of band."""
    place = urlsplit(back_to(request))
    peeking = request.POST.get("peeking") or request.GET.get("peeking", "")
    found = []
    if place.path == "/":
        found.append(_rows(request, issues, QueryDict(place.query)))
    for issue in issues:
        if place.path.startswith(f"/issues/{issue.pk}/") or peeking == str(issue.pk):
            found += _heads(request, issue, small=bool(peeking))
    return "".join(found)


def _rows(request: Request, issues: Sequence[Issue], parameters: QueryDict) -> str:
    state: Asked = asked(parameters, preference_of(request), None)
    rows = marked_rows(issues, state.stats)
    context = {"out_of_band": True, "walk": state.walk_parameters()}
    return "".join(
        # A template holds the row: outside of a table the browser's parser would drop it.
        f"<template>{render_to_string('issues/_row.html', {**context, 'row': row}, request)}</template>"
        for row in rows
    )


def marked_rows(issues: Sequence[Issue], stats: Any = "24h") -> list[Row]:
    """Rows with the marks of what waits."""
    made = rows_of(issues, stats, timezone.now())
    return with_marks([_gone(row, issue) for row, issue in zip(made, issues, strict=True)])


def _gone(row: Row, issue: Issue) -> Row:
    return replace(row, badges=with_gone(row, issue)) if issue.gone else row


def _heads(request: Request, issue: Issue, *, small: bool) -> list[str]:
    row = rows_of([issue], "24h", timezone.now())[0]
    context = {"issue": issue, "row": row, "small": small, "out_of_band": True}
    names = PARTS if small else (*PARTS, "_details")
    return [render_to_string(f"issues/{name}.html", context, request) for name in names]


def _toasts(request: Request) -> str:
    return render_to_string("_toasts.html", {"out_of_band": True}, request)
