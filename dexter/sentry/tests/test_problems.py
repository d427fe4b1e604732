"""Which error each unsuccessful answer becomes."""

import json
import pickle
from typing import Any

import pytest

from dexter.sentry import errors
from dexter.sentry.wire import decode

PAGE = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


def raised(status: int, body: Any, headers: dict[str, str] | None = None) -> errors.SentryError:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(errors.SentryError) as caught:
        decode(status, headers or {}, raw, request="GET organizations/acme/issues/")
    return caught.value


@pytest.mark.parametrize(
    ("status", "body", "kind", "detail"),
    [
        (400, {"detail": "Invalid cursor parameter."}, errors.BadRequest, "Invalid cursor parameter."),
        (400, "Invalid origin: x", errors.BadRequest, "Invalid origin: x"),
        (400, {"assignedTo": ["Cannot assign"]}, errors.ValidationFailed, "assignedTo: Cannot assign"),
        (401, {"detail": "Invalid token"}, errors.AuthFailed, "Invalid token"),
        (401, {"detail": {"code": "2fa-required", "message": "2FA"}}, errors.AuthFailed, "2FA"),
        (
            403,
            {"detail": "You do not have permission"},
            errors.PermissionDenied,
            "You do not have permission",
        ),
        (404, {"detail": "The requested resource does not exist"}, errors.NotFound, "The requested resource"),
        (404, b"", errors.NotFound, ""),
        (404, b"Unimplemented API endpoint", errors.NotFound, "Unimplemented API endpoint"),
        (405, b"Method not allowed", errors.Unsupported, "Method not allowed"),
        (408, b"", errors.ServerError, ""),
        (409, {"detail": "Already being unmerged"}, errors.Conflict, "Already being unmerged"),
        (410, {"message": "This API no longer exists."}, errors.Gone410, "This API no longer exists."),
        (413, PAGE, errors.BadRequest, "502 Bad Gateway"),
        (429, {"detail": "too frequently"}, errors.RateLimited, "too frequently"),
        (429, "too frequently", errors.RateLimited, "too frequently"),
        (500, {"detail": "Internal Error", "errorId": "ab"}, errors.ServerError, "Internal Error"),
        (502, PAGE, errors.ServerError, "502 Bad Gateway"),
        (503, b"<b>no title</b>", errors.ServerError, ""),
        (500, [1, 2], errors.ServerError, ""),
        (301, b"", errors.Moved, ""),
    ],
)
def test_kind_and_detail(status: int, body: Any, kind: type[errors.SentryError], detail: str) -> None:
    error = raised(status, body)
    assert type(error) is kind
    assert error.detail.startswith(detail)
    assert bool(error.detail) is bool(detail)
    assert (error.status, error.request) == (status, "GET organizations/acme/issues/")


def test_sso() -> None:
    body = {
        "detail": {
            "code": "sso-required",
            "message": "Must login",
            "extra": {"loginUrl": "/auth/login/acme/"},
        }
    }
    error = raised(401, body)
    assert isinstance(error, errors.SsoRequired)
    assert "/auth/login/acme/" in error.todo
    assert errors.SsoRequired().todo == errors.SsoRequired.todo_text


def test_the_missing_scope_from_the_challenge_or_the_words() -> None:
    challenge = {"www-authenticate": 'Bearer error="insufficient_scope", scope="event:write"'}
    assert "event:write" in raised(403, {"detail": "no"}, challenge).todo
    assert "event:admin" in raised(403, {"detail": "needs event:admin here"}).todo
    plain = raised(403, {"detail": "no"})
    assert isinstance(plain, errors.PermissionDenied)
    assert plain.scope is None
    assert "scope" in plain.todo


def test_fields() -> None:
    error = raised(400, {"statusDetails": {"inCommit": {"commit": ["Unknown."]}}, "priority": "Bad."})
    assert isinstance(error, errors.ValidationFailed)
    assert error.fields == {"statusDetails.inCommit.commit": ["Unknown."], "priority": ["Bad."]}


def test_parameter_validation() -> None:
    detail = {
        "code": "parameter-validation-error",
        "message": "Too long",
        "extra": {"context": "statsPeriod"},
    }
    error = raised(400, {"detail": detail})
    assert isinstance(error, errors.ValidationFailed)
    assert error.fields == {"statsPeriod": ["Too long"]}


def test_a_detail_object_without_extra() -> None:
    error = raised(403, {"detail": {"code": "superuser-required", "message": None, "extra": None}})
    assert type(error) is errors.PermissionDenied


def test_glitchtip_422() -> None:
    detail = [
        {"type": "literal_error", "loc": ["query", "sort"], "msg": "Input should be 'count'"},
        "odd",
        {"msg": "x"},
    ]
    error = raised(422, {"detail": detail})
    assert isinstance(error, errors.ValidationFailed)
    assert error.fields == {"query.sort": ["Input should be 'count'"], "": ["odd", "x"]}


def test_moved() -> None:
    extra = {"url": "/api/0/projects/acme/new/", "slug": "new"}
    error = raised(302, {"detail": {"code": "resource-moved", "message": "Moved", "extra": extra}})
    assert isinstance(error, errors.Moved)
    assert (error.location, error.slug) == ("/api/0/projects/acme/new/", "new")
    by_header = raised(301, b"", {"location": "/api/0/organizations/"})
    assert isinstance(by_header, errors.Moved)
    assert (by_header.location, by_header.slug) == ("/api/0/organizations/", None)


def test_gone_is_a_brownout() -> None:
    error = raised(410, {"message": "gone"}, {"x-sentry-replacement-endpoint": "/api/0/x/"})
    assert isinstance(error, errors.Gone410)
    assert not error.permanent
    assert error.replacement == "/api/0/x/"


DATE = "Fri, 20 Nov 2026 22:03:37 GMT"  # 1795212217


@pytest.mark.parametrize(
    ("headers", "words", "wait"),
    [
        ({"x-sentry-rate-limit-reset": "1795212219", "date": DATE}, "frequently", 2.0),
        ({"x-sentry-rate-limit-reset": "1795212210", "date": DATE}, "frequently", 0.0),
        ({"x-sentry-rate-limit-reset": "1795299999", "date": DATE}, "frequently", 120.0),
        ({"x-sentry-rate-limit-reset": "1795212219"}, "frequently", 1.0),
        ({"x-sentry-rate-limit-reset": "soon", "date": DATE}, "frequently", 1.0),
        ({}, "frequently", 1.0),
        ({"retry-after": "7", "x-sentry-rate-limit-reset": "1795212219", "date": DATE}, "frequently", 7.0),
        ({"x-sentry-rate-limit-reset": "1795212219", "date": DATE}, "the allowed concurrency", 1.0),
    ],
)
def test_how_long_a_rate_limit_lasts(headers: dict[str, str], words: str, wait: float) -> None:
    error = raised(429, {"detail": words}, headers)
    assert isinstance(error, errors.RateLimited)
    assert error.retry_after == wait
    assert error.concurrent is ("concurrency" in words)


def all_errors(kind: type[errors.SentryError] = errors.SentryError) -> list[type[errors.SentryError]]:
    return [kind, *(found for sub in kind.__subclasses__() for found in all_errors(sub))]


@pytest.mark.parametrize("kind", all_errors())
def test_every_error_can_be_acted_on_and_travels(kind: type[errors.SentryError]) -> None:
    error = kind("words of the server", status=418, request="GET x/")
    for sentence in (error.what, error.did, error.todo):
        assert sentence.endswith((".", ")", "server"))
        assert sentence[0].isupper() or sentence.startswith("words")
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), copy.status) == (kind, str(error), 418)
    assert "GET x/" in str(error)
    assert error.permanent is issubclass(kind, errors.Permanent)


def test_long_details_are_cut() -> None:
    assert len(raised(400, {"detail": "x" * 5000}).detail) == errors.DETAIL_MAX


def test_str_without_request_and_status() -> None:
    assert str(errors.NotFound()) == f"{errors.NotFound.what_text} {errors.NotFound.todo_text}"
    assert "status" not in str(errors.Timeout(request="GET x/"))


def test_sentences_without_details() -> None:
    assert errors.NetworkError().what == errors.NetworkError.what_text
    assert errors.CircuitOpen().what == errors.CircuitOpen.what_text
    assert "boom" in errors.CircuitOpen("boom").what
    assert errors.Unsupported("GlitchTip does not.", capability="assign").what == "GlitchTip does not."
