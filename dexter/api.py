"""The JSON API under /api/v1/: one document, one way to sign in, one shape of error for all apps.

Every error is {"error": {"code", "message", "hint", "at"}}: a word for programs, what is wrong and what would
be right for people, and the place {"start", "end"} in the search where it is at fault (else null).
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.docs import Swagger
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser

from ai.api import router as ai
from deadlocks.api import router as deadlocks
from dexter.sentry.decoding import loads
from dexter.web.auth import reads
from dexter.web.paging import BadCursor
from issues.actions import InvalidAction
from issues.api import router as issues
from issues.search import SearchError
from issues.services.triage import Refused

PROBLEM = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


class Document(NinjaAPI):
    """The API, in whose document every operation says how it refuses a request of any kind."""

    def get_openapi_schema(self, **how: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**how)
        for operations in document["paths"].values():
            for method, operation in operations.items():
                answers = operation["responses"]
                for status in refusals(method, has_body="requestBody" in operation):
                    phrase = HTTPStatus(status).phrase
                    answers.setdefault(status, {"description": phrase, "content": PROBLEM})
                operation["responses"] = dict(sorted(answers.items()))
        return document


def refusals(method: str, *, has_body: bool) -> list[int]:
    """What any operation may answer: wrong parameters, nobody, a browser without CSRF token, a large body."""
    return [400, 401, *([403] if method != "get" else []), *([413] if has_body else [])]


class Body(Parser):
    """JSON in which what cannot be stored has become U+FFFD, as in addresses."""

    def parse_body(self, request: HttpRequest) -> Any:
        return loads(request.body)


api = Document(
    title="Dexter",
    version="1",
    description="What the portal shows, as JSON. Send a personal token, made under /settings/ or by"
    " `manage.py create_token`, as `Authorization: Bearer dxt_...`.",
    auth=reads,
    parser=Body(),
    # Without it the page would have a server of others judge the document.
    docs=Swagger({"validatorUrl": None}),
    docs_url="docs",
    openapi_url="openapi.json",
    urls_namespace="api",
)


def known_parameters(view: Callable[..., Any]) -> Callable[..., Any]:
    """An operation that refuses parameters it does not have: a misspelt filter would find everything."""
    models = view._ninja_operation.models  # type: ignore[attr-defined]
    of_query = [model for model in models if model.__ninja_param_source__ == "query"]
    known = {name for model in of_query for name in model.__ninja_flatten_map__}

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **given: Any) -> Any:
        unknown = sorted(set(request.GET) - known)
        if unknown:
            wrong = [{"loc": ("query", name), "msg": "There is no such parameter"} for name in unknown]
            raise ValidationError(wrong)
        return view(request, *args, **given)

    return answer


api.add_decorator(known_parameters)
api.add_router("", issues)
api.add_router("", deadlocks)
api.add_router("", ai)


def problem(
    request: HttpRequest,
    status: int,
    code: str,
    message: str,
    *,
    hint: str = "",
    at: dict[str, int] | None = None,
) -> HttpResponse:
    error = {"code": code, "message": message, "hint": hint, "at": at}
    return api.create_response(request, {"error": error}, status=status)


@api.exception_handler(SearchError)
def unreadable_search(request: HttpRequest, error: SearchError) -> HttpResponse:
    # A period is no part of the text: what is wrong with it has no place there.
    at = {"start": error.start, "end": error.end} if error.end else None
    return problem(request, 400, "invalid_search", error.message, hint=error.hint, at=at)


@api.exception_handler(InvalidAction)
def wrong_action(request: HttpRequest, error: InvalidAction) -> HttpResponse:
    hint = f"`{error.field}` is what is wrong; the arguments are described in docs/api.md"
    return problem(request, 400, "invalid_action", str(error), hint=hint)


@api.exception_handler(Refused)
def cannot_be_done(request: HttpRequest, error: Refused) -> HttpResponse:
    return problem(request, 409, "refused", str(error))


@api.exception_handler(BadCursor)
def unknown_cursor(request: HttpRequest, error: BadCursor) -> HttpResponse:
    return problem(request, 400, "invalid_cursor", str(error))


@api.exception_handler(ValidationError)
def wrong_parameters(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Each wrong parameter and what is wrong with it."""
    wrong = [f"{'.'.join(str(part) for part in item['loc'][1:])}: {item['msg']}" for item in error.errors]
    hint = "the parameters are described at /api/v1/docs"
    return problem(request, 400, "invalid_parameters", "; ".join(wrong), hint=hint)


@api.exception_handler(RequestDataTooBig)
def too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return problem(
        request, 413, "too_large", f"The body has more than {most:,} bytes.", hint="send it in parts"
    )


@api.exception_handler(AuthenticationError)
def nobody(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    hint = "send Authorization: Bearer dxt_..., with a token made under /settings/"
    answer = problem(request, 401, "unauthorized", "No valid token was sent.", hint=hint)
    answer["WWW-Authenticate"] = 'Bearer realm="Dexter"'
    return answer


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(request, 404, "not_found", str(error))


@api.exception_handler(HttpError)
def refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(request, error.status_code, code_of(error.status_code), str(error))


def code_of(status: int) -> str:
    """The word for a status that has no other; two of the phrases changed with Python 3.13."""
    names = {413: "too_large", 422: "unprocessable_entity"}
    return names.get(status) or HTTPStatus(status).phrase.lower().replace(" ", "_")


def in_shape(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: what Django itself answers below /api/ to a wrong host, address or method, or when Dexter
    fails, takes the shape of all errors; its headers stay.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_json = response.headers.get("Content-Type", "").startswith("application/json")
        if response.status_code < 400 or is_json or not request.path_info.startswith("/api/"):
            return response
        message, hint = _said_of(response)
        told = problem(request, response.status_code, code_of(response.status_code), message, hint=hint)
        response.content = told.content
        response["Content-Type"] = told["Content-Type"]
        response["Content-Length"] = str(len(told.content))
        return response

    return answer


def _said_of(response: HttpResponse) -> tuple[str, str]:
    """What is wrong and what would be right, of an answer that no endpoint made."""
    match response.status_code:
        case 404:
            return (
                "There is nothing at this address.",
                "the addresses are at /api/v1/docs; each ends in a slash",
            )
        case 405:
            return "This address does not take this method.", f"it takes {response.headers['Allow']}"
        case 400:
            return (
                "The request cannot be read.",
                "its host must be one of ALLOWED_HOSTS, its address well formed",
            )
        case 500:
            return "Dexter failed to answer.", "the error is in the log of the web process"
    return response.reason_phrase, ""
