"""Which issues want a summary, and what is left of the day's budget."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from ai.models import Summary
from ai.prompts import SUMMARY
from ai.queries.context import readable_events
from ai.queries.explanations import ASKED
from dexter.jobs.models import Job
from issues.models import Event, Issue

NEW = timedelta(days=7)  # since it began
BUSY = 20  # events in 24 hours
LOOK = 500  # issues, the most important first, that may have one
AGAIN = timedelta(days=1)  # after a try that gave nothing


def left_today(now: datetime) -> int:
    """How many may still be written before midnight UTC."""
    begun = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return max(0, settings.AI_SUMMARIES_PER_DAY - Summary.objects.filter(made_at__gte=begun).count())


def due(limit: int) -> list[Issue]:
    """New and busy issues without a summary of the current prompt, the most important first; two queries."""
    if limit <= 0:
        return []
    now = timezone.now()
    wanted = Q(first_seen__gte=now - NEW) | Q(events_24h__gte=BUSY)
    rows = Issue.objects.filter(wanted, status=Issue.Status.UNRESOLVED, gone="", events_cached__gt=0)
    found = list(rows.order_by("-score", "-id")[:LOOK])
    fine = Q(template_version=SUMMARY.version) & (~Q(text="") | Q(made_at__gte=now - AGAIN))
    have = set(
        Summary.objects.filter(fine, issue__in=[row.pk for row in found]).values_list("issue", flat=True)
    )
    return [row for row in found if row.pk not in have][:limit]


def event_to_read(issue: Issue) -> Event | None:
    """The newest event in the cache."""
    rows = readable_events().filter(issue=issue)
    return rows.order_by("-date", "-id").first()


def somebody_waits() -> bool:
    """Whether a person's question waits for its turn."""
    return Job.objects.filter(kind__in=ASKED, state=Job.State.QUEUED).exists()
