"""The page of an issue, and the parts of it that come by themselves: timeline, progress of fetching."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from dexter.timeseries import PERIODS
from dexter.web.context import preference_of
from dexter.web.htmx import render_fragment, render_page, wants_fragment
from dexter.web.panels import panels_for
from dexter.web.request import Request
from issues.models import Issue
from issues.queries.fetching import Fetching, described, fetching_issue
from issues.queries.found import Search
from issues.queries.issue import Walk, issue_values, walk
from issues.queries.releases import releases_since
from issues.queries.rows import rows_of
from issues.queries.sorts import BadSort
from issues.queries.timeline import has_counts, timeline_of, window_start
from issues.search import SearchError
from issues.tasks import enqueue_issue
from issues.views.event import Shown, event_card, find_event, issue_or_404
from issues.views.filters import Asked, asked
from issues.views.peek import score_of

# A detail that is older than this is read again when somebody looks at it.
FRESH = timedelta(minutes=5)
DEFAULT_RANGE = "24h"


@require_GET
def issue(request: Request, pk: int, event_id: str = "") -> HttpResponse:
    """The page; for HTMX the card with the event."""
    found = issue_or_404(pk)
    if found.gone:
        return _gone(request, found)
    now = timezone.now()
    fetching = _look_after(found, now)
    shown = find_event(found, event_id, now)
    if shown.event is None and not event_id:
        shown = Shown(None, "", fetching)
    if wants_fragment(request) and _unchanged(request, shown):
        return HttpResponse(status=204)
    card = event_card(request, found, shown)
    page = {} if wants_fragment(request) else _page(request, found, shown, now)
    context = {**card, **page, "fetching": fetching if found.detail_synced_at is None else None}
    return render_page(request, "issues/issue.html", "issues/_event.html", context)


def _unchanged(request: Request, shown: Shown) -> bool:
    """Whether a page that waits for an event asks again and there is nothing new to say."""
    waiting_for = request.GET.get("waiting")
    return bool(waiting_for and shown.fetching and shown.fetching.state == waiting_for)


def _look_after(issue: Issue, now: datetime) -> Fetching | None:
    """Has the detail read in the background if it never was, or a while ago; how far that has come."""
    read = issue.detail_synced_at
    if read is not None and now - read < FRESH:
        return None
    fetching = fetching_issue(issue.pk, now)
    if fetching is None and issue.connection.enabled:
        fetching = described(enqueue_issue(issue))
    return fetching


def _page(request: Request, issue: Issue, shown: Shown, now: datetime) -> dict[str, Any]:
    """All but the card with the event."""
    position = _position(request, issue)
    if shown.event:
        shown.event.issue = issue  # panels look at it without asking again
    return {
        **head(issue, now),
        "timeline": _timeline(request, issue, now),
        "walk": position,
        "list_url": position.list_url if position else "/",
        "main_panels": panels_for("issue_main", shown.event),
        "side_panels": panels_for("issue_side", shown.event),
        "badge_panels": panels_for("issue_badges", shown.event),
    }


def head(issue: Issue, now: datetime) -> dict[str, Any]:
    """What the head, the impact strip and the details show."""
    return {
        "issue": issue,
        "issue_url": reverse("issues:issue", args=[issue.pk]),
        "row": rows_of([issue], "24h", now)[0],
        "values": issue_values(issue),
        "score": score_of(issue, now),
        "regressed_at": issue.regressed_at,  # type: ignore[attr-defined]
    }


@dataclass(frozen=True)
class Position:
    """Where the issue stands in the list it was opened from, and the addresses of its neighbours there."""

    walk: Walk
    list_url: str
    previous_url: str | None
    next_url: str | None


def _position(request: Request, issue: Issue) -> Position | None:
    """None for an issue that was not opened from a list, or from one that cannot be read any more."""
    if "query" not in request.GET:
        return None
    state = asked(request.GET, preference_of(request), None)
    scope = (state.connections, state.projects, state.environments)
    search = Search(state.query, request.user, *scope, state.period or None)
    try:
        found = walk(issue, search, state.sort)
    except (SearchError, BadSort):
        return None
    return Position(found, state.url(), _beside(state, found.previous), _beside(state, found.next))


def _beside(state: Asked, pk: int | None) -> str | None:
    return f"{reverse('issues:issue', args=[pk])}?{state.walk_parameters()}" if pk else None


def _timeline(request: Request, issue: Issue, now: datetime) -> dict[str, Any]:
    name = request.GET.get("range", DEFAULT_RANGE)
    name = name if name in PERIODS else DEFAULT_RANGE
    releases = releases_since(issue, window_start(name, now))  # type: ignore[arg-type]
    regressed = issue.regressed_at  # type: ignore[attr-defined]
    return {
        "chart": timeline_of(issue, name, releases, now, regressed),  # type: ignore[arg-type]
        "range": name,
        "ranges": [(key, period.words) for key, period in PERIODS.items()],
        "has_counts": has_counts(issue),
    }


@require_GET
def timeline(request: Request, pk: int) -> HttpResponse:
    """The timeline alone, over another period."""
    found = issue_or_404(pk)
    context = {**head(found, timezone.now()), "timeline": _timeline(request, found, timezone.now())}
    return render_fragment(request, "issues/_timeline.html", context)


@require_GET
def fetching(request: Request, pk: int) -> HttpResponse:
    """How far the reading of the issue has come. At its end what was read follows out of band."""
    found, now = issue_or_404(pk), timezone.now()
    state = fetching_issue(pk, now)
    if state and state.is_active and state.message == request.GET.get("said"):
        return HttpResponse(status=204)
    if not state or state.is_active or state.has_failed:
        return render_fragment(request, "issues/_fetching.html", {"issue": found, "fetching": state})
    context = {**head(found, now), "out_of_band": True}
    response = render_fragment(request, "issues/_fetching.html", {"issue": found, "fetching": None})
    for name in ("_impact", "_details"):
        response.write(render_to_string(f"issues/{name}.html", context, request))
    # The card with the event asks for itself: only the page knows which event and tab it shows.
    response["HX-Trigger"] = "issue-fetched"
    return response


def _gone(request: Request, issue: Issue) -> HttpResponse:
    """What became of an issue that Sentry does not have any more."""
    parent = issue.merged_into
    if issue.gone == Issue.Gone.MERGED and parent is not None:
        messages.info(request, f"{issue} was merged into {parent} in Sentry. This is {parent}.")
        return redirect("issues:issue", parent.pk)
    return render(request, "issues/gone.html", {"issue": issue, "values": issue_values(issue)}, status=410)
