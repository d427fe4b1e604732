"""Background work of the deadlocks app: load, call, record."""

from deadlocks.services import reading
from dexter.celery import app


@app.task
def read_events(event_ids: list[int]) -> int:
    """Look for repeated and slow statements in events that were just stored; how many were found."""
    return reading.read_events(event_ids)


@app.task
def read_waiting_events() -> int:
    """Read the events that no task has read, or that an older version read; how many there were."""
    return reading.read_waiting()
