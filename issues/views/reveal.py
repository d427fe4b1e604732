"""One masked value, shown to somebody who may see it, for a while."""

import logging
from zlib import error as ZlibError  # noqa: N812 - an exception's name

from django.http import Http404, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dexter.web.htmx import render_page
from dexter.web.request import Request
from issues.models import Event, Issue
from issues.payload.errors import Unreadable
from issues.queries.events import shown_event
from issues.services.reveal import Refused, find, reveal
from issues.views.event import event_url, issue_or_404, reveal_url

log = logging.getLogger(__name__)


@never_cache
@require_http_methods(["GET", "POST"])
def reveal_value(request: Request, pk: int, event_id: str = "") -> HttpResponse:
    """POST shows what is behind a mask, and records it; GET puts the mask back."""
    issue = issue_or_404(pk)
    event = _event(issue, event_id)
    place = (request.POST if request.method == "POST" else request.GET).get("place", "")
    context = {
        "issue": issue,
        "place": place,
        "reveal_url": reveal_url(issue, event),
        "back": event_url(issue, event.event_id) if event else f"/issues/{pk}/",
    }
    try:
        if request.method == "POST":
            context["shown"] = reveal(user=request.user, issue=issue, event=event, place=place)
        else:
            context["hidden_kind"] = find(issue, event, place).kind
    except Refused as refused:
        context["refused"] = str(refused)
    except (LookupError, Unreadable, ValueError, ZlibError) as error:
        log.info("nothing is masked at %r of issue %s", place, pk)
        raise Http404("nothing is masked there") from error
    # A refusal is an answer to show in place of the mask, so its status is that of a form: 422.
    status = 422 if "refused" in context else 200
    return render_page(request, "issues/reveal.html", "issues/_mask.html", context, status=status)


def _event(issue: Issue, event_id: str) -> Event | None:
    event = shown_event(issue, event_id) if event_id else None
    if event_id and event is None:
        raise Http404("this event is not in the cache")
    return event
