"""Retention takes what is old and nothing that somebody still needs, and what is shown fits what is left."""

from datetime import timedelta

import pytest
from django.utils import timezone

from issues.models import Comment, Event, Issue, IssueAction
from issues.sync.prune import BATCH, prune_cache
from issues.tests.factories import make_event, make_issue, make_project

pytestmark = pytest.mark.django_db

LONG_AGO = timezone.now() - timedelta(days=4000)


def test_the_number_of_events_follows_for_every_issue():
    project, now = make_project(), timezone.now()
    issues = [make_issue(project=project, events_cached=1, last_seen=now) for _ in range(BATCH + 2)]
    Event.objects.bulk_create(
        Event(issue=issue, project=project, event_id=f"{issue.pk:032x}", date=LONG_AGO) for issue in issues
    )
    kept = make_event(issues[-1], {}, date=now)
    assert prune_cache()["events"] == BATCH + 2
    assert Event.objects.get() == kept
    assert list(Issue.objects.exclude(events_cached=0).values_list("pk", flat=True)) == [kept.issue_id]


@pytest.mark.parametrize(("state", "stays"), [("pending", True), ("failed", True), ("done", False)])
def test_an_issue_stays_until_sentry_has_heard_what_was_done_to_it(state, stays):
    issue = make_issue(last_seen=LONG_AGO)
    IssueAction.objects.create(connection=issue.connection, issue=issue, kind="resolve", state=state)
    prune_cache()
    assert IssueAction.objects.exists() is stays


@pytest.mark.parametrize(("state", "stays"), [("pending", True), ("failed", True), ("sent", False)])
def test_an_issue_stays_until_sentry_has_its_comments(state, stays):
    issue = make_issue(last_seen=LONG_AGO)
    Comment.objects.create(connection=issue.connection, issue=issue, text="Look here", state=state)
    prune_cache()
    assert Comment.objects.exists() is stays
