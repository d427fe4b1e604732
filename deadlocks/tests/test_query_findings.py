"""Repeated and slow statements: found when events are stored, on the issue page, in the API."""

import pytest
from django.urls import reverse

from deadlocks import performance
from deadlocks.models import QueryFinding, ReadEvent
from deadlocks.queries.findings import has_findings
from deadlocks.services.reading import VERSION, read_events, read_waiting
from deadlocks.tests.queries import make_asking_event
from issues.models import Event, EventPayload, Issue
from issues.queries.explorer import explore
from issues.signals import events_stored
from issues.tests.factories import make_event, make_issue

pytestmark = pytest.mark.django_db


def panel(client, event, **given):
    address = reverse("deadlocks:queries", args=[event.issue_id])
    parameters = {"event": given["of"]} if given else {}
    return client.get(address, parameters, headers={"HX-Request": "true"}).content.decode()


def test_stored_events_are_read_by_a_task():
    event = make_asking_event()
    events_stored.send(Event, event_ids=[event.pk])
    found = QueryFinding.objects.get()
    assert (found.event_id, found.kind, found.count, found.milliseconds) == (event.pk, "n_plus_one", 8, 24)
    assert found.statement == "SELECT * FROM book WHERE author_id = ? AND mail = ?"
    assert found.frames == [["shop/views.py", 41, "authors"]]
    assert (found.tables, found.version) == (["book"], performance.VERSION)


def test_no_value_is_stored():
    read_events([make_asking_event().pk])
    assert "ada" not in str(QueryFinding.objects.values_list().get())


def test_reading_again_replaces_what_was_found():
    event = make_asking_event(times=8)
    read_events([event.pk])
    first = QueryFinding.objects.get()
    EventPayload.objects.filter(event=event).update(data=EventPayload.pack({}))
    read_events([event.pk])
    assert first.statement
    assert not QueryFinding.objects.exists()
    assert ReadEvent.objects.count() == 1


def test_events_that_no_task_read_and_those_of_another_version_are_read():
    left, current = make_asking_event(), make_asking_event()
    old = make_event(payload={})
    read_events([current.pk, old.pk])
    ReadEvent.objects.filter(event=old).update(version="0")
    make_event()  # has no payload
    assert read_waiting() == 2
    assert set(ReadEvent.objects.values_list("event_id", "version")) == {
        (event.pk, VERSION) for event in (left, current, old)
    }
    assert read_waiting() == 0


def test_at_most_as_many_as_were_asked_for_the_newest_first():
    _, newest = make_asking_event(), make_asking_event()
    assert read_waiting(limit=1) == 1
    assert ReadEvent.objects.get().event_id == newest.pk


def test_a_damaged_payload_has_no_findings():
    damaged, good = make_asking_event(), make_asking_event()
    EventPayload.objects.filter(event=damaged).update(data=b"no zlib")
    assert read_events([damaged.pk, good.pk]) == 1
    assert ReadEvent.objects.count() == 2


def test_many_events_cost_what_one_costs(django_assert_num_queries):
    keys = [make_asking_event().pk for _ in range(4)]
    for some in (keys[:1], keys[1:]):
        # payloads; savepoint, before, findings, issues, two for each mark, read, reports, release
        with django_assert_num_queries(12):
            read_events(some)


def test_issues_with_findings_are_found_by_a_search_and_wear_a_badge(client, person):
    repeated, slow, both = make_asking_event(), make_asking_event(1, 800), make_asking_event(6, 800)
    make_event(payload={})
    read_events([repeated.pk, slow.pk, both.pk])

    def found(query: str) -> set[int]:
        return {issue.pk for issue in explore(query, user=None).rows}

    assert found("is:n+1") == {repeated.issue_id, both.issue_id}
    assert found("is:slow_query") == {slow.issue_id, both.issue_id}
    assert found("is:slow_query !is:n+1") == {slow.issue_id}
    html = client.get("/", {"q": "is:n+1"}).content.decode()
    assert html.count("five times or more") >= 2
    EventPayload.objects.update(data=EventPayload.pack({}))
    read_events([repeated.pk])
    assert found("is:n+1") == {both.issue_id}


def test_marks_go_with_the_events_they_came_from():
    event = make_asking_event()
    read_events([event.pk])
    Event.objects.all().delete()
    read_waiting()
    assert not Issue.objects.filter(has_n_plus_one=True).exists()


def test_the_issue_page_has_the_panel_when_there_is_something(client, person):
    event, other = make_asking_event(), make_event(payload={})
    read_events([event.pk, other.pk])
    address = reverse("deadlocks:queries", args=[event.issue_id])
    assert (
        f'hx-get="{address}?event={event.event_id}"'
        in client.get(f"/issues/{event.issue_id}/").content.decode()
    )
    assert "panel-queries" not in client.get(f"/issues/{other.issue_id}/").content.decode()


def test_whether_there_is_something_is_one_look(django_assert_num_queries):
    event = make_asking_event()
    with django_assert_num_queries(1):
        assert has_findings(event) is False
    read_events([event.pk])
    with django_assert_num_queries(1):
        assert has_findings(event) is True
    with django_assert_num_queries(0):
        assert has_findings(None) is False


def test_the_panel_tells_statement_place_count_and_time(client, person):
    event = make_asking_event(times=8, milliseconds=600)
    read_events([event.pk])
    html = panel(client, event)
    assert html.count("SELECT * FROM book WHERE author_id = ?") == 2  # repeated, and slow
    assert "shop/views.py:41" in html
    assert "4.80 s" in html
    assert html.strip().startswith("<section")


@pytest.mark.parametrize(("milliseconds", "is_timed"), [(3, True), (None, False)])
def test_without_any_time_there_is_no_column_of_times(client, person, milliseconds, is_timed):
    event = make_asking_event(milliseconds=milliseconds)
    read_events([event.pk])
    html = panel(client, event)
    assert "SELECT * FROM book" in html
    assert (">Took<" in html) == is_timed


@pytest.mark.parametrize(
    ("times", "milliseconds", "advised"),
    [(8, 3, ["N+1:"]), (1, 600, ["Slow:"]), (8, 600, ["N+1:", "Slow:"])],
)
def test_the_panel_advises_on_what_was_found_alone(client, person, times, milliseconds, advised):
    event = make_asking_event(times=times, milliseconds=milliseconds)
    read_events([event.pk])
    html = panel(client, event)
    assert [word for word in ("N+1:", "Slow:") if word in html] == advised


def test_the_panel_is_of_the_event_that_is_shown(client, person):
    issue = make_issue()
    asking, other = make_asking_event(issue=issue), make_event(issue, payload={})
    read_events([asking.pk, other.pk])
    assert "SELECT * FROM book" in panel(client, asking, of=asking.event_id)
    assert "No statement of this event" in panel(client, asking, of=other.event_id)
    assert "There is no event in the cache" in panel(client, asking, of="f" * 32)


def test_what_is_not_read_is_said_to_be_so(client, person):
    assert "has not been read yet" in panel(client, make_asking_event())


def test_the_panel_is_a_page_without_a_script(client, person):
    event = make_asking_event()
    html = client.get(reverse("deadlocks:queries", args=[event.issue_id])).content.decode()
    assert "<html" in html
    assert "Back to the issue" in html


def test_the_panel_of_no_issue(client, person):
    assert client.get(reverse("deadlocks:queries", args=[999])).status_code == 404
    gone = make_event(make_issue(gone="deleted"))
    assert client.get(reverse("deadlocks:queries", args=[gone.issue_id])).status_code == 404


def test_what_a_statement_may_still_hold_is_masked(client, person):
    event = make_asking_event()
    read_events([event.pk])
    QueryFinding.objects.update(statement='SELECT "ada@example.com"')
    assert "ada@example.com" not in panel(client, event)
    found = client.get(f"/api/v1/events/{event.event_id}/findings/").json()
    assert "ada@example.com" not in str(found)


def test_the_panel_needs_a_login(client):
    event = make_asking_event()
    assert client.get(reverse("deadlocks:queries", args=[event.issue_id])).status_code == 302


def test_findings_by_the_api(client, person):
    event = make_asking_event()
    read_events([event.pk])
    for key in (event.event_id, event.pk):
        assert client.get(f"/api/v1/events/{key}/findings/").json() == {
            "event": event.event_id,
            "analyzer": VERSION,
            "results": [
                {
                    "kind": "n_plus_one",
                    "statement": "SELECT * FROM book WHERE author_id = ? AND mail = ?",
                    "count": 8,
                    "milliseconds": 24.0,
                    "frames": [{"file": "shop/views.py", "line": 41, "function": "authors"}],
                    "tables": ["book"],
                }
            ],
        }


def test_the_api_tells_that_nothing_was_read_and_what_is_not_there(client, person):
    event = make_asking_event()
    answer = client.get(f"/api/v1/events/{event.event_id}/findings/").json()
    assert (answer["analyzer"], answer["results"]) == (None, [])
    assert client.get(f"/api/v1/events/{'f' * 32}/findings/").status_code == 404


def test_the_api_needs_a_token(client):
    event = make_asking_event()
    assert client.get(f"/api/v1/events/{event.event_id}/findings/").status_code == 401
