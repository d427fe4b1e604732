"""What a model wrote of an issue in one line: shown where the issue is, found by its words."""

import pytest

from issues.models import Issue, IssueText
from issues.queries.explorer import explore
from issues.services.summaries import forget_summaries, keep_summary
from issues.sync.events import renew_derived
from issues.tests.factories import make_issue, make_user
from issues.tests.issue_page import make_shown_issue

pytestmark = pytest.mark.django_db


def found(text):
    return [row.pk for row in explore(text, user=None).rows]


@pytest.fixture
def issue():
    shown = make_shown_issue()[0]
    renew_derived(shown)
    make_issue()
    return shown


def test_it_is_found_by_its_words_and_the_others_stay(issue):
    before = IssueText.objects.get(pk=issue.pk).body
    keep_summary(issue.pk, "The reservation starves.")
    assert found("starves") == found('"reservation starves"') == found("reserve") == [issue.pk]
    keep_summary(issue.pk, "The warehouse is closed.")
    assert (found("starves"), found("warehouse")) == ([], [issue.pk])
    forget_summaries([issue.pk])
    assert found("warehouse") == []
    assert IssueText.objects.get(pk=issue.pk).body == before


def test_new_events_leave_its_words(issue):
    keep_summary(issue.pk, "The reservation starves.")
    written = IssueText.objects.get(pk=issue.pk).body
    renew_derived(issue)  # an object from before
    assert IssueText.objects.get(pk=issue.pk).body == written
    keep_summary(issue.pk, "")
    assert found("starves") == []


def test_an_issue_that_is_gone_is_nothing_to_it():
    keep_summary(10**9, "Nobody reads this.")
    assert not Issue.objects.exists()


def test_pages_show_it_labelled_and_ask_no_more_than_without(
    client, issue, django_assert_max_num_queries, django_assert_num_queries
):
    client.force_login(make_user())
    client.get("/")
    with django_assert_max_num_queries(60) as without:
        client.get("/")
    keep_summary(issue.pk, "Mail ada@example.com <b>starves</b>.")
    with django_assert_num_queries(len(without)):
        page = client.get("/").content.decode()
    assert "Summary, written by a model" in page
    for address in ("/", f"/issues/{issue.pk}/", f"/issues/{issue.pk}/peek/"):
        page = client.get(address).content.decode()
        assert "&lt;b&gt;starves" in page
        assert "y a model" in page
        assert "Mail ada@example.com" not in page
