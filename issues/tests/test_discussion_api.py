"""Comments and exports by API: with tokens, for their owners, with errors that say what is wrong."""

import pytest
from django.test import Client

from dexter.web.tokens import make_token
from issues.models import Comment, Export
from issues.services import discussion
from issues.tests.factories import make_event, make_issue, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("exports_folder")]


def api(user, *, can_write=True):
    _, text = make_token(user, name="test", can_write=can_write)
    return Client(headers={"authorization": f"Bearer {text}"})


@pytest.fixture
def ada(db):
    return make_user("ada", first_name="Ada", last_name="Lovelace")


def send(client, method, path, body=None):
    return getattr(client, method)(f"/api/v1{path}", body or {}, content_type="application/json")


def test_a_comment_is_made_listed_changed_and_deleted(ada):
    issue, client = make_issue(), api(ada)
    made = send(client, "post", f"/issues/{issue.pk}/comments/", {"text": "one"})
    assert made.status_code == 201
    assert made.json().items() >= {"author": "Ada Lovelace", "text": "one", "state": "pending"}.items()
    path = f"/comments/{made.json()['id']}/"
    assert send(client, "put", path, {"text": "two"}).json()["text"] == "two"
    listed = client.get(f"/api/v1/issues/{issue.pk}/comments/").json()
    assert [row["text"] for row in listed["results"]] == ["two"]
    assert send(client, "delete", path).status_code == 204
    assert client.get(f"/api/v1/issues/{issue.pk}/comments/").json()["results"] == []


def test_a_comment_may_stay_in_dexter(ada):
    made = send(api(ada), "post", f"/issues/{make_issue().pk}/comments/", {"text": "a", "to_sentry": False})
    assert made.json()["state"] == "local"


def test_comments_of_others_are_masked_and_not_for_changing(ada):
    issue, eve = make_issue(), make_user("eve")
    made = discussion.comment(issue=issue, user=ada, text="ask bob@example.com")
    client = api(eve)
    [row] = client.get(f"/api/v1/issues/{issue.pk}/comments/").json()["results"]
    assert (row["text"], row["is_own"]) == ("ask [email]", False)
    assert send(client, "put", f"/comments/{made.pk}/", {"text": "no"}).status_code == 404
    assert send(client, "delete", f"/comments/{made.pk}/").status_code == 404
    assert Comment.objects.get().text == "ask bob@example.com"


def test_comments_come_in_pages(ada):
    issue = make_issue()
    for number in range(3):
        discussion.comment(issue=issue, user=ada, text=str(number))
    client = api(ada)
    first = client.get(f"/api/v1/issues/{issue.pk}/comments/?limit=2").json()
    second = client.get(first["next"]).json()
    assert [row["text"] for page in (first, second) for row in page["results"]] == ["2", "1", "0"]


@pytest.mark.parametrize("text", ["", " ", "x" * 20_001])
def test_what_is_no_comment_is_refused(ada, text):
    answer = send(api(ada), "post", f"/issues/{make_issue().pk}/comments/", {"text": text})
    assert answer.status_code == 400
    assert "comment has" in answer.json()["error"]["message"]


def test_a_token_that_may_only_read_reads_and_exports(ada):
    issue, client = make_issue(), api(ada, can_write=False)
    assert send(client, "post", f"/issues/{issue.pk}/comments/", {"text": "a"}).status_code == 403
    assert client.get(f"/api/v1/issues/{issue.pk}/comments/").status_code == 200
    assert send(client, "post", "/exports/", {"query": ""}).status_code == 202


def test_an_export_is_a_job_and_then_a_file(ada, django_capture_on_commit_callbacks):
    make_issue(short_id="A-1", title="mail ada@example.com")
    client = api(ada)
    with django_capture_on_commit_callbacks(execute=True):
        answer = send(client, "post", "/exports/", {"query": "A-1", "format": "jsonl", "columns": ["title"]})
    assert answer.status_code == 202
    assert answer.json().items() >= {"format": "jsonl", "masked": True, "file": None}.items()
    found = client.get(f"/api/v1/exports/{answer.json()['id']}/").json()
    assert (found["state"], found["done"], found["total"], found["rows"]) == ("done", 1, 1, 1)
    assert b"".join(client.get(found["file"])) == b'{"title": "mail [email]"}\n'
    assert api(make_user("eve")).get(found["file"]).status_code == 404


def test_events_of_an_issue_by_api(ada, django_capture_on_commit_callbacks):
    issue = make_issue()
    event, client = make_event(issue), api(ada)
    with django_capture_on_commit_callbacks(execute=True):
        answer = send(client, "post", "/exports/", {"issue": issue.pk, "columns": ["event_id"]})
    found = client.get(f"/api/v1/exports/{answer.json()['id']}/file/")
    assert b"".join(found).decode().split() == ["Event", event.event_id]


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ({}, 400, "Give one of"),
        ({"query": "", "ids": [1]}, 400, "Give one of"),
        ({"query": "level:("}, 400, ""),
        ({"query": "", "columns": ["no"]}, 400, "There is no column no"),
        ({"query": "", "format": "pdf"}, 400, "format"),
        ({"query": "", "masked": False}, 403, "may not export without masking"),
        ({"issue": 987654}, 404, "no such issue"),
    ],
)
def test_what_cannot_be_exported(ada, asked, status, said):
    answer = send(api(ada), "post", "/exports/", asked)
    assert (answer.status_code, said in answer.json()["error"]["message"]) == (status, True)
    assert Export.objects.count() == 0


def test_the_file_is_not_there_before_it_is_written(ada):
    export = Export.objects.create(owner=ada, format="csv")
    assert api(ada).get(f"/api/v1/exports/{export.pk}/file/").status_code == 404


def test_all_of_it_is_in_the_document(client):
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert {"/api/v1/issues/{id}/comments/", "/api/v1/comments/{id}/", "/api/v1/exports/"} <= paths.keys()
