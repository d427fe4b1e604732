"""What happens when events were stored: a task is enqueued, nothing else."""

from typing import Any

from django.dispatch import receiver

from deadlocks.tasks import read_events
from issues.signals import events_stored


@receiver(events_stored)
def look_for_queries(sender: object, event_ids: list[int], **_: Any) -> None:
    read_events.delay(event_ids)
