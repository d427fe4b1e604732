"""A browser on the page of an issue with an event that has something personal in every corner."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.utils import timezone

from dexter.timeseries import Series, to_json
from dexter.web.tests.e2e.conftest import contexts, open_list, site  # noqa: F401
from issues.models import Activity, IssueTag
from issues.tests.factories import make_event, make_release
from issues.tests.issue_page import make_shown_issue, personal_event

HOUR = 3600


@pytest.fixture
def shown(site):  # noqa: F811
    """An issue with three events, releases, activity and counts; the person `demo` may look behind masks."""
    person = get_user_model().objects.get(username="demo")
    person.user_permissions.add(Permission.objects.get(codename="reveal_personal_data"))
    now = timezone.now()
    end = int(now.timestamp()) // HOUR * HOUR
    hours = to_json(Series(end - 23 * HOUR, HOUR, (2,) * 12 + (30,) * 12))
    issue, newest = make_shown_issue(
        personal_event(previousEventID=None, nextEventID=None),
        stats={"hours": hours, "days": {}}, is_unhandled=True, substatus="regressed", events_24h=384,
        events_before=40, first_seen=now - timedelta(days=9), permalink="https://sentry.example.com/issues/1/",
    )  # fmt: skip
    for number in (1, 2):
        payload = personal_event(previousEventID=None, nextEventID=None)
        make_event(issue, payload, date=newest.date - timedelta(hours=number), environment="staging")
        created = now - timedelta(hours=5 * number)
        make_release(issue.connection, f"shop@1.{number}", projects=[issue.project], created_at=created)
    for key, value in (
        ("release", "shop@1.2.3"),
        ("environment", "production"),
        ("user.email", "ada@example.com"),
    ):
        IssueTag.objects.create(issue=issue, key=key, value=value, count=3, total=40)
    Activity.objects.create(issue=issue, sentry_id="1", type="set_regression", date=now)
    Activity.objects.create(
        issue=issue, sentry_id="2", type="note", user_name="Priya Nair", data={"text": "looking"}, date=now
    )
    return issue


@pytest.fixture
def open_issue(shown, open_list):  # noqa: F811
    """Opens the page of that issue, `query` after its address."""

    def open_(query: str = "", **options: object):
        return open_list(f"/issues/{shown.pk}/{query}", **options)

    return open_
