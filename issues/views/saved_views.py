"""Saved views: the tabs with their counts, and keeping, changing, removing one."""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from dexter.web.context import forget_pins, preference_of
from dexter.web.htmx import render_fragment
from dexter.web.request import Request
from issues.forms import SavedViewForm
from issues.models import SavedView
from issues.queries.explorer import count
from issues.queries.saved_views import views_of
from issues.services.saved_views import NameTaken, add_view, pin_view, update_view
from issues.views.filters import SORTS, Asked, asked

COUNT_SECONDS = 60
COUNTED_AT_ONCE = 8


@dataclass(frozen=True)
class Tab:
    view: SavedView
    url: str
    current: bool
    count: str | None


def tabs_of(request: Request, views: Sequence[SavedView], state: Asked, *, fresh: bool = False) -> list[Tab]:
    """A tab for each view, with its count where it is known; `fresh` counts some of those that are not."""
    keys = {view.pk: _key(request, view) for view in views}
    known = cache.get_many(keys.values())
    if fresh:
        known |= _count(request, [view for view in views if keys[view.pk] not in known], keys)
    return [
        Tab(view, f"/?view={view.pk}", _is_current(view, state), known.get(keys[view.pk])) for view in views
    ]


def _key(request: Request, view: SavedView) -> str:
    # By person, because of `assigned:me`; by search, because a view may change.
    return f"view-count:{view.pk}:{request.user.pk}:{crc32(view.query.encode()):x}"


def _count(request: Request, views: Sequence[SavedView], keys: dict[int, str]) -> dict[str, str]:
    """Counts some views, one query each, and keeps them for a minute."""
    counted = {keys[view.pk]: count(view.query, user=request.user) for view in views[:COUNTED_AT_ONCE]}
    cache.set_many(counted, COUNT_SECONDS)
    return counted


def _is_current(view: SavedView, state: Asked) -> bool:
    if state.view is not None:
        return view.pk == state.view
    return (view.query, view.sort) == (state.query, state.sort)


def tabs_context(
    request: Request, views: Sequence[SavedView], state: Asked, *, fresh: bool = False
) -> dict[str, object]:
    tabs = tabs_of(request, views, state, fresh=fresh)
    own = next((tab.view for tab in tabs if tab.current and tab.view.owner_id == request.user.pk), None)
    missing = any(tab.count is None for tab in tabs)
    return {
        "asked": state,
        "tabs": tabs,
        "own_view": own,
        "sort_label": SORTS[state.sort][0],
        "counts_missing": missing,
    }


@require_GET
def views(request: Request) -> HttpResponse:
    """The tabs again, with their counts."""
    shown = list(views_of(request.user))
    view = view_asked_for(request, shown)
    state = asked(request.GET, preference_of(request), view)
    return render_fragment(request, "issues/_views.html", tabs_context(request, shown, state, fresh=True))


def view_asked_for(request: Request, views: Sequence[SavedView]) -> SavedView | None:
    """The view that the URL names, if the person may see it."""
    wanted = request.GET.get("view", "")
    return next((view for view in views if str(view.pk) == wanted), None)


@require_POST
def add(request: Request) -> HttpResponse:
    form = SavedViewForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Not saved: a view needs a name of at most 60 characters.")
        return redirect("issues:list")
    try:
        view = add_view(request.user, **form.cleaned_data)
    except NameTaken as error:
        messages.error(request, str(error))
        return redirect("issues:list")
    messages.success(request, f"Saved {view.name}.")
    return redirect(f"/?view={view.pk}")


@require_POST
def change(request: Request, pk: int) -> HttpResponse:
    """Changes one's own view: `do` is `update` (to the current search), `pin`, `unpin` or `remove`."""
    view = SavedView.objects.filter(pk=pk, owner_id=request.user.pk).first()
    if view is None:
        raise Http404("no view of yours")
    act = request.POST.get("do")
    forget_pins(request.user.pk)
    if act == "remove":
        view.delete()
        messages.success(request, f"Removed {view.name}.")
        return redirect("issues:list")
    if act in ("pin", "unpin"):
        pin_view(view, pinned=act == "pin")
        return redirect(f"/?view={view.pk}")
    update_view(view, query=request.POST.get("query", "")[:1000], sort=request.POST.get("sort", view.sort))
    messages.success(request, f"{view.name} now keeps this search.")
    return redirect(f"/?view={view.pk}")
