"""What happens before every view.

Sign-in is the rule: a view is public only by its decorator or by one of the prefixes below.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth import middleware as auth
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict, UnreadablePostError
from django.shortcuts import resolve_url
from django.utils.http import urlencode

# The API and the webhooks check who asks by themselves; the health check has nothing to hide.
PUBLIC = ("/api/", "/webhooks/", "/healthz")


def without_nul(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """NUL in an address or a form becomes U+FFFD: PostgreSQL fails on it, and nothing is called so.

    The API reads its bodies by itself, some as a stream.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        request.path_info = request.path_info.replace("\x00", "\ufffd")
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query:
            request.META["QUERY_STRING"] = query.replace("%00", "%EF%BF%BD")
        if request.method == "POST" and not request.path_info.startswith(PUBLIC):
            with suppress(UnreadablePostError):
                request.POST = _cleaned(request.POST)  # type: ignore[assignment]  # its setter takes it
        return get_response(request)

    return answer


def _cleaned(form: QueryDict) -> QueryDict:
    if not any("\x00" in value for _, values in form.lists() for value in values):
        return form
    cleaned = form.copy()
    for name, values in form.lists():
        cleaned.setlist(name, [value.replace("\x00", "\ufffd") for value in values])
    return cleaned


class LoginRequiredMiddleware(auth.LoginRequiredMiddleware):
    """Django's own, with the public prefixes, and an answer that HTMX can follow."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: Any,
        view_kwargs: Any,
    ) -> HttpResponseBase | None:
        if request.path_info.startswith(PUBLIC):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(  # type: ignore[override]  # the answer need not be a redirect
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        # HTMX follows a plain redirect by itself and would put the login form into a table.
        if request.headers.get("HX-Request") != "true":
            return super().handle_no_permission(request, view_func)
        back = request.headers.get("HX-Current-URL", "/")
        login = resolve_url(self.get_login_url(view_func))
        return HttpResponse(headers={"HX-Redirect": f"{login}?{urlencode({REDIRECT_FIELD_NAME: back})}"})
