"""The same deadlock in a server log: what an event's report lacks may be there."""

from collections import defaultdict
from collections.abc import Sequence
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
    rows = LogReport.objects.filter(
        log__in=visible_logs(user),
        victim_pid=row.victim_pid,
        occurred_at__range=(row.occurred_at - _window(), row.occurred_at + _window()),
    ).select_related("log")
    return _same(row, rows)[:MOST]


def in_kept_logs(rows: Sequence[DeadlockReport]) -> list[LogReport | None]:
    """For each row the nearest report of a log that everybody may see; one query, none without a victim."""
    known = [row for row in rows if row.victim_pid is not None]
    if not known:
        return [None] * len(rows)
    times = [row.occurred_at for row in known]
    found = LogReport.objects.filter(
        log__kept=True,
        victim_pid__in={row.victim_pid for row in known},
        occurred_at__range=(min(times) - _window(), max(times) + _window()),
    ).order_by("pk")
    of_victim = defaultdict(list)
    for one in found:
        of_victim[one.victim_pid].append(one)
    return [next(iter(_same(row, of_victim[row.victim_pid])), None) for row in rows]


def events_of(reports: Sequence[LogReport]) -> list[DeadlockReport]:
    """Reports of events that can be the same as one of these reports of a log; one query."""
    known = [one for one in reports if one.victim_pid is not None and one.occurred_at is not None]
    if not known:
        return []
    times = [one.occurred_at for one in known if one.occurred_at]
    victims = {
        one.victim_pid for one in known if one.victim_pid and one.victim_pid < 1 << 31
    }  # as the column
    rows = DeadlockReport.objects.filter(
        victim_pid__in=victims,
        occurred_at__range=(min(times) - _window(), max(times) + _window()),
    )
    return [
        row for row in rows if any(_same(row, [one]) for one in known if one.victim_pid == row.victim_pid)
    ]


def _window() -> timedelta:
    return timedelta(seconds=settings.DEADLOCK_JOIN_SECONDS)


def _same(row: DeadlockReport, reports: Sequence[LogReport] | Any) -> list[LogReport]:
    """Of reports with the victim of `row` those of the same deadlock, the nearest first."""
    cycle = set(row.value["cycle"])

    def away(one: LogReport) -> timedelta:
        return abs(one.occurred_at - row.occurred_at)  # type: ignore[operator]

    found = [
        one for one in reports if not cycle or not one.value["cycle"] or set(one.value["cycle"]) == cycle
    ]
    return sorted((one for one in found if away(one) <= _window()), key=away)
