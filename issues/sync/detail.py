"""The detail of one issue: activity, releases, daily counts and how its tags are distributed."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from dexter.sentry.client import Client
from issues.models import Activity, Issue, IssueTag, Release
from issues.sync import mapping
from issues.sync.directory import Directory
from issues.sync.gone import check_issue
from issues.sync.reference import sync_release
from issues.sync.upsert import upsert

# Values kept per tag key with Sentry's own count.
TOP_VALUES = 10


def sync_detail(issue: Issue, client: Client) -> None:
    """Fetch and store the detail. Raises SentryError; an issue that is gone is marked so."""
    directory = Directory.of(issue.connection)
    if check_issue(issue, client, directory):
        return
    payload = client.issue(issue.sentry_id).body
    with transaction.atomic():
        store_activity(issue, payload.get("activity") or [])
        releases = {
            "first_release": _release(directory, payload.get("firstRelease")),
            "last_release": _release(directory, payload.get("lastRelease")),
        }
        Issue.objects.filter(pk=issue.pk).update(detail_synced_at=timezone.now(), **releases)
    if client.flavour.can("tags"):
        store_tag_totals(issue, client.tags(issue.sentry_id))
    for release in Release.objects.filter(
        pk__in=[pk.pk for pk in releases.values() if pk], detail_synced_at=None
    ):
        sync_release(client, release)


def _release(directory: Directory, payload: Any) -> Release | None:
    """The release of a detail's firstRelease or lastRelease, stored if the list did not have it."""
    if not isinstance(payload, dict) or not payload.get("version"):
        return None
    try:
        columns = mapping.release(payload)
    except mapping.Unmappable:
        return None
    version = columns.pop("version")
    release, _ = Release.objects.get_or_create(
        connection=directory.connection, version=version, defaults=columns
    )
    return release


def store_activity(issue: Issue, payloads: list[dict[str, Any]]) -> None:
    """Upsert activity entries; Sentry embeds the last hundred in the detail."""
    found = {
        columns["sentry_id"]: Activity(issue=issue, **columns)
        for payload in payloads
        if (columns := mapping.activity(payload))
    }
    upsert(Activity, list(found.values()), ["issue", "sentry_id"], ["type", "user_name", "data", "date"])


def store_tag_totals(issue: Issue, payloads: list[dict[str, Any]]) -> None:
    """Sentry's own counts of the most frequent values of each tag key."""
    found: dict[tuple[str, str], IssueTag] = {}
    for payload in payloads:
        key = mapping.text_of(payload.get("key"), 64)
        for top in (payload.get("topValues") or [])[:TOP_VALUES]:
            value = mapping.text_of(top.get("value"), 200)
            if key and value:
                found[key, value] = IssueTag(
                    issue=issue,
                    key=key,
                    value=value,
                    total=mapping.number_of(top.get("count")),
                    last_seen=mapping.time_of(top.get("lastSeen")),
                )
    upsert(IssueTag, list(found.values()), ["issue", "key", "value"], ["total"])
