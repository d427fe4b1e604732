"""Summaries kept: the row with what was asked, and the text on the issue."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from ai.models import LanguageModel, Summary
from ai.prompts import SUMMARY
from ai.services.prompting import Prepared
from issues.models import Event
from issues.services.summaries import forget_summaries
from issues.services.summaries import keep_summary as show_on_issue

PRUNED = 1000  # in one go


def keep_summary(
    event: Event, prepared: Prepared, *, model: LanguageModel, text: str = "", error: str = ""
) -> Summary:
    """A try is over: with `text`, or with the `error` for which there is none. An older text stays then."""
    tried: dict[str, Any] = {
        "event": event, "model": model, "model_name": model.name, "template_version": SUMMARY.version,
        "context_hash": prepared.context_hash, "sent": {"messages": prepared.as_json()["messages"]},
        "text": text, "error": error, "made_at": timezone.now(),
    }  # fmt: skip
    with transaction.atomic():
        row, _ = Summary.objects.update_or_create(issue_id=event.issue_id, defaults=tried)
        if text:
            show_on_issue(event.issue_id, text)
    return row


def prune_summaries(before: datetime) -> int:
    """Forget summaries that are older, on the issues too; how many."""
    old = dict(Summary.objects.filter(made_at__lt=before).values_list("pk", "issue")[:PRUNED])
    with transaction.atomic():
        forget_summaries(old.values())
        Summary.objects.filter(pk__in=old).delete()
    return len(old)
