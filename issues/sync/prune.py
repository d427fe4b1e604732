"""Retention: what the settings no longer keep is deleted, in batches, oldest first."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from dexter.jobs.models import Job
from issues.models import Comment, Event, Issue, IssueAction, SyncRun, WebhookDelivery
from issues.sync.events import renew_derived

BATCH = 1000


def prune_cache() -> dict[str, int]:
    """Delete events, issues, runs, webhooks and job rows past their days; answers how many of each.

    A pinned event stays, and so does the issue that holds one, or that Sentry has yet to hear something of.
    """
    now = timezone.now()
    old_events = Event.objects.filter(
        is_pinned=False, date__lt=now - timedelta(days=settings.KEEP_EVENTS_DAYS)
    )
    old_issues = (
        Issue.objects.filter(last_seen__lt=now - timedelta(days=settings.KEEP_ISSUES_DAYS))
        .exclude(events__is_pinned=True)
        .exclude(actions__state__in=IssueAction.OPEN)
        .exclude(comments__state__in=[*Comment.WAITING, Comment.State.FAILED])
    )
    keep_runs = now - timedelta(days=settings.KEEP_RUNS_DAYS)
    return {
        "issues": _delete(old_issues),
        "events": _delete_events(old_events),
        "runs": _delete(SyncRun.objects.filter(started_at__lt=keep_runs)),
        "deliveries": _delete(_old_deliveries(now)),
        "jobs": _delete(Job.objects.exclude(state__in=Job.ACTIVE).filter(created_at__lt=keep_runs)),
    }


def _old_deliveries(now: datetime) -> models.QuerySet[WebhookDelivery]:
    """Processed webhooks go after KEEP_WEBHOOKS_HOURS, the others stay as long as runs do."""
    done = Q(
        state=WebhookDelivery.State.DONE,
        received_at__lt=now - timedelta(hours=settings.KEEP_WEBHOOKS_HOURS),
    )
    echo = Q(is_echo=True, received_at__lt=now - timedelta(hours=settings.KEEP_WEBHOOKS_HOURS))
    rest = Q(received_at__lt=now - timedelta(days=settings.KEEP_RUNS_DAYS))
    return WebhookDelivery.objects.filter(done | echo | rest)


def _delete_events(rows: models.QuerySet[Event]) -> int:
    """As `_delete`; what is derived from an issue's events (tags, search words, their number) follows."""
    deleted = 0
    while batch := list(rows.order_by("issue_id").values_list("pk", "issue_id")[:BATCH]):
        Event.objects.filter(pk__in=[pk for pk, _ in batch]).delete()
        for issue in Issue.objects.filter(pk__in={issue_id for _, issue_id in batch}):
            renew_derived(issue)
        deleted += len(batch)
    return deleted


def _delete(rows: models.QuerySet) -> int:
    """Delete in batches of one transaction each, so that no page waits long for a lock."""
    deleted = 0
    while keys := list(rows.values_list("pk", flat=True)[:BATCH]):
        rows.model._default_manager.filter(pk__in=keys).delete()
        deleted += len(keys)
    return deleted
