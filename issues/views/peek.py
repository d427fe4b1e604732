"""The panel beside the list, and the explanation of a priority."""

from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from dexter.web.htmx import render_fragment, render_page
from dexter.web.request import Request
from issues.models import Issue
from issues.queries.peek import issue_for_peek, peek_of
from issues.queries.score import score_of


@require_GET
def peek(request: Request, pk: int) -> HttpResponse:
    return render_fragment(request, "issues/_peek.html", {"peek": peek_of(_issue(pk), timezone.now())})


@require_GET
def why(request: Request, pk: int) -> HttpResponse:
    """The terms of the priority score; a small page of its own without a script."""
    issue = _issue(pk)
    context: dict[str, Any] = {"issue": issue, "score": score_of(issue, timezone.now())}
    return render_page(request, "issues/why.html", "issues/_why.html", context)


def _issue(pk: int) -> Issue:
    issue = issue_for_peek(pk)
    if issue is None:
        raise Http404("no such issue")
    return issue
