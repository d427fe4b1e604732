"""The page and the endpoint that make a query of a description."""

import json

import pytest

from dexter.web.tokens import make_token
from issues.tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(client):
    someone = make_user("priya")
    client.force_login(someone)
    return someone


def test_the_query_is_shown_before_it_runs(client, person):
    assert "Say what you look for" in client.get("/search/describe/").content.decode()
    page = client.get("/search/describe/", {"words": "unassigned regressions"}).content.decode()
    assert "is:unassigned is:regressed" in page
    assert 'href="/?query=is%3Aunassigned%20is%3Aregressed"' in page


def test_what_was_typed_stays_when_nothing_comes_of_it(client, person):
    answer = client.get("/search/describe/", {"words": "word " * 70})
    assert answer.status_code == 422
    assert "Say it in fewer than 300 characters." in answer.content.decode()
    assert "word word" in answer.content.decode()


def test_as_json(client, person):
    _, token = make_token(person, name="tests")
    client.logout()

    def ask(text):
        headers = {"Authorization": f"Bearer {token}"}
        body = json.dumps({"text": text})
        return client.post("/api/v1/search/translate/", body, "application/json", headers=headers)

    assert ask("deadlocks today").json() == {
        "query": "lastSeen:-24h is:deadlock",
        "understood": [
            {"words": "today", "term": "lastSeen:-24h"},
            {"words": "deadlocks", "term": "is:deadlock"},
        ],
        "free_text": "",
        "by": "rules",
    }
    assert ask("").status_code == 422
