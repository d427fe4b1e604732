"""Issues in one line, as a model wrote them: kept on the issue for the lists, and found by free text."""

from collections.abc import Iterable

from django.db import transaction

from issues.models import Issue, IssueText
from issues.search.words import SEPARATOR, document
from issues.signals import issues_changed

LONGEST = 300  # characters


def keep_summary(issue_id: int, text: str) -> None:
    """Show `text`, which holds nothing personal, as the issue's summary; "" takes it away."""
    text = text[:LONGEST]
    with transaction.atomic():
        rows = Issue.objects.select_for_update().filter(pk=issue_id)
        found = rows.values_list("summary", flat=True).first()
        if found is None or found == text:
            return
        Issue.objects.filter(pk=issue_id).update(summary=text)
        for row in IssueText.objects.select_for_update().filter(pk=issue_id):
            row.body = _begun(text) + row.body.removeprefix(_begun(found))
            row.save(update_fields=["body"])
        told = {"issue_ids": [issue_id], "created_ids": []}
        transaction.on_commit(lambda: issues_changed.send(Issue, **told), robust=True)


def forget_summaries(issue_ids: Iterable[int]) -> None:
    for issue_id in issue_ids:
        keep_summary(issue_id, "")


def _begun(summary: str) -> str:
    """How the words of an issue begin that has this summary; issues.sync.events writes them alike."""
    words = document([summary])
    return f"{words} {SEPARATOR} " if words else ""
