"""The fingerprints that make up an issue: what can be taken out of it again."""

from typing import Any

from issues.models import Issue
from issues.sync import mapping
from issues.sync.client import client_of

MOST_PAGES = 5


def read_hashes(issue: Issue) -> list[dict[str, Any]]:
    """{"id", "title", "date"} of each; date is ISO 8601 or None. Raises SentryError."""
    client = client_of(issue.connection).for_people()
    rows: list[dict[str, Any]] = []
    cursor = None
    for _ in range(MOST_PAGES):
        page = client.hashes(issue.sentry_id, cursor=cursor)
        rows += page.rows
        cursor = page.next_cursor
        if not cursor:
            break
    return [_shown(row) for row in rows if row.get("id")]


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    event = row.get("latestEvent") or {}
    date = mapping.time_of(event.get("dateCreated"))
    return {
        "id": str(row["id"]),
        "title": mapping.text_of(event.get("title"), 200),
        "date": date.isoformat() if date else None,
    }
