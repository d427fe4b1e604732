"""Issues in one line, some in a run; people's questions go first."""

from collections.abc import Callable

from ai.generate.structured import ask_in_turn
from ai.llm import Cancelled
from ai.llm.errors import ContextTooSmall, EmptyAnswer, Garbage, RanOut, WrongShape
from ai.models import LanguageModel
from ai.prompts import SUMMARY_SCHEMA, one_line
from ai.queries.models import chain_from
from ai.queries.summaries import due, event_to_read, somebody_waits
from ai.services.measuring import Purpose
from ai.services.prompting import prepare_summary
from ai.services.summaries import keep_summary
from dexter.jobs.runner import Stopped
from issues.models import Issue

BUDGET = 2500  # tokens of a question
# The model answered, but not with a summary: this issue has to wait, others may do better.
_NO_SUMMARY = (EmptyAnswer, RanOut, WrongShape, Garbage, ContextTooSmall)


def write_summaries(
    most: int, *, is_cancelled: Callable[[], bool], report: Callable[[int, int], None]
) -> int:
    """Write up to `most` summaries; how many were written.

    Ends early when somebody's question waits, or when no model can be asked (LLMError, OutboundRefused).
    """
    models, issues, written = chain_from(None), due(most), 0
    if not models:
        return 0
    for number, issue in enumerate(issues):
        report(number, len(issues))
        if somebody_waits():
            break
        try:
            written += _write(issue, models, is_cancelled)
        except Cancelled as error:
            raise Stopped from error
    return written


def _write(issue: Issue, models: list[LanguageModel], is_cancelled: Callable[[], bool]) -> bool:
    event = event_to_read(issue)
    if event is None:
        return False
    prepared = prepare_summary(event, budget=min(BUDGET, models[0].budget))
    try:
        value, model = ask_in_turn(
            models,
            prepared.messages,
            SUMMARY_SCHEMA,
            is_cancelled,
            purpose=Purpose.SUMMARY,
            template_version=prepared.template_version,
        )
    except _NO_SUMMARY as error:
        keep_summary(event, prepared, model=models[-1], error=str(error))
        return False
    text = one_line(value["summary"])
    keep_summary(event, prepared, model=model, text=text, error="" if text else "It held no sentence.")
    return bool(text)
