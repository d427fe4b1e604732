"""Who asks the JSON API: a person's bearer token, or the session of a signed-in browser.

`reads` and `writes` go into `auth=` of a django-ninja router or operation; `request.user` is set in both.
"""

from typing import Any

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.security import HttpBearer, SessionAuth

from dexter.web.tokens import find_token


class TokenAuth(HttpBearer):
    """`Authorization: Bearer dxt_...`. Where `write` is set, one that may only read gets 403."""

    def __init__(self, *, write: bool = False) -> None:
        super().__init__()
        self.write = write

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        found = find_token(token)
        if found is None:
            return None
        if self.write and not found.can_write:
            raise HttpError(403, "This token may only read. Make one that may write under /settings/.")
        request.user = found.user
        return found


class BrowserAuth(SessionAuth):
    """The session of a browser that is signed in. Who is not is asked for a token, not for a CSRF token."""

    def __call__(self, request: HttpRequest) -> Any:
        if not request.user.is_authenticated:
            return None
        try:
            return super().__call__(request)
        except HttpError as error:
            what = (
                "A browser's session changes something only with the header X-CSRFToken; a token needs none."
            )
            raise HttpError(403, what) from error


reads = [TokenAuth(), BrowserAuth()]
writes = [TokenAuth(write=True), BrowserAuth()]
