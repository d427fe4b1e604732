"""What storing an issue changed, so that open pages hear of real changes only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from issues.models import Issue
from issues.signals import issues_changed

# Columns of which pages show a change at once; those of STATE are what Sentry sends webhooks for.
STATE = ("status", "assignee_id", "assignee_team_id")
SHOWN = (
    *STATE,
    "substatus",
    "priority",
    "gone",
    "title",
    "count",
    "user_count",
    "last_seen",
    "comment_count",
)


@dataclass(frozen=True, slots=True)
class Known:
    """A stored issue before it is stored again: its key and series, and SHOWN in that order."""

    pk: int
    stats: tuple[Any, Any]
    shown: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Differences:
    """Primary keys of the issues that are new, that show something else, and that changed their state."""

    created: tuple[int, ...]
    changed: tuple[int, ...]
    state: int


def differences(issues: Iterable[Any], known: Mapping[str, Known]) -> Differences:
    """Of issues, or rows like them, as they were stored, against what was `known` of them by Sentry id."""
    created, changed, state = [], [], 0
    for issue in issues:
        before = known.get(issue.sentry_id)
        if before is None:
            created.append(issue.pk)
            continue
        after = tuple(getattr(issue, name) for name in SHOWN)
        if after != before.shown:
            changed.append(issue.pk)
            state += after[: len(STATE)] != before.shown[: len(STATE)]
    return Differences(tuple(created), tuple(changed), state)


def announce(found: Differences) -> None:
    """Send `issues_changed` on commit, if there is anything to tell."""
    ids = [*found.created, *found.changed]
    if ids:
        transaction.on_commit(
            lambda: issues_changed.send(Issue, issue_ids=ids, created_ids=list(found.created)), robust=True
        )
