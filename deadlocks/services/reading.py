"""Reading stored events for deadlocks, and for repeated and slow statements."""

import logging
from collections.abc import Iterable, Sequence
from typing import Any
from zlib import error as ZlibError  # noqa: N812 - an exception's name

from django.db import transaction
from django.db.models import Q

from deadlocks import analyzer, performance
from deadlocks.models import QueryFinding, ReadEvent
from deadlocks.services import findings, reports
from issues.models import Event, EventPayload

log = logging.getLogger(__name__)

AT_ONCE = 100  # payloads in memory
MOST_FINDINGS = 20  # of one event
LONGEST_STATEMENT = 10_000
#: What is stored of a reading: 2 keeps a report's text as it stood, 3 marks issues for their statements.
STORED = "3"
#: Versions of what reads an event: a new one of any has all events read again.
VERSION = f"{performance.VERSION}/{analyzer.VERSION}/{STORED}"


def read_events(event_ids: Sequence[int]) -> int:
    """Reads these events (primary keys) and stores what is found; answers how many reports and findings.

    What was found in them before is replaced. An event without a payload is left out.
    """
    found = 0
    for start in range(0, len(event_ids), AT_ONCE):
        found += _read(event_ids[start : start + AT_ONCE])
    return found


def read_waiting(limit: int = 1000) -> int:
    """Reads events that no task has read, or that another version read; answers how many there were.

    Brings in what a lost message, a new version or an older installation left.
    """
    current = Q(event__read_for_queries__version=VERSION)
    waiting = EventPayload.objects.exclude(current).order_by("-event_id").values_list("event_id", flat=True)
    ids = list(waiting[:limit])
    read_events(ids)
    findings.unmark_pruned()
    return len(ids)


def _read(event_ids: Iterable[int]) -> int:
    payloads = (
        EventPayload.objects.filter(event_id__in=event_ids)
        .select_related("event")
        .only("data", "event__event_id", "event__issue", "event__date")
    )
    rows: list[QueryFinding] = []
    read: list[ReadEvent] = []
    deadlocks: list[tuple[Event, list[reports.Found]]] = []
    for payload in payloads:
        event = _unpacked(payload)
        rows += _findings_of(payload.event_id, event)
        deadlocks.append((payload.event, reports.found_in(event)))
        read.append(ReadEvent(event_id=payload.event_id, version=VERSION))
    with transaction.atomic():
        findings.store([row.event_id for row in read], rows)
        ReadEvent.objects.bulk_create(
            read, update_conflicts=True, unique_fields=["event"], update_fields=["version", "read_at"]
        )
        return len(rows) + reports.store(deadlocks)


def _unpacked(payload: EventPayload) -> dict[str, Any]:
    try:
        return payload.unpack()
    except (ZlibError, ValueError):
        log.warning("the payload of event %s is damaged; it has no findings", payload.event_id)
        return {}


def _findings_of(event_id: int, event: dict[str, Any]) -> list[QueryFinding]:
    return [
        QueryFinding(
            event_id=event_id,
            position=position,
            kind=found.kind,
            statement=found.statement[:LONGEST_STATEMENT].replace("\0", ""),
            count=found.count,
            milliseconds=found.milliseconds,
            frames=[[frame.filename, frame.lineno, frame.function] for frame in found.frames],
            tables=list(found.tables),
            version=performance.VERSION,
        )
        for position, found in enumerate(performance.findings(event)[:MOST_FINDINGS])
    ]
