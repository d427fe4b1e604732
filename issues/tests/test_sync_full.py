"""A full sync leaves the cache as the sandbox really is, whatever happens on the way."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dexter.timeseries.series import from_json
from issues.models import Connection, Event, Issue, IssueStats, Member, Project, Release, SyncRun, Team
from issues.sync.errors import SentryError
from issues.sync.mapping import time_of
from issues.sync.run import sync
from issues.tests.conftest import connect_to

pytestmark = pytest.mark.django_db(transaction=True)

FULL, INCREMENTAL = SyncRun.Kind.FULL, SyncRun.Kind.INCREMENTAL


def quiet(*_):
    """Progress that nobody watches."""


def run(connection, kind=FULL, **how):
    connection.refresh_from_db()
    return sync(connection, kind=kind, report=quiet, **how)


def cached():
    rows = Issue.objects.filter(gone="").values_list("sentry_id", "status", "count", "user_count")
    return {sentry_id: rest for sentry_id, *rest in rows}


def true(sandbox, days=90):
    """What a token may list: everything with events in the window of so many days."""
    oldest = timezone.now() - timedelta(days=days)
    return {
        key: [state["status"], state["count"], state["userCount"]]
        for key, state in sandbox.states().items()
        if not state["pending"] and time_of(state["lastSeen"]) > oldest
    }


def test_everything_is_there(sandbox, connection):
    done = run(connection)
    assert cached() == true(sandbox)
    assert done.is_complete
    assert (done.issues_seen, done.issues_created, done.issues_gone) == (
        len(true(sandbox)),
        len(true(sandbox)),
        0,
    )
    assert Project.objects.count() == 5
    assert IssueStats.objects.count() == len(true(sandbox))
    assert min(Team.objects.count(), Member.objects.count(), Release.objects.count()) >= 4
    assert Event.objects.count() == done.events_stored > 60


def test_the_window_is_the_connection_s_own_or_that_of_the_settings(sandbox, connection, settings):
    settings.SYNC_WINDOW_DAYS = 3
    run(connection)
    assert 0 < len(cached()) < len(true(sandbox, days=20))
    assert cached() == true(sandbox, days=3)
    Connection.objects.update(window_days=20)
    run(connection)
    assert cached() == true(sandbox, days=20)


def test_state_and_times_of_the_connection(connection):
    done = run(connection)
    connection.refresh_from_db()
    assert (connection.state, connection.error) == (Connection.State.OK, "")
    assert connection.synced_at == done.started_at
    assert connection.full_synced_at >= done.started_at


def test_again_changes_nothing(sandbox, connection):
    run(connection)
    before, events = cached(), set(Event.objects.values_list("event_id", flat=True))
    again = run(connection)
    assert (again.issues_created, again.issues_gone) == (0, 0)
    assert cached() == before
    assert events <= set(Event.objects.values_list("event_id", flat=True))
    assert Issue.objects.count() == len(before)


def test_incremental_brings_what_is_new_in_few_requests(sandbox, connection):
    run(connection)
    old = Issue.objects.filter(status="resolved").first()
    sandbox.events(old.sentry_id, 3)
    new = sandbox.new_issues(2)
    done = run(connection, INCREMENTAL)
    assert cached() == true(sandbox)
    assert set(new) <= set(cached())
    assert cached()[old.sentry_id][0] == "unresolved"
    lists = [entry for entry in sandbox.log() if entry["path"].endswith("/issues/")]
    assert done.pages == 1
    assert len(lists) >= 1


def test_deleted_and_merged_issues_disappear(sandbox, connection):
    run(connection)
    keep, child, dead = Issue.objects.filter(project__slug=biggest_project()).order_by("-count")[:3]
    with sandbox.http() as http:
        http.delete(f"organizations/acme/issues/{dead.sentry_id}/").raise_for_status()
        http.put(
            "organizations/acme/issues/",
            params={"id": [keep.sentry_id, child.sentry_id]},
            json={"merge": 1},
        ).raise_for_status()
    sandbox.forward(120)
    done = run(connection)
    assert done.issues_gone == 2
    assert cached() == true(sandbox)
    child.refresh_from_db()
    assert (child.gone, child.merged_into) == ("merged", keep)
    dead.refresh_from_db()
    assert dead.gone == "deleted"


def biggest_project():
    return max(Project.objects.all(), key=lambda project: project.issues.count()).slug


@pytest.mark.parametrize("kind", ["duplicate_rows", "missing_rows"])
def test_rows_that_repeat_or_go_missing_between_pages(sandbox, connection, kind):
    run(connection)
    Issue.objects.all().delete()
    sandbox.fault(kind, count=3)
    run(connection)
    sandbox.clear_faults()
    run(connection)
    assert cached() == true(sandbox)


def test_a_cut_run_goes_on_from_its_checkpoint(sandbox_factory, db):
    sandbox = sandbox_factory(issues=700)
    connection = connect_to(sandbox)
    sandbox.fault("forbidden", path="*/issues/", skip=4)
    with pytest.raises(SentryError):
        run(connection)
    cut = SyncRun.objects.get()
    assert 0 < cut.issues_seen < 700
    sandbox.clear_faults()
    sandbox.clear_log()
    done = run(connection)
    assert (done.pk, done.is_complete) == (cut.pk, True)
    assert cached() == true(sandbox)


@pytest.mark.parametrize(
    ("fault", "state", "words"),
    [
        ({"kind": "error"}, "unreachable", "500"),
        ({"kind": "html"}, "unreachable", "web page"),
        ({"kind": "gone"}, "unreachable", "no longer"),
        ({"kind": "unauthorized"}, "refused", "token"),
    ],
)
def test_what_is_wrong_is_on_the_connection_and_the_cache_stays(sandbox, connection, fault, state, words):
    run(connection)
    before = cached()
    sandbox.fault(**fault)
    with pytest.raises(SentryError):
        run(connection, INCREMENTAL)
    connection.refresh_from_db()
    assert connection.state == state
    assert words in connection.error
    assert connection.retry_at is not None
    assert cached() == before
    assert SyncRun.objects.latest("pk").error == connection.error


def test_a_limited_server_is_never_asked_too_much(sandbox_factory, db):
    sandbox = sandbox_factory(issues=60, rate_limit=20)
    done = run(connect_to(sandbox))
    assert done.refused == 0
    assert sandbox.counters()["by_status"].get("429", 0) == 0
    assert cached() == true(sandbox)


def test_glitchtip_is_complete_and_free_of_duplicates(sandbox_factory, db):
    sandbox = sandbox_factory(issues=350, flavour="glitchtip")
    connection = connect_to(sandbox)
    assert connection.flavour == "glitchtip"
    done = run(connection)
    assert done.is_complete
    assert set(cached()) == set(sandbox.states())
    assert Issue.objects.count() == len(cached())
    assert Event.objects.exists()


def test_glitchtip_gives_counts_of_a_day_and_no_users(sandbox_factory, db):
    sandbox = sandbox_factory(issues=30, flavour="glitchtip")
    run(connect_to(sandbox))
    issues = list(Issue.objects.select_related("stats", "connection"))
    assert all(issue.events_24h is not None for issue in issues)
    assert any(issue.events_24h for issue in issues)
    assert {len(from_json(issue.stats.hours).values) for issue in issues} == {24}
    # It answers 0 for every issue, which is no number.
    assert {issue.users for issue in issues} == {None}


def test_glitchtip_goes_on_answering_for_a_deleted_issue(sandbox_factory, db):
    sandbox = sandbox_factory(flavour="glitchtip")
    connection = connect_to(sandbox)
    run(connection)
    dead = Issue.objects.order_by("-last_seen").first()
    with sandbox.http() as http:
        http.delete("organizations/acme/issues/", params={"id": dead.sentry_id}).raise_for_status()
    sandbox.forward(120)
    run(connection)
    dead.refresh_from_db()
    assert dead.gone == "deleted"


def test_only_one_project(sandbox, connection):
    run(connection, projects=(first_slug(sandbox),))
    assert set(Issue.objects.values_list("project__slug", flat=True)) == {first_slug(sandbox)}
    connection.refresh_from_db()
    assert connection.full_synced_at is None


def first_slug(sandbox):
    return sorted({state["project"] for state in sandbox.states().values()})[0]
