"""Attachments of an event as Sentry lists them; their contents stay in Sentry."""

from dataclasses import dataclass
from datetime import datetime

from issues.payload.fields import first_text, integer, mappings, moment, required_array, text


@dataclass(frozen=True, slots=True)
class Attachment:
    """`size` is in bytes; `mimetype` is what the SDK said."""

    id: str | None
    name: str
    mimetype: str | None
    size: int | None
    type: str | None
    date_created: datetime | None


def read_attachments(answer: object) -> tuple[Attachment, ...]:
    """From the answer to `events/{id}/attachments/`, a list. Raises Unreadable("attachments", ...)."""
    return tuple(
        Attachment(
            id=text(given.get("id")),
            name=text(given.get("name")) or "(no name)",
            mimetype=first_text(given, "mimetype", "content_type"),
            size=integer(given.get("size")),
            type=text(given.get("type")),
            date_created=moment(given.get("dateCreated")),
        )
        for given in mappings(required_array("attachments", answer))
    )
