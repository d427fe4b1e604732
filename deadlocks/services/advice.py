"""Marking advice as followed."""

from typing import Any

from django.utils import timezone

from deadlocks.models import FollowedAdvice


def mark_done(*, pair: str, title: str, user: Any) -> None:
    """The first to say so, and when, counts."""
    FollowedAdvice.objects.get_or_create(
        pair=pair,
        title=title[:300],
        defaults={"done_by": user, "done_at": timezone.now()},
    )


def take_back(*, pair: str, title: str) -> None:
    FollowedAdvice.objects.filter(pair=pair, title=title[:300]).delete()
