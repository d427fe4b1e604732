"""Who hears of what, what the stream shows, and what people can do to comments."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from dexter.web.models import Preference
from issues.actions import Action, Kind, parse
from issues.models import Activity, Comment, InboxEntry, Issue, IssueAction, Reveal, Watch
from issues.queries.stream import BadPlace, stream_of
from issues.services import discussion, triage
from issues.services.inbox import mark_read
from issues.services.inbox_mail import send_due_mail
from issues.services.watching import unwatch, watch, watchers
from issues.tests.factories import make_issue, make_member, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def issue(db):
    return make_issue()


@pytest.fixture
def ada(db):
    return make_user("ada", first_name="Ada", last_name="Lovelace")


@pytest.fixture
def bob(db):
    return make_user("bob", first_name="Bob")


def say(issue, user, text):
    return discussion.comment(issue=issue, user=user, text=text)


def inbox(user):
    return [entry.kind for entry in InboxEntry.objects.filter(user=user).order_by("pk")]


# --- who hears of it ---------------------------------------------------------------------------------------


def test_whom_a_comment_names_hears_of_it_and_watches_from_then_on(issue, ada, bob):
    say(issue, ada, "@Bob, look")
    assert (inbox(bob), inbox(ada)) == (["mention"], [])
    assert watchers(issue) == {ada.pk, bob.pk}
    say(issue, ada, "more")
    assert inbox(bob) == ["mention", "comment"]


def test_a_team_hears_of_it_by_either_sign(issue, ada, bob):
    team = make_team(issue.connection, "payments")
    make_member(issue.connection, user=bob, teams=[team])
    make_member(issue.connection, user=ada, teams=[team])
    say(issue, ada, "#payments @payments")
    assert (inbox(bob), inbox(ada)) == (["team"], [])


def test_a_team_of_another_organisation_does_not(issue, ada, bob):
    other = make_issue()
    make_member(other.connection, user=bob, teams=[make_team(other.connection, "payments")])
    say(issue, ada, "#payments")
    assert inbox(bob) == []


def test_a_person_named_in_a_team_is_told_once(issue, ada, bob):
    make_member(issue.connection, user=bob, teams=[make_team(issue.connection, "payments")])
    watch(issue, bob)
    say(issue, ada, "@bob #payments")
    assert inbox(bob) == ["mention"]


def test_nobody_is_told_of_what_stands_in_code_or_of_closed_accounts(issue, ada, bob):
    gone = make_user("carl", is_active=False)
    say(issue, ada, "`@bob` @carl")
    assert (inbox(bob), inbox(gone)) == ([], [])


def test_the_assignee_watches_unless_they_said_otherwise(issue, ada, bob):
    Issue.objects.filter(pk=issue.pk).update(assignee=make_member(issue.connection, user=bob))
    issue.refresh_from_db()
    assert watchers(issue) == {bob.pk}
    unwatch(issue, bob)
    say(issue, ada, "hello")
    assert inbox(bob) == []
    say(issue, ada, "@bob all the same")
    assert (inbox(bob), watchers(issue)) == (["mention"], {ada.pk})


def test_an_edit_tells_those_whom_it_names_anew(issue, ada, bob):
    carl = make_user("carl")
    watch(issue, carl)
    made = say(issue, ada, "hello")
    discussion.edit(made, text="hello @bob")
    discussion.edit(made, text="hello @bob, again")
    assert (inbox(bob), inbox(carl)) == (["mention"], ["comment"])


def test_a_deleted_comment_is_in_no_inbox(issue, ada, bob):
    discussion.delete(say(issue, ada, "@bob"))
    assert inbox(bob) == []


def test_an_assignment_is_told_to_whom_it_is_given(issue, ada, bob):
    member = make_member(issue.connection, user=bob)
    triage.act(parse("assign", {"member": member.sentry_id}), [issue.pk], user=ada)
    triage.act(Action(Kind.ASSIGN), [issue.pk], user=ada)
    triage.act(parse("assign", {"member": member.sentry_id}), [issue.pk], user=bob)
    assert inbox(bob) == ["assigned"]
    assert Watch.objects.filter(user=bob, issue=issue, is_on=True).exists()


def test_old_notes_that_are_found_late_tell_nobody(issue, ada):
    from issues.sync.notes import adopt_notes

    watch(issue, ada)
    for number, days in enumerate((30, 0)):
        Activity.objects.create(
            issue=issue, sentry_id=str(number), type="note", user_name="Hana",
            data={"text": str(number)}, date=timezone.now() - timedelta(days=days),
        )  # fmt: skip
    adopt_notes(issue)
    assert [entry.comment.text for entry in InboxEntry.objects.filter(user=ada)] == ["1"]


# --- e-mail ------------------------------------------------------------------------------------------------


def test_a_mail_says_who_and_where_and_is_masked(issue, ada, bob, settings):
    settings.PORTAL_URL = "https://dexter.example.org"
    Issue.objects.filter(pk=issue.pk).update(title="no account x@example.com")
    say(issue, ada, "@bob ask carl@example.com")
    assert (send_due_mail(), send_due_mail()) == (1, 0)
    [sent] = mail.outbox
    entry = InboxEntry.objects.get()
    assert sent.to == ["bob@example.com"]
    assert sent.subject == f"Ada Lovelace mentioned you: {issue.short_id} no account [email]"
    assert f"https://dexter.example.org/inbox/{entry.pk}/" in sent.body
    assert "ask [email]" in sent.body
    assert "carl@" not in sent.body
    assert entry.email == "sent"


def test_who_switched_mails_off_gets_none(issue, ada, bob):
    Preference.objects.create(user=bob, email=False)
    say(issue, ada, "@bob")
    assert send_due_mail() == 0
    assert InboxEntry.objects.get().email == "none"


def test_a_mail_that_fails_is_tried_again_and_then_given_up(issue, ada, bob, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    say(issue, ada, "@bob")
    states = []
    for _ in range(6):
        assert send_due_mail() == 0
        states.append(InboxEntry.objects.get().email)
    assert states == ["due"] * 4 + ["failed"] * 2


# --- the stream --------------------------------------------------------------------------------------------


def activity(issue, kind, minutes, **more):
    defaults = {"sentry_id": f"{kind}{minutes}", "date": timezone.now() - timedelta(minutes=minutes)}
    return Activity.objects.create(issue=issue, type=kind, **defaults | more)


def shown(issue, user, **how):
    return [item.html or item.act for item in stream_of(issue, user, **how).items]


def test_activity_actions_and_comments_are_one_stream_oldest_first(issue, ada):
    activity(issue, "first_seen", 30)
    activity(issue, "set_regression", 20)
    say(issue, ada, "hm")
    triage.act(parse("priority", {"priority": "low"}), [issue.pk], user=ada)
    assert shown(issue, ada) == [
        "saw it for the first time",
        "came back after it was resolved",
        "<p>hm</p>\n",
        "set the priority to low",
    ]


def test_a_note_that_is_a_comment_is_shown_once(issue, ada):
    activity(issue, "note", 5, sentry_id="9", data={"text": "hi"})
    assert shown(issue, ada) == ["wrote: hi"]
    Comment.objects.create(connection=issue.connection, issue=issue, sentry_id="9", text="hi", state="sent")
    assert shown(issue, ada) == ["<p>hi</p>\n"]


def test_what_was_done_here_stands_for_sentrys_own_entry(issue, ada):
    triage.act(Action(Kind.RESOLVE), [issue.pk], user=ada)
    IssueAction.objects.update(state="done", finished_at=timezone.now())
    activity(issue, "set_resolved", 0, user_name="Dexter")
    activity(issue, "set_resolved", 60, user_name="Hana")
    items = stream_of(issue, ada).items
    assert [(item.who, item.act) for item in items] == [
        ("Hana", "resolved it"),
        ("Ada Lovelace", "resolved it"),
    ]


def test_pages_of_the_stream_neither_lose_nor_repeat(issue, ada):
    now = timezone.now()
    for number in range(6):
        activity(
            issue, "assigned", number // 2, sentry_id=str(number), date=now - timedelta(minutes=number // 2)
        )
        Comment.objects.create(
            connection=issue.connection,
            issue=issue,
            text=str(number),
            created_at=now - timedelta(minutes=number // 2),
        )
    whole = [item.place for item in stream_of(issue, ada).items]
    found, before = [], ""
    while True:
        page = stream_of(issue, ada, before=before, size=5)
        found = [item.place for item in page.items] + found
        before = page.earlier
        if not before:
            break
    assert len(whole) == 12
    assert found == whole


@pytest.mark.parametrize("text", ["x", "2026-05-12T14:30:00_0_1", "2026-05-12T14:30:00+00:00_7_1", "__"])
def test_a_made_up_place_is_refused(issue, ada, text):
    with pytest.raises(BadPlace):
        stream_of(issue, ada, before=text)


# --- pages -------------------------------------------------------------------------------------------------


@pytest.fixture
def as_ada(client, ada):
    client.force_login(ada)
    return client


def test_without_a_script_a_comment_leads_back_to_the_page(as_ada, issue):
    answer = as_ada.post(f"/issues/{issue.pk}/comments/", {"text": "hello", "to_sentry": "1"})
    made = Comment.objects.get()
    assert answer.url == f"/issues/{issue.pk}/?tab=activity#comment-{made.pk}"
    assert made.state == "pending"


def test_with_htmx_the_stream_comes_back(as_ada, issue):
    html = as_ada.post(
        f"/issues/{issue.pk}/comments/", {"text": "*hello*"}, headers={"hx-request": "true"}
    ).content.decode()
    assert html.strip().startswith("{#") or 'id="stream"' in html
    assert "<em>hello</em>" in html
    assert "In Dexter only" in html


def test_an_empty_comment_comes_back_with_what_is_wrong(as_ada, issue):
    answer = as_ada.post(f"/issues/{issue.pk}/comments/", {"text": " "}, headers={"hx-request": "true"})
    assert answer.status_code == 422
    assert "A comment has a text" in answer.content.decode()


def test_a_preview_stores_nothing(as_ada, issue):
    answer = as_ada.post(f"/issues/{issue.pk}/comments/", {"text": "**a**", "do": "preview"})
    assert "<strong>a</strong>" in answer.content.decode()
    assert "**a**" in answer.content.decode()
    assert Comment.objects.count() == 0


def test_only_its_author_changes_a_comment(as_ada, issue, ada, bob):
    theirs, own = say(issue, bob, "theirs"), say(issue, ada, "own")
    assert as_ada.post(f"/comments/{theirs.pk}/", {"text": "x"}).status_code == 404
    assert as_ada.post(f"/comments/{theirs.pk}/", {"do": "delete"}).status_code == 404
    assert "<textarea" not in as_ada.get(f"/comments/{theirs.pk}/?edit").content.decode()
    assert "<textarea" in as_ada.get(f"/comments/{own.pk}/?edit").content.decode()
    as_ada.post(f"/comments/{own.pk}/", {"do": "save", "text": "changed"})
    own.refresh_from_db()
    assert (own.text, own.edited_at is not None) == ("changed", True)
    as_ada.post(f"/comments/{own.pk}/", {"do": "delete"})
    assert as_ada.get(f"/comments/{own.pk}/").status_code == 404


def test_names_are_completed(as_ada, issue, bob):
    make_team(issue.connection, "bookings")
    html = as_ada.get(f"/issues/{issue.pk}/mentions/?q=@bo").content.decode()
    assert html.index("@bob") < html.index("#bookings")
    assert "@bob" not in as_ada.get(f"/issues/{issue.pk}/mentions/?q=%23bo").content.decode()


def test_masks_of_a_comment_are_lifted_for_who_may_and_that_is_recorded(client, issue, ada):
    made = say(issue, ada, "ask carl@example.com")
    eve = make_user("eve", is_superuser=True)
    client.force_login(eve)
    assert "carl@example.com" not in client.get(f"/comments/{made.pk}/").content.decode()
    assert "carl@example.com" in client.post(f"/comments/{made.pk}/reveal/").content.decode()
    assert Reveal.objects.get().user == eve
    client.force_login(make_user("carl"))
    assert "carl@example.com" not in client.post(f"/comments/{made.pk}/reveal/").content.decode()
    assert Reveal.objects.count() == 1


def test_watching_is_switched_on_and_off(as_ada, issue, ada):
    as_ada.post(f"/issues/{issue.pk}/watching/", {"do": "watch"})
    assert watchers(issue) == {ada.pk}
    html = as_ada.post(
        f"/issues/{issue.pk}/watching/", {"do": "unwatch"}, headers={"hx-request": "true"}
    ).content.decode()
    assert watchers(issue) == set()
    assert "Watch" in html


def test_the_inbox_lists_marks_and_leads_there(as_ada, issue, ada, bob):
    one, two = say(issue, bob, "@ada one"), say(issue, bob, "@ada two")
    assert "2 unread" in as_ada.get("/inbox/").content.decode()
    entry = InboxEntry.objects.get(comment=two)
    answer = as_ada.get(f"/inbox/{entry.pk}/")
    assert answer.url == f"/issues/{issue.pk}/?tab=activity#comment-{two.pk}"
    assert "1 unread" in as_ada.get("/inbox/bell/").content.decode()
    as_ada.post("/inbox/", {"do": "unread", "entry": entry.pk})
    assert InboxEntry.objects.filter(read_at=None).count() == 2
    as_ada.post("/inbox/", {"do": "all"})
    assert "Nothing unread" in as_ada.get("/inbox/?show=unread").content.decode()
    assert one.pk


def test_an_inbox_is_its_owners(as_ada, issue, ada, bob):
    say(issue, ada, "@bob")
    entry = InboxEntry.objects.get(user=bob)
    assert as_ada.get(f"/inbox/{entry.pk}/").status_code == 404
    as_ada.post("/inbox/", {"do": "read", "entry": entry.pk})
    assert mark_read(ada, ids=[entry.pk]) == 0
    entry.refresh_from_db()
    assert entry.read_at is None
