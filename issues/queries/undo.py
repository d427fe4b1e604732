"""What a person did last, and what belongs to it."""

from typing import Any
from uuid import UUID

from issues.models import IssueAction

State = IssueAction.State
OVER = (State.WITHDRAWN, State.UNCHANGED, State.REFUSED)


def rows_of_batch(batch: str) -> list[IssueAction]:
    """The rows of one act, oldest first; none for what is no batch."""
    try:
        key = UUID(batch)
    except ValueError:
        return []
    return list(_with_related().filter(batch=key))


def last_batch(user: Any) -> list[IssueAction]:
    """What the person did last and nobody took back yet; no undo itself."""
    mine = IssueAction.objects.filter(user=user, undoes=None, undone_by=None).exclude(state__in=OVER)
    last = mine.order_by("-pk").first()
    if last is None:
        return []
    return rows_of_batch(str(last.batch)) if last.batch else list(_with_related().filter(pk=last.pk))


def _with_related() -> Any:
    return IssueAction.objects.select_related("issue__connection", "bulk").order_by("pk")
