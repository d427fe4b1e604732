"""What holds for every address of the JSON API: how it refuses, what its document says of that."""

import json

import pytest
from django.core.cache import cache
from django.test import Client

from dexter.api import api
from dexter.web.tokens import make_token
from issues.models import Comment, Export, Issue
from issues.tests.factories import make_issue, make_user

pytestmark = pytest.mark.django_db
SHAPE = {"code", "message", "hint", "at"}


@pytest.fixture
def ask(client):
    """`ask(method, path, body)` is (status, JSON), with a token that may write."""
    cache.clear()
    headers = {"Authorization": f"Bearer {make_token(make_user('priya'), name='test', can_write=True)[1]}"}

    def send(method, path, body=None):
        data = body if isinstance(body, str) else json.dumps(body)
        how = {"data": data, "content_type": "application/json"} if body is not None else {}
        answer = client.generic(method, f"/api/v1{path}", headers=headers, **how)
        return answer.status_code, answer.json()

    return send


# --- one shape of all errors
@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("DELETE", "/issues/", "GET"), ("OPTIONS", "/issues/", "GET"), ("GET", "/issues/bulk/", "POST")],
)
def test_a_wrong_method_has_the_shape_of_all_errors(client, method, path, allowed):
    answer = client.generic(method, f"/api/v1{path}")
    error = answer.json()["error"]
    assert (answer.status_code, answer["Allow"]) == (405, allowed)
    assert (set(error), error["code"], error["hint"]) == (SHAPE, "method_not_allowed", f"it takes {allowed}")
    assert int(answer["Content-Length"]) == len(answer.content)


def test_a_host_that_is_not_dexter_s_has_it_too(client):
    answer = client.get("/api/v1/issues/", headers={"Host": "evil.example"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")
    assert "evil" not in answer.content.decode()


def test_a_failure_has_it_too(settings):
    client = Client(raise_request_exception=False)
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = "no number"
    answer = client.post("/api/v1/deadlocks/analyze/", {"text": "x"}, "application/json", headers=reading())
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal_server_error")


def reading():
    return {"Authorization": f"Bearer {make_token(make_user(), name='test')[1]}"}


def test_pages_keep_their_own_errors(client):
    client.force_login(make_user("ada"))
    assert client.delete("/").status_code == 405
    assert client.get("/nothing/")["Content-Type"].startswith("text/html")


# --- who asks
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer dxt_revoked"}])
def test_a_stranger_who_writes_is_asked_for_a_token(headers):
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/api/v1/issues/bulk/", {}, "application/json", headers=headers)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="Dexter"')


def test_a_browser_needs_its_csrf_token():
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user("ada"))
    answer = client.post("/api/v1/issues/bulk/", {}, "application/json")
    assert answer.status_code == 403
    assert "X-CSRFToken" in answer.json()["error"]["message"]


@pytest.mark.parametrize("name", ["token", "access_token", "api_key", "Authorization"])
def test_a_token_in_the_address_is_none(client, name):
    _, text = make_token(make_user("priya"), name="test")
    assert client.get("/api/v1/issues/", {name: text}).status_code == 401


# --- what it does not know
@pytest.mark.parametrize(
    "path", ["/issues/?limt=3&quary=x", "/outbox/?limt=3&quary=x", "/recommendations/?limt=3&quary=x"]
)
def test_a_parameter_that_does_not_exist_is_refused(ask, path):
    status, answer = ask("GET", path)
    assert (status, answer["error"]["code"]) == (400, "invalid_parameters")
    assert answer["error"]["message"] == "limt: There is no such parameter; quary: There is no such parameter"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/exports/", {"query": "", "maskd": True}),
        ("/issues/{}/comments/", {"text": "Hello", "to_sentri": False}),
        ("/search/translate/", {"text": "new errors", "modle": ""}),
        ("/deadlocks/analyze/", {"text": "x", "evnt": {}}),
        ("/issues/bulk/", {"action": "resolve", "query": "", "projct": ["shop"]}),
    ],
)
def test_a_field_that_does_not_exist_is_refused(ask, path, body):
    status, answer = ask("POST", path.format(make_issue().pk), body)
    assert (status, answer["error"]["code"]) == (400, "invalid_parameters")
    assert list(body)[-1] in answer["error"]["message"]
    assert not Export.objects.exists()
    assert not Comment.objects.exists()


# --- what no database takes
@pytest.mark.parametrize("text", ["a\\u0000b", "a\\ud800b"])
def test_what_cannot_be_stored_becomes_a_replacement(ask, text):
    issue = make_issue(status="unresolved")
    status, answer = ask("POST", f"/issues/{issue.pk}/comments/", f'{{"text": "{text}"}}')
    assert (status, answer["text"]) == (201, "a\ufffdb")
    resolve = f'{{"action": "resolve", "release": "{text}"}}'
    status, answer = ask("POST", f"/issues/{issue.pk}/actions/", resolve)
    assert (status, answer["action"]["arguments"]) == (200, {"release": "a\ufffdb"})


def test_whole_pairs_of_surrogates_stay(ask):
    status, answer = ask("POST", f"/issues/{make_issue().pk}/comments/", '{"text": "\\ud83d\\ude00"}')
    assert (status, answer["text"]) == (201, "\U0001f600")


@pytest.mark.parametrize("ids", [[10**30], [0], list(range(1, 40_000))], ids=["huge", "zero", "many"])
def test_ids_that_no_query_takes_are_refused(ask, ids):
    path = f"/issues/{make_issue().pk}/actions/"
    for where, body in (
        ("/exports/", {"ids": ids}),
        ("/issues/bulk/", {"action": "resolve", "ids": ids}),
        (path, {"action": "merge", "with": ids}),
    ):
        status, answer = ask("POST", where, body)
        assert (status, answer["error"]["code"]) == (400, "invalid_parameters")
    assert not Issue.objects.exclude(status="unresolved").exists()


# --- the document
def test_the_document_says_how_each_operation_refuses():
    for path, operations in api.get_openapi_schema()["paths"].items():
        for method, operation in operations.items():
            expected = {400, 401} | ({403} if method != "get" else set())
            expected |= {413} if "requestBody" in operation else set()
            assert expected <= set(operation["responses"]), f"{method} {path}"
            for status, answer in operation["responses"].items():
                refers = json.dumps(answer.get("content", {}))
                assert status < 400 or "schemas/Problem" in refers, f"{status} of {method} {path}"


def test_the_page_of_the_document_asks_nobody_else_and_fits_a_phone(client):
    page = client.get("/api/v1/docs").content.decode()
    assert '"validatorUrl": null' in page
    assert 'name="viewport"' in page
    assert 'lang="en"' in page
