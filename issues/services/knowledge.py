"""What a team keeps: notes on how issues were fixed, and pinned events."""

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction

from issues.models import Event, Issue, Pin, ResolutionNote
from issues.signals import issues_changed

_URL = URLValidator(schemes=["http", "https"])


class Invalid(Exception):
    """A note that cannot be kept; the message says why."""


def add_resolution_note(*, issue: Issue, user: User, text: str, url: str = "") -> ResolutionNote:
    """Keep how the issue was fixed. Raises Invalid."""
    written, link = " ".join(text.split()), url.strip()
    if not written:
        raise Invalid("Say in a few words what fixed it.")
    if len(written) > 500:
        raise Invalid(f"At most 500 characters fit; these are {len(written)}. Put the rest into a comment.")
    if link:
        try:
            _URL(link)
        except ValidationError as error:
            raise Invalid("The link is no address that begins with http:// or https://.") from error
    return ResolutionNote.objects.create(issue=issue, user=user, text=written, url=link[:500])


def remove_resolution_note(note: ResolutionNote) -> None:
    note.delete()


def pin(event: Event, user: User) -> None:
    """The event stays, however old it gets, and its issue with it."""
    with transaction.atomic():
        Event.objects.filter(pk=event.pk).update(is_pinned=True)
        Pin.objects.get_or_create(event=event, defaults={"user": user})
        _tell(event)


def unpin(event: Event) -> None:
    """The event goes with the next pruning that it is due for."""
    with transaction.atomic():
        Event.objects.filter(pk=event.pk).update(is_pinned=False)
        Pin.objects.filter(event=event).delete()
        _tell(event)


def _tell(event: Event) -> None:
    told = {"issue_ids": [event.issue_id], "created_ids": []}
    transaction.on_commit(lambda: issues_changed.send(Pin, **told), robust=True)
