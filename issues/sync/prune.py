"""Retention: what the settings no longer keep is deleted, in batches, oldest first."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from dexter.jobs.models import Job
from issues.models import Event, Issue, SyncRun, WebhookDelivery
from issues.sync.events import renew_derived

BATCH = 1000


def prune_cache() -> dict[str, int]:
    """Delete events, issues, runs, webhooks and job rows past their days; answers how many of each.

    A pinned event stays, and so does the issue that holds one.
    """
    now = timezone.now()
    old_events = Event.objects.filter(
        is_pinned=False, date__lt=now - timedelta(days=settings.KEEP_EVENTS_DAYS)
    )
    touched = list(Issue.objects.filter(events__in=old_events).distinct()[:BATCH])
    old_issues = Issue.objects.filter(last_seen__lt=now - timedelta(days=settings.KEEP_ISSUES_DAYS)).exclude(
        events__is_pinned=True
    )
    keep_runs = now - timedelta(days=settings.KEEP_RUNS_DAYS)
    counts = {
        "events": _delete(old_events),
        "issues": _delete(old_issues),
        "runs": _delete(SyncRun.objects.filter(started_at__lt=keep_runs)),
        "deliveries": _delete(_old_deliveries(now)),
        "jobs": _delete(Job.objects.exclude(state__in=Job.ACTIVE).filter(created_at__lt=keep_runs)),
    }
    for issue in Issue.objects.filter(pk__in=[issue.pk for issue in touched]):
        renew_derived(issue)
    return counts


def _old_deliveries(now: datetime) -> models.QuerySet[WebhookDelivery]:
    """Processed webhooks go after KEEP_WEBHOOKS_HOURS, the others stay as long as runs do."""
    done = Q(
        state=WebhookDelivery.State.DONE,
        received_at__lt=now - timedelta(hours=settings.KEEP_WEBHOOKS_HOURS),
    )
    echo = Q(is_echo=True, received_at__lt=now - timedelta(hours=settings.KEEP_WEBHOOKS_HOURS))
    rest = Q(received_at__lt=now - timedelta(days=settings.KEEP_RUNS_DAYS))
    return WebhookDelivery.objects.filter(done | echo | rest)


def _delete(rows: models.QuerySet) -> int:
    """Delete in batches of one transaction each, so that no page waits long for a lock."""
    deleted = 0
    while keys := list(rows.values_list("pk", flat=True)[:BATCH]):
        rows.model._default_manager.filter(pk__in=keys).delete()
        deleted += len(keys)
    return deleted
