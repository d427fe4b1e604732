"""Reports in stored events: rows, the mark of the issue, list, page, files, panel, JSON."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from deadlocks.models import DeadlockReport
from deadlocks.services.reading import read_events, read_waiting
from dexter.web.tokens import make_token
from issues.models import Event, EventPayload, Issue
from issues.payload.tests.events import api_event, entry
from issues.queries.explorer import explore
from issues.tests.factories import make_event, make_issue, make_project

pytestmark = pytest.mark.django_db

TEXT = """deadlock detected
DETAIL:  Process 4711 waits for ShareLock on transaction 901; blocked by process 4712.
Process 4712 waits for ShareLock on transaction 902; blocked by process 4711.
Process 4711: UPDATE stock SET held = 1, mail = 'ada@example.com' WHERE sku = 7
Process 4712: UPDATE stock SET held = 2 WHERE sku = 9
HINT:  See server log for query details.
CONTEXT:  while updating tuple (0,5) in relation "stock"
"""


def deadlock_event(text: str = TEXT) -> dict:
    value = {"type": "DeadlockDetected", "value": text, "mechanism": None, "stacktrace": None}
    return api_event(entries=[entry("exception", {"values": [value]})])


def make_deadlock(issue: Issue | None = None, text: str = TEXT, **fields) -> DeadlockReport:
    event = make_event(issue, payload=deadlock_event(text), **{"date": timezone.now(), **fields})
    read_events([event.pk])
    return DeadlockReport.objects.get(event=event)


def test_a_report_becomes_a_row_and_marks_its_issue():
    report = make_deadlock()
    assert (report.victim_pid, report.tables) == (4711, ["stock"])
    assert report.value["cycle"] == [4711, 4712]
    assert report.root_cause == "row_lock_order"
    assert report.issue in explore("is:deadlock", user=None).rows
    make_issue()
    assert len(explore("!is:deadlock", user=None).rows) == 1


def test_reading_again_replaces_and_unmarks():
    report = make_deadlock()
    DeadlockReport.objects.update(root_cause="unknown", raw="")
    read_events([report.event_id])
    again = DeadlockReport.objects.get()
    assert (again.pk, again.root_cause, again.raw) == (report.pk, report.root_cause, report.raw)
    EventPayload.objects.filter(event=report.event_id).update(data=EventPayload.pack({}))
    read_events([report.event_id])
    assert not DeadlockReport.objects.exists()
    assert not Issue.objects.filter(has_deadlock=True).exists()


def test_a_report_outlives_its_event():
    report = make_deadlock()
    Event.objects.filter(pk=report.event_id).delete()
    assert read_waiting() == 0
    report.refresh_from_db()
    assert report.event_id is None
    assert report.issue.has_deadlock


def test_values_and_order_make_no_other_pair():
    one, other = make_deadlock(), make_deadlock(text=TEXT.replace("sku = 7", "sku = 70"))
    third = make_deadlock(text=TEXT.replace("UPDATE stock SET held = 2", "UPDATE shelf SET held = 2"))
    assert one.pair == other.pair != third.pair


def test_without_the_statements_the_tables_make_the_pair():
    bare = "\n".join(line for line in TEXT.splitlines() if ": UPDATE" not in line)
    one, other = make_deadlock(text=bare), make_deadlock(text=bare)
    third = make_deadlock(text=bare.replace('"stock"', '"shelf"'))
    assert one.pair == other.pair != third.pair
    assert one.pair != make_deadlock().pair


def test_the_number_of_queries_does_not_grow_with_the_events(django_assert_num_queries):
    issue = make_issue()
    ids = [make_event(issue, payload=deadlock_event()).pk for _ in range(6)]
    read_events(ids[:1])  # marks the issue
    with django_assert_num_queries(12):
        read_events(ids[1:3])
    with django_assert_num_queries(12):
        read_events(ids[3:])


def test_often_and_many_users_are_worse():
    alone = make_deadlock()
    busy = make_issue(user_count=5000)
    for _ in range(8):
        last = make_deadlock(busy)
    levels = ["low", "medium", "high", "critical"]
    assert levels.index(last.severity) > levels.index(alone.severity)


def test_the_list_is_filtered_and_paged(client, person, django_assert_max_num_queries):
    shop = make_project(slug="shop")
    old = make_deadlock(make_issue(project=shop), date=timezone.now() - timedelta(days=40))
    new = make_deadlock()
    url = reverse("deadlocks:list")
    client.get(url)
    with django_assert_max_num_queries(12):
        page = client.get(url).content.decode()
    assert page.index(f"/deadlocks/{new.pk}/") < page.index(f"/deadlocks/{old.pk}/")
    assert "Deadlock on stock, 2 processes" in page
    assert f"/deadlocks/{old.pk}/" not in client.get(f"{url}?period=30d").content.decode()
    assert f"/deadlocks/{new.pk}/" not in client.get(f"{url}?project=shop").content.decode()
    assert "No deadlock fits" in client.get(f"{url}?cause=ddl_vs_dml").content.decode()


def test_an_empty_list_says_what_would_be_there(client, person):
    assert "No deadlock was found" in client.get(reverse("deadlocks:list")).content.decode()


def test_the_page_shows_the_cycle_and_masks(client, person, django_assert_max_num_queries):
    report = make_deadlock()
    make_deadlock(report.issue)
    client.get(report.get_absolute_url())
    with django_assert_max_num_queries(8):
        page = client.get(report.get_absolute_url()).content.decode()
    assert "Rows locked in different orders" in page
    assert '<mark class="tb a">stock</mark>' in page
    assert "2 like this one" in page
    assert "ada@example.com" not in page
    assert 'class="proc victim"' in page


@pytest.mark.parametrize("kind", ["svg", "json", "md"])
def test_files_are_masked(client, person, kind):
    report = make_deadlock()
    answer = client.get(reverse("deadlocks:download", args=[report.pk, kind]))
    assert answer.status_code == 200
    assert answer["Content-Disposition"].endswith(f'.{kind}"')
    assert "4711" in answer.content.decode()
    assert "ada@example.com" not in answer.content.decode()
    assert client.get(reverse("deadlocks:download", args=[report.pk, "exe"])).status_code == 404


def test_the_panel_is_on_the_issue_s_page(client, person):
    report = make_deadlock()
    page = client.get(f"/issues/{report.issue_id}/").content.decode()
    assert reverse("deadlocks:panel", args=[report.issue_id]) in page
    panel = client.get(reverse("deadlocks:panel", args=[report.issue_id])).content.decode()
    assert f"/deadlocks/{report.pk}/" in panel
    assert "ada@example.com" not in panel
    other = make_event(payload={})
    assert "deadlocks/issues" not in client.get(f"/issues/{other.issue_id}/").content.decode()


def test_a_lock_on_a_table_shows_the_cells_that_met(client, person):
    text = """deadlock detected
DETAIL:  Process 1 waits for AccessExclusiveLock on relation 16384 of database 5; blocked by process 2.
Process 2 waits for RowExclusiveLock on relation 16390 of database 5; blocked by process 1.
"""
    page = client.get(make_deadlock(text=text).get_absolute_url()).content.decode()
    assert "Table-level locks that conflict" in page
    assert "met here" in page


@pytest.fixture
def api(client, person):
    _, token = make_token(person, name="tests")
    client.logout()

    def call(path, body=None):
        headers = {"Authorization": f"Bearer {token}"}
        if body is None:
            return client.get(f"/api/v1{path}", headers=headers)
        return client.post(f"/api/v1{path}", json.dumps(body), "application/json", headers=headers)

    return call


def test_list_and_detail_as_json(api):
    report = make_deadlock()
    found = api("/deadlocks/").json()
    assert [row["id"] for row in found["results"]] == [report.pk]
    detail = api(f"/deadlocks/{report.pk}/").json()
    assert detail["report"]["cycle"] == [4711, 4712]
    assert "ada@example.com" not in json.dumps(detail)
    assert api("/deadlocks/0/").status_code == 404


def test_the_list_is_walked_as_those_of_issues_are(api):
    kept = [make_deadlock().pk for _ in range(3)]
    found, address = [], "/deadlocks/?limit=2"
    while address:
        page = api(address).json()
        found += [row["id"] for row in page["results"]]
        address = page["next"] and page["next"].removeprefix("http://testserver/api/v1")
    assert found == kept[::-1]


def test_a_text_or_an_event_is_taken_apart(api):
    by_text = api("/deadlocks/analyze/", {"text": TEXT}).json()["reports"]
    by_event = api("/deadlocks/analyze/", {"event": deadlock_event()}).json()["reports"]
    assert by_text[0]["edges"] == by_event[0]["edges"]
    assert api("/deadlocks/analyze/", {"text": "lock timeout"}).json()["reports"] == []
    assert api("/deadlocks/analyze/", {}).status_code == 422
    assert api("/deadlocks/analyze/", {"text": "x" * (4 << 20) + "y"}).status_code == 413
