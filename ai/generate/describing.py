"""A described search, from its row to its end."""

from collections.abc import Callable

from ai.generate.question import kept_messages
from ai.generate.structured import ask_in_turn
from ai.llm import Cancelled, LLMError
from ai.models import Description
from ai.prompts.describing import SCHEMA
from ai.queries.models import chain_from
from ai.services import describing
from ai.services.measuring import Purpose
from ai.services.providers import OutboundRefused
from dexter.jobs.runner import Stopped


def make_query(description_id: int, is_cancelled: Callable[[], bool]) -> None:
    """Have a model make the query; rules do where none can. Raises Stopped when somebody asked for it."""
    row = Description.objects.select_related("asked_by").get(pk=description_id)
    if not describing.begin(row):
        return None
    models = chain_from(row.chosen_model_id)
    if not models:
        return describing.keep_rules(row, "There is no language model any more.")
    try:
        answer, model = ask_in_turn(
            models,
            kept_messages(row.sent),
            SCHEMA,
            is_cancelled,
            purpose=Purpose.SEARCH,
            template_version=row.template_version,
        )
    except Cancelled as error:
        raise Stopped from error
    except (LLMError, OutboundRefused) as error:
        return describing.keep_rules(row, f"No model made a query of it. {error.what}")
    describing.keep_answer(row, answer, model.name)
    return None
