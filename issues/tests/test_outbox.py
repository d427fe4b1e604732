"""Actions: cache and outbox at once, in Sentry later, in order, never lost, never overwritten."""

import json

import pytest
from django.utils import timezone

from issues.actions import Action, Kind, parse
from issues.models import Issue, IssueAction, Member, SyncRun, Team
from issues.services import triage
from issues.sync.client import client_of
from issues.sync.directory import Directory
from issues.sync.errors import SentryError
from issues.sync.push import push_outbox
from issues.sync.run import sync
from issues.sync.store import store_issues
from issues.tests.conftest import connect_to

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("push_by_hand")]

RESOLVE, UNRESOLVE = Action(Kind.RESOLVE), Action(Kind.UNRESOLVE)


@pytest.fixture
def synced(connection):
    sync(connection, kind=SyncRun.Kind.FULL, report=lambda *_: None)
    connection.refresh_from_db()
    return connection


def some(count=1, **columns):
    return list(
        Issue.objects.filter(**{"status": "unresolved", "gone": "", **columns}).order_by("pk")[:count]
    )


def act(action, issues, **how):
    return triage.act(action, [issue.pk for issue in issues], user=None, **how)


def states(issue=None):
    rows = IssueAction.objects.order_by("pk")
    rows = rows.filter(issue=issue) if issue else rows
    return list(rows.values_list("state", flat=True))


def puts(sandbox):
    return [entry for entry in sandbox.log() if entry["method"] == "PUT"]


def test_the_cache_changes_at_once_and_sentry_on_the_push(sandbox, synced):
    [issue] = some()
    act(RESOLVE, [issue])
    issue.refresh_from_db()
    assert (issue.status, states()) == ("resolved", ["pending"])
    assert sandbox.state(issue.sentry_id)["status"] == "unresolved"
    assert push_outbox(synced) == 1
    assert sandbox.state(issue.sentry_id)["status"] == "resolved"
    row = IssueAction.objects.get()
    assert (row.state, row.answer["status"], row.before["status"]) == ("done", "resolved", "unresolved")


@pytest.mark.parametrize(
    ("kind", "arguments", "wanted"),
    [
        ("resolve", {}, {"status": "resolved"}),
        ("resolve", {"in": "next_release"}, {"status": "resolved"}),
        ("archive", {"until": "forever"}, {"status": "ignored", "substatus": "archived_forever"}),
        ("archive", {"until": "escalating"}, {"substatus": "archived_until_escalating"}),
        ("archive", {"events": 100, "window": 60}, {"substatus": "archived_until_condition_met"}),
        ("archive", {"minutes": 30}, {"status": "ignored"}),
        ("priority", {"priority": "low"}, {"priority": "low"}),
    ],
)
def test_each_kind_reaches_sentry(sandbox, synced, kind, arguments, wanted):
    [issue] = some(priority="high")
    act(parse(kind, arguments), [issue])
    push_outbox(synced)
    assert states() == ["done"]
    assert sandbox.state(issue.sentry_id).items() >= wanted.items()


def test_assign_to_a_person_to_a_team_and_to_nobody(sandbox, synced):
    member, team = Member.objects.first(), Team.objects.first()
    [issue] = some(assignee=None, assignee_team=None)
    for arguments, wanted in [
        ({"member": member.sentry_id}, f"user:{member.sentry_id}"),
        ({"team": team.sentry_id}, f"team:{team.sentry_id}"),
        ({}, None),
    ]:
        act(parse("assign", arguments), [issue])
        push_outbox(synced)
        assert sandbox.state(issue.sentry_id)["assignedTo"] == wanted


def test_equal_actions_go_in_one_request_and_name_their_ids(sandbox, synced):
    issues = some(7)
    act(RESOLVE, issues)
    assert push_outbox(synced) == 7
    [put] = puts(sandbox)
    assert put["query"].count("id=") == 7
    resolved = {key for key, state in sandbox.states().items() if state["status"] == "resolved"}
    assert {issue.sentry_id for issue in issues} <= resolved


def test_actions_on_one_issue_arrive_in_order(sandbox, synced):
    [issue] = some(priority="high")
    act(RESOLVE, [issue])
    act(parse("priority", {"priority": "low"}), [issue])
    push_outbox(synced)
    assert [json.loads(put["body"]).get("status", "priority") for put in puts(sandbox)] == [
        "resolved",
        "priority",
    ]


def test_a_later_action_supersedes_what_was_not_sent(sandbox, synced):
    [issue] = some()
    act(RESOLVE, [issue])
    act(UNRESOLVE, [issue])
    push_outbox(synced)
    assert states(issue) == ["superseded", "done"]
    assert sandbox.state(issue.sentry_id)["status"] == "unresolved"


def test_undo_before_and_after_sentry_got_it(sandbox, synced):
    one, two = some(2)
    [row] = act(RESOLVE, [one]).actions
    triage.undo(row, user=None)
    [row] = act(RESOLVE, [two]).actions
    push_outbox(synced)
    triage.undo(row, user=None)
    push_outbox(synced)
    for issue in (one, two):
        issue.refresh_from_db()
        assert issue.status == "unresolved"
        assert sandbox.state(issue.sentry_id)["status"] == "unresolved"


def test_a_sync_in_between_does_not_overwrite_what_waits(sandbox, synced):
    [issue] = some()
    act(RESOLVE, [issue])
    sandbox.events(issue.sentry_id, 1)
    sync(synced, kind=SyncRun.Kind.INCREMENTAL, report=lambda *_: None)
    issue.refresh_from_db()
    assert (issue.status, states()) == ("resolved", ["pending"])


@pytest.mark.parametrize(
    ("action", "column", "wanted"),
    [
        (RESOLVE, "status", "resolved"),
        (parse("priority", {"priority": "low"}), "priority", "low"),
        (Action(Kind.DELETE), "gone", "deleted"),
    ],
)
def test_a_page_that_was_asked_for_before_a_change_does_not_take_it_back(synced, action, column, wanted):
    [issue] = some(priority="high")
    client, asked_at = client_of(synced), timezone.now()
    old = client.issues_by_id([issue.sentry_id])
    act(action, [issue])
    IssueAction.objects.update(try_at=timezone.now())
    push_outbox(synced)
    assert states() == ["done"]
    store_issues(Directory.of(synced), old, asked_at=asked_at)
    issue.refresh_from_db()
    assert getattr(issue, column) == wanted


@pytest.mark.parametrize("turned", [False, True])
def test_nor_does_it_show_what_was_merged_away(synced, turned):
    project = Issue.objects.filter(gone="").order_by("-count").first().project
    bigger, smaller = Issue.objects.filter(project=project, gone="").order_by("-count")[:2]
    row, other = (bigger, smaller) if turned else (smaller, bigger)
    client, asked_at = client_of(synced), timezone.now()
    old = client.issues_by_id([bigger.sentry_id, smaller.sentry_id])
    act(parse("merge", {"with": [other.sentry_id]}), [row])
    IssueAction.objects.update(try_at=timezone.now())
    push_outbox(synced)
    assert states() == ["done"]
    [parent] = Issue.objects.filter(pk__in=[row.pk, other.pk], gone="")
    store_issues(
        Directory.of(synced), [each for each in old if each["id"] == row.sentry_id], asked_at=asked_at
    )
    assert Issue.objects.get(pk=parent.pk).gone == ""
    assert Issue.objects.exclude(pk=parent.pk).get(pk__in=[row.pk, other.pk]).merged_into == parent


def test_a_page_that_was_asked_for_after_a_change_is_believed(sandbox, synced):
    [issue] = some()
    act(RESOLVE, [issue])
    push_outbox(synced)
    with sandbox.http() as http:
        http.put(f"organizations/acme/issues/{issue.sentry_id}/", json={"status": "unresolved"})
    asked_at = timezone.now()
    new = client_of(synced).issues_by_id([issue.sentry_id])
    store_issues(Directory.of(synced), new, asked_at=asked_at)
    issue.refresh_from_db()
    assert issue.status == "unresolved"


def test_a_change_in_sentry_meanwhile_is_kept_as_conflict(sandbox, synced):
    [issue] = some()
    act(RESOLVE, [issue])
    with sandbox.http() as http:
        http.put(
            f"organizations/acme/issues/{issue.sentry_id}/",
            json={"status": "ignored", "substatus": "archived_forever"},
        ).raise_for_status()
    sandbox.events(issue.sentry_id, 1)
    sync(synced, kind=SyncRun.Kind.INCREMENTAL, report=lambda *_: None)
    row = IssueAction.objects.get()
    assert row.conflict == {"status": ["unresolved", "ignored"]}


@pytest.mark.parametrize("fault", ["error", "html", "cut", "bad_gateway", "gone"])
def test_sentry_down_loses_nothing(sandbox, synced, fault):
    [issue] = some()
    act(RESOLVE, [issue])
    sandbox.fault(fault, method="PUT")
    with pytest.raises(SentryError):
        push_outbox(synced)
    row = IssueAction.objects.get()
    assert (row.state, bool(row.error)) == ("pending", True)
    sandbox.clear_faults()
    IssueAction.objects.update(try_at=row.created_at)
    push_outbox(synced)
    assert states() == ["done"]
    assert sandbox.state(issue.sentry_id)["status"] == "resolved"


def test_a_lost_answer_is_looked_up_and_not_done_twice(sandbox, synced):
    [issue] = some()
    act(RESOLVE, [issue])
    sandbox.fault("lost_answer", method="PUT", count=1)
    try:
        push_outbox(synced)
    except SentryError:
        IssueAction.objects.update(try_at=IssueAction.objects.get().created_at)
        push_outbox(synced)
    assert states() == ["done"]
    assert len(puts(sandbox)) == 1


def test_a_refusal_fails_the_row_with_the_reason_and_can_be_discarded(sandbox, synced):
    [issue] = some()
    act(RESOLVE, [issue])
    sandbox.fault("forbidden", method="PUT")
    push_outbox(synced)
    row = IssueAction.objects.get()
    assert row.state == "failed"
    assert "permission" in row.error.lower()
    triage.discard(row)
    issue.refresh_from_db()
    assert (issue.status, states()) == ("unresolved", ["withdrawn"])


def test_a_refusal_can_be_retried(sandbox, synced):
    [issue] = some()
    act(RESOLVE, [issue])
    sandbox.fault("forbidden", method="PUT", count=1)
    push_outbox(synced)
    triage.retry(IssueAction.objects.get())
    push_outbox(synced)
    assert states() == ["done"]


def test_an_id_that_sentry_skips_gets_an_answer_of_its_own(sandbox, synced):
    issues = some(3)
    act(RESOLVE, issues)
    with sandbox.http() as http:
        http.delete(f"organizations/acme/issues/{issues[1].sentry_id}/").raise_for_status()
    sandbox.forward(60)
    push_outbox(synced)
    assert states() == ["done", "failed", "done"]


def test_merge_makes_the_children_disappear(sandbox, synced):
    project = Issue.objects.filter(gone="").order_by("-count").first().project
    first, second = Issue.objects.filter(project=project, gone="").order_by("-count")[:2]
    act(parse("merge", {"with": [first.sentry_id]}), [second])
    IssueAction.objects.update(try_at=first.first_seen)
    push_outbox(synced)
    second.refresh_from_db()
    first.refresh_from_db()
    assert states() == ["done"]
    assert (second.gone, second.merged_into, first.gone) == ("merged", first, "")


def test_delete_waits_a_moment_and_can_be_taken_back_until_then(sandbox, synced):
    [issue] = some()
    [row] = act(Action(Kind.DELETE), [issue]).actions
    assert push_outbox(synced) == 0
    assert triage.undo(row, user=None) is None
    issue.refresh_from_db()
    assert (issue.gone, states()) == ("", ["withdrawn"])


def test_delete_is_carried_out(sandbox, synced):
    [issue] = some()
    act(Action(Kind.DELETE), [issue])
    IssueAction.objects.update(try_at=issue.first_seen)
    push_outbox(synced)
    assert states() == ["done"]
    assert issue.sentry_id not in {k for k, s in sandbox.states().items() if not s["pending"]}


def test_a_claim_of_a_dead_worker_is_taken_again(sandbox, synced):
    [issue] = some()
    act(RESOLVE, [issue])
    IssueAction.objects.update(state="sending", claimed_at=issue.first_seen, attempts=1)
    push_outbox(synced)
    assert states() == ["done"]
    assert sandbox.state(issue.sentry_id)["status"] == "resolved"


def test_what_a_server_cannot_do_is_refused_before_anything_changes(sandbox_factory, db):
    connection = connect_to(sandbox_factory(flavour="glitchtip"))
    sync(connection, kind=SyncRun.Kind.FULL, report=lambda *_: None)
    [issue] = some()
    with pytest.raises(triage.Refused, match="does not keep a priority"):
        act(parse("priority", {"priority": "low"}), [issue])
    assert states() == []


def test_acting_twice_is_unchanged(synced):
    [issue] = some()
    act(RESOLVE, [issue])
    again = act(RESOLVE, [issue])
    assert (again.actions, again.unchanged) == ((), 1)
    assert states() == ["pending"]


@pytest.mark.parametrize("mark", ["new", "escalating", "regressed"])
@pytest.mark.parametrize(
    "action", [RESOLVE, Action(Kind.ARCHIVE, {"until": "forever"})], ids=["resolve", "archive"]
)
def test_undo_brings_back_the_mark_of_an_unresolved_issue(sandbox, synced, action, mark):
    [issue] = some()
    with sandbox.http() as http:
        body = {"status": "unresolved", "substatus": mark}
        http.put(f"organizations/acme/issues/{issue.sentry_id}/", json=body).raise_for_status()
    Issue.objects.filter(pk=issue.pk).update(substatus=mark)
    [row] = act(action, [issue]).actions
    push_outbox(synced)
    triage.undo(row, user=None)
    push_outbox(synced)
    issue.refresh_from_db()
    assert (issue.status, issue.substatus) == ("unresolved", mark)
    assert sandbox.state(issue.sentry_id)["substatus"] == mark
