"""Completion over HTTP: keys, values that exist, what the field holds after taking one."""

import re
from html import unescape

import pytest
from django.core.cache import cache
from django.test import Client

from issues.queries.completion import existing_values
from issues.tests.factories import make_issue, make_member, make_project, make_release, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client: Client) -> Client:
    cache.clear()
    client.force_login(make_user("priya"))
    return client


def options(client: Client, text: str, at: int | None = None) -> list[tuple[str, bool]]:
    """What the field would hold after taking each option, and whether it searches at once."""
    asked = {"q": text} if at is None else {"q": text, "at": str(at)}
    html = client.get("/search/suggest/", asked).content.decode()
    found = re.findall(r'<li role="option"[^>]*data-text="([^"]*)"([^>]*)>', html)
    return [(unescape(after), "data-done" in rest) for after, rest in found]


def test_keys_wait_for_a_value_and_values_search(signed_in):
    assert ("level:", False) in options(signed_in, "lev")
    assert ("level:fatal ", True) in options(signed_in, "level:fa")


def test_a_value_in_an_open_list_waits_for_the_next(signed_in):
    assert ("level:[error, fatal ", False) in options(signed_in, "level:[error, fa")
    assert ("level:[error, fatal ]", True) in options(signed_in, "level:[error, fa]", 16)


def test_the_text_around_stays(signed_in):
    assert ("timeout level:fatal is:new", True) in options(signed_in, "timeout level:fa is:new", 16)


def test_nothing_to_say(signed_in):
    answer = signed_in.get("/search/suggest/", {"q": "tags[nothing]:x"})
    assert "hidden" in answer.content.decode()


def test_existing_values(db):
    cache.clear()
    project = make_project(slug="checkout")
    make_release(project.connection, "shop@1.0")
    make_team(project.connection, "payments")
    make_member(project.connection, name="Ada", email="ada@example.org")
    make_issue(project=project, tags={"browser": ["Chrome", "Firefox"], "customer": "acme", "level": "error"})
    assert existing_values("project", "che") == ["checkout"]
    assert existing_values("release", "shop") == ["shop@1.0"]
    assert existing_values("team", "") == ["payments"]
    assert existing_values("assigned", "a") == ["Ada"]
    assert existing_values("assigned", "#pay") == ["#payments"]
    assert existing_values("browser", "") == ["Chrome", "Firefox"]
    assert existing_values("browser", "chro") == ["Chrome"]
    assert existing_values('tags["customer"]', "ac") == ["acme"]
    assert existing_values('tags["customer"]', "AC") == ["acme"]
    assert existing_values("", "c") == ["customer"]


def test_values_are_found_by_jumps_however_many_issues_share_them(db, django_assert_max_num_queries):
    project = make_project()
    for number in range(40):
        make_issue(project=project, tags={"browser": f"B{number % 2}"})
    with django_assert_max_num_queries(3):
        assert existing_values("browser", "B") == ["B0", "B1"]
