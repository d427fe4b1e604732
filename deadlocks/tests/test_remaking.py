"""Reports of another version are made again from what was kept of them; what cannot be stays."""

from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import call_command

from deadlocks.analyzer import VERSION, analyze_log
from deadlocks.analyzer.tests import reports as provoked
from deadlocks.models import DeadlockReport, LogReport
from deadlocks.services import logs, originals
from deadlocks.services.remaking import Remade, remade, remake_waiting
from deadlocks.tests.test_joined import LOST, WHEN
from deadlocks.tests.test_logs import report as log_text
from deadlocks.tests.test_reports import make_deadlock
from issues.models import Event
from issues.tests.factories import make_user

pytestmark = pytest.mark.django_db
OLD = {"version": "0.1", "tried": "0.1"}


@pytest.mark.parametrize("case", provoked.provoked(), ids=lambda case: case["name"])
def test_the_same_version_makes_the_same_report(case):
    for log in case["logs"].values():
        found = list(analyze_log((log.encode(),)))
        for old, raw in zip(found, originals.of_log((log.encode(),), found), strict=True):
            for text in (raw, ""):
                again = remade(old, text)
                assert replace(again, victim=old.victim, hints=old.hints) == old


def make_old() -> LogReport:
    """A log's report by an older version that knew less."""
    logs.keep_text(log_text(70), name="db1", owner=None)
    row = LogReport.objects.get()
    value = row.value | {"root_cause": "unknown", "recommendations": [], "evidence": []}
    value["processes"] = [each | {"statement": None} for each in value["processes"]]
    LogReport.objects.update(value=value, root_cause="unknown", **OLD)
    return row


def test_a_log_s_report_is_read_again_from_its_text():
    before = make_old()
    assert remake_waiting() == Remade(1, 0)
    row = LogReport.objects.get()
    assert (row.version, row.root_cause, row.value) == (VERSION, before.root_cause, before.value)
    assert remake_waiting() == Remade(0, 0)


def test_without_its_text_it_is_diagnosed_anew():
    make_old()
    LogReport.objects.update(raw="")
    remake_waiting()
    row = LogReport.objects.get()
    assert row.root_cause == "row_lock_order"
    assert row.value["processes"][0]["statement"] is None


def test_events_learn_from_the_report_that_was_made_again():
    make_old()
    row = make_deadlock(text=LOST, date=WHEN)
    assert row.tables == ["stock"]
    remake_waiting()
    row.refresh_from_db()
    assert row.tables == ["stock", "account"]


def test_a_report_outlives_its_event_and_is_made_again_too():
    row = make_deadlock()
    Event.objects.all().delete()
    DeadlockReport.objects.update(root_cause="unknown", value=row.value | {"root_cause": "unknown"}, **OLD)
    assert remake_waiting() == Remade(1, 0)
    again = DeadlockReport.objects.get()
    assert (again.version, again.root_cause, again.value) == (VERSION, row.root_cause, row.value)


def test_what_cannot_be_made_again_stays_and_is_tried_once():
    make_old()
    LogReport.objects.update(value={"of": "another form"})
    said = StringIO()
    call_command("reanalyze_deadlocks", stdout=said)
    assert "1 reports are of a form that is no longer read" in said.getvalue()
    row = LogReport.objects.get()
    assert (row.version, row.tried, row.value) == ("0.1", VERSION, {"of": "another form"})
    assert remake_waiting().total == 0


def test_the_admin_shows_reports_masked_and_lets_nobody_edit(client):
    client.force_login(make_user("root", is_staff=True, is_superuser=True))
    logs.keep_text(log_text(70), name="db1", owner=None)
    row = make_deadlock()
    for name, one in (("deadlockreport", row), ("logreport", LogReport.objects.get())):
        address = f"/admin/deadlocks/{name}/"
        assert client.get(address).status_code == 200
        page = client.get(f"{address}{one.pk}/change/").content.decode()
        assert "Who waits for whom" in page
        assert "deadlock detected" in page
        assert "ada@example.com" not in page
        assert client.post(f"{address}{one.pk}/change/", {"pair": "x"}).status_code == 403
        assert client.post(f"{address}{one.pk}/delete/").status_code == 403
    assert client.get("/admin/deadlocks/logfile/").status_code == 200
