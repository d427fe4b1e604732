"""Labels of issues: put on and taken off. They stay in Dexter."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from issues.models import Issue, IssueLabel, Label
from issues.services.triage import Refused
from issues.signals import issues_changed

LONGEST = 40


def put_label(issue_ids: Sequence[int], name: str, *, user: Any, tone: str = "") -> int:
    """Put the label on the issues, making it if it is new; answers how many did not have it.

    Raises Refused for a name that is empty or longer than LONGEST.
    """
    wanted = " ".join(name.split())
    if not 1 <= len(wanted) <= LONGEST:
        raise Refused(f"A label has a name of 1 to {LONGEST} characters.")
    with transaction.atomic():
        label = Label.objects.filter(name__iexact=wanted).first() or Label.objects.create(
            name=wanted, tone=tone if tone in Label.Tone else Label.Tone.DEBUG
        )
        known = set(
            IssueLabel.objects.filter(label=label, issue__in=issue_ids).values_list("issue", flat=True)
        )
        new = list(Issue.objects.filter(pk__in=set(issue_ids) - known).values_list("pk", flat=True))
        IssueLabel.objects.bulk_create(
            [IssueLabel(issue_id=pk, label=label, user=user) for pk in new], ignore_conflicts=True
        )
        _tell(new)
    return len(new)


def take_label(issue_ids: Sequence[int], name: str) -> int:
    """Take the label off the issues; answers how many had it. A label that is on no issue any more goes."""
    with transaction.atomic():
        found = IssueLabel.objects.filter(label__name__iexact=name, issue__in=issue_ids)
        keys = list(found.values_list("issue", flat=True))
        found.delete()
        Label.objects.filter(name__iexact=name, issues=None).delete()
        _tell(keys)
    return len(keys)


def _tell(issue_ids: list[int]) -> None:
    told: dict[str, Any] = {"issue_ids": issue_ids, "created_ids": []}
    if issue_ids:
        transaction.on_commit(lambda: issues_changed.send(IssueLabel, **told), robust=True)
