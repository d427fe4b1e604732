"""What can go wrong when Sentry is asked something, as errors a person can act on.

SentryError
├── Transient                 trying again later may help; nothing in Dexter's settings is wrong
│   ├── RateLimited           429; `reset_at` (server's epoch seconds), `retry_after` (seconds)
│   ├── ServerError           5xx
│   ├── NetworkError          no answer; `sent` tells whether the request may have been applied
│   │   └── Timeout           no answer in time
│   ├── NotJson               a web page instead of JSON, with status 200
│   ├── Gone410               a brownout of a deprecated endpoint; never means "deleted"
│   └── CircuitOpen           not asked at all: too many failures in a row; `retry_after` (seconds)
└── Permanent                 the same request will fail again until somebody changes something
    ├── AuthFailed            401
    │   ├── TokenUnusable     not asked: no token can look like that
    │   ├── TokenUnreadable   not asked: no key of TOKEN_KEYS opens the stored token
    │   └── SsoRequired       the person's SSO session has run out; `login_url`
    ├── PermissionDenied      403; `scope` when the server tells which is missing
    ├── NotFound              404; also "you may not see it" and "wrong region"
    ├── BadRequest            400 and other 4xx
    │   └── ValidationFailed  `fields`: {field: [messages]}
    ├── Conflict              409
    ├── Moved                 3xx, for example a renamed project; `location`, `slug`
    ├── TooLarge              the answer is longer than the cap; `limit` (bytes)
    └── Unsupported           this kind of server does not have the operation; `capability`

Every error has three sentences, `what` (happened), `did` (Dexter) and `todo` (you can do), `permanent`,
`status` (HTTP status or None), `request` ("GET organizations/acme/issues/", never the token), `detail` (the
server's words).
"""

from __future__ import annotations

from typing import ClassVar

DETAIL_MAX = 500  # characters of the server's words that are kept


class SentryError(Exception):
    permanent: ClassVar[bool] = False
    what_text: ClassVar[str] = "Sentry could not be asked."
    did_text: ClassVar[str] = "Dexter left its copy as it was."
    todo_text: ClassVar[str] = "Try again later."

    def __init__(self, detail: str = "", *, status: int | None = None, request: str = "") -> None:
        self.detail = detail[:DETAIL_MAX]
        self.status = status
        self.request = request
        super().__init__(self.detail)

    @property
    def what(self) -> str:
        return f"{self.what_text} It said: {self.detail}" if self.detail else self.what_text

    @property
    def did(self) -> str:
        return self.did_text

    @property
    def todo(self) -> str:
        return self.todo_text

    def __str__(self) -> str:
        where = f" ({self.request}{f', status {self.status}' if self.status else ''})" if self.request else ""
        return f"{self.what}{where} {self.todo}"


class Transient(SentryError):
    did_text = "Dexter left its copy as it was and will try again."
    todo_text = "Nothing; it is tried again by itself."


class RateLimited(Transient):
    what_text = "Sentry is limiting the rate of requests."
    did_text = "Dexter pauses until the limit is reset."
    todo_text = "Nothing; if it happens often, look for other programs that use the same token."

    def __init__(
        self,
        detail: str = "",
        *,
        status: int | None = 429,
        request: str = "",
        reset_at: float | None = None,
        retry_after: float = 1.0,
        concurrent: bool = False,
    ) -> None:
        super().__init__(detail, status=status, request=request)
        self.reset_at = reset_at
        self.retry_after = retry_after
        self.concurrent = concurrent


class ServerError(Transient):
    what_text = "Sentry answered with an internal error."
    todo_text = "Wait; if it goes on, look at the status page or the logs of the Sentry server."


class NetworkError(Transient):
    what_text = "No answer came from the Sentry server."
    todo_text = "Check that the base URL is right and that this machine can reach it."

    def __init__(
        self, detail: str = "", *, status: int | None = None, request: str = "", sent: bool = True
    ) -> None:
        super().__init__(detail, status=status, request=request)
        self.sent = sent

    @property
    def what(self) -> str:
        return f"{self.what_text} ({self.detail})" if self.detail else self.what_text


class Timeout(NetworkError):
    what_text = "The Sentry server did not answer in time."
    todo_text = "Wait; if it goes on, check the server's load or ask for smaller pages."


class NotJson(Transient):
    """Its detail says what came instead, or was expected: nothing that the server said."""

    what_text = "The server's answer is not what Sentry's Web API answers"
    todo_text = (
        "Check that the base URL is the one of the Sentry API and that no login page or proxy is before it."
    )

    @property
    def what(self) -> str:
        return f"{self.what_text}: {self.detail}." if self.detail else f"{self.what_text}."


class Gone410(Transient):
    what_text = "Sentry has switched off this endpoint for a while, because it is deprecated."
    did_text = "Dexter kept what it had; nothing was taken for deleted."
    todo_text = "Wait; if it goes on for more than a day, update Dexter."

    def __init__(
        self, detail: str = "", *, status: int | None = 410, request: str = "", replacement: str = ""
    ) -> None:
        super().__init__(detail, status=status, request=request)
        self.replacement = replacement


class CircuitOpen(Transient):
    what_text = "Sentry failed several times in a row."
    did_text = "Dexter stopped asking it for a minute."
    todo_text = "Nothing; it is tried again by itself. The last error says what failed."

    def __init__(
        self, detail: str = "", *, status: int | None = None, request: str = "", retry_after: float = 60.0
    ) -> None:
        super().__init__(detail, status=status, request=request)
        self.retry_after = retry_after

    @property
    def what(self) -> str:
        return f"{self.what_text} Last error: {self.detail}" if self.detail else self.what_text


class Permanent(SentryError):
    permanent = True
    did_text = "Dexter did not try again."
    todo_text = "Look at the message and change the request."


class AuthFailed(Permanent):
    what_text = "Sentry does not accept the token."
    todo_text = "Create a new token in Sentry and enter it in the connection's settings."


class TokenUnusable(AuthFailed):
    what_text = "The token is empty or has characters that no token has."
    did_text = "Dexter did not ask Sentry."
    todo_text = "Copy the token from Sentry once more and enter it in the connection's settings."


class TokenUnreadable(AuthFailed):
    what_text = "The stored token cannot be decrypted: TOKEN_KEYS no longer holds its key."
    todo_text = "Put the old key back into TOKEN_KEYS, or enter the token anew in the connection's settings."


class SsoRequired(AuthFailed):
    what_text = "The single sign-on session of the token's owner has run out."
    todo_text = "Sign in to Sentry by single sign-on, or use the token of an internal integration."

    def __init__(
        self, detail: str = "", *, status: int | None = 401, request: str = "", login_url: str = ""
    ) -> None:
        super().__init__(detail, status=status, request=request)
        self.login_url = login_url

    @property
    def todo(self) -> str:
        return f"{self.todo_text} Sign-in: {self.login_url}" if self.login_url else self.todo_text


class PermissionDenied(Permanent):
    what_text = "The token may not do this."
    todo_text = "Give the token the missing scope, or its owner the role, in Sentry."

    def __init__(
        self, detail: str = "", *, status: int | None = 403, request: str = "", scope: str | None = None
    ) -> None:
        super().__init__(detail, status=status, request=request)
        self.scope = scope

    @property
    def todo(self) -> str:
        return f"Give the token the scope {self.scope} in Sentry." if self.scope else self.todo_text


class NotFound(Permanent):
    what_text = "Sentry does not have it, or the token may not see it."
    todo_text = (
        "Check the organization's slug, the region in the base URL and the token's access to the project."
    )


class BadRequest(Permanent):
    what_text = "Sentry refused the request."


class ValidationFailed(BadRequest):
    what_text = "Sentry refused some values."

    def __init__(
        self,
        detail: str = "",
        *,
        status: int | None = 400,
        request: str = "",
        fields: dict[str, list[str]] | None = None,
    ) -> None:
        super().__init__(detail, status=status, request=request)
        self.fields = fields or {}


class Conflict(Permanent):
    what_text = "Sentry is already doing this, or it exists already."
    todo_text = "Look at the present state; perhaps nothing is left to do."


class Moved(Permanent):
    what_text = "Sentry says that this has moved."
    todo_text = "Check the base URL; after a project was renamed, the next sync learns its new name."

    def __init__(
        self,
        detail: str = "",
        *,
        status: int | None = 302,
        request: str = "",
        location: str = "",
        slug: str | None = None,
    ) -> None:
        super().__init__(detail, status=status, request=request)
        self.location = location
        self.slug = slug


class TooLarge(Permanent):
    what_text = "The answer is too long."
    did_text = "Dexter stopped reading it."
    todo_text = "Ask for smaller pages, or raise the cap."

    def __init__(
        self, detail: str = "", *, status: int | None = None, request: str = "", limit: int = 0
    ) -> None:
        super().__init__(detail, status=status, request=request)
        self.limit = limit


class Unsupported(Permanent):
    what_text = "This kind of server cannot do that."
    did_text = "Dexter did not change anything."
    todo_text = "Do it in the server's own pages, if it is possible there."

    def __init__(
        self,
        detail: str = "",
        *,
        status: int | None = None,
        request: str = "",
        capability: str | None = None,
    ) -> None:
        super().__init__(detail, status=status, request=request)
        self.capability = capability

    @property
    def what(self) -> str:
        return self.detail if self.capability else super().what
