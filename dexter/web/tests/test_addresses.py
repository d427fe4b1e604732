"""Addresses nobody would type: a NUL character, which PostgreSQL minds, a number too large for SQLite."""

import pytest
from django.core.cache import cache

from issues.models import IssueAction, IssueLabel, ResolutionNote
from issues.tests.factories import make_issue, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/?environment=%00&project=a%00b", 200),
        ("/?query=%00", 422),
        ("/?query=browser:a%00", 200),
        ("/search/suggest/?q=browser:%00", 200),
        ("/search/suggest/?q=release:a%00", 200),
        ("/api/v1/issues/?environment=%00", 200),
        ("/api/v1/events/%00/", 404),
        ("/login/?next=%00", 302),
    ],
)
def test_a_nul_in_an_address_breaks_nothing(client, address, status):
    cache.clear()
    make_issue(tags={"browser": "Firefox"})
    client.force_login(make_user("ada"))
    assert client.get(address).status_code == status


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/issues/{}/actions/", {"do": "resolve", "release": "a\x00b"}),
        ("/issues/{}/resolution/", {"text": "a\x00b"}),
        ("/issues/actions/", {"do": "label", "new_label": "a\x00b", "issue": "{}"}),
    ],
)
def test_a_nul_in_a_form_breaks_nothing(client, address, form):
    issue = make_issue(status="unresolved")
    client.force_login(make_user("ada"))
    told = {name: value.format(issue.pk) for name, value in form.items()}
    assert client.post(address.format(issue.pk), told).status_code in (200, 302)
    kept = [*IssueAction.objects.values_list("arguments", flat=True), *ResolutionNote.objects.all()]
    kept += IssueLabel.objects.all()
    assert "\x00" not in repr(kept)


def test_a_note_that_is_no_number_is_nobody_s(client):
    client.force_login(make_user("ada"))
    told = {"do": "remove", "note": "abc"}
    assert client.post(f"/issues/{make_issue().pk}/resolution/", told).status_code == 404


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/issues/actions/", "issue"),
        ("/issues/actions/", "merge"),
        ("/selection/", "issue"),
        ("/inbox/", "entry"),
        ("/exports/", "issue"),
        ("/outbox/all/", "connection"),
        ("/issues/actions/", "time_amount"),
    ],
)
@pytest.mark.parametrize("number", ["9" * 30, "9" * 5000])
def test_a_number_in_a_form_that_no_column_holds_is_nobody_s(client, address, name, number):
    client.force_login(make_user("ada"))
    do = {"merge": "merge", "connection": "discard", "time_amount": "archive"}.get(name, "seen")
    told = {"do": do, "for": "time", "issue": str(make_issue().pk), name: number}
    assert client.post(address, told).status_code < 500


def test_nothing_is_given_up_of_a_connection_that_is_none(client):
    refused = IssueAction.objects.create(
        issue=(issue := make_issue()), connection=issue.connection, kind="resolve", state="failed"
    )
    client.force_login(make_user("ada"))
    client.post("/outbox/all/", {"do": "discard", "connection": "9" * 5000})
    client.post("/outbox/all/", {"do": "discard", "connection": "other"})
    refused.refresh_from_db()
    assert refused.state == "failed"


def test_a_cursor_beyond_all_numbers_is_at_the_end(client):
    client.force_login(make_user("ada"))
    assert client.get(f"/search/suggest/?q=a&at={'9' * 5000}").status_code == 200


@pytest.mark.parametrize("address", ["/jobs/{}/", "/issues/{}/", "/comments/{}/", "/api/v1/issues/{}/"])
def test_a_number_that_no_column_holds_is_nobody_s(client, address):
    client.force_login(make_user("ada"))
    assert client.get(address.format("9" * 30)).status_code in (404, 405)
