"""Explanations as pages show them: those of an issue, the place in the queue, figures."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Avg, Count, Q, QuerySet
from django.utils import timezone

from ai.models import Description, Explanation, Feedback
from dexter.jobs.models import Job

State = Explanation.State
SHOWN = 20
ASKED = ("ai.tasks.explain", "ai.tasks.make_query")  # kinds of jobs that somebody waits for


def explanations() -> QuerySet[Explanation]:
    """With what every page of one needs."""
    return Explanation.objects.select_related(
        "asked_by", "model", "job", "answered_from", "follows", "issue", "event"
    ).defer("follows__sent", "follows__text", "answered_from__sent", "answered_from__text")


def of_issue(issue_id: int) -> list[Explanation]:
    """The newest first; one query."""
    return list(explanations().filter(issue_id=issue_id).order_by("-pk")[:SHOWN])


def place_in_queue(row: Explanation | Description) -> int | None:
    """How many are answered before this one, and itself; None for one that does not wait."""
    if row.state != State.QUEUED or row.job_id is None:
        return None
    waiting = Job.objects.filter(kind__in=ASKED, state=Job.State.QUEUED, pk__lte=row.job_id)
    return waiting.count()


@dataclass(frozen=True)
class Figures:
    """Of one model and template version. Times in seconds; None where nothing was measured."""

    model: str
    template: str
    asked: int
    answered: int
    from_cache: int
    grounded: int
    failed: int
    cancelled: int
    helpful: int
    unhelpful: int
    first_token: float | None
    tokens_per_second: float | None

    @property
    def grounded_share(self) -> float | None:
        own = self.answered - self.from_cache
        return 100 * self.grounded / own if own > 0 else None

    @property
    def hit_share(self) -> float:
        return 100 * self.from_cache / self.asked if self.asked else 0.0


def figures(days: int | None = 30) -> list[Figures]:
    """Per model and template version, the most used first; one query. All time without `days`."""
    rows = Explanation.objects.all()
    if days is not None:
        rows = rows.filter(created_at__gte=timezone.now() - timedelta(days=days))
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
        first_token=Avg("first_token_seconds", filter=own),
        tokens_per_second=Avg("tokens_per_second", filter=own),
    )
    return [_figures(row) for row in grouped.order_by("-asked", "model_name", "template_version")]


def _figures(row: Any) -> Figures:
    given = dict(row)
    return Figures(model=given.pop("model_name"), template=given.pop("template_version"), **given)


def feedback_on(row: Explanation) -> list[Feedback]:
    """What people said of it, the newest first; one query."""
    return list(row.feedback.select_related("user").order_by("-given_at"))
