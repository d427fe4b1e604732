"""Putting recommendations aside, and bringing them back."""

from typing import Any

from ai.models import Dismissal


class NoReason(ValueError):
    """A recommendation is only put aside with a reason."""


def dismiss(key: str, reason: str, user: Any) -> Dismissal:
    """Nobody sees the recommendation again until it is restored. Raises NoReason."""
    text = " ".join(reason.split())
    if not text:
        raise NoReason("Say why it is not worth doing: others will want to know.")
    row, _ = Dismissal.objects.update_or_create(
        key=key[:80], defaults={"reason": text[: Dismissal.LONGEST], "user": user}
    )
    return row


def restore(key: str) -> bool:
    """Whether it had been dismissed."""
    return bool(Dismissal.objects.filter(key=key).delete()[0])
