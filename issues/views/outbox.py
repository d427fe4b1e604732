"""The outbox: what waits for Sentry, what it refused and why, and what one did last."""

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.template.defaultfilters import pluralize
from django.views.decorators.http import require_GET, require_POST

from dexter.web.htmx import render_page
from dexter.web.request import Request, keys_in
from issues.models import IssueAction
from issues.queries.open_changes import (
    backlog,
    described,
    failed_changes,
    recent_changes,
    waiting_changes,
    words_of,
)
from issues.queries.receipt import recent_bulks
from issues.services.triage import Refused, discard, retry, undo
from issues.tasks import enqueue_issue
from issues.views.answers import changed, refused, say

SHOWN = 200


@require_GET
def outbox(request: Request) -> HttpResponse:
    waiting, failed = waiting_changes(SHOWN), failed_changes(SHOWN)
    context = {
        "backlog": backlog(),
        "waiting": waiting,
        "failed": failed,
        "recent": list(zip(*_recent(request), strict=True)),
        "jobs": recent_bulks(5),
        "limit": SHOWN,
    }
    return render_page(request, "issues/outbox.html", "issues/_outbox.html", context)


def _recent(request: Request) -> tuple[Sequence[object], Sequence[IssueAction]]:
    rows = recent_changes(request.user, 15)
    return described(rows), rows


@require_POST
def settle(request: Request, pk: int) -> HttpResponse:
    """`do` with one change: `retry`, `discard` (both refused by Sentry) or `take-back`."""
    row = _rows().filter(pk=pk).first()
    if row is None or request.POST.get("do") not in _WAYS:
        raise Http404("no such change")
    try:
        said = _WAYS[request.POST["do"]](request, row)
    except Refused as error:
        return refused(request, str(error))
    say(request, said)
    return changed(request, [row.issue_id])


@require_POST
def settle_all(request: Request) -> HttpResponse:
    """`retry` or `discard` for everything that Sentry refused, of one connection if one is named."""
    rows = _rows().filter(state=IssueAction.State.FAILED)
    if named := request.POST.get("connection"):
        rows = rows.filter(connection__in=keys_in([named]))
    way = {"retry": _retry, "discard": _discard}.get(request.POST.get("do", ""))
    found = list(rows[:1000])
    if way is None or not found:
        return refused(request, "Sentry refused nothing that is still open.")
    for row in found:
        try:
            way(request, row)
        except Refused:  # somebody else was quicker
            continue
    what = f"change{pluralize(found)}"
    done = f"{what} to be sent again" if way is _retry else f"{what} given up"
    say(request, f"{len(found)} {done}.", level=messages.SUCCESS)
    return changed(request, [row.issue_id for row in found])


def _rows() -> QuerySet[IssueAction]:
    return IssueAction.objects.select_related("issue__connection").order_by("pk")


def _retry(request: Request, row: IssueAction) -> str:
    retry(row)
    return f"Sent again: {words_of([row])[row.pk].lower()}, {row.issue}."


def _discard(request: Request, row: IssueAction) -> str:
    discard(row)
    enqueue_issue(row.issue)  # what Sentry has may differ from what was shown before
    return f"Given up: {words_of([row])[row.pk].lower()}, {row.issue}. It shows what Sentry has."


def _take_back(request: Request, row: IssueAction) -> str:
    undo(row, user=request.user)  # type: ignore[arg-type]
    return f"Taken back: {words_of([row])[row.pk].lower()}, {row.issue}."


_WAYS: dict[str, Callable[[Request, IssueAction], str]] = {
    "retry": _retry,
    "discard": _discard,
    "take-back": _take_back,
}
