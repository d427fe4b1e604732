"""What can be done with an issue, and why not: the page offers no button that Sentry would refuse."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dexter.sentry.flavour import FLAVOURS
from issues.models import Issue, IssueAction
from issues.queries.open_changes import Change, changes_of, label_badges, labels_of, marks_of
from issues.queries.rows import Badge, Row

ASKED = (
    "assign", "priority", "bookmark", "seen", "subscribe", "share", "delete", "merge", "unmerge",
    "status_details", "substatus",
)  # fmt: skip
MAY_NOT_DELETE = "Deleting needs a permission that you do not have. An administrator of Dexter can give it."


def why_not(flavours: Iterable[str], user: Any) -> dict[str, str]:
    """Reasons by capability, for what none of these kinds of server can do; empty where it can be done."""
    kinds = [FLAVOURS[name] for name in set(flavours)]
    reasons = {
        name: kinds[0].why_not(name) or "" if kinds and not any(kind.can(name) for kind in kinds) else ""
        for name in ASKED
    }
    if not user.has_perm("issues.delete_issue"):
        reasons["delete"] = reasons["delete"] or MAY_NOT_DELETE
    return reasons


@dataclass(frozen=True)
class Triage:
    """What the actions of one issue show. `taken_back` is what a gone issue can still be brought back by."""

    issue: Issue
    changes: tuple[Change, ...]
    labels: tuple[Badge, ...]
    no: dict[str, str]
    share_url: str = ""

    @property
    def marks(self) -> tuple[Badge, ...]:
        return marks_of(self.changes)

    @property
    def shown_changes(self) -> tuple[Change, ...]:
        """What needs more than a badge: refused, in conflict, tried in vain, or still to be taken back."""
        return tuple(c for c in self.changes if c.has_failed or c.conflicts or c.error or self.issue.gone)


def triage_of(issue: Issue, user: Any) -> Triage:
    """Three queries; one more for a shared issue."""
    return Triage(
        issue,
        tuple(changes_of([issue.pk]).get(issue.pk, ())),
        label_badges(labels_of([issue.pk]).get(issue.pk, ())),
        why_not([issue.connection.flavour], user),
        _share_url(issue) if issue.is_public else "",
    )


def _share_url(issue: Issue) -> str:
    """The public link, as far as Dexter made it."""
    row = IssueAction.objects.filter(issue=issue, kind="share", state="done").order_by("-pk").first()
    share = (row.answer or {}).get("shareId") if row else None
    return f"{issue.connection.web_url.rstrip('/')}/share/issue/{share}/" if share else ""


def with_gone(row: Row, issue: Issue) -> tuple[Badge, ...]:
    """The badge of an issue that was deleted or merged a moment ago and still stands in the list."""
    if not issue.gone:
        return row.badges
    words = {"deleted": "Deleted", "merged": "Merged"}.get(issue.gone, "Hidden")
    return (Badge(words, "debug", "trash", issue.get_gone_display()), *row.badges)
