"""Actions on many issues: the card with the progress, the receipt, stop, retry, undo."""

import csv
from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import pluralize
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_POST

from dexter.jobs.models import Job
from dexter.web.htmx import render_fragment, render_page, wants_fragment
from dexter.web.request import Request, number_in
from issues.actions import Action
from issues.models import Bulk
from issues.queries.receipt import (
    OUTCOMES,
    PAGE,
    all_items,
    bulk_of,
    bulk_words,
    items,
    outcome_of,
    tally_of,
    undone_by,
)
from issues.services import bulk as service
from issues.services.triage import Refused
from issues.views.answers import changed, refused, say
from issues.views.asked_action import Targets


def begin(request: Request, action: Action, targets: Targets) -> HttpResponse:
    """Start a job for the targets; the answer holds its card, without a script it is the receipt."""
    started = service.start(action, targets.ids, user=request.user, query=targets.query)
    return _card_or_receipt(request, started)


def begin_undo(request: Request, job: Job) -> HttpResponse:
    """Start the job that takes another one back."""
    return _card_or_receipt(request, service.undo(_bulk(job.pk), user=request.user))


def _card_or_receipt(request: Request, started: Bulk) -> HttpResponse:
    if not wants_fragment(request):
        return redirect("issues:job", started.job_id)
    return changed(request, [], extra=_floating(request, started))


def _floating(request: Request, bulk: Bulk) -> str:
    card = render_to_string("issues/_job.html", {**_context(bulk), "floating": True}, request)
    return f'<div id="toasts" hx-swap-oob="beforeend">{card}</div>'


def _bulk(pk: int) -> Bulk:
    found = bulk_of(pk)
    if found is None:
        raise Http404("no such job")
    return found


def _context(bulk: Bulk) -> dict[str, Any]:
    # The job may have ended in this very request, where tasks run at once.
    bulk.job.refresh_from_db()
    return {
        "bulk": bulk,
        "job": bulk.job,
        "tally": tally_of(bulk),
        "what": bulk_words(bulk),
        "undone_by": undone_by(bulk),
    }


@require_GET
def card(request: Request, pk: int) -> HttpResponse:
    """The progress, which asks for itself until nothing can change any more."""
    context = {**_context(_bulk(pk)), "floating": bool(request.GET.get("floating"))}
    return render_fragment(request, "issues/_job.html", context)


@require_GET
def receipt(request: Request, pk: int) -> HttpResponse:
    """What became of each issue. `outcome` is one of OUTCOMES, `after` the key of the last row before."""
    found = _bulk(pk)
    outcome, after = request.GET.get("outcome", ""), request.GET.get("after", "")
    rows = items(found, outcome, number_in(after) or 0)
    context = {
        **_context(found),
        "outcome": outcome if outcome in OUTCOMES else "",
        "rows": [(row, outcome_of(row)) for row in rows[:PAGE]],
        "after": rows[PAGE - 1].pk if len(rows) > PAGE else None,
    }
    return render_page(request, "issues/receipt.html", "issues/_receipt.html", context)


@require_GET
def receipt_csv(request: Request, pk: int) -> StreamingHttpResponse:
    """The whole receipt, a line an issue."""
    found = _bulk(pk)
    response = StreamingHttpResponse(_lines(found, request.GET.get("outcome", "")), content_type="text/csv")
    response["Content-Disposition"] = f'attachment; filename="job-{pk}.csv"'
    return response


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _lines(bulk: Bulk, outcome: str) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(["issue", "sentry_id", "outcome", "state", "reason", "finished"])
    for row in all_items(bulk, outcome):
        finished = row.finished_at.isoformat() if row.finished_at else ""
        cells = [row.issue.short_id, row.issue.sentry_id, outcome_of(row), row.state, row.error, finished]
        yield writer.writerow([_inert(cell) for cell in cells])


def _inert(text: str) -> str:
    """Spreadsheets run what begins like a formula; with an apostrophe before it, it is text."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


@require_POST
def steer(request: Request, pk: int, do: str) -> HttpResponse:
    """`stop`, `retry` or `undo` of a job."""
    found = _bulk(pk)
    try:
        return _STEERING[do](request, found)
    except Refused as error:
        return refused(request, str(error))


def _stop(request: Request, bulk: Bulk) -> HttpResponse:
    count = service.stop(bulk)
    said = f"Stopped. Taken back before being sent: {count:,} change{pluralize(count)}."
    say(request, said, level=messages.WARNING)
    return _steered(request, bulk)


def _retry(request: Request, bulk: Bulk) -> HttpResponse:
    count = service.retry_failed(bulk)
    say(request, f"{count:,} change{pluralize(count)} to be sent again." if count else "The job goes on.")
    return _steered(request, bulk)


def _undo(request: Request, bulk: Bulk) -> HttpResponse:
    return _card_or_receipt(request, service.undo(bulk, user=request.user))


def _steered(request: Request, bulk: Bulk) -> HttpResponse:
    if not wants_fragment(request):
        return redirect("issues:job", bulk.job_id)
    context = {**_context(bulk), "floating": bool(request.POST.get("floating"))}
    return render_fragment(request, "issues/_job.html", context)


_STEERING: dict[str, Callable[[Request, Bulk], HttpResponse]] = {
    "stop": _stop,
    "retry": _retry,
    "undo": _undo,
}
