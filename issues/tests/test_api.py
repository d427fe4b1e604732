"""The JSON API of issues and events, with real tokens over HTTP."""

import json

import pytest
from django.core.cache import cache
from django.test import Client

from dexter.web.tokens import make_token, revoke_token
from issues.models import EventPayload
from issues.tests.factories import (
    make_connection,
    make_event,
    make_issue,
    make_member,
    make_project,
    make_release,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return make_user("priya")


@pytest.fixture
def get(client: Client, person):
    """Asks with a reading token: `get(path, **parameters)` is (status, JSON)."""
    cache.clear()
    _, text = make_token(person, name="test")

    def ask(path: str, **parameters: object):
        answer = client.get(path, parameters, headers={"Authorization": f"Bearer {text}"})
        return answer.status_code, answer.json()

    return ask


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer dxt_nothing"}, {"Authorization": "Basic x"}]
)
def test_a_stranger_is_refused(client, headers):
    answer = client.get("/api/v1/issues/", headers=headers)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="Dexter"')
    assert answer.json()["error"]["code"] == "unauthorized"


def test_a_revoked_token_is_refused(client, person):
    token, text = make_token(person, name="test")
    headers = {"Authorization": f"Bearer {text}"}
    assert client.get("/api/v1/issues/", headers=headers).status_code == 200
    revoke_token(person, token.pk)
    assert client.get("/api/v1/issues/", headers=headers).status_code == 401


def test_the_browser_s_session_may_read(client, person):
    client.force_login(person)
    assert client.get("/api/v1/issues/").status_code == 200


def test_a_list_is_searched_sorted_and_paged(get):
    found = [make_issue(level="fatal", count=number) for number in range(5)]
    make_issue(level="error")
    status, page = get("/api/v1/issues/", query="level:fatal", sort="events", limit=2)
    assert status == 200
    assert [row["id"] for row in page["results"]] == [found[4].pk, found[3].pk]
    assert page["total"] == {"count": 5, "more": False}
    status, second = get(page["next"])
    assert [row["id"] for row in second["results"]] == [found[2].pk, found[1].pk]
    assert get(second["previous"])[1]["results"] == page["results"]


def test_a_search_by_first_release_says_how_far_it_reached(get):
    connection = make_connection()
    project, release = make_project(connection=connection), make_release(connection, "shop@1.0")
    make_issue(project=project, first_release=release)
    make_issue(project=project)
    assert get("/api/v1/issues/")[1]["first_releases"] is None
    status, page = get("/api/v1/issues/", query="first-release:shop@1.0")
    assert status == 200
    assert page["first_releases"]["known"] == {"count": 1, "more": False}
    assert page["first_releases"]["issues"] == {"count": 2, "more": False}


def test_a_row(get):
    project = make_project(slug="shop", users_total=200)
    make_issue(
        project=project, title="no jane@example.org", user_count=50, trend=-101, permalink="https://s/1"
    )
    row = get("/api/v1/issues/", project="shop")[1]["results"][0]
    assert row["title"] == "no [email]"
    assert row["impact"]["share"] == 0.25
    assert row["trend"] is None
    assert row["url"] == f"/issues/{row['id']}/"


def test_what_the_page_masks_the_api_masks(client, get, person):
    tags = {"jane@example.org": "x", "customer": "jane@example.org"}
    issue = make_issue(error_type="NoUser jane@example.org", title="jane@example.org", tags=tags)
    client.force_login(person)
    assert "jane@example.org" not in client.get(f"/issues/{issue.pk}/").content.decode()
    found = get(f"/api/v1/issues/{issue.pk}/")[1]
    assert (found["type"], found["tags"][0]["value"]) == ("NoUser [email]", "[email]")
    assert "jane@example.org" not in json.dumps(found)


def test_who_it_is_assigned_to(get):
    project = make_project()
    ada = make_issue(project=project, assignee=make_member(project.connection, name="Ada"))
    team = make_issue(project=project, assignee_team=make_team(project.connection, "payments"))
    nobody = make_issue(project=project)
    found = {row["id"]: row["assignee"] for row in get("/api/v1/issues/")[1]["results"]}
    assert found[ada.pk] == {"type": "user", "name": "Ada"}
    assert found[team.pk] == {"type": "team", "name": "payments"}
    assert found[nobody.pk] is None


def test_scope(get):
    shop = make_issue(project=make_project(slug="shop"), tags={"environment": "production"})
    make_issue(project=make_project(slug="stock"))
    for parameters in ({"project": "shop"}, {"environment": "production"}, {"project": ["shop", "none"]}):
        assert [row["id"] for row in get("/api/v1/issues/", **parameters)[1]["results"]] == [shop.pk]


@pytest.mark.parametrize(
    ("parameters", "code", "words"),
    [
        ({"query": "users:>many"}, "invalid_search", "needs a number"),
        ({"query": "is:linked"}, "invalid_search", "does not know is:linked"),
        ({"cursor": "made-up"}, "invalid_cursor", "first page"),
        ({"period": "often"}, "invalid_search", "not a period"),
        ({"sort": "shoe_size"}, "invalid_parameters", "sort"),
        ({"limit": "1000"}, "invalid_parameters", "limit"),
    ],
)
def test_what_cannot_be_answered_says_why(get, parameters, code, words):
    status, answer = get("/api/v1/issues/", **parameters)
    assert (status, answer["error"]["code"]) == (400, code)
    assert words in answer["error"]["message"]


def test_the_place_of_a_mistake(get):
    error = get("/api/v1/issues/", query="timeout users:>many")[1]["error"]
    assert "timeout users:>many"[error["at"]["start"] : error["at"]["end"]] in ("users:>many", "many")
    assert error["hint"] == "for example users:>20"


def test_a_period_that_is_none_has_no_place_in_the_search(get):
    error = get("/api/v1/issues/", query="timeout", period="often")[1]["error"]
    assert (error["code"], error["at"]) == ("invalid_search", None)


def test_an_issue_with_its_terms_and_tags(get):
    issue = make_issue(
        tags={"browser": "Chrome", "customer": "jane@example.org"}, events_24h=20, events_before=10
    )
    status, found = get(f"/api/v1/issues/{issue.pk}/")
    assert status == 200
    assert len(found["score_terms"]) == 6
    assert [(tag["key"], tag["value"]) for tag in found["tags"]] == [
        ("browser", "Chrome"),
        ("customer", "[email]"),
    ]


def test_events_and_an_event(get):
    issue = make_issue()
    event = make_event(issue, {"id": "1", "user": {"email": "jane@example.org"}, "message": "hello"})
    make_event(issue)
    status, page = get(f"/api/v1/issues/{issue.pk}/events/", limit=1)
    assert (status, len(page["results"])) == (200, 1)
    assert get(page["next"])[1]["next"] is None
    for name in (event.pk, event.event_id):
        found = get(f"/api/v1/events/{name}/")[1]
        assert found["event_id"] == event.event_id
        assert found["payload"]["message"] == "hello"
        assert "jane" not in json.dumps(found)


def test_an_event_without_a_readable_payload(get):
    bare, damaged = make_event(), make_event()
    EventPayload.objects.create(event=damaged, data=b"damaged")
    assert get(f"/api/v1/events/{bare.pk}/")[1]["payload"] is None
    assert get(f"/api/v1/events/{damaged.pk}/")[1]["payload"] is None


@pytest.mark.parametrize(
    "path", ["issues/0/", "issues/0/events/", "events/0/", f"events/{'9' * 40}/", "nothing/"]
)
def test_not_found(get, path):
    status, answer = get(f"/api/v1/{path}")
    assert (status, answer["error"]["code"], answer["error"]["at"]) == (404, "not_found", None)


def test_an_address_without_its_slash_leads_to_the_one_with_it(client):
    answer = client.get("/api/v1/issues?query=is:unresolved")
    assert (answer.status_code, answer["Location"]) == (301, "/api/v1/issues/?query=is:unresolved")


def test_what_is_not_there_is_a_page_elsewhere(client):
    answer = client.get("/nothing/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_gone_issues_and_their_events_are_not_found(get):
    gone = make_issue(gone="merged")
    event = make_event(gone)
    assert get(f"/api/v1/issues/{gone.pk}/")[0] == 404
    assert get(f"/api/v1/events/{event.pk}/")[0] == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_takes_a_fixed_number_of_queries(get, django_assert_num_queries, rows):
    for _ in range(rows):
        make_issue()
    get("/api/v1/issues/")
    # token and person, issues, stats
    with django_assert_num_queries(2):
        get("/api/v1/issues/")


def test_the_document_and_its_page_need_no_other_server(client):
    document = client.get("/api/v1/openapi.json").json()
    assert "/api/v1/issues/{id}/events/" in document["paths"]
    page = client.get("/api/v1/docs").content.decode()
    assert "http" not in page.replace("http-equiv", "")
