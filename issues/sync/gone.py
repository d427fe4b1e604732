"""Issues that a full sync did not meet any more: deleted, merged away, or only missed."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from dexter.sentry.client import Client
from dexter.sentry.errors import NotFound
from issues.models import Connection, Issue
from issues.signals import issues_changed
from issues.sync.directory import Directory
from issues.sync.store import store_issues

# Looked at one by one (the detail has a limit of its own), so no run takes on more than this; the rest waits.
AT_ONCE = 500


def mark_gone(
    connection: Connection, client: Client, directory: Directory, *, since: datetime, projects: list[int]
) -> int:
    """Ask for each issue of `projects` (keys) that was not met since `since`; answers how many are gone.

    404 means deleted, another id means merged; an issue that is still there was missed and is stored.
    """
    window = timezone.now() - timedelta(days=connection.window - 1)
    unmet = Issue.objects.filter(
        connection=connection, project__in=projects, gone="", synced_at__lt=since, last_seen__gte=window
    ).order_by("-last_seen")
    return sum(check_issue(issue, client, directory) for issue in unmet[:AT_ONCE])


def check_issue(issue: Issue, client: Client, directory: Directory) -> bool:
    """Whether the issue is gone from Sentry; stores what is found either way."""
    asked_at = timezone.now()
    try:
        found = client.issue(issue.sentry_id)
    except NotFound:
        return _hide(issue, Issue.Gone.DELETED)
    if client.flavour.name == "glitchtip" and not _has_events(issue, client):
        # GlitchTip goes on answering for what was deleted or merged away; only its events are gone.
        return _hide(issue, Issue.Gone.DELETED)
    store_issues(directory, [found.body], asked_at=asked_at)
    if not found.merged_into:
        return False
    parent = Issue.objects.filter(connection=issue.connection, sentry_id=found.merged_into).first()
    return _hide(issue, Issue.Gone.MERGED, parent)


def _hide(issue: Issue, gone: Issue.Gone, parent: Issue | None = None) -> bool:
    """Mark the issue as gone and tell open pages; always True."""
    changes: dict[str, Any] = {"gone": gone} | ({"merged_into": parent} if gone == Issue.Gone.MERGED else {})
    Issue.objects.filter(pk=issue.pk).update(**changes)
    issues_changed.send(Issue, issue_ids=[issue.pk], created_ids=[])
    return True


def _has_events(issue: Issue, client: Client) -> bool:
    try:
        client.latest_event(issue.sentry_id)
    except NotFound:
        return False
    return True
