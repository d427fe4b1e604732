"""The writing part of the JSON API, with real tokens over HTTP; jobs against the sandbox."""

import json

import pytest

from dexter.web.tokens import make_token
from issues.models import Bulk, Issue, IssueAction, SyncRun
from issues.sync.run import sync
from issues.tests.factories import (
    make_connection,
    make_issue,
    make_member,
    make_project,
    make_team,
    make_user,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("push_by_hand")]


@pytest.fixture
def person():
    return make_user("priya")


@pytest.fixture
def api(client, person):
    """`api(method, path, body)` is (status, JSON), with a token that may write."""
    return caller(client, make_token(person, name="test", can_write=True)[1])


def caller(client, token):
    def ask(method, path, body=None, **parameters):
        how = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
        if parameters:
            how["query_params"] = parameters
        answer = getattr(client, method)(
            f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"}, **how
        )
        return answer.status_code, answer.json()

    return ask


def test_a_reading_token_is_refused_with_the_reason(client, person):
    ask = caller(client, make_token(person, name="reads")[1])
    issue = make_issue()
    for path in (f"/issues/{issue.pk}/actions/", "/issues/bulk/", "/jobs/1/stop/", "/jobs/1/undo/"):
        status, body = ask("post", path, {"action": "resolve", "ids": [issue.pk]})
        assert (status, body["error"]["code"]) == (403, "forbidden")
        assert "may only read" in body["error"]["message"]
    assert not IssueAction.objects.exists()


def test_an_action_answers_with_the_issue_and_how_far_it_is(api):
    issue = make_issue(status="unresolved")
    status, body = api("post", f"/issues/{issue.pk}/actions/", {"action": "resolve", "in": "next_release"})
    assert status == 200
    assert body["issue"]["status"] == "resolved"
    assert body["action"]["state"] == "pending"
    assert body["action"]["what"] == "Resolved in the next release"
    assert (
        api("post", f"/issues/{issue.pk}/actions/", {"action": "resolve", "in": "next_release"})[1]["action"]
        is None
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"action": "explode"}, "There is no action"),
        ({"action": "priority", "priority": "top"}, "low, medium or high"),
        ({"action": "resolve", "commit": "abc"}, "`repository` is a text"),
        ({"action": "assign", "member": "nobody@example.com"}, "nobody"),
        ({"action": "archive", "window": 60}, "`window` goes with"),
        ({"action": "archive", "minutes": 30, "window": 60}, "`window` goes with"),
    ],
)
def test_a_wrong_action_says_what_would_be_right(api, body, words):
    status, answer = api("post", f"/issues/{make_issue().pk}/actions/", body)
    assert (status, answer["error"]["code"]) == (400, "invalid_action")
    assert words in answer["error"]["message"]


def test_an_argument_that_does_not_exist_is_named(api):
    status, answer = api("post", f"/issues/{make_issue().pk}/actions/", {"action": "resolve", "inn": 1})
    assert (status, answer["error"]["code"]) == (400, "invalid_parameters")
    assert "inn" in answer["error"]["message"]


def test_people_by_name(api, person):
    issue = make_issue()
    member = make_member(issue.connection, name="Priya", user=person, email="priya@example.com")
    team = make_team(issue.connection, "payments")
    for given in ("me", "priya@example.com", member.sentry_id):
        api("post", f"/issues/{issue.pk}/actions/", {"action": "assign", "member": given})
        issue.refresh_from_db()
        assert issue.assignee == member
    api("post", f"/issues/{issue.pk}/actions/", {"action": "assign", "team": "#payments"})
    issue.refresh_from_db()
    assert (issue.assignee, issue.assignee_team) == (None, team)


def test_what_the_server_cannot_do(api):
    issue = make_issue(project=make_project(connection=make_connection(flavour="glitchtip")))
    status, answer = api("post", f"/issues/{issue.pk}/actions/", {"action": "bookmark"})
    assert (status, answer["error"]["code"]) == (409, "refused")
    assert "GlitchTip does not keep bookmarks." in answer["error"]["message"]


def test_deleting_needs_the_permission(api, person):
    issue = make_issue()
    assert api("post", f"/issues/{issue.pk}/actions/", {"action": "delete"})[0] == 403
    assert api("post", "/issues/bulk/", {"action": "delete", "ids": [issue.pk]})[0] == 403
    person.is_superuser = True
    person.save()
    status, body = api("post", f"/issues/{issue.pk}/actions/", {"action": "delete"})
    assert (status, body["issue"], body["action"]["state"]) == (200, None, "pending")


def test_merging(api):
    big = make_issue(count=50)
    small = make_issue(project=big.project, count=5)
    unknown = {"action": "merge", "with": [small.pk, 999_999]}
    status, body = api("post", f"/issues/{big.pk}/actions/", unknown)
    assert (status, "There is no issue 999999 here" in str(body)) == (409, True)
    status, body = api("post", f"/issues/{big.pk}/actions/", {"action": "merge", "with": [small.pk]})
    assert (status, body["action"]["issue"]) == (200, small.pk)
    small.refresh_from_db()
    assert small.merged_into == big


def test_gone_issues_are_not_found(api):
    assert api("post", f"/issues/{make_issue(gone='deleted').pk}/actions/", {"action": "resolve"})[0] == 404


def test_the_outbox(api):
    issue = make_issue(status="unresolved", short_id="A-1")
    api("post", f"/issues/{issue.pk}/actions/", {"action": "resolve"})
    IssueAction.objects.update(state="failed", error="You do not have permission.")
    status, body = api("get", "/outbox/")
    assert status == 200
    assert (body["waiting"], body["connections"][0]["failed"]) == ([], 1)
    assert (body["failed"][0]["short_id"], body["failed"][0]["error"]) == (
        "A-1",
        "You do not have permission.",
    )


@pytest.mark.parametrize("given", [{}, {"ids": [1], "query": ""}])
def test_a_bulk_action_names_its_issues_in_one_way(api, given):
    status, body = api("post", "/issues/bulk/", {"action": "resolve", **given})
    assert (status, body["error"]["code"]) == (400, "invalid_action")


def test_a_bulk_action_with_a_search_that_cannot_be_read(api):
    status, body = api("post", "/issues/bulk/", {"action": "resolve", "query": "users:>many"})
    assert (status, body["error"]["code"]) == (400, "invalid_search")


def test_a_job_from_search_to_receipt_and_back(api, sandbox, connection):
    sync(connection, kind=SyncRun.Kind.FULL, report=lambda *_: None)
    before = {key: state["status"] for key, state in sandbox.states().items()}
    status, body = api("post", "/issues/bulk/", {"action": "resolve", "query": "is:unresolved"})
    assert status == 202
    assert body["progress"]["total"] == Bulk.objects.get().job.actions.count()
    status, body = api("get", f"/jobs/{body['id']}/")
    assert (body["state"], body["progress"]["done"]) == ("done", body["progress"]["total"])
    assert {item["outcome"] for item in body["items"]} == {"done"}
    resolved = {item["issue"] for item in body["items"]}
    sentry_ids = set(Issue.objects.filter(pk__in=resolved).values_list("sentry_id", flat=True))
    assert all(sandbox.state(key)["status"] == "resolved" for key in sorted(sentry_ids)[:5])
    status, undone = api("post", f"/jobs/{body['id']}/undo/")
    assert (status, undone["undoes"]) == (202, body["id"])
    assert {key: state["status"] for key, state in sandbox.states().items()} == before
    assert api("post", f"/jobs/{body['id']}/undo/")[0] == 409


def test_all_is_in_the_document_with_examples(client):
    document = client.get("/api/v1/openapi.json").json()
    paths = {
        "/api/v1/issues/{id}/actions/", "/api/v1/issues/bulk/", "/api/v1/jobs/{id}/",
        "/api/v1/jobs/{id}/stop/",
        "/api/v1/jobs/{id}/retry/", "/api/v1/jobs/{id}/undo/", "/api/v1/outbox/",
    }  # fmt: skip
    assert paths <= set(document["paths"])
    body = document["paths"]["/api/v1/issues/bulk/"]["post"]["requestBody"]["content"]["application/json"]
    assert {"ids", "query"} <= set(body["examples"])
    assert "$ref" in body["schema"]
