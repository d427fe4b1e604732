"""Logs that somebody may see, and their reports page by page."""

from typing import Any

from django.db.models import Q, QuerySet

from deadlocks.analyzer import Report
from deadlocks.analyzer.render import from_value
from deadlocks.models import LogFile, LogReport

MOST_LISTED = 30
A_PAGE = 10


def visible_logs(user: Any) -> QuerySet[LogFile]:
    """One's own, and those that were kept; newest first."""
    mine_or_kept = Q(owner_id=user.pk) | Q(kept=True)
    return LogFile.objects.filter(mine_or_kept).select_related("job", "owner").order_by("-id")


def listed_logs(user: Any) -> list[LogFile]:
    return list(visible_logs(user)[:MOST_LISTED])


def rows_of(log: LogFile, first: int = 0) -> list[LogReport]:
    """A page of reports, from position `first`."""
    return list(log.reports.filter(position__gte=first).order_by("position")[:A_PAGE])


def reports_of(log: LogFile, first: int = 0) -> list[Report]:
    """The same as the analyzer's values."""
    return [from_value(row.value) for row in rows_of(log, first)]
