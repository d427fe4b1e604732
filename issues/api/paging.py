"""Addresses of the pages of a list."""

from dexter.web.request import Request


def page_url(request: Request, cursor: str | None) -> str | None:
    """The address of this list at another cursor."""
    if cursor is None:
        return None
    parameters = request.GET.copy()
    parameters["cursor"] = cursor
    return request.build_absolute_uri(f"{request.path}?{parameters.urlencode()}")
