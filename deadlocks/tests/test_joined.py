"""An event's report and a log's report of the same deadlock meet on the page, whichever came first."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from deadlocks.models import DeadlockReport, FollowedAdvice, LogFile, LogReport, ReadEvent
from deadlocks.queries.joined import in_logs
from deadlocks.services import logs
from deadlocks.services.advice import mark_done
from deadlocks.services.moments import moment_of
from deadlocks.services.reading import VERSION, read_waiting
from deadlocks.tests.test_logs import report as log_text
from deadlocks.tests.test_reports import TEXT, make_deadlock
from issues.tests.factories import make_user

pytestmark = pytest.mark.django_db

WHEN = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)  # of log_text
LOST = "\n".join(
    line for line in TEXT.replace("4711", "70").replace("4712", "71").splitlines() if ": UPDATE" not in line
)


def page_of(client, row) -> str:
    return client.get(row.get_absolute_url()).content.decode()


def test_the_event_gains_what_only_the_log_knows(client, person):
    row = make_deadlock(text=LOST, date=WHEN + timedelta(seconds=3))
    assert "Event and server log" not in page_of(client, row)
    assert "Its statement is not in this report" in page_of(client, row)
    log = logs.keep_text(log_text(70), name="db1 <ada@example.com>", owner=person)
    html = page_of(client, row)
    assert "Event and server log, put together" in html
    assert "SET n = 2 WHERE id = 5" in html
    assert html.count("From the log") == 2
    assert "Its statement is not in this report" not in html
    assert f"/deadlocks/logs/{log.pk}/?from=0" in html
    assert "ada@example.com" not in html


def test_cause_advice_and_columns_are_of_both_together(client, person):
    row = make_deadlock(text=LOST, date=WHEN)
    pair, advice = row.pair, row.value["recommendations"]
    logs.keep_text(log_text(70), name="db1", owner=person)
    row.refresh_from_db()
    assert row.known["processes"][1]["statement"] == "UPDATE account SET n = 2 WHERE id = 5"
    assert row.known["context"] == ['while updating tuple (0,5) in relation "stock"']  # the log has none
    assert row.value["processes"][1]["statement"] is None
    assert row.pair != pair
    assert row.tables == ["stock", "account"]
    assert row.known["recommendations"] != advice
    assert row.known["missing"] == ["sqlstate"]


def test_advice_that_was_followed_stays_followed(client, person):
    row = make_deadlock(text=LOST, date=WHEN)
    mark_done(pair=row.pair, title="Sort them", user=person)
    before = row.pair
    logs.keep_text(log_text(70), name="db1", owner=person)
    row.refresh_from_db()
    marks = FollowedAdvice.objects.order_by("pk")
    assert [(mark.pair, mark.title, mark.done_by) for mark in marks] == [
        (before, "Sort them", person),
        (row.pair, "Sort them", person),
    ]
    assert marks[0].done_at == marks[1].done_at


def test_a_kept_log_that_came_first_is_joined_as_the_event_is_read(person):
    log = logs.keep_text(log_text(70), name="db1", owner=person)
    row = make_deadlock(text=LOST, date=WHEN)
    assert row.log_report == log.reports.get()
    assert row.tables == ["stock", "account"]


def test_a_discarded_log_takes_its_knowledge_with_it(client, person):
    row = make_deadlock(text=LOST, date=WHEN)
    before = (row.pair, row.root_cause, row.tables, row.severity)
    log = logs.keep_text(log_text(70), name="db1", owner=person)
    logs.discard_log(log)
    row.refresh_from_db()
    assert (row.pair, row.root_cause, row.tables, row.severity) == before
    assert row.joined is row.log_report is None
    assert "SET n = 2" not in page_of(client, row)


def test_a_log_that_nobody_kept_tells_its_owner_alone(client, person):
    row = make_deadlock(text=LOST, date=WHEN)
    log = logs.keep_text(log_text(70), name="db1", owner=person)
    logs.discard_log(log)
    log = logs.keep_text(log_text(70), name="db1", owner=make_user("owner"))
    LogFile.objects.update(kept=False)
    row.refresh_from_db()
    row.joined = None
    row.save()
    assert "SET n = 2" not in page_of(client, row)
    client.force_login(log.owner)
    assert "SET n = 2" in page_of(client, row)
    panel = client.get(reverse("deadlocks:panel", args=[row.issue_id])).content.decode()
    assert "Put together from the event and" in panel
    download = client.get(reverse("deadlocks:download", args=[row.pk, "md"])).content.decode()
    assert "SET n = 2" in download


def test_keeping_a_log_joins_it(person):
    row = make_deadlock(text=LOST, date=WHEN)
    log = logs.keep_text(log_text(70), name="db1", owner=person)
    LogFile.objects.update(kept=False)
    DeadlockReport.objects.update(joined=None, log_report=None)
    logs.keep_log(log, name="")
    row.refresh_from_db()
    assert row.log_report == log.reports.get()


def test_advice_of_both_can_be_marked_as_done(client, person):
    row = make_deadlock(text=LOST, date=WHEN)
    logs.keep_text(log_text(70), name="db1", owner=person)
    row.refresh_from_db()
    title = row.joined["recommendations"][0]["title"]
    address = reverse("deadlocks:follow", args=[row.pk])
    assert client.post(address, {"title": title, "do": "done", "page": "report"}).status_code == 302
    assert "done" in page_of(client, row)


def test_the_log_may_come_first(person):
    logs.keep_text(log_text(70), name="db1", owner=person)
    row = make_deadlock(text=LOST, date=WHEN)
    assert [one.victim_pid for one in in_logs(row, person)] == [70]


@pytest.mark.parametrize(
    ("text", "away", "joined"),
    [
        (LOST, 119, True),
        (LOST, 121, False),
        (LOST.replace("70", "72"), 0, False),  # another victim
        (LOST.replace("71", "73"), 0, False),  # the victim's pid again, with others
    ],
)
def test_what_belongs_together(person, settings, text, away, joined):
    settings.DEADLOCK_JOIN_SECONDS = 120
    logs.keep_text(log_text(70), name="db1", owner=person)
    for date in (WHEN + timedelta(seconds=away), WHEN - timedelta(seconds=away)):
        assert bool(in_logs(make_deadlock(text=text, date=date), person)) is joined


def test_a_log_of_another_person_is_not_shown_until_it_is_kept(person):
    row = make_deadlock(text=LOST, date=WHEN)
    log = logs.keep_text(log_text(70), name="db1", owner=person)
    log.kept = False
    log.save()
    assert in_logs(row, person)
    assert not in_logs(row, make_user("stranger"))


def test_without_a_victim_nothing_is_joined(person, django_assert_num_queries):
    row = DeadlockReport(victim_pid=None, occurred_at=WHEN, value={"cycle": []})
    with django_assert_num_queries(0):
        assert in_logs(row, person) == []


def test_many_are_one_query(person, django_assert_num_queries):
    row = make_deadlock(text=LOST, date=WHEN)
    for _ in range(3):
        logs.keep_text(log_text(70), name="db1", owner=person)
    assert LogReport.objects.count() == 3
    with django_assert_num_queries(1):
        assert len([one.log.name for one in in_logs(row, person)]) == 3


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-20 10:00:00.000 UTC", WHEN),
        ("2026-11-20T12:00:00+02:00", WHEN),
        ("2026-11-20 04:30:00 -0530", WHEN),
        ("2026-11-20 12:00:00+02", WHEN),
        ("2026-11-20T10:00:00Z", WHEN),
        ("2026-11-20 10:00:00 CST", None),
        ("2026-11-20 10:00:00", None),
        ("2026-13-20 10:00:00 UTC", None),
        ("0001-01-01 00:00:00 +02", None),
        ("Nov 20 10:00:00", None),
        ("", None),
        (None, None),
    ],
)
def test_times_of_logs(text, moment):
    assert moment_of(text) == moment


def test_the_command_reads_what_another_version_read():
    make_deadlock()
    ReadEvent.objects.update(version="0")
    said = StringIO()
    call_command("reanalyze_deadlocks", stdout=said)
    assert "1 events read" in said.getvalue()
    assert ReadEvent.objects.get().version == VERSION
    assert read_waiting() == 0
