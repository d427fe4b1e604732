"""Reports whose event or log is gone, made again by a new version of the analyzer from what was kept."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q

from deadlocks.analyzer import VERSION, Report, analyze_log
from deadlocks.analyzer.diagnosis import diagnosed
from deadlocks.analyzer.render import from_value, to_value
from deadlocks.joining import joined
from deadlocks.models import DeadlockReport, LogReport
from deadlocks.services.reports import clean, join, pair_of

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Remade:
    """`made` were made again; `kept` could not be and stay as they were."""

    made: int
    kept: int

    @property
    def total(self) -> int:
        return self.made + self.kept


def remake_waiting(limit: int = 500) -> Remade:
    """Makes reports of another version again: those of logs, and those of events that the cache has no more.

    Of each of both at most `limit`. What cannot be made again is not tried a second time by this version.
    """
    old = ~Q(version=VERSION) & ~Q(tried=VERSION)
    of_logs = list(LogReport.objects.filter(old).order_by("pk")[:limit])
    gone = Q(event=None) | Q(event__stored_payload=None)
    of_events = list(DeadlockReport.objects.filter(old & gone).order_by("pk")[:limit])
    with transaction.atomic():
        made = _remake(of_logs) + _remake(of_events)
        LogReport.objects.bulk_update(of_logs, ["version", "tried", "value", "root_cause", "pair"])
        DeadlockReport.objects.bulk_update(of_events, ["version", "tried", "value"])
        touched = Q(log_report__in=of_logs) | Q(pk__in=[row.pk for row in of_events])
        join(list(DeadlockReport.objects.filter(touched, version=VERSION)) if made else [])
    return Remade(made, len(of_logs) + len(of_events) - made)


def _remake(rows: Iterable[Any]) -> int:
    made = 0
    for row in rows:
        row.tried = VERSION
        try:
            report = remade(from_value(row.value), row.raw)
        except (KeyError, TypeError, ValueError, AttributeError):
            log.warning(
                "%s %s is of a form that is no longer read; it stays as it is", type(row).__name__, row.pk
            )
            continue
        row.value = clean(to_value(report, timeline=True))
        row.root_cause = report.diagnosis.root_cause
        row.pair = pair_of(report)
        row.version = VERSION
        made += 1
    return made


def remade(old: Report, raw: str) -> Report:
    """A stored report, read once more where its text was kept, and diagnosed anew.

    What is not in the text (lock waits, names that stood elsewhere) stays as it was.
    """
    again = _same(old, tuple(analyze_log((raw.encode("utf-8", "replace"),))) if raw else ())
    return joined(old, again).report if again else diagnosed(old)


def _same(old: Report, found: Sequence[Report]) -> Report | None:
    return next((one for one in found if one.edges == old.edges), None)
