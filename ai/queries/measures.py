"""The figures of the models for `/metrics`; four queries, and two for the queue."""

from collections.abc import Iterator

from ai.models import Provider
from ai.queries.explanations import ASKED
from ai.queries.figures import Figures, figures
from dexter.jobs.models import Job
from dexter.web.metrics import Metric

COUNTS = {
    "asked": "Questions",
    "answered": "Questions that were answered",
    "from_cache": "Questions answered from the cache",
    "grounded": "Answers whose evidence was found in the event",
    "failed": "Questions that no model answered",
    "cancelled": "Questions that somebody stopped",
    "helpful": "Thumbs up",
    "unhelpful": "Thumbs down",
    "errors": "Requests to the model that brought no answer, also where another answered then",
}


def measures() -> Iterator[Metric]:
    """Of all explanations that are kept."""
    for row in figures(days=None):
        yield from _of(row)
    for state in (Job.State.QUEUED, Job.State.RUNNING):
        count = Job.objects.filter(kind__in=ASKED, state=state).count()
        yield Metric("dexter_ai_jobs", "Questions in the queue", count, {"state": str(state)})
    for provider in Provider.objects.filter(enabled=True).only("name", "checked_at", "error"):
        if provider.is_well is not None:
            labels = {"provider": provider.name}
            yield Metric(
                "dexter_ai_provider_up", "Whether the model server answers", provider.is_well, labels
            )


def _of(row: Figures) -> Iterator[Metric]:
    labels = {"model": row.model, "template": row.template}
    for name, words in COUNTS.items():
        yield Metric(f"dexter_ai_{name}", f"{words}, of those kept", getattr(row, name), labels)
    words = "Mean seconds to the first token"
    yield Metric("dexter_ai_first_token_seconds", words, row.first_token, labels)
    yield Metric("dexter_ai_tokens_per_second", "Mean tokens a second", row.tokens_per_second, labels)
