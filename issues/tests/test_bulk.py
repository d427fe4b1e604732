"""Actions on many issues against the sandbox: the receipt says exactly what Sentry has."""

import csv
import io

import pytest
from django.core.cache import cache

from dexter.jobs import runner
from dexter.jobs.models import Job
from issues.actions import Action, Kind, parse
from issues.models import Bulk, Issue, IssueAction, SyncRun
from issues.queries.receipt import tally_of
from issues.services import bulk as service
from issues.services import triage
from issues.sync.bulk import work_through
from issues.sync.push import push_outbox
from issues.sync.run import sync
from issues.tests.conftest import connect_to
from issues.tests.factories import make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("push_by_hand")]

RESOLVE = Action(Kind.RESOLVE)


@pytest.fixture
def synced(connection):
    cache.clear()
    sync(connection, kind=SyncRun.Kind.FULL, report=lambda *_: None)
    connection.refresh_from_db()
    return connection


def unresolved():
    return list(
        Issue.objects.filter(status="unresolved", gone="").order_by("pk").values_list("pk", flat=True)
    )


def statuses(sandbox):
    """Sentry's statuses of the issues that Dexter knows."""
    known = set(Issue.objects.filter(gone="").values_list("sentry_id", flat=True))
    return {key: state["status"] for key, state in sandbox.states().items() if key in known}


def puts(sandbox):
    return [line for line in sandbox.log() if line["method"] == "PUT"]


def begin(keys, action=RESOLVE, user=None):
    """A job as the click makes it, not begun yet."""
    job = Job.objects.create(kind=service.BULK_TASK, key=f"bulk:test:{Bulk.objects.count()}", owner=user)
    bulk = Bulk.objects.create(job=job, kind=action.kind, arguments=dict(action.arguments), issue_ids=keys)
    Job.objects.filter(pk=job.pk).update(arguments={"bulk_id": bulk.pk})
    return bulk


def run(bulk):
    try:
        with runner.running(bulk.job_id) as progress:
            work_through(bulk, progress)
    finally:
        bulk.job.refresh_from_db()
    return tally_of(bulk)


def test_the_receipt_agrees_with_sentry(sandbox, synced):
    keys = unresolved()
    sandbox.clear_log()
    tally = run(begin(keys))
    assert (tally.total, tally.done, tally.is_running) == (len(keys), len(keys), False)
    mine = set(Issue.objects.filter(pk__in=keys).values_list("sentry_id", flat=True))
    assert mine <= {key for key, status in statuses(sandbox).items() if status == "resolved"}
    assert len(puts(sandbox)) == 1


def test_what_is_like_that_already_and_what_is_gone_have_their_receipts(sandbox, synced):
    keys = unresolved()
    triage.act(RESOLVE, keys[:2], user=None)
    push_outbox(synced)
    Issue.objects.filter(pk=keys[2]).update(gone="deleted")
    gone_there = Issue.objects.get(pk=keys[3]).sentry_id
    with sandbox.http() as http:
        http.delete(f"organizations/acme/issues/{gone_there}/").raise_for_status()
    sandbox.forward(60)
    bulk = begin(keys)
    tally = run(bulk)
    assert (tally.done, tally.unchanged, tally.failed) == (len(keys) - 4, 2, 2)
    reasons = dict(bulk.job.actions.exclude(error="").values_list("issue", "error"))
    assert reasons[keys[2]] == "Deleted in Sentry."
    assert "404" in reasons[keys[3]]


def test_a_killed_worker_is_followed_by_one_that_goes_on(sandbox, synced):
    keys = unresolved()
    bulk = begin(keys)
    triage.act_where_possible(RESOLVE, keys[:5], user=None, bulk=bulk.job)
    tally = run(bulk)
    assert (tally.done, bulk.job.actions.count()) == (len(keys), len(keys))


def test_stopping_takes_back_what_was_not_sent(sandbox, synced):
    keys = unresolved()
    bulk = begin(keys)
    triage.act_where_possible(RESOLVE, keys, user=None, bulk=bulk.job)
    IssueAction.objects.filter(issue__in=keys[:3]).update(state="done")
    assert service.stop(bulk) == len(keys) - 3
    assert Issue.objects.filter(pk__in=keys, status="resolved").count() == 3
    tally = tally_of(Bulk.objects.get(pk=bulk.pk))
    assert (tally.done, tally.taken_back, tally.is_running) == (3, len(keys) - 3, False)
    assert puts(sandbox) == []


def test_a_stop_reaches_the_worker(sandbox, synced):
    bulk = begin(unresolved())
    Job.objects.filter(pk=bulk.job_id).update(stop_requested=True)
    tally = run(bulk)
    assert (bulk.job.state, tally.done, tally.missing) == ("stopped", 0, tally.total)


def test_while_sentry_is_down_the_job_ends_and_the_outbox_goes_on(sandbox, synced):
    keys = unresolved()
    sandbox.fault("error", method="PUT")
    bulk = begin(keys)
    tally = run(bulk)
    assert (bulk.job.state, tally.waiting, tally.is_running) == ("done", len(keys), True)
    assert "goes on by itself" in bulk.job.message
    sandbox.clear_faults()
    IssueAction.objects.update(try_at=bulk.created_at)
    push_outbox(synced)
    assert (tally_of(bulk).done, tally_of(bulk).is_running) == (len(keys), False)


def test_what_sentry_refused_is_retried(sandbox, synced):
    keys = unresolved()[:4]
    bulk = begin(keys)
    sandbox.fault("forbidden", method="PUT")
    assert run(bulk).failed == 4
    sandbox.clear_faults()
    assert service.retry_failed(bulk) == 4
    push_outbox(synced)
    assert tally_of(bulk).done == 4
    with pytest.raises(triage.Refused):
        service.retry_failed(bulk)


def test_undo_brings_back_each_of_several_states_but_not_what_was_changed_since(sandbox, synced):
    before = statuses(sandbox)
    keys = list(Issue.objects.filter(gone="").order_by("pk").values_list("pk", flat=True))
    bulk = begin(keys, parse("archive", {"until": "forever"}))
    run(bulk)
    assert set(statuses(sandbox).values()) == {"ignored"}
    changed = Issue.objects.get(pk=keys[0])
    triage.act(RESOLVE, [changed.pk], user=None)
    push_outbox(synced)
    undone = service.undo(bulk, user=None)
    after = statuses(sandbox)
    assert after.pop(changed.sentry_id) == "resolved"
    before.pop(changed.sentry_id)
    assert after == before
    left = undone.job.actions.get(issue=changed)
    assert (left.state, left.error) == ("refused", "It was changed again since; it was left as it is.")
    with pytest.raises(triage.Refused):
        service.undo(bulk, user=None)


def test_of_two_servers_each_does_what_it_can(synced, sandbox_factory):
    other = connect_to(sandbox_factory(flavour="glitchtip", issues=5))
    sync(other, kind=SyncRun.Kind.FULL, report=lambda *_: None)
    keys = list(Issue.objects.filter(gone="").order_by("pk").values_list("pk", flat=True))
    bulk = begin(keys, parse("bookmark", {"on": True}))
    tally = run(bulk)
    there = Issue.objects.filter(connection=other, gone="").count()
    assert (tally.failed, tally.done) == (there, len(keys) - there)
    assert bulk.job.actions.filter(state="refused").first().error == "GlitchTip does not keep bookmarks."
    with pytest.raises(triage.Refused, match="cannot be sent again"):
        service.retry_failed(bulk)


def test_more_than_a_hundred_make_a_job_whose_card_lives_in_the_page(client, sandbox_factory, db):
    connection = connect_to(sandbox_factory(issues=150, events=2))
    sync(connection, kind=SyncRun.Kind.FULL, report=lambda *_: None)
    client.force_login(make_user())
    hx = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://testserver/?query="}
    answer = client.post("/issues/actions/", {"do": "archive?until=forever", "all": 1, "query": ""}, **hx)
    bulk = Bulk.objects.get()
    html = answer.content.decode()
    assert f'id="job-{bulk.job_id}"' in html
    assert 'hx-swap-oob="beforeend"' in html
    page = client.get(f"/jobs/{bulk.job_id}/").content.decode()
    total = len(bulk.issue_ids)
    tally = tally_of(bulk)
    assert f"{tally.done} done, {tally.unchanged} unchanged" in page
    assert "every 2s" not in page
    lines = client.get(f"/jobs/{bulk.job_id}/receipt.csv").getvalue().decode()
    rows = list(csv.DictReader(io.StringIO(lines)))
    assert (len(rows), {row["outcome"] for row in rows}) == (total, {"done", "unchanged"})
    again = client.post(f"/jobs/{bulk.job_id}/undo/")
    assert again.status_code == 302
    card = client.get(f"/jobs/{bulk.job_id}/card/", **hx).content.decode()
    assert f"Taken back by job {Bulk.objects.get(undoes=bulk).job_id}" in card
    assert "Undo all" not in card
    assert set(Issue.objects.filter(gone="").values_list("status", flat=True)) == {
        "unresolved",
        "resolved",
        "ignored",
    }


def test_six_hundred_issues(sandbox_factory, db):
    server = sandbox_factory(issues=640, events=1)
    connection = connect_to(server)
    sync(connection, kind=SyncRun.Kind.FULL, report=lambda *_: None)
    keys = list(Issue.objects.filter(gone="").order_by("pk").values_list("pk", flat=True))[:600]
    server.clear_log()
    bulk = begin(keys, parse("priority", {"priority": "low"}))
    tally = run(bulk)
    assert (tally.total, tally.done + tally.unchanged) == (len(keys), len(keys))
    there = server.states()
    mine = Issue.objects.filter(pk__in=keys).values_list("sentry_id", flat=True)
    assert {there[key]["priority"] for key in mine} == {"low"}
    assert len(server.log()) <= 2 * (tally.done // 100 + 1)
