"""What to do next: the rules, putting aside and bringing back, page and JSON."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from ai.models import Dismissal
from ai.queries.recommendations import recommendations
from ai.services.recommending import NoReason, dismiss, restore
from deadlocks.services.reading import read_events
from deadlocks.tests.queries import make_asking_event
from deadlocks.tests.test_reports import make_deadlock
from dexter.web.tokens import make_token
from issues.models import Issue
from issues.tests.factories import make_issue, make_user

pytestmark = pytest.mark.django_db


def quiet(**fields) -> Issue:
    """An issue that no rule is about, but for `fields`."""
    now = timezone.now()
    return make_issue(
        **{"status": "unresolved", "first_seen": now, "last_seen": now, "events_24h": 1, **fields}
    )


def kinds() -> dict[str, int]:
    return {each.kind: each.issue_id for each in recommendations()}


def test_nothing_is_urgent_without_a_reason():
    quiet()
    assert recommendations() == []


def test_each_rule_finds_its_issue():
    now = timezone.now()
    deadlock = make_deadlock(quiet()).issue
    regression = quiet(substatus="regressed", user_count=3)
    asking = make_asking_event(issue=quiet())
    read_events([asking.pk])
    muted = quiet(status="ignored", is_growing=True)
    noisy = quiet(events_24h=500)
    forgotten = quiet(first_seen=now - timedelta(days=90))
    quiet(first_seen=now - timedelta(days=90), status="resolved")
    assert kinds() == {
        "deadlock": deadlock.pk,
        "regression": regression.pk,
        "n_plus_one": asking.issue_id,
        "muted": muted.pk,
        "noisy": noisy.pk,
        "forgotten": forgotten.pk,
    }
    assert [each.kind for each in recommendations()][0] == "deadlock"
    whys = {each.kind: each.why for each in recommendations()}
    assert whys["deadlock"] == "1 deadlock in the last 7 days on stock."
    assert whys["noisy"] == "500 events in 24 hours, and nobody is assigned."


def test_an_issue_is_named_once_by_its_most_urgent_rule():
    issue = quiet(substatus="regressed", events_24h=500)
    assert [(each.kind, each.issue_id) for each in recommendations()] == [("regression", issue.pk)]


def test_put_aside_with_a_reason_and_brought_back():
    issue, someone = quiet(events_24h=500), make_user()
    key = f"noisy:{issue.pk}"
    with pytest.raises(NoReason):
        dismiss(key, "  ", someone)
    dismiss(key, "A load test.", someone)
    assert recommendations() == []
    assert restore(key)
    assert not restore(key)
    assert kinds() == {"noisy": issue.pk}


def test_the_number_of_queries_does_not_grow(django_assert_max_num_queries):
    for _ in range(4):
        make_deadlock(quiet())
        quiet(substatus="regressed")
        quiet(events_24h=500)
    with django_assert_max_num_queries(9):
        assert len(recommendations()) == 12


@pytest.fixture
def person(client):
    someone = make_user("priya")
    client.force_login(someone)
    return someone


def test_the_page(client, person):
    url = reverse("ai:recommendations")
    assert "Nothing urgent" in client.get(url).content.decode()
    issue = quiet(events_24h=500)
    assert "Give it to somebody, or archive it." in client.get(url).content.decode()
    wrong = client.post(url, {"dismiss": f"noisy:{issue.pk}", "reason": " "})
    assert wrong.status_code == 422
    assert "Say why" in wrong.content.decode()
    client.post(url, {"dismiss": f"noisy:{issue.pk}", "reason": "A load test."})
    page = client.get(url).content.decode()
    assert "Nothing urgent" in page
    assert "A load test." in page
    client.post(url, {"restore": f"noisy:{issue.pk}"})
    assert not Dismissal.objects.exists()


def test_as_json(client, person):
    issue = quiet(events_24h=500)
    _, token = make_token(person, name="tests")
    client.logout()
    found = client.get("/api/v1/recommendations/", headers={"Authorization": f"Bearer {token}"}).json()
    assert [(row["kind"], row["issue"]) for row in found["results"]] == [("noisy", issue.pk)]
    assert client.get("/api/v1/recommendations/").status_code == 401
