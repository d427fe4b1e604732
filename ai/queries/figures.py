"""How models and templates do: questions, answers, thumbs, speed."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, Q
from django.utils import timezone

from ai.models import Explanation, ModelCall

State, Purpose = Explanation.State, ModelCall.Purpose


@dataclass(frozen=True)
class Figures:
    """Of one model and template version. Times in seconds; None where nothing was measured.

    Questions are those of people and, for summaries and described searches, each request. `errors` are
    requests to this model that brought nothing, also where another model answered then.
    """

    model: str
    template: str
    asked: int = 0
    answered: int = 0
    from_cache: int = 0
    grounded: int | None = None
    failed: int = 0
    cancelled: int = 0
    helpful: int = 0
    unhelpful: int = 0
    errors: int = 0
    first_token: float | None = None
    tokens_per_second: float | None = None

    @property
    def grounded_share(self) -> float | None:
        own = self.answered - self.from_cache
        return 100 * self.grounded / own if own > 0 and self.grounded is not None else None

    @property
    def hit_share(self) -> float:
        return 100 * self.from_cache / self.asked if self.asked else 0.0


def figures(days: int | None = 30) -> list[Figures]:
    """Per model and template version, the most used first; two queries. All time without `days`."""
    since = None if days is None else timezone.now() - timedelta(days=days)
    found = _of_questions(since)
    for call in _of_calls(since):
        key = call["model_name"], call["template_version"]
        row = found.get(key) or Figures(*key)
        if call["purpose"] != Purpose.EXPLANATION:
            row = replace(
                row,
                asked=row.asked + call["calls"],
                answered=row.answered + call["calls"] - call["errors"],
                failed=row.failed + call["errors"],
            )
        found[key] = replace(
            row,
            errors=row.errors + call["errors"],
            first_token=call["first_token"],
            tokens_per_second=call["tokens_per_second"],
        )
    return sorted(found.values(), key=lambda row: (-row.asked, row.model, row.template))


def _of_questions(since: datetime | None) -> dict[tuple[str, str], Figures]:
    rows = Explanation.objects.filter(**{} if since is None else {"created_at__gte": since})
    own = Q(answered_from=None)
    grouped = rows.values("model_name", "template_version").annotate(
        asked=Count("pk", distinct=True),
        answered=Count("pk", filter=Q(state=State.DONE), distinct=True),
        from_cache=Count("pk", filter=~own, distinct=True),
        grounded=Count("pk", filter=own & Q(is_grounded=True), distinct=True),
        failed=Count("pk", filter=Q(state=State.FAILED), distinct=True),
        cancelled=Count("pk", filter=Q(state=State.CANCELLED), distinct=True),
        helpful=Count("feedback", filter=Q(feedback__is_helpful=True), distinct=True),
        unhelpful=Count("feedback", filter=Q(feedback__is_helpful=False), distinct=True),
    )
    return {(row["model_name"], row["template_version"]): _figures(row) for row in grouped}


def _figures(row: Any) -> Figures:
    given = dict(row)
    return Figures(given.pop("model_name"), given.pop("template_version"), **given)


def _of_calls(since: datetime | None) -> list[Any]:
    calls = ModelCall.objects.filter(**{} if since is None else {"created_at__gte": since})
    return list(
        calls.values("purpose", "model_name", "template_version").annotate(
            calls=Count("pk"),
            errors=Count("pk", filter=~Q(error_code="")),
            first_token=Avg("first_token_seconds"),
            tokens_per_second=Avg("tokens_per_second"),
        )
    )
