"""Which attachments an event has, as Sentry lists them. Asked for when somebody looks, never in advance."""

from dexter.sentry.client import Client
from issues.models import Event, EventPayload


def sync_attachments(event: Event, client: Client) -> int:
    """Read and store the list; answers how many there are. Raises SentryError."""
    rows = client.attachments(event.project.slug, event.event_id).rows
    EventPayload.objects.filter(event=event).update(attachments=rows)
    return len(rows)
