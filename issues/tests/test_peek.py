"""The panel beside the list and the explanation of a priority."""

import re

import pytest
from django.test import Client

from issues.models import EventPayload
from issues.tests.factories import make_event, make_issue, make_user

pytestmark = pytest.mark.django_db
FRAME = {"function": "reserve", "filename": "shop/cart.py", "lineNo": 2, "inApp": True,
         "context": [[1, "def reserve():"], [2, "    mail('jane@example.org')"]]}  # fmt: skip
PAYLOAD = {
    "id": "1",
    "platform": "python",
    "entries": [
        {"type": "exception", "data": {"values": [{"type": "KeyError", "stacktrace": {"frames": [FRAME]}}]}}
    ],
}


@pytest.fixture
def signed_in(client: Client) -> Client:
    client.force_login(make_user("priya"))
    return client


def test_panel(signed_in, django_assert_num_queries):
    issue = make_issue(tags={"release": ["1.0", "1.1"], "browser": "Chrome"}, stats={"hours": {}, "days": {}})
    make_event(issue, PAYLOAD)
    signed_in.get("/help/keys/")
    # person, issue, newest event, tags
    with django_assert_num_queries(7):
        page = signed_in.get(f"/issues/{issue.pk}/peek/").content.decode()
    assert issue.short_id in page
    assert "shop/cart.py:2" in page
    assert '<tr class="hit"><td>2</td>' in page
    assert "jane@example.org" not in page
    assert "and 1 more" in page
    assert "<html" not in page


@pytest.mark.parametrize("data", [b"", b"damaged", EventPayload.pack({"entries": "?"})])
def test_a_damaged_event_leaves_the_rest_of_the_panel(signed_in, data):
    issue = make_issue()
    EventPayload.objects.create(event=make_event(issue), data=data)
    page = signed_in.get(f"/issues/{issue.pk}/peek/")
    assert page.status_code == 200
    assert issue.short_id in page.content.decode()


@pytest.mark.parametrize("part", ["peek", "why"])
def test_what_is_gone_or_never_was_is_not_found(signed_in, part):
    gone = make_issue(gone="deleted")
    assert signed_in.get(f"/issues/{gone.pk}/{part}/").status_code == 404
    assert signed_in.get(f"/issues/999999/{part}/").status_code == 404


def test_terms_add_up(signed_in):
    issue = make_issue(score=50, events_24h=100, events_before=40, user_count=30)
    page = signed_in.get(f"/issues/{issue.pk}/why/", headers={"HX-Request": "true"}).content.decode()
    points = [int(number) for number in re.findall(r"<b>(\d+)</b>", page)]
    assert len(points) == 6
    assert f"Priority {sum(points)} " in page
    assert "up 150 % on the day before" in page
    assert "<html" in signed_in.get(f"/issues/{issue.pk}/why/").content.decode()
