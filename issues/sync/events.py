"""Events: fetched for the issues that matter first, kept as a sample, pruned to what the settings allow."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from dexter.sentry.client import Client
from dexter.sentry.errors import NotFound
from issues.models import Connection, Event, EventPayload, Issue, IssueTag, IssueText
from issues.payload.errors import Unreadable
from issues.payload.summary import EventFacts, facts, search_parts
from issues.search.words import document
from issues.signals import events_stored, issues_changed
from issues.sync.mapping import issue_parts, text_of
from issues.sync.upsert import upsert

log = logging.getLogger(__name__)

# Newest events asked for at a time, in full.
BATCH = 10


def sync_events(connection: Connection, client: Client, *, report: Callable[..., None]) -> int:
    """Fetch newest events of the issues that changed since theirs were, highest score first.

    At most `SYNC_EVENT_ISSUES` issues a run, so that lists stay fresh; answers how many events are new.
    """
    stale = Q(events_synced_at=None) | Q(events_synced_at__lt=F("last_seen"))
    issues = list(
        Issue.objects.filter(stale, connection=connection, gone="").order_by("-score", "-id")[
            : settings.SYNC_EVENT_ISSUES
        ]
    )
    stored = 0
    for done, (issue, payloads) in enumerate(_fetch(client, issues), start=1):
        stored += store_events(issue, payloads)
        if done % 10 == 0:
            report(done, len(issues), "Fetching events")
    return stored


def _fetch(client: Client, issues: list[Issue]) -> Iterator[tuple[Issue, list[dict[str, Any]]]]:
    """Newest events per issue, several requests at a time, never more than a few answers in memory."""

    def ask(issue: Issue) -> tuple[Issue, list[dict[str, Any]]]:
        try:
            return issue, client.issue_events(issue.sentry_id, full=True, limit=BATCH).rows
        except NotFound:
            return issue, []

    threads = max(1, settings.SYNC_THREADS)
    remaining = iter(issues)
    with ThreadPoolExecutor(max_workers=threads) as pool:
        waiting = [pool.submit(ask, issue) for issue in islice(remaining, 2 * threads)]
        while waiting:
            answer = waiting.pop(0).result()
            waiting.extend(pool.submit(ask, issue) for issue in islice(remaining, 1))
            yield answer


def store_events(issue: Issue, payloads: list[dict[str, Any]], *, prune: bool = True) -> int:
    """Store events of one issue, renew what is derived from them, prune; answers how many are new.

    A payload that cannot be read at all is left out and logged; the rest is stored. Without `prune` the
    sample may grow past its size until the next sync: for an event that somebody asked to see.
    """
    read = [(found, payload) for payload in payloads if (found := _facts(issue, payload))]
    with transaction.atomic():
        known = set(
            Event.objects.filter(
                project=issue.project_id, event_id__in=[found.event_id for found, _ in read]
            ).values_list("event_id", flat=True)
        )
        fresh = {found.event_id: (found, payload) for found, payload in read if found.event_id not in known}
        rows = [_event(issue, found) for found, _ in fresh.values()]
        Event.objects.bulk_create(rows)
        EventPayload.objects.bulk_create(
            [
                EventPayload(event=row, data=EventPayload.pack(payload))
                for row, (_, payload) in zip(rows, fresh.values(), strict=True)
            ]
        )
        if prune:
            prune_issue(issue)
        renew_derived(issue)
        Issue.objects.filter(pk=issue.pk).update(events_synced_at=timezone.now())
        if rows:
            keys = [row.pk for row in rows]
            transaction.on_commit(lambda: events_stored.send(Event, event_ids=keys), robust=True)
            told = {"issue_ids": [issue.pk], "created_ids": []}
            transaction.on_commit(lambda: issues_changed.send(Issue, **told), robust=True)
    return len(rows)


def _facts(issue: Issue, payload: dict[str, Any]) -> EventFacts | None:
    try:
        found = facts(payload)
    except Unreadable as error:
        log.warning("an event of %s cannot be read: %s", issue, error)
        return None
    return found if found.event_id else None


def _event(issue: Issue, found: EventFacts) -> Event:
    return Event(
        issue=issue,
        project_id=issue.project_id,
        event_id=text_of(found.event_id, 32),
        date=found.date or issue.last_seen,
        title=text_of(found.title, 500),
        message=text_of(found.message, 1000),
        level=text_of(found.level, 8),
        platform=text_of(found.platform, 64),
        environment=text_of(found.environment, 64),
        release=text_of(found.release, 250),
        transaction=text_of(found.transaction, 300),
        trace_id=text_of(found.trace_id, 32),
        user_key=text_of(found.user_key, 200),
    )


def prune_issue(issue: Issue) -> int:
    """Keep first, latest and an even spread of `KEEP_EVENTS_PER_ISSUE` events, and every pinned one."""
    keys = list(
        Event.objects.filter(issue=issue, is_pinned=False).order_by("date", "id").values_list("pk", flat=True)
    )
    keep = spread(keys, settings.KEEP_EVENTS_PER_ISSUE)
    extra = set(keys) - set(keep)
    if extra:
        Event.objects.filter(pk__in=extra).delete()
    return len(extra)


def spread(keys: list[int], limit: int) -> list[int]:
    """`limit` of `keys`, first and last among them, evenly spaced between."""
    if len(keys) <= limit:
        return keys
    if limit == 1:
        return keys[-1:]
    step = (len(keys) - 1) / (limit - 1)
    return [keys[round(position * step)] for position in range(limit)]


def renew_derived(issue: Issue) -> None:
    """Tags, search words and the number of cached events, all from the events that are cached now."""
    summary = Issue.objects.filter(pk=issue.pk).values_list("summary", flat=True).first()
    own = issue_parts(issue.title, issue.culprit, issue.error_value, issue.short_id)
    parts = [*filter(None, [summary]), *own]
    tags: dict[tuple[str, str], IssueTag] = {}
    cached = 0
    stored = EventPayload.objects.filter(event__issue=issue).select_related("event").order_by("-event__date")
    for row in stored:
        cached += 1
        try:
            payload = row.unpack()
            parts.extend(search_parts(payload))
            pairs = facts(payload).tags
        except Exception as error:  # noqa: BLE001 - one damaged payload must not stop the issue
            log.warning("event %s cannot be read: %s", row.event.event_id, error)
            continue
        for key, value in pairs:
            tag = tags.setdefault(
                (text_of(key, 64), text_of(value, 200)),
                IssueTag(
                    issue=issue, key=text_of(key, 64), value=text_of(value, 200), last_seen=row.event.date
                ),
            )
            tag.count += 1
    IssueTag.objects.filter(issue=issue, total=None).exclude(key__in={key for key, _ in tags}).delete()
    upsert(IssueTag, list(tags.values()), ["issue", "key", "value"], ["count", "last_seen"])
    upsert(IssueText, [IssueText(issue=issue, body=document(parts))], ["issue"], ["body"])
    Issue.objects.filter(pk=issue.pk).update(events_cached=cached)
