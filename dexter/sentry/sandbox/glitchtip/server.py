"""GlitchTip's side of the sandbox: its paths, its errors, and its application's HTML where others say 404."""

import re
from typing import TYPE_CHECKING

from dexter.sentry.sandbox.glitchtip import organization, reads, writes
from dexter.sentry.sandbox.http import HTML, ApiError, Request, Response
from dexter.sentry.sandbox.router import Router
from dexter.sentry.sandbox.tokens import read_bearer

if TYPE_CHECKING:
    from dexter.sentry.sandbox.state import Sandbox

ROUTER = Router([*organization.ROUTES, *reads.ROUTES, *writes.ROUTES])
_CATCH_ALL = re.compile(r"/(issues|projects|releases|settings|performance)(/|$)")
APPLICATION = """<!doctype html>
<html lang="en-US" dir="ltr">
  <head>
    <meta charset="utf-8"/>
    <title>GlitchTip</title>
    <base href="/"/>
  </head>
  <body><app-root></app-root></body>
</html>
"""


def answer(sandbox: "Sandbox", request: Request) -> Response:
    """Raises ApiError with GlitchTip's short details."""
    if not request.path.endswith("/"):
        return Response(301, b"", HTML, [("Location", request.path + "/")])
    found = ROUTER.find(request.path)
    if found is None:
        return _unknown(request)
    routes, request.params = found
    if "issue" in request.params and not request.params["issue"].isdigit():
        return _unknown(request)
    route = routes.get(request.method)
    if route is None:
        allowed = ", ".join(sorted(routes))
        return Response(405, b"Method not allowed", HTML, [("Allow", allowed)])
    if read_bearer(request.headers) is None or request.token is None:
        if request.path != "/api/0/" or read_bearer(request.headers) is not None:
            raise ApiError(401, {"detail": "Unauthorized"})
    elif not request.token.may(route.scopes):
        raise ApiError(403, {"detail": "Permission denied"})
    return route.handler(sandbox, request)


def _unknown(request: Request) -> Response:
    """The single-page application's catch-all: 200 and HTML for paths with certain words in them."""
    if request.method == "GET" and _CATCH_ALL.search(request.path):
        return Response(200, APPLICATION.encode(), HTML)
    if _CATCH_ALL.search(request.path):
        return Response(405, b"Method not allowed", HTML, [("Allow", "GET")])
    return Response(404, b'{"detail":"Not Found"}')
