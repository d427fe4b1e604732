"""What travels between the server shell and the handlers: a request, a response, an error as a value."""

import json
from dataclasses import dataclass, field
from typing import Any

from dexter.sentry.sandbox.tokens import Token

JSON = "application/json"
HTML = "text/html; charset=utf-8"

NOT_FOUND = {"detail": "The requested resource does not exist"}


class ApiError(Exception):
    """An answer that is not the asked-for one; raised by a handler, sent as it is."""

    def __init__(self, status: int, body: Any, headers: list[tuple[str, str]] | None = None) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.headers = headers or []


def not_found() -> ApiError:
    """Sentry's 404: also for "exists, but you may not see it"."""
    return ApiError(404, NOT_FOUND)


def bad_request(detail: str) -> ApiError:
    return ApiError(400, {"detail": detail})


@dataclass(slots=True)
class Request:
    """One HTTP request, decoded as far as every handler needs it."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes
    params: dict[str, str] = field(default_factory=dict)
    token: Token | None = None
    client: str = ""

    def one(self, name: str, default: str | None = None) -> str | None:
        """The last value of a query parameter, as Django reads it."""
        found = default
        for key, value in self.query:
            if key == name:
                found = value
        return found

    def many(self, name: str) -> list[str]:
        """All values of a query parameter; `name[]` counts as `name`."""
        return [value for key, value in self.query if key in (name, f"{name}[]")]

    @property
    def host(self) -> str:
        return f"http://{self.headers.get('host', 'localhost')}"

    @property
    def user_id(self) -> int:
        """Whose bookmarks and "seen" marks are meant; 0 is the integration's proxy user."""
        return self.token.user_id if self.token else 0

    def json(self) -> dict[str, Any]:
        """The body as an object. Raises ApiError 400 for anything else."""
        if not self.body:
            return {}
        try:
            found = json.loads(self.body)
        except ValueError as error:
            raise ApiError(400, {"detail": f"JSON parse error - {error}"}) from None
        if not isinstance(found, dict):
            raise ApiError(400, {"non_field_errors": ["Invalid data. Expected a dictionary."]})
        return found


@dataclass(slots=True)
class Response:
    """An answer before faults and rate-limit headers are laid over it."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: list[tuple[str, str]] = field(default_factory=list)


def encode(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def json_response(value: Any, status: int = 200, headers: list[tuple[str, str]] | None = None) -> Response:
    return Response(status, encode(value), JSON, headers or [])


def html_response(text: str, status: int = 200) -> Response:
    return Response(status, text.encode(), HTML)


def empty(status: int = 204) -> Response:
    return Response(status, b"", JSON)
