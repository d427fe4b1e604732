"""Repeated and slow statements of an event."""

from deadlocks.models import QueryFinding, ReadEvent
from issues.models import Event


def has_findings(event: Event | None) -> bool:
    """Whether the page of `event` has something to show; one look at an index."""
    return event is not None and QueryFinding.objects.filter(event=event).exists()


def findings_of(event: Event) -> list[QueryFinding]:
    """The findings of an event, worst first."""
    return list(QueryFinding.objects.filter(event=event).order_by("position"))


def version_of_reading(event: Event) -> str | None:
    """The version of the analyzer that read the event; None while none has."""
    return ReadEvent.objects.filter(event=event).values_list("version", flat=True).first()
