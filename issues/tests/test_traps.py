"""The traps of Sentry's API, each sprung for real: a sandbox over HTTP, and Dexter's own way of writing.

A bulk PUT without ids changes all that matches; the address of a merged issue answers as its parent; ids that
are out of reach are skipped without a word; some refusals come with status 200.
"""

import pytest

from dexter.sentry.errors import BadRequest
from issues.actions import Action, Kind, parse
from issues.models import Issue, IssueAction, SyncRun
from issues.services import triage
from issues.sync.client import client_of
from issues.sync.push import push_outbox
from issues.sync.run import sync
from issues.tests.test_outbox import act, puts, some

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("push_by_hand")]

RESOLVE = Action(Kind.RESOLVE)
ISSUES = "organizations/acme/issues/"


@pytest.fixture
def synced(connection):
    sync(connection, kind=SyncRun.Kind.FULL, report=lambda *_: None)
    connection.refresh_from_db()
    return connection


def pair():
    """Two issues of one project, the one with more events first."""
    project = Issue.objects.filter(gone="").order_by("-count").first().project
    return Issue.objects.filter(project=project, gone="").order_by("-count")[:2]


def merge_in_sentry(sandbox, *issues):
    with sandbox.http() as http:
        ids = [("id", issue.sentry_id) for issue in issues]
        http.put(ISSUES, params=ids, json={"merge": 1}).raise_for_status()
    sandbox.forward(60)


def changed(before, after, name="status"):
    return {key for key in before if before[key][name] != after[key][name]}


def test_no_put_leaves_without_the_ids_of_the_issues(sandbox, synced):
    before, issues = sandbox.states(), some(3)
    act(RESOLVE, issues)
    act(parse("bookmark", {"on": True}), issues[:1])
    push_outbox(synced)
    assert changed(before, sandbox.states()) == {issue.sentry_id for issue in issues}
    assert all("id=" in put["query"] for put in puts(sandbox) if put["path"].endswith(ISSUES))
    for nothing in ([], [""], ""):
        with pytest.raises(ValueError, match="id"):
            client_of(synced).update_issues(nothing, {"status": "resolved"})
    assert changed(before, sandbox.states()) == {issue.sentry_id for issue in issues}


def test_an_issue_that_was_merged_meanwhile_does_not_change_the_one_that_swallowed_it(sandbox, synced):
    parent, child = pair()
    before = sandbox.state(parent.sentry_id)
    wanted = "low" if before["priority"] != "low" else "high"
    merge_in_sentry(sandbox, parent, child)
    act(parse("priority", {"priority": wanted}), [child])
    push_outbox(synced)
    assert sandbox.state(parent.sentry_id)["priority"] == before["priority"]
    child.refresh_from_db()
    row = IssueAction.objects.get()
    assert (row.state, child.gone, child.merged_into) == ("failed", "merged", parent)
    assert f"merged into {parent.short_id}" in row.error


def test_a_retried_action_looks_for_the_merge_as_well(sandbox, synced):
    """The answer to the first try was lost, and before the second one the issue was merged."""
    parent, child = pair()
    before = sandbox.state(parent.sentry_id)
    sandbox.fault("error", path="*/organizations/*", method="PUT", count=1)
    act(parse("share", {"on": True}), [child])
    with pytest.raises(Exception, match="5"):
        push_outbox(synced)
    merge_in_sentry(sandbox, parent, child)
    IssueAction.objects.update(try_at=child.first_seen)
    push_outbox(synced)
    assert sandbox.state(parent.sentry_id)["shareId"] == before["shareId"]
    assert IssueAction.objects.get().state == "failed"


def test_ids_that_are_skipped_without_a_word_are_told_apart(sandbox, synced):
    there, deleted, merged = some(1)[0], some(2)[1], pair()[1]
    merge_in_sentry(sandbox, *pair())
    with sandbox.http() as http:
        http.delete(f"{ISSUES}{deleted.sentry_id}/").raise_for_status()
    sandbox.forward(60)
    chosen = {there, deleted, merged}
    act(parse("subscribe", {"on": True}), chosen)
    push_outbox(synced)
    states = dict(IssueAction.objects.values_list("issue", "state"))
    assert states == {issue.pk: "done" if issue == there else "failed" for issue in chosen}
    assert not IssueAction.objects.filter(state="failed", error="").exists()


def test_a_refusal_with_status_200_is_a_refusal(sandbox, synced):
    """Servers that are older say so of a merge across projects, as after a move that Dexter has not seen."""
    sandbox.switches(old_refusals=True)
    parent = Issue.objects.filter(gone="").order_by("-count").first()
    child = Issue.objects.filter(gone="").exclude(project=parent.project).order_by("count").first()
    Issue.objects.filter(pk=child.pk).update(project=parent.project)
    with pytest.raises(BadRequest, match="multiple projects"):
        client_of(synced).merge([parent.sentry_id, child.sentry_id])
    act(parse("merge", {"with": [parent.sentry_id]}), [child])
    IssueAction.objects.update(try_at=child.first_seen)
    push_outbox(synced)
    row = IssueAction.objects.get()
    assert (row.state, "multiple projects" in row.error) == ("failed", True)
    assert not sandbox.state(child.sentry_id)["pending"]
    triage.discard(row)
    child.refresh_from_db()
    assert child.gone == ""
