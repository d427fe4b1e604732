"""One URL, two answers: the page, or the fragment of it that HTMX asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

from dexter.web.request import Request


def wants_fragment(request: Request) -> bool:
    """True if and only if HTMX asks for a part: neither a boosted link nor the restoring of a past page."""
    htmx = request.htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def render_page(
    request: Request,
    page: str,
    fragment: str,
    context: Mapping[str, Any],
    *,
    also: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    """The template `page`, or `fragment` (which the page includes) when HTMX asks; caches keep them apart.

    `also` are fragments elsewhere on the page that follow out of band, with `out_of_band` true in them.
    """
    if wants_fragment(request):
        response = render_fragment(request, fragment, context, status=status)
        for name in also:
            response.write(render_to_string(name, {**context, "out_of_band": True}, request))
    else:
        response = HttpResponse(render_to_string(page, dict(context), request), status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Boosted", "HX-History-Restore-Request"])
    return response


def render_fragment(
    request: Request, fragment: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """The template `fragment`, and after it, out of band, a toast for each pending message."""
    html = render_to_string(fragment, dict(context), request)
    if request.htmx and len(get_messages(request)):
        html += render_to_string("_toasts.html", {"out_of_band": True}, request)
    return HttpResponse(html, status=status)
