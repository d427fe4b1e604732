"""All that one person may know of a deadlock: what its event says, and the logs that this person may see."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from deadlocks.analyzer import Report
from deadlocks.analyzer.render import from_value
from deadlocks.joining import Joined, joined
from deadlocks.models import DeadlockReport, LogFile, LogReport
from deadlocks.queries.joined import events_of, in_logs
from deadlocks.services.reports import join

BATCH = 100


@dataclass(frozen=True)
class Known:
    """`report` is what is shown, not masked yet. `joined` says what of it came from `log`; None without one.
    `logs` are all that have the same deadlock, the nearest first.
    """

    report: Report
    logs: list[LogReport]
    joined: Joined | None = None

    @property
    def log(self) -> LogReport | None:
        return self.logs[0] if self.logs else None


def known(row: DeadlockReport, user: Any) -> Known:
    """One query. The severity is the stored one, which counts the issue's users and how often it came."""
    own, logs = from_value(row.value), in_logs(row, user)
    if not logs:
        return Known(replace(own, severity=row.severity), [])
    both = joined(own, from_value(logs[0].value))
    return Known(replace(both.report, severity=row.severity), logs, both)


def log_was_kept(log: LogFile) -> None:
    """Everybody may see this log from now on, so the events that it tells of gain what it knows."""
    for reports in _batches(log):
        join(events_of(reports))


def _batches(log: LogFile) -> Iterator[list[LogReport]]:
    rows = log.reports.exclude(victim_pid=None).exclude(occurred_at=None).order_by("position")
    first = 0
    while batch := list(rows.filter(position__gte=first)[:BATCH]):
        yield batch
        first = batch[-1].position + 1
