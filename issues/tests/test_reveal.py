"""Looking behind a mask: who may, what comes back, what is recorded; by a script and without."""

import pytest
from django.contrib.auth.models import Group, Permission

from issues.models import Reveal
from issues.payload.tests.events import api_event
from issues.tests.factories import make_user
from issues.tests.issue_page import make_shown_issue

pytestmark = pytest.mark.django_db
HTMX = {"hx_request": "true"}


@pytest.fixture
def allowed(client):
    """A person who may look, through a group."""
    group = Group.objects.create(name="On call")
    group.permissions.add(Permission.objects.get(codename="reveal_personal_data"))
    user = make_user("ada")
    user.groups.add(group)
    client.force_login(user)
    return user


def ask(client, issue, event, place, **headers):
    address = (
        f"/issues/{issue.pk}/events/{event.event_id}/reveal/" if event else f"/issues/{issue.pk}/reveal/"
    )
    return client.post(address, {"place": place}, headers=headers)


def test_a_value_comes_back_and_who_saw_it_is_recorded(client, allowed):
    issue, event = make_shown_issue()
    response = ask(client, issue, event, "user.email#0", **HTMX)
    assert response.status_code == 200
    assert "ada@example.com" in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    row = Reveal.objects.get()
    assert (row.user, row.event, row.issue, row.event_ref) == (allowed, event, issue, event.event_id)
    assert (row.path, row.kind) == ("user.email#0", "email")


def test_the_chip_goes_back_by_itself_after_half_a_minute(client, allowed):
    issue, event = make_shown_issue()
    shown = ask(client, issue, event, "user.email#0", **HTMX).content.decode()
    assert 'hx-trigger="load delay:30s"' in shown
    address = f"/issues/{issue.pk}/events/{event.event_id}/reveal/?place=user.email%230"
    assert f'hx-get="{address}"' in shown
    masked = client.get(address, headers=HTMX).content.decode()
    assert "ada@example.com" not in masked
    assert "Reveal this email" in masked
    assert Reveal.objects.count() == 1


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("exceptions.2.value#0", "ada@example.com"),
        ("exceptions.2.frames.1.vars.payer.card#0", "4111 1111 1111 1111"),
        ("exceptions.2.frames.1.source#0", "bob@example.org"),
        ("breadcrumbs.0.text#0", "ada@example.com"),
        ("breadcrumbs.0.data.password#0", "hunter2"),
        ("request.headers.X-Forwarded-For#0", "203.0.113.77"),
        ("request.body#1", "bob@example.org"),
        ("tags.user.email#0", "ada@example.com"),
        ("extra.api_key#0", "sk_live_4eC39HqLyjWDarjtT1zdp7dc"),
    ],
)
def test_every_corner_of_an_event_can_be_looked_at(client, allowed, place, text):
    issue, event = make_shown_issue()
    html = ask(client, issue, event, place, **HTMX).content.decode()
    assert f'masked again in 30 seconds">{text}' in html.replace("&#x27;", "")


def test_every_button_of_a_page_finds_its_value(client, allowed):
    issue, event = make_shown_issue()
    for tab in ("stack", "breadcrumbs", "request", "tags"):
        html = client.get(f"/issues/{issue.pk}/?tab={tab}&frames=all").content.decode()
        places = [part.split('"')[0] for part in html.split('name="place" value="')[1:]]
        assert places, tab
        for place in places:
            of_event = None if place.startswith("issue.") else event
            assert ask(client, issue, of_event, place, **HTMX).status_code == 200, place


def test_without_the_permission_it_is_refused_and_says_who_grants(client):
    issue, event = make_shown_issue()
    client.force_login(make_user("bob"))
    response = ask(client, issue, event, "user.email#0", **HTMX)
    assert response.status_code == 422
    html = response.content.decode()
    assert "ada@example.com" not in html
    assert "Whoever administers Dexter can grant it" in html
    assert Reveal.objects.count() == 0


def test_without_a_script_it_is_a_page(client, allowed):
    issue, event = make_shown_issue()
    html = ask(client, issue, event, "user.email#0").content.decode()
    assert "<html" in html
    assert "<code>ada@example.com</code>" in html
    assert f'href="/issues/{issue.pk}/events/{event.event_id}/"' in html


def test_the_title_of_the_issue_belongs_to_no_event(client, allowed):
    issue, _ = make_shown_issue()
    html = ask(client, issue, None, "issue.error_value#0", **HTMX).content.decode()
    assert "ada@example.com" in html
    row = Reveal.objects.get()
    assert (row.event, row.event_ref) == (None, "")


@pytest.mark.parametrize(
    "place",
    [
        "",
        "user.email",
        "user.email#1",
        "user.email#-1",
        "user.email#²",
        "user.id#0",
        "stored_payload.data#0",
        "<b>#0",
        "user.email#" + "9" * 40,
    ],
)
def test_where_nothing_is_masked_there_is_nothing(client, allowed, place):
    issue, event = make_shown_issue()
    response = ask(client, issue, event, place, **HTMX)
    assert response.status_code == 404
    assert "<b>#0" not in response.content.decode()
    assert Reveal.objects.count() == 0


def test_an_event_of_another_issue_is_not_found(client, allowed):
    issue, _ = make_shown_issue()
    _, other = make_shown_issue()
    assert ask(client, issue, other, "user.email#0", **HTMX).status_code == 404


def test_markup_in_a_value_stays_text(client, allowed):
    issue, event = make_shown_issue(api_event(user={"name": "<script>alert(1)</script>"}))
    html = ask(client, issue, event, "user.name#0", **HTMX).content.decode()
    assert "&lt;script&gt;" in html
    assert "<script>alert" not in html


def test_only_a_post_reveals(client, allowed):
    issue, event = make_shown_issue()
    html = client.get(
        f"/issues/{issue.pk}/events/{event.event_id}/reveal/?place=user.email%230"
    ).content.decode()
    assert "ada@example.com" not in html
    assert Reveal.objects.count() == 0
