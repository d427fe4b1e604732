"""The same deadlock in a server log: what an event's report lacks may be there."""

from datetime import timedelta
from typing import Any

from django.conf import settings

from deadlocks.models import DeadlockReport, LogReport
from deadlocks.queries.logs import visible_logs

MOST = 5


def in_logs(row: DeadlockReport, user: Any) -> list[LogReport]:
    """Reports of logs that `user` may see, with the victim of `row` and within the time of a setting.

    Where both know the processes of the cycle, these are equal too: servers use a pid again. Nearest first.
    """
    if row.victim_pid is None:
        return []
    window = timedelta(seconds=settings.DEADLOCK_JOIN_SECONDS)
    rows = LogReport.objects.filter(
        log__in=visible_logs(user),
        victim_pid=row.victim_pid,
        occurred_at__range=(row.occurred_at - window, row.occurred_at + window),
    ).select_related("log")
    cycle = set(row.value["cycle"])
    found = [one for one in rows if not cycle or not one.value["cycle"] or set(one.value["cycle"]) == cycle]
    return sorted(found, key=lambda one: abs(one.occurred_at - row.occurred_at))[:MOST]  # type: ignore[operator]
