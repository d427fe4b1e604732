"""Pins, notes on what fixed an issue, and issues that are like one, with the reasons."""

from datetime import timedelta

import pytest
from django.utils import timezone

from issues.models import Event, Issue, Pin, ResolutionNote
from issues.queries.likeness import alike, normalised
from issues.services import knowledge
from issues.sync.prune import prune_cache
from issues.tests.factories import make_event, make_issue, make_project, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(db):
    return make_user("ada", first_name="Ada", last_name="Lovelace")


@pytest.fixture
def as_ada(client, ada):
    client.force_login(ada)
    return client


# --- pins --------------------------------------------------------------------------------------------------


def test_a_pinned_event_outlives_retention(ada):
    long_ago = timezone.now() - timedelta(days=4000)
    issue = make_issue(last_seen=long_ago, first_seen=long_ago)
    kept, other = make_event(issue, date=long_ago), make_event(issue, date=long_ago)
    knowledge.pin(kept, ada)
    prune_cache()
    assert list(Event.objects.values_list("pk", flat=True)) == [kept.pk]
    knowledge.unpin(kept)
    prune_cache()
    assert not Event.objects.filter(pk__in=[kept.pk, other.pk]).exists()


def test_pinning_by_the_page(as_ada, ada):
    event = make_event()
    path = f"/issues/{event.issue_id}/events/{event.event_id}/pin/"
    html = as_ada.post(path, {"do": "pin"}, headers={"hx-request": "true"}).content.decode()
    assert 'aria-pressed="true"' in html
    assert (Pin.objects.get().user, Event.objects.get().is_pinned) == (ada, True)
    assert as_ada.post(path, {"do": "pin"}).url.endswith("#event")
    assert "by Ada Lovelace" in as_ada.get("/pins/").content.decode()
    as_ada.post(path, {"do": "unpin"})
    assert (Pin.objects.count(), Event.objects.get().is_pinned) == (0, False)
    assert "No event is pinned" in as_ada.get("/pins/").content.decode()


def test_an_event_that_is_not_there_cannot_be_pinned(as_ada):
    issue = make_issue()
    assert as_ada.post(f"/issues/{issue.pk}/events/{'a' * 32}/pin/", {"do": "pin"}).status_code == 404


# --- what fixed it -----------------------------------------------------------------------------------------


def test_a_resolved_issue_is_asked_about_until_there_is_a_note(as_ada):
    issue = make_issue(status="resolved", detail_synced_at=timezone.now())
    asked = "What fixed it?"
    assert asked in as_ada.get(f"/issues/{issue.pk}/comments/").content.decode()
    as_ada.post(
        f"/issues/{issue.pk}/resolution/", {"text": " a shorter  transaction ", "url": "https://e.example/1"}
    )
    note = ResolutionNote.objects.get()
    assert (note.text, note.url) == ("a shorter transaction", "https://e.example/1")
    assert asked not in as_ada.get(f"/issues/{issue.pk}/comments/").content.decode()
    assert asked not in as_ada.get(f"/issues/{make_issue().pk}/comments/").content.decode()


def test_the_toast_of_a_resolve_asks_in_the_dialog(as_ada):
    issue = make_issue()
    html = as_ada.post(
        f"/issues/{issue.pk}/actions/", {"do": "resolve"}, headers={"hx-request": "true"}
    ).content.decode()
    assert f"/issues/{issue.pk}/resolution/" in html
    path = f"/issues/{issue.pk}/resolution/"
    answer = as_ada.post(path, {"text": "a", "in_dialog": "1"}, headers={"hx-request": "true"})
    assert answer["HX-Trigger"] == "dexter:acted"
    assert ResolutionNote.objects.count() == 1


@pytest.mark.parametrize(
    "given", [{"text": ""}, {"text": "x" * 501}, {"text": "a", "url": "javascript:alert(1)"}]
)
def test_what_is_no_note(as_ada, given):
    answer = as_ada.post(f"/issues/{make_issue().pk}/resolution/", given, headers={"hx-request": "true"})
    assert answer.status_code == 422
    assert ResolutionNote.objects.count() == 0


def test_only_its_author_removes_a_note(as_ada, ada):
    issue = make_issue()
    theirs = knowledge.add_resolution_note(issue=issue, user=make_user("bob"), text="theirs")
    own = knowledge.add_resolution_note(issue=issue, user=ada, text="own")
    path = f"/issues/{issue.pk}/resolution/"
    assert as_ada.post(path, {"do": "remove", "note": theirs.pk}).status_code == 404
    as_ada.post(path, {"do": "remove", "note": own.pk})
    assert ResolutionNote.objects.get() == theirs


# --- likeness ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("timeout after 30.5 s", "timeout after 4 s"),
        ("no row for 'ada@example.com'", "no row for 'bob'"),
        ("at 0x7ffdeadbeef", "at 0x1234"),
        (
            "order 123e4567-e89b-12d3-a456-426614174000 is gone",
            "order 00000000-0000-0000-0000-000000000000 is gone",
        ),
    ],
)
def test_what_differs_each_time_makes_no_difference(one, other):
    assert normalised(one) == normalised(other)


def test_words_make_one():
    assert normalised("timeout of the cart") != normalised("timeout of the stock")


def reasons(issue, other):
    found = alike(issue)
    [row] = [row for row in (*found.candidates, *found.seen_before) if row.issue == other]
    return row


def test_the_same_error_with_other_numbers_is_a_strong_candidate():
    project = make_project()
    one = make_issue(project=project, title="PoolTimeout: no connection after 30 s", error_type="PoolTimeout")
    two = make_issue(project=project, title="PoolTimeout: no connection after 4 s", error_type="PoolTimeout")
    row = reasons(one, two)
    assert row.said == "Same error at the same place, same message but for numbers and values"
    assert (row.label, row.can_merge) == ("strong", True)


def test_another_project_is_told_and_cannot_be_merged():
    one = make_issue(status="unresolved")
    two = make_issue(status="resolved")
    row = reasons(one, two)
    assert f"in {two.project.slug}" in row.said
    assert not row.can_merge
    assert [each.issue for each in alike(one).seen_before] == [two]


def test_the_top_in_app_frame_is_a_reason():
    project = make_project()
    frame = {"function": "reserve", "filename": "shop/stock.py", "lineNo": 7, "inApp": True}
    payload = {
        "entries": [
            {
                "type": "exception",
                "data": {"values": [{"type": "E", "value": "v", "stacktrace": {"frames": [frame]}}]},
            }
        ]
    }
    one = make_issue(
        project=project, title="Deadlock in reserve", culprit="reserve in shop/stock", error_type="E"
    )
    two = make_issue(project=project, title="Lost row", culprit="reserve in shop/stock", error_type="F")
    make_event(one, payload)
    assert "frame" not in reasons(one, two).said
    make_event(two, payload)
    row = reasons(one, two)
    assert row.said == "Other error at the same place, same top in-app frame, reserve"
    assert row.label == "likely"


def test_what_shares_a_word_only_is_not_alike():
    project = make_project()
    one = make_issue(project=project, title="KeyError: 'price'", error_type="KeyError", culprit="shop.cart")
    make_issue(
        project=project, title="KeyError: 'colour' of paint", error_type="KeyError", culprit="art.canvas"
    )
    assert len(alike(one)) == 0


def test_a_note_is_remembered_when_sentry_has_the_issue_no_more(ada):
    one, two = make_issue(), make_issue(gone="deleted", status="resolved")
    assert len(alike(one)) == 0
    knowledge.add_resolution_note(issue=two, user=ada, text="a shorter transaction")
    [row] = alike(one).seen_before
    assert (row.issue, [note.text for note in row.notes], row.can_merge) == (
        two,
        ["a shorter transaction"],
        False,
    )


def test_the_tab_shows_both_with_their_reasons(as_ada, ada):
    project = make_project()
    issue = make_issue(project=project, detail_synced_at=timezone.now(), events_synced_at=timezone.now())
    before = make_issue(project=project, status="resolved")
    knowledge.add_resolution_note(issue=before, user=ada, text="mail ada@example.com")
    other = make_issue(project=project)
    html = as_ada.get(f"/issues/{issue.pk}/?tab=similar").content.decode()
    assert "Seen before" in html
    assert "mail <span" in html
    assert f'name="issue" value="{other.pk}"' in html
    assert "Same error at the same place, same message" in html


def test_the_look_is_bounded(django_assert_max_num_queries):
    project = make_project()
    issues = [make_issue(project=project, title=f"Timeout after {n} s in pool") for n in range(80)]
    with django_assert_max_num_queries(10):
        found = alike(Issue.objects.select_related("project").get(pk=issues[0].pk))
    assert len(found.candidates) == 8
