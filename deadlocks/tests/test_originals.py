"""The text of a report as it stood in the event or the log: kept, shown masked, revealed piece by piece."""

import json

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from deadlocks.analyzer import analyze_event, analyze_log
from deadlocks.analyzer.tests import reports as provoked
from deadlocks.models import LogReport
from deadlocks.services import logs, originals
from deadlocks.tests.test_logs import drop, report, send, server_log  # noqa: F401
from deadlocks.tests.test_reports import TEXT, make_deadlock
from issues.models import Reveal

ASKED = {"place": "x#0"}
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.LOGS_DIR = tmp_path / "logs"


def texts_of(data: bytes) -> list[tuple]:
    found = list(analyze_log((data,)))
    return list(zip(found, originals.of_log((data,), found), strict=True))


@pytest.mark.parametrize("case", provoked.provoked(), ids=lambda case: case["name"])
def test_the_text_of_a_log_gives_the_same_report_again(case):
    for log in case["logs"].values():
        for found, text in texts_of(log.encode()):
            again = next(analyze_log((text.encode(),)))
            assert (again.edges, again.statements, again.context) == (
                found.edges, found.statements, found.context,
            )  # fmt: skip


def test_lines_of_others_are_left_out_and_a_long_log_is_read_in_pieces():
    other = "2026-11-20 10:00:00.000 UTC [9] LOG:  checkpoint starting: time\n"
    first, rest = report(70).split("\n", 1)
    data = (other * 40_000 + f"{first}\n{other}{rest}" + other * 40_000 + report(80)).encode()
    one, two = [text for _, text in texts_of(data)]
    assert "checkpoint" not in one
    assert one.count("\n") == report(70).count("\n") - 1
    assert two == report(80).rstrip("\n")


def test_a_client_s_text_begins_with_its_message():
    said = "Traceback (most recent call last):\n  File a, line 1\npsycopg.errors.DeadlockDetected: " + TEXT
    ((_, text),) = texts_of((said + "\n\n\nsomething else\n").encode())
    assert text == ("psycopg.errors.DeadlockDetected: " + TEXT).rstrip()


def test_an_error_object_is_shown_with_its_fields():
    error = {"code": "40P01", "detail": TEXT.split("DETAIL:  ")[1].split("\nHINT")[0], "hint": "See the log."}
    event = {"exception": {"values": [{"value": "deadlock detected"}]}, "contexts": {"error": error}}
    (found,) = analyze_event(event)
    text = originals.of_event(event, found)
    assert text.startswith("code: 40P01\ndetail: Process 4711 waits")
    assert text.endswith("hint: See the log.")
    ((_, pasted),) = texts_of(json.dumps({**event, "event_id": "1"}).encode())
    assert pasted == text


def test_an_event_without_detail_has_its_message():
    (found,) = analyze_event(event := {"exception": {"values": [{"value": "deadlock detected"}]}})
    assert originals.of_event(event, found) == "deadlock detected"


@pytest.mark.django_db
def test_the_page_shows_it_masked(client, person):
    row = make_deadlock()
    html = client.get(row.get_absolute_url()).content.decode()
    assert "HINT:  See server log for query details." in html
    assert "[email]" in html  # what the button copies
    assert "Reveal this email" in html
    assert "ada@example.com" not in html
    assert row.raw == TEXT
    row.raw = ""
    row.save()
    assert "did not keep its text" in client.get(row.get_absolute_url()).content.decode()


@pytest.mark.django_db
def test_who_may_looks_behind_a_mask_and_that_is_recorded(client, person):
    row = make_deadlock()
    address = reverse("deadlocks:reveal", args=[row.pk])
    refused = client.post(address, ASKED, headers=HTMX)
    assert refused.status_code == 422
    assert "not for your account" in refused.content.decode()
    person.user_permissions.add(Permission.objects.get(codename="reveal_personal_data"))
    shown = client.post(address, ASKED, headers=HTMX)
    assert "ada@example.com" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    seen = Reveal.objects.get()
    assert (seen.user, seen.issue, seen.event) == (person, row.issue, row.event)
    assert (seen.path, seen.kind) == (f"deadlock.{row.pk}#0", "email")
    assert "ada@example.com" not in client.get(address, ASKED, headers=HTMX).content.decode()
    assert "ada@example.com" in client.post(address, ASKED).content.decode()  # without a script: a page
    assert client.post(address, {"place": "x#7"}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_each_report_of_a_log_has_its_text(client, person, send):  # noqa: F811
    page = drop(send, server_log(3))
    assert [row.raw for row in LogReport.objects.order_by("position")] == [
        report(70 + 2 * number).rstrip("\n") for number in range(3)
    ]
    html = client.get(page).content.decode()
    assert html.count("The report as it stands in the log") == 3
    assert "ada@example.com" not in html
    row = LogReport.objects.get(position=2)
    address = reverse("deadlocks:reveal-log", args=[row.log_id, 2])
    person.user_permissions.add(Permission.objects.get(codename="reveal_personal_data"))
    assert "ada@example.com" in client.post(address, ASKED, headers=HTMX).content.decode()
    assert Reveal.objects.get().path == f"log_report.{row.pk}#0"


@pytest.mark.django_db(transaction=True)
def test_a_log_of_somebody_else_is_not_revealed(client, person):
    log = logs.keep_text(report(), name="x", owner=None)
    log.kept = False
    log.save()
    assert client.post(reverse("deadlocks:reveal-log", args=[log.pk, 0]), ASKED).status_code == 404
