"""Rows for tests, without surprises: what a test does not name is the same each time, but for ids."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.contrib.auth import get_user_model

from issues.models import (
    Connection,
    Event,
    EventPayload,
    Issue,
    IssueStats,
    IssueTag,
    IssueText,
    Member,
    Project,
    Release,
    Team,
)
from issues.search import document

NOW = datetime(2026, 5, 12, 14, 30, tzinfo=UTC)
# Above every number that a test gives by hand.
_numbers = count(1_000_000)


def make_user(username: str = "", **fields: Any) -> Any:
    """A person who may sign in with the password "secret"."""
    name = username or f"person{next(_numbers)}"
    return get_user_model().objects.create_user(name, f"{name}@example.com", "secret", **fields)


def make_connection(**fields: Any) -> Connection:
    number = next(_numbers)
    defaults = {
        "name": f"Connection {number}",
        "slug": f"connection-{number}",
        "base_url": "https://sentry.example.com/api/0/",
        "web_url": "https://sentry.example.com/",
        "organization": "acme",
    }
    return Connection.objects.create(**defaults | fields)


def make_project(**fields: Any) -> Project:
    number = next(_numbers)
    connection = fields.pop("connection", None) or make_connection()
    defaults = {"sentry_id": str(number), "slug": f"project-{number}", "name": f"Project {number}"}
    return Project.objects.create(connection=connection, **defaults | fields)


def make_team(connection: Connection, slug: str = "", **fields: Any) -> Team:
    number = next(_numbers)
    slug = slug or f"team-{number}"
    return Team.objects.create(
        connection=connection, slug=slug, **{"sentry_id": str(number), "name": slug} | fields
    )


def make_member(connection: Connection, **fields: Any) -> Member:
    number = next(_numbers)
    teams = fields.pop("teams", ())
    defaults = {"sentry_id": str(number), "name": f"Member {number}", "email": f"m{number}@example.com"}
    member = Member.objects.create(connection=connection, **defaults | fields)
    member.teams.set(teams)
    return member


def make_release(connection: Connection, version: str, **fields: Any) -> Release:
    projects = fields.pop("projects", ())
    release = Release.objects.create(
        connection=connection, version=version, **{"short_version": version, "created_at": NOW} | fields
    )
    release.projects.set(projects)
    return release


def make_issue(
    *, tags: dict[str, Any] | None = None, text: str | None = None, stats: dict[str, Any] | None = None,
    **fields: Any,
) -> Issue:  # fmt: skip
    """An issue with its search words. `tags` maps keys to a value or a list of values, `text` is what the
    words are made of (title, culprit, value and short id where None), `stats` goes into IssueStats."""
    number = next(_numbers)
    project = fields.pop("project", None) or make_project()
    defaults = {
        "sentry_id": str(number),
        "short_id": f"{project.slug.upper()}-{number}",
        "title": "KeyError: 'price'",
        "error_type": "KeyError",
        "error_value": "'price'",
        "culprit": "shop.cart.total",
        "substatus": "ongoing",
        "count": 10,
        "first_seen": NOW - timedelta(days=3),
        "last_seen": NOW - timedelta(hours=1),
        "synced_at": NOW,
    }
    issue = Issue.objects.create(connection=project.connection, project=project, **defaults | fields)
    words = [issue.title, issue.culprit, issue.error_value, issue.short_id] if text is None else [text]
    IssueText.objects.create(issue=issue, body=document(words))
    if stats is not None:
        IssueStats.objects.create(issue=issue, **stats)
    for key, values in (tags or {}).items():
        for value in values if isinstance(values, list) else [values]:
            IssueTag.objects.create(issue=issue, key=key, value=value, count=1)
    return issue


def make_event(issue: Issue | None = None, payload: dict[str, Any] | None = None, **fields: Any) -> Event:
    """An event, with its payload where one is given."""
    issue = issue or make_issue()
    defaults = {"event_id": f"{next(_numbers):032x}", "date": NOW - timedelta(hours=1), "title": issue.title}
    event = Event.objects.create(issue=issue, project=issue.project, **defaults | fields)
    if payload is not None:
        EventPayload.objects.create(event=event, data=EventPayload.pack(payload))
    Issue.objects.filter(pk=issue.pk).update(events_cached=issue.events.count())
    return event
