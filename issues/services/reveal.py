"""Looking behind a mask: who may, what is found there, and the record that somebody did."""

from dataclasses import dataclass
from typing import Any

from issues.models import Event, Issue, Reveal
from issues.payload.values import Value, value_at
from issues.queries.issue import issue_values

PERMISSION = "issues.reveal_personal_data"
WHO_GRANTS = (
    "Your account may not look at masked values. Whoever administers Dexter can grant it: the permission"
    " “Can look at masked personal data of events”."
)


class Refused(Exception):
    """The person may not; the message says who can change that."""


@dataclass(frozen=True)
class Revealed:
    """The text behind a mask and its kind ("email")."""

    text: str
    kind: str


def reveal(*, user: Any, issue: Issue, event: Event | None, place: str) -> Revealed:
    """What is behind the mask at `place` (`user.email#0`, the number counting masks), and a row that says so.

    Raises Refused, LookupError when nothing is masked there, and what reading a payload raises.
    """
    if not user.has_perm(PERMISSION):
        raise Refused(WHO_GRANTS)
    found = find(issue, event, place)
    record(user=user, issue=issue, event=event, path=place, kind=found.kind)
    return found


def reveal_in(
    value: Value, place: str, *, user: Any, issue: Issue | None = None, event: Event | None = None
) -> Revealed:
    """The same for a value that another app shows; its address, and what is recorded, is its own."""
    if not user.has_perm(PERMISSION):
        raise Refused(WHO_GRANTS)
    found = behind(value, place)
    record(
        user=user,
        issue=issue,
        event=event,
        path=f"{value.address}{place[place.rfind('#') :]}",
        kind=found.kind,
    )
    return found


def record(*, user: Any, issue: Issue | None, event: Event | None, path: str, kind: str) -> None:
    """Who looked behind which mask."""
    Reveal.objects.create(
        user=user,
        event=event,
        issue=issue,
        event_ref=event.event_id if event else "",
        path=path[: Reveal._meta.get_field("path").max_length],
        kind=kind[:40],
    )


def find(issue: Issue, event: Event | None, place: str) -> Revealed:
    """What `place` names, looked up in what is stored; nothing of `place` itself comes back."""
    return behind(_value(issue, event, place.rpartition("#")[0]), place)


def behind(value: Value, place: str) -> Revealed:
    """What the mask of `value` hides whose number stands behind the `#` of `place`. Raises LookupError."""
    number = place.rpartition("#")[2]
    masked = [segment.kind for segment in value.segments if segment.is_masked]
    if not number.isascii() or not number.isdecimal() or int(number) >= len(masked):
        raise LookupError(place)
    kind = masked[int(number)]
    return Revealed(value.hidden[int(number)], kind.label if kind else "")


def _value(issue: Issue, event: Event | None, address: str) -> Value:
    of_issue = {value.address: value for value in issue_values(issue).values()}
    if address in of_issue:
        return of_issue[address]
    stored = getattr(event, "stored_payload", None)
    if stored is None:
        raise LookupError(address)
    return value_at(stored.unpack(), address)
