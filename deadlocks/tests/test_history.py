"""The page of deadlocks over time, and advice that was followed."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from deadlocks.analyzer import VERSION, analyze_text
from deadlocks.analyzer.render import to_value
from deadlocks.models import DeadlockReport, FollowedAdvice
from deadlocks.queries.history import per_day, recurring
from deadlocks.services import logs
from deadlocks.tests.test_logs import report
from issues.tests.factories import make_event, make_issue, make_project, make_release

pytestmark = pytest.mark.django_db
PAGE = "/deadlocks/history/"


def make_deadlock(
    days: float = 1, key: str = "a", *, issue=None, release: str = "", **fields
) -> DeadlockReport:
    """A deadlock of `days` ago; `key` stands for its statements."""
    (found,) = analyze_text(report())
    when = timezone.now() - timedelta(days=days)
    event = make_event(issue or make_issue(), date=when, release=release)
    return DeadlockReport.objects.create(
        issue=event.issue, event=event, event_key=event.event_id, position=0,
        version=VERSION, root_cause=found.diagnosis.root_cause, confidence=0.8,
        severity="medium", occurred_at=when, pair=key, tables=["account"],
        value=to_value(found, timeline=True),
    )  # fmt: skip


def title_of(row: DeadlockReport) -> str:
    return row.value["recommendations"][0]["title"]


def follow(client, row, title, do="done"):
    return client.post(reverse("deadlocks:follow", args=[row.pk]), {"title": title, "do": do})


def test_deadlocks_by_day():
    for days in (0, 0.001, 3, 45):
        make_deadlock(days)
    make_deadlock(2, issue=make_issue(gone="deleted"))
    counts = [bar.count for bar in per_day(timezone.now())]
    assert len(counts) == 30
    assert sum(counts) == 3


def test_equal_statements_are_one_group_over_issues_and_projects():
    issue = make_issue()
    last, first = make_deadlock(1, issue=issue), make_deadlock(9)
    make_deadlock(2, issue=issue)
    make_deadlock(3, key="b")
    make_deadlock(4, key="")  # its statements are not known
    often, once = recurring(timezone.now())
    assert (often.key, often.count, often.issues) == ("a", 3, 2)
    assert (often.first, often.last) == (first.occurred_at, last.occurred_at)
    assert set(often.projects) == {issue.project.slug, first.event.project.slug}
    assert often.statements == [
        "UPDATE account SET n = ? WHERE id = ?",
        "UPDATE account SET n = ? WHERE mail = ?",
    ]
    assert (once.key, once.count) == ("b", 1)


def test_the_release_it_began_with_and_counts_by_release():
    project = make_project()
    issue = make_issue(project=project)
    for version, days in (("shop@1", 40), ("shop@2", 10)):
        made = timezone.now() - timedelta(days=days)
        make_release(project.connection, version, created_at=made, projects=[project])
    make_deadlock(9, issue=issue, release="shop@2")
    make_deadlock(1, issue=issue, release="shop@2")
    (group,) = recurring(timezone.now())
    assert group.releases == [("shop@2", 2)]
    assert group.began_with == "shop@2"
    make_deadlock(20, issue=issue, release="shop@1")
    assert recurring(timezone.now())[0].began_with == ""


def test_the_number_of_queries_does_not_grow(client, person, django_assert_num_queries):
    row = make_deadlock(release="shop@1")
    follow(client, row, title_of(row))
    client.get(PAGE)
    # person; twice, of events and of logs: days, groups, times; newest, their releases, all releases; marks
    with django_assert_num_queries(11):
        client.get(PAGE)
    for key in "abcd":
        make_deadlock(3, key, release="shop@2")
    with django_assert_num_queries(11):
        client.get(PAGE)


def test_followed_advice_tells_before_and_since(client, person):
    rows = [make_deadlock(days) for days in (2, 3, 4)]
    title = title_of(rows[0])
    assert follow(client, rows[0], title)["Location"] == PAGE
    html = client.get(PAGE).content.decode()
    assert "3 in the 7 days before, 0 in the day since" in html
    assert "by priya" in html
    FollowedAdvice.objects.update(done_at=timezone.now() - timedelta(days=3.5))
    assert "1 in the 7 days before, 2 in the 4 days since" in client.get(PAGE).content.decode()


def test_the_page_of_a_report_tells_it_too(client, person):
    row = make_deadlock(2)
    page = reverse("deadlocks:report", args=[row.pk])
    assert "Mark as done" in client.get(page).content.decode()
    answer = client.post(
        reverse("deadlocks:follow", args=[row.pk]), {"title": title_of(row), "do": "done", "page": "report"}
    )
    assert answer["Location"] == page
    assert "1 in the 7 days before, 0 in the day since" in client.get(page).content.decode()
    unknown = make_deadlock(key="")
    html = client.get(reverse("deadlocks:report", args=[unknown.pk])).content.decode()
    assert "Mark as done" not in html


def test_marking_twice_keeps_the_first_and_can_be_taken_back(client, person):
    row = make_deadlock()
    follow(client, row, title_of(row))
    first = FollowedAdvice.objects.get()
    follow(client, row, title_of(row))
    assert FollowedAdvice.objects.get().done_at == first.done_at
    follow(client, row, title_of(row), do="undo")
    assert not FollowedAdvice.objects.exists()


def test_only_advice_that_was_given_can_be_marked(client, person):
    row, unknown = make_deadlock(), make_deadlock(key="")
    assert follow(client, row, "Buy a larger server").status_code == 404
    assert follow(client, unknown, title_of(unknown)).status_code == 404
    gone = make_deadlock(issue=make_issue(gone="deleted"))
    assert follow(client, gone, title_of(gone)).status_code == 404
    assert client.get(reverse("deadlocks:follow", args=[row.pk])).status_code == 405


def test_deadlocks_of_kept_logs_count_too(client, person):
    log = logs.keep_text(report() + report(80), name="db1", owner=person)
    recently = timezone.now() - timedelta(days=2)
    log.reports.update(occurred_at=recently)
    assert sum(bar.count for bar in per_day(timezone.now())) == 2
    (group,) = recurring(timezone.now())
    assert (group.count, group.in_logs, group.issues, group.last) == (2, 2, 0, recently)
    html = client.get(PAGE).content.decode()
    assert "2 times in kept logs, in no event" in html
    newest = log.reports.get(position=1)
    title = group.advice[0].title
    client.post(newest.get_follow_url(), {"title": title, "do": "done"})
    assert "2 in the 7 days before, 0 in the day since" in client.get(PAGE).content.decode()
    assert client.post(newest.get_follow_url(), {"title": "Buy a larger server"}).status_code == 404
    # The same in an event, whose statements are equal: one group.
    make_deadlock(1, key=newest.pair)
    (group,) = recurring(timezone.now())
    assert (group.count, group.in_logs, group.issues) == (3, 2, 1)
    assert "3 times in 1 issue of" in client.get(PAGE).content.decode()


def test_a_log_that_nobody_kept_and_one_that_an_event_has_are_not_counted(client, person):
    log = logs.keep_text(report(), name="db1", owner=person)
    recently = timezone.now() - timedelta(days=2)
    log.reports.update(occurred_at=recently)
    row = log.reports.get()
    log.kept = False
    log.save()
    assert recurring(timezone.now()) == []
    assert client.post(row.get_follow_url(), {"title": "any"}).status_code == 404
    log.kept = True
    log.save()
    joined = make_deadlock(2, key=row.pair)
    DeadlockReport.objects.update(log_report=row)
    (group,) = recurring(timezone.now())
    assert (group.count, group.in_logs, group.newest) == (1, 0, joined)


def test_values_are_not_shown(client, person):
    make_deadlock()
    assert "ada@example.com" not in client.get(PAGE).content.decode()


def test_nothing_yet(client, person):
    html = client.get(PAGE).content.decode()
    assert "No deadlock keeps coming back" in html
    assert reverse("deadlocks:analyze") in html


def test_the_page_needs_a_login(client):
    assert client.get(PAGE).status_code == 302
