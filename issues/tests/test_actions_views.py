"""Acting through the pages: HTMX gets the touched parts and a toast, others a redirect."""

import pytest

from issues.actions import Action, Kind
from issues.models import IssueAction, IssueLabel
from issues.services import triage
from issues.tests.factories import (
    make_connection,
    make_issue,
    make_member,
    make_project,
    make_team,
    make_user,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("push_by_hand")]

HX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://testserver/?query=is:unresolved"}


@pytest.fixture
def person():
    return make_user("priya", first_name="Priya", last_name="Nair")


@pytest.fixture
def pages(client, person):
    client.force_login(person)
    return client


@pytest.fixture
def issue():
    return make_issue(short_id="CHECKOUT-1", status="unresolved", priority="high")


def act(pages, issue, do, **more):
    return pages.post(f"/issues/{issue.pk}/actions/", {"do": do, **more}, **HX)


def waiting():
    return list(IssueAction.objects.filter(state="pending").order_by("pk").values_list("kind", flat=True))


def test_a_button_answers_with_the_row_and_a_toast_that_undoes(pages, issue):
    answer = act(pages, issue, "resolve")
    html = answer.content.decode()
    assert answer["HX-Reswap"] == "none"
    assert f'<template><tr role="row" id="issue-{issue.pk}"' in html
    assert "Waiting for Sentry" in html
    assert f'value="{IssueAction.objects.get().batch}"' in html
    issue.refresh_from_db()
    assert issue.status == "resolved"


def test_the_panel_comes_along_when_it_shows_the_issue(pages, issue):
    assert 'id="issue-actions"' not in act(pages, issue, "resolve").content.decode()
    html = act(pages, issue, "unresolve", peeking=issue.pk).content.decode()
    assert 'id="issue-actions"' in html
    assert 'id="issue-state"' in html


def test_on_the_page_of_the_issue_its_head_and_details_come_back(pages, issue):
    here = {**HX, "HTTP_HX_CURRENT_URL": f"http://testserver/issues/{issue.pk}/"}
    html = pages.post(f"/issues/{issue.pk}/actions/", {"do": "resolve"}, **here).content.decode()
    assert 'id="issue-actions"' in html
    assert 'id="details"' in html
    assert "<tr" not in html


def test_without_a_script_it_leads_back_and_says_so_there(pages, issue):
    answer = pages.post(f"/issues/{issue.pk}/actions/", {"do": "archive?until=forever", "next": "/?query="})
    assert (answer.status_code, answer["Location"]) == (302, "/?query=")
    assert b"Archived forever: CHECKOUT-1." in pages.get("/?query=").content
    assert waiting() == ["archive"]


def test_it_leads_nowhere_else(pages, issue):
    answer = pages.post(f"/issues/{issue.pk}/actions/", {"do": "resolve", "next": "//evil.example/"})
    assert answer["Location"] == "/"


@pytest.mark.parametrize(
    ("do", "columns"),
    [
        ("resolve?in=next_release", {"status": "resolved", "status_details": {"inNextRelease": True}}),
        ("archive", {"status": "ignored", "substatus": "archived_until_escalating"}),
        ("priority?priority=low", {"priority": "low"}),
        ("bookmark?on=1", {"is_bookmarked": True}),
        ("seen?on=1", {"has_seen": True}),
        ("subscribe?on=1", {"is_subscribed": True}),
        ("share?on=1", {"is_public": True}),
    ],
)
def test_each_button_changes_its_columns(pages, issue, do, columns):
    assert act(pages, issue, do).status_code == 200
    issue.refresh_from_db()
    assert {name: getattr(issue, name) for name in columns} == columns


def test_undo_brings_back_what_was_and_nothing_is_sent(pages, issue):
    act(pages, issue, "resolve")
    answer = pages.post("/issues/actions/undo/", {"batch": str(IssueAction.objects.get().batch)}, **HX)
    issue.refresh_from_db()
    assert b"Taken back" in answer.content
    assert (issue.status, issue.substatus) == ("unresolved", "ongoing")
    assert waiting() == []


def test_undo_without_a_name_goes_back_step_by_step(pages, issue):
    act(pages, issue, "resolve")
    act(pages, issue, "priority?priority=low")
    for status, priority in [("resolved", "high"), ("unresolved", "high")]:
        pages.post("/issues/actions/undo/", **HX)
        issue.refresh_from_db()
        assert (issue.status, issue.priority) == (status, priority)
    assert b"nothing of yours" in pages.post("/issues/actions/undo/", **HX).content


def test_undo_of_one_that_made_another_needless_sends_that_again(pages, issue):
    act(pages, issue, "resolve")
    act(pages, issue, "archive?until=forever")
    pages.post("/issues/actions/undo/", **HX)
    issue.refresh_from_db()
    assert issue.status == "resolved"
    assert waiting() == ["resolve"]


def test_undo_takes_only_ones_own_last_change(pages, issue):
    act(pages, issue, "resolve")
    other = make_issue()
    triage.act(Action(Kind.RESOLVE), [other.pk], user=make_user("mateo"))
    pages.post("/issues/actions/undo/", **HX)
    other.refresh_from_db()
    issue.refresh_from_db()
    assert (other.status, issue.status) == ("resolved", "unresolved")


def test_several_at_once_are_one_undo(pages):
    issues = [make_issue() for _ in range(3)]
    answer = pages.post("/issues/actions/", {"do": "resolve", "issue": [each.pk for each in issues]}, **HX)
    assert answer.content.decode().count("<template>") == 3
    pages.post("/issues/actions/undo/", **HX)
    for each in issues:
        each.refresh_from_db()
        assert each.status == "unresolved"


def test_nothing_selected_is_told(pages):
    answer = pages.post("/issues/actions/", {"do": "resolve"}, **HX)
    assert answer.status_code == 422
    assert b"No issue is selected" in answer.content


def test_what_the_server_cannot_do_is_disabled_with_the_reason(pages):
    connection = make_connection(flavour="glitchtip")
    issue = make_issue(project=make_project(connection=connection))
    html = pages.get(f"/issues/{issue.pk}/peek/").content.decode()
    assert "GlitchTip does not keep an assignee." in html
    answer = act(pages, issue, "priority?priority=low")
    assert b"GlitchTip does not keep a priority." in answer.content
    assert waiting() == []


def test_of_several_servers_those_that_can_do_it(pages, issue):
    other = make_issue(project=make_project(connection=make_connection(flavour="glitchtip")))
    answer = pages.post(
        "/issues/actions/", {"do": "priority?priority=low", "issue": [issue.pk, other.pk]}, **HX
    )
    assert b"1 of 2 left as they were: GlitchTip does not keep a priority." in answer.content
    assert waiting() == ["priority"]


def test_deleting_needs_the_permission(pages, person, issue):
    assert act(pages, issue, "delete").status_code == 403
    assert b"Deleting needs a permission" in act(pages, issue, "ask:delete").content
    person.is_superuser = True
    person.save()
    assert b"For 30 seconds" in act(pages, issue, "ask:delete").content
    assert act(pages, issue, "delete").status_code == 200
    issue.refresh_from_db()
    assert issue.gone == "deleted"


def test_the_assign_dialog_offers_people_of_the_issues_own_connection(pages, issue, person):
    connection = issue.connection
    make_member(connection, name="Mateo Ruiz")
    make_member(connection, name="Priya Nair", user=person)
    make_team(connection, "payments")
    make_member(make_connection(), name="Stranger")
    answer = act(pages, issue, "ask:assign")
    html = answer.content.decode()
    assert answer["HX-Retarget"] == "#dialog"
    assert html.index("Priya Nair (you)") < html.index("#payments") < html.index("Mateo Ruiz")
    assert "Stranger" not in html
    found = pages.post("/issues/actions/people/", {"issue": issue.pk, "who": "mat"}, **HX).content.decode()
    assert "Mateo" in found
    assert "payments" not in found


def test_assigning_says_to_whom(pages, issue):
    member = make_member(issue.connection, name="Mateo Ruiz")
    assert b"Assigned to Mateo Ruiz" in act(pages, issue, f"assign?member={member.sentry_id}").content
    issue.refresh_from_db()
    assert issue.assignee == member


def test_a_wrong_form_comes_back_with_what_is_wrong(pages, issue):
    answer = act(pages, issue, "archive", **{"for": "events", "events_amount": "none"})
    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#dialog")
    assert b"Give a whole number above 0." in answer.content
    assert waiting() == []


@pytest.mark.parametrize(
    ("fields", "arguments"),
    [
        ({"for": "time", "time_amount": "2", "unit": "days"}, {"minutes": 2880}),
        ({"for": "events", "events_amount": "100", "events_window": "60"}, {"events": 100, "window": 60}),
        ({"for": "users", "users_amount": "10", "users_window": ""}, {"users": 10}),
    ],
)
def test_archiving_until_a_condition(pages, issue, fields, arguments):
    act(pages, issue, "archive", **fields)
    assert IssueAction.objects.get().arguments == arguments


def test_the_commit_dialog(pages, issue):
    assert b"SHA" in act(pages, issue, "ask:commit").content
    act(pages, issue, "resolve", repository="acme/shop", commit="abc1234")
    assert IssueAction.objects.get().arguments == {"repository": "acme/shop", "commit": "abc1234"}


def test_merging_shows_and_makes_the_one_with_most_events_survive(pages, issue):
    big = make_issue(project=issue.project, short_id="CHECKOUT-2", count=5000)
    shown = act(pages, issue, "ask:merge", paste="checkout-2").content.decode()
    assert "Merge 1 issue into CHECKOUT-2" in shown
    answer = pages.post(
        "/issues/actions/", {"do": "merge", "issue": issue.pk, "merge": [issue.pk, big.pk], "chosen": 1}, **HX
    )
    assert b"Merged 1 issue into CHECKOUT-2." in answer.content
    issue.refresh_from_db()
    assert (issue.gone, issue.merged_into) == ("merged", big)
    pages.post("/issues/actions/undo/", **HX)
    issue.refresh_from_db()
    assert (issue.gone, issue.merged_into) == ("", None)


def test_merging_across_projects_is_refused(pages, issue):
    other = make_issue(project=make_project(connection=issue.connection))
    answer = pages.post("/issues/actions/", {"do": "merge", "issue": [issue.pk, other.pk]}, **HX)
    assert b"Only issues of one project" in answer.content
    assert waiting() == []


def test_labels_stay_here_and_can_be_searched_for(pages, issue):
    act(pages, issue, "label", new_label="wait for  vendor", tone="warn")
    assert IssueLabel.objects.get().label.name == "wait for vendor"
    assert b"wait for vendor" in pages.get("/?query=").content
    assert b"CHECKOUT-1" in pages.get('/?query=label:"wait for vendor"').content
    assert b"CHECKOUT-1" not in pages.get("/?query=label:other").content
    act(pages, issue, "label", label_before="wait for vendor")
    assert not IssueLabel.objects.exists()
    assert waiting() == []


def test_an_unknown_action_and_dialog_are_not_found(pages, issue):
    assert act(pages, issue, "explode").status_code == 404
    assert act(pages, issue, "ask:explode").status_code == 404


def test_only_those_who_are_signed_in_may(client, issue):
    assert "/login/" in client.post(f"/issues/{issue.pk}/actions/", {"do": "resolve"})["Location"]
    assert waiting() == []


def test_one_issue_at_a_time_is_taken_apart(pages, issue):
    other = make_issue(project=issue.project)
    answer = pages.post("/issues/actions/", {"do": "ask:unmerge", "issue": [issue.pk, other.pk]}, **HX)
    assert answer.status_code == 422
    assert "One issue at a time" in answer.content.decode()


def test_the_key_archives_as_the_button_does_on_a_server_without_sub_states(pages):
    issue = make_issue(
        project=make_project(connection=make_connection(flavour="glitchtip")), status="unresolved"
    )
    act(pages, issue, "archive")
    issue.refresh_from_db()
    assert issue.status == "ignored"
    assert IssueAction.objects.get().arguments == {"until": "forever"}
