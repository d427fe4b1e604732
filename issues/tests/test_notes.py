"""Comments on their way to Sentry's notes and back: in order, once, edits and deletions too."""

import json

import pytest
from django.utils import timezone

from dexter.sentry.errors import SentryError, Transient
from issues.models import Activity, Comment, Issue, SyncRun
from issues.services import discussion
from issues.sync.client import client_of
from issues.sync.notes import adopt_notes, note_text, pull_notes, push_notes, written_text
from issues.sync.run import sync
from issues.tests.conftest import connect_to
from issues.tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _push_by_hand(monkeypatch):
    """The queue is not under test here: pushes happen where a test says so."""
    from issues.signals import notes_waiting

    monkeypatch.setattr(notes_waiting, "receivers", [])
    notes_waiting.sender_receivers_cache.clear()
    yield
    notes_waiting.sender_receivers_cache.clear()


@pytest.fixture
def synced(connection):
    sync(connection, kind=SyncRun.Kind.FULL, report=lambda *_: None)
    connection.refresh_from_db()
    return connection


@pytest.fixture
def priya(db):
    return make_user("priya", first_name="Priya", last_name="Nair")


@pytest.fixture
def issue(synced):
    return Issue.objects.filter(gone="", comment_count=0).order_by("pk")[0]


def notes(sandbox, issue):
    """Texts of the notes as the server has them, oldest first."""
    with sandbox.http() as http:
        rows = http.get(f"organizations/{sandbox.org}/issues/{issue.sentry_id}/notes/").json()
    return [row["data"]["text"] for row in reversed(rows)]


def requests(sandbox, method):
    return [entry for entry in sandbox.log() if entry["method"] == method and "/notes/" in entry["path"]]


def say(issue, user, text):
    return discussion.comment(issue=issue, user=user, text=text)


def again(comment):
    Comment.objects.filter(pk=comment.pk).update(try_at=timezone.now())
    comment.refresh_from_db()
    return comment


def test_a_comment_becomes_a_note_under_its_authors_name(sandbox, synced, issue, priya):
    made = say(issue, priya, "It is *hold time*.")
    assert (made.state, notes(sandbox, issue)) == ("pending", [])
    assert push_notes(synced) == 1
    assert notes(sandbox, issue) == ["**Priya Nair** in Dexter:\n\nIt is *hold time*."]
    made.refresh_from_db()
    assert (made.state, made.sentry_id != "", made.error) == ("sent", True, "")


def test_comments_arrive_in_the_order_they_were_written(sandbox, synced, issue, priya):
    for number in range(4):
        say(issue, priya, f"number {number}")
    assert push_notes(synced) == 4
    assert [written_text(text) for text in notes(sandbox, issue)] == [f"number {n}" for n in range(4)]


def test_an_earlier_comment_that_waits_holds_up_the_later_ones(sandbox, synced, issue, priya):
    first, _ = say(issue, priya, "first"), say(issue, priya, "second")
    sandbox.fault("bad_gateway", path="*/notes/*", method="POST", count=1)
    with pytest.raises(Transient):
        push_notes(synced)
    assert push_notes(synced) == 0
    again(first)
    assert push_notes(synced) == 2
    assert [written_text(text) for text in notes(sandbox, issue)] == ["first", "second"]


def test_edits_and_deletions_follow(sandbox, synced, issue, priya):
    made = say(issue, priya, "one")
    push_notes(synced)
    made.refresh_from_db()
    discussion.edit(made, text="two")
    push_notes(synced)
    assert [written_text(text) for text in notes(sandbox, issue)] == ["two"]
    discussion.delete(made)
    push_notes(synced)
    assert notes(sandbox, issue) == []
    made.refresh_from_db()
    assert (made.state, made.deleted_at is not None) == ("sent", True)


def test_what_was_deleted_before_it_left_is_never_sent(sandbox, synced, issue, priya):
    discussion.delete(say(issue, priya, "never mind"))
    assert push_notes(synced) == 0
    assert requests(sandbox, "POST") == []


def test_what_was_changed_while_it_waited_is_sent_once_as_it_is_now(sandbox, synced, issue, priya):
    discussion.edit(say(issue, priya, "one"), text="two")
    push_notes(synced)
    assert [written_text(text) for text in notes(sandbox, issue)] == ["two"]
    assert (len(requests(sandbox, "POST")), len(requests(sandbox, "PUT"))) == (1, 0)


@pytest.mark.parametrize("flavour", ["sentry", "glitchtip"])
def test_an_answer_that_was_lost_doubles_nothing(sandbox_factory, db, priya, flavour):
    with sandbox_factory(flavour=flavour) as server:
        connection = connect_to(server)
        sync(connection, kind=SyncRun.Kind.FULL, report=lambda *_: None)
        issue = Issue.objects.filter(gone="", comment_count=0).order_by("pk")[0]
        made = say(issue, priya, "said once")
        server.fault("lost_answer", method="POST", count=1)
        with pytest.raises(SentryError):
            push_notes(connection)
        push_notes(again(made).connection)
        there = client_of(connection).notes(issue.sentry_id).rows
        made.refresh_from_db()
        assert [written_text(row["data"]["text"]) for row in there] == ["said once"]
        assert (made.state, made.sentry_id) == ("sent", str(there[0]["id"]))


def test_an_edit_after_a_lost_answer_changes_the_note_that_is_there(sandbox, synced, issue, priya):
    made = say(issue, priya, "one")
    sandbox.fault("lost_answer", path="*/notes/*", method="POST", count=1)
    with pytest.raises(SentryError):
        push_notes(synced)
    discussion.edit(again(made), text="two")
    push_notes(synced)
    assert [written_text(text) for text in notes(sandbox, issue)] == ["two"]


def test_a_deletion_after_a_lost_answer_finds_the_note(sandbox, synced, issue, priya):
    made = say(issue, priya, "one")
    sandbox.fault("lost_answer", path="*/notes/*", method="POST", count=1)
    with pytest.raises(SentryError):
        push_notes(synced)
    discussion.delete(again(made))
    push_notes(synced)
    assert notes(sandbox, issue) == []


def test_a_worker_that_was_killed_after_sending_leaves_nothing_doubled(sandbox, synced, issue, priya):
    made = say(issue, priya, "said once")
    long_ago = timezone.now() - timezone.timedelta(minutes=10)
    with sandbox.http() as http:
        http.post(
            f"organizations/{sandbox.org}/issues/{issue.sentry_id}/notes/", json={"text": note_text(made)}
        )
    Comment.objects.filter(pk=made.pk).update(
        state="sending", claimed_at=long_ago, attempts=1, sent_text=note_text(made)
    )
    push_notes(synced)
    made.refresh_from_db()
    assert (len(notes(sandbox, issue)), made.state, bool(made.sentry_id)) == (1, "sent", True)


def test_a_claim_of_a_living_worker_is_left_alone(sandbox, synced, issue, priya):
    made = say(issue, priya, "on its way")
    Comment.objects.filter(pk=made.pk).update(state="sending", claimed_at=timezone.now(), attempts=1)
    assert push_notes(synced) == 0
    assert requests(sandbox, "POST") == []


def test_the_same_words_twice_are_refused_with_the_reason(sandbox, synced, issue, priya):
    say(issue, priya, "+1")
    second = say(issue, priya, "+1")
    assert push_notes(synced) == 2
    second.refresh_from_db()
    assert len(notes(sandbox, issue)) == 1
    assert second.state == "failed"
    assert "only after an hour" in second.error


def test_the_same_words_of_two_people_are_two_notes(sandbox, synced, issue, priya):
    say(issue, priya, "+1")
    say(issue, make_user("mateo", first_name="Mateo"), "+1")
    push_notes(synced)
    assert len(notes(sandbox, issue)) == 2


def test_a_refusal_is_kept_and_tried_again_when_somebody_says_so(sandbox, synced, issue, priya):
    made = say(issue, priya, "hello")
    sandbox.fault("forbidden", path="*/notes/*", method="POST", count=1)
    assert push_notes(synced) == 1
    made.refresh_from_db()
    assert (made.state, "may not" in made.error) == ("failed", True)
    discussion.retry(made)
    push_notes(synced)
    made.refresh_from_db()
    assert (made.state, made.error) == ("sent", "")


def test_a_change_made_while_the_note_is_on_its_way_is_not_taken_for_sent(sandbox, synced, issue, priya):
    made = say(issue, priya, "one")
    push_notes(synced)
    Comment.objects.filter(pk=made.pk).update(state="pending", text="two")
    claimed = Comment.objects.get(pk=made.pk)
    # The row changes between the claim and the answer.
    from issues.sync.notes.push import _end

    discussion.edit(claimed, text="three")
    stale = Comment.objects.get(pk=made.pk)
    stale.revision -= 1
    _end(stale, stale.sentry_id, note_text(stale))
    assert Comment.objects.get(pk=made.pk).state == "pending"


def write_in_sentry(sandbox, issue, text, token="person-token"):
    with sandbox.http() as http:
        answer = http.post(
            f"organizations/{sandbox.org}/issues/{issue.sentry_id}/notes/", json={"text": text}
        )
    return answer.json()["id"]


def test_notes_of_sentry_become_comments(sandbox, synced, issue, priya):
    key = write_in_sentry(sandbox, issue, "written there")
    assert pull_notes(issue, client_of(synced)) == 1
    made = Comment.objects.get(sentry_id=key)
    assert (made.text, made.user, made.state, made.is_from_sentry) == ("written there", None, "sent", True)
    assert pull_notes(issue, client_of(synced)) == 0


def test_changes_and_deletions_in_sentry_come_over(sandbox, synced, issue, priya):
    made = say(issue, priya, "one")
    push_notes(synced)
    made.refresh_from_db()
    path = f"organizations/{sandbox.org}/issues/{issue.sentry_id}/notes/{made.sentry_id}/"
    with sandbox.http() as http:
        http.put(path, json={"text": "**Priya Nair** in Dexter:\n\nchanged there"})
    pull_notes(issue, client_of(synced))
    made.refresh_from_db()
    assert (made.text, made.edited_at is not None) == ("changed there", True)
    with sandbox.http() as http:
        http.delete(path)
    pull_notes(issue, client_of(synced))
    made.refresh_from_db()
    assert made.deleted_at is not None


def test_what_waits_here_is_not_overwritten_by_a_pull(sandbox, synced, issue, priya):
    made = say(issue, priya, "one")
    push_notes(synced)
    made.refresh_from_db()
    discussion.edit(made, text="two")
    pull_notes(issue, client_of(synced))
    made.refresh_from_db()
    assert (made.text, made.state) == ("two", "pending")


def test_a_pull_before_the_push_knows_its_answer_makes_no_second_comment(sandbox, synced, issue, priya):
    made = say(issue, priya, "one")
    sandbox.fault("lost_answer", path="*/notes/*", method="POST", count=1)
    with pytest.raises(SentryError):
        push_notes(synced)
    pull_notes(issue, client_of(synced))
    assert Comment.objects.count() == 1
    push_notes(again(made).connection)
    made.refresh_from_db()
    assert (Comment.objects.count(), len(notes(sandbox, issue)), made.state) == (1, 1, "sent")


def test_notes_of_the_activity_are_taken_over_without_a_request(synced, issue):
    Activity.objects.create(
        issue=issue, sentry_id="77", type="note", user_name="Hana", data={"text": "hi"}, date=timezone.now()
    )
    assert (adopt_notes(issue), adopt_notes(issue)) == (1, 0)
    assert Comment.objects.get().author_name == "Hana"


def test_a_comment_that_is_to_stay_here_stays_here(sandbox, synced, issue, priya):
    made = discussion.comment(issue=issue, user=priya, text="between us", to_sentry=False)
    discussion.edit(made, text="between us two")
    assert push_notes(synced) == 0
    assert (made.state, requests(sandbox, "POST")) == ("local", [])


@pytest.mark.parametrize("text", ["", "   \n", "x" * 20_001])
def test_what_is_no_comment(synced, issue, priya, text):
    with pytest.raises(discussion.Invalid):
        say(issue, priya, text)


def test_the_glitchtip_body_has_its_own_shape(sandbox_factory, db, priya):
    with sandbox_factory(flavour="glitchtip") as server:
        connection = connect_to(server)
        sync(connection, kind=SyncRun.Kind.FULL, report=lambda *_: None)
        issue = Issue.objects.filter(gone="", comment_count=0).order_by("pk")[0]
        say(issue, priya, "hello")
        assert push_notes(connection) == 1
        [post] = [
            entry for entry in server.log() if entry["method"] == "POST" and "comments" in entry["path"]
        ]
        assert json.loads(post["body"])["data"]["text"].endswith("hello")
        pull_notes(issue, client_of(connection))
        assert Comment.objects.count() == 1
