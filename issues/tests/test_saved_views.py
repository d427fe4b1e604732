"""Saved views: tabs, counts, whose they are."""

import pytest
from django.core.cache import cache
from django.test import Client

from issues.models import SavedView
from issues.tests.factories import make_issue, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return make_user("priya")


@pytest.fixture
def signed_in(client: Client, person) -> Client:
    cache.clear()
    client.force_login(person)
    return client


def test_a_tab_is_its_search_and_sort(signed_in):
    fatal = make_issue(level="fatal")
    make_issue()
    view = SavedView.objects.create(name="Fatal", query="level:fatal", sort="events", is_shared=True)
    page = signed_in.get(f"/?view={view.pk}").content.decode()
    assert f'id="issue-{fatal.pk}"' in page
    assert page.count('<tr role="row" id="issue-') == 1
    assert 'aria-current="page">Fatal' in page


def test_counts_come_in_a_fragment_and_are_kept(signed_in, django_assert_max_num_queries):
    SavedView.objects.all().delete()
    SavedView.objects.create(name="Fatal", query="level:fatal", is_shared=True)
    SavedView.objects.create(name="Broken", query="users:>many", is_shared=True)
    make_issue(level="fatal")
    assert 'hx-trigger="load"' in signed_in.get("/").content.decode()
    tabs = signed_in.get("/views/").content.decode()
    assert 'Fatal<span class="count">1<' in tabs
    assert 'hx-trigger="load"' not in tabs
    with django_assert_max_num_queries(4):
        signed_in.get("/views/")
    assert 'Fatal<span class="count">1<' in signed_in.get("/").content.decode()


def test_save_update_remove(signed_in, person):
    signed_in.post("/views/add/", {"name": "Mine", "query": "level:error", "sort": "users"})
    view = SavedView.objects.get(owner=person)
    assert (view.query, view.sort, view.is_shared) == ("level:error", "users", False)
    signed_in.post(f"/views/{view.pk}/", {"do": "update", "query": "level:fatal", "sort": "events"})
    view.refresh_from_db()
    assert (view.query, view.sort) == ("level:fatal", "events")
    signed_in.post(f"/views/{view.pk}/", {"do": "remove"})
    assert not SavedView.objects.filter(pk=view.pk).exists()


def test_a_pinned_view_is_in_the_rail(signed_in, person):
    view = SavedView.objects.create(owner=person, name="On call", query="level:fatal")
    assert "Pinned" not in signed_in.get("/settings/").content.decode()
    signed_in.post(f"/views/{view.pk}/", {"do": "pin"})
    assert f'<a href="/?view={view.pk}" title="On call">' in signed_in.get("/settings/").content.decode()
    signed_in.post(f"/views/{view.pk}/", {"do": "unpin"})
    assert "Pinned" not in signed_in.get("/settings/").content.decode()


def test_a_name_is_used_once_a_person(signed_in, person):
    for _ in range(2):
        answer = signed_in.post("/views/add/", {"name": "Mine", "query": "", "sort": "users"}, follow=True)
    assert "already have a view" in answer.content.decode()
    assert SavedView.objects.filter(owner=person).count() == 1


def test_a_view_needs_a_name(signed_in):
    answer = signed_in.post("/views/add/", {"name": " ", "query": "", "sort": "users"}, follow=True)
    assert "a view needs a name" in answer.content.decode()


def test_others_see_only_what_is_shared_and_change_nothing(signed_in):
    other = make_user("mateo")
    private = SavedView.objects.create(owner=other, name="Private", query="level:fatal")
    shared = SavedView.objects.create(owner=other, name="Common", query="level:fatal", is_shared=True)
    page = signed_in.get("/").content.decode()
    assert "Common" in page
    assert "Private" not in page
    assert "<span>level:</span>fatal" not in signed_in.get(f"/?view={private.pk}").content.decode()
    assert signed_in.post(f"/views/{shared.pk}/", {"do": "remove"}).status_code == 404
    assert SavedView.objects.filter(pk=shared.pk).exists()
