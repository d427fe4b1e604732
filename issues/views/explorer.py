"""The list of issues: one URL, answered as a page or as the part of it that HTMX asked for."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from dexter.web.context import keep_pins, preference_of
from dexter.web.htmx import render_page, wants_fragment
from dexter.web.paging import BadCursor
from dexter.web.request import Request, keys_in
from issues.queries.choices import Choices, choices
from issues.queries.explorer import Listing, explore
from issues.queries.freshness import first_sync, is_connected
from issues.queries.offers import why_not
from issues.queries.open_changes import with_marks
from issues.queries.rows import rows_of
from issues.queries.saved_views import pins_among, views_of
from issues.search import SearchError
from issues.views import controls
from issues.views.filters import SORTS, Asked, asked
from issues.views.saved_views import tabs_context, view_asked_for

SELECTION_LIMIT = 1000


@require_GET
def explorer(request: Request) -> HttpResponse:
    views = list(views_of(request.user))
    keep_pins(request.user.pk, pins_among(views))
    preference = preference_of(request)
    state = asked(request.GET, preference, view_asked_for(request, views))
    try:
        listing = listing_of(request, state)
    except BadCursor as error:
        messages.warning(request, str(error))
        state = state.first_page()
        listing = listing_of(request, state)
    if listing.error and wants_fragment(request):
        return _refuse(request, state, listing.error)
    context = {
        **list_context(state, listing),
        "offered": {"no": why_not((issue.connection.flavour for issue in listing.rows), request.user)},
        **tabs_context(request, views, state),
        "split": preference.split,
        "error": _place(state.query, listing.error) if listing.error else None,
    }
    response = render_page(
        request,
        "issues/list.html",
        "issues/_explorer.html",
        context,
        also=["issues/_scope.html"],
        status=422 if listing.error else 200,
    )
    if wants_fragment(request) and "q" in request.GET:
        # The form sends filters and text apart; the address bar shows them as the one search they are.
        response["HX-Push-Url"] = state.here()
    return response


def listing_of(request: Request, state: Asked, *, size: int | None = None) -> Listing:
    return explore(
        state.query,
        sort=state.sort,
        period=state.period,
        page_size=size or state.size,
        cursor=state.cursor or None,
        user=request.user,
        connections=state.connections,
        projects=state.projects,
        environments=state.environments,
    )


def list_context(state: Asked, listing: Listing) -> dict[str, Any]:
    """What the templates of the list show, without the tabs."""
    offered = choices()
    tokens, typed = controls.tokens(state)
    return {
        "asked": state,
        "listing": listing,
        "rows": with_marks(rows_of(listing.rows, state.stats, timezone.now())),  # type: ignore[arg-type]
        "tokens": tokens,
        "typed": typed,
        "kept": list(state.parameters(but=("query", "view", "cursor"))),
        "carried": list(state.parameters()),
        "newer_url": listing.previous and state.url(cursor=listing.previous),
        "older_url": listing.next and state.url(cursor=listing.next),
        "sort_urls": {name: state.url(sort=name) for name in SORTS},
        "stats": controls.stats_choices(state),
        "sizes": controls.size_choices(state),
        **_menus(state, offered),
        **({} if listing.rows else _why_empty(offered)),
    }


def _menus(state: Asked, offered: Choices) -> dict[str, Any]:
    return {
        "scope": controls.scope_menus(state, offered.connections, offered.projects, offered.environments),
        "filters": controls.filter_groups(state, offered.releases),
        "sorts": [("", controls.sort_choices(state))],
    }


def _why_empty(offered: Choices) -> dict[str, Any]:
    """An empty list says whether nothing matches, nothing is connected, or nothing has come yet."""
    return {
        "connected": bool(offered.projects) or is_connected(),
        "synced": bool(offered.projects),
        "first_sync": first_sync(),
    }


@dataclass(frozen=True)
class Mistake:
    """What is wrong with a search: in few words, the message, and the text around the place."""

    summary: str
    message: str
    hint: str
    before: str
    place: str
    after: str


def _place(query: str, error: SearchError) -> Mistake:
    place = query[error.start : error.end] or "␣"
    return Mistake(error.summary, error.message, error.hint, query[: error.start], place, query[error.end :])


def _refuse(request: Request, state: Asked, error: SearchError) -> HttpResponse:
    """Only the search field comes back, with what is wrong; the list keeps the results of the last search."""
    context = {
        "asked": state,
        "typed": state.query,
        "error": _place(state.query, error),
        "kept_results": True,
    }
    response = render_page(request, "issues/_query.html", "issues/_query.html", context, status=422)
    response["HX-Retarget"] = "#query"
    response["HX-Reswap"] = "outerHTML"
    response["HX-Push-Url"] = "false"
    return response


@require_http_methods(["GET", "POST"])
def selection(request: Request) -> HttpResponse:
    """The ticked issues, or with `all` the first thousand that match, as lines of text: ids or links."""
    data = request.POST or request.GET
    views = list(views_of(request.user))
    state = asked(data, preference_of(request), view_asked_for(request, views))
    wanted = set(keys_in(data.getlist("issue")))
    everything = bool(data.get("all"))
    if everything:
        listing = listing_of(request, state.first_page(), size=SELECTION_LIMIT)
    else:
        listing = listing_of(request, state)
    found = [issue for issue in listing.rows if everything or issue.pk in wanted]
    lines = [_line(request, issue, data.get("as", "ids")) for issue in found]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def _line(request: Request, issue: Any, form: str) -> str:
    if form == "links":
        return request.build_absolute_uri(f"/issues/{issue.pk}/")
    return issue.short_id or issue.sentry_id
