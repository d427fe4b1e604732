"""Descriptions of searches: given to a model, made by rules where none can."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from ai.models import Description
from ai.prompts.describing import DESCRIBE, messages_for, read_query
from ai.prompts.searching import NotTranslated, checked_words, translate
from ai.queries.context import members_in
from ai.queries.models import chain_from
from ai.services.asking import NoModel, check_limit
from ai.services.settling import DESCRIBE as KIND
from dexter.jobs import runner
from issues.queries.compile import compile_query
from issues.queries.conditions.context import Context
from issues.search import SearchError, parse

State, By = Description.State, Description.By


def describe(words: str, *, user: Any, model_id: int | None = None) -> Description:
    """A description in the queue; done already when a model made a query of the same words before.

    Raises NotAsked, and NotTranslated for words that are none or too many.
    """
    words = checked_words(words)
    chain = chain_from(model_id)
    if not chain:
        raise NoModel
    row = Description(
        asked_by=user,
        words=words,
        chosen_model_id=model_id and chain[0].pk,
        model_name=chain[0].name,
        template_version=DESCRIBE.version,
        sent={
            "messages": [
                {"role": role, "content": text} for role, text in messages_for(words, members_in(words))
            ]
        },
    )
    known = Description.objects.filter(
        words=words, model_name=row.model_name, template_version=row.template_version, by=By.MODEL
    ).last()
    if known:
        row.query, row.said, row.by, row.state = known.query, known.said, By.MODEL, State.DONE
        row.finished_at = timezone.now()
        row.save()
        return row
    check_limit(user.pk)
    with transaction.atomic():
        row.save()
        row.job, _ = runner.enqueue(
            KIND, key=f"description:{row.pk}", owner_id=user.pk, description_id=row.pk
        )
        row.save(update_fields=["job"])
    return row


def begin(row: Description) -> bool:
    """Whether the row is still to be worked on."""
    return bool(Description.objects.filter(pk=row.pk, state__in=Description.OPEN).update(state=State.RUNNING))


def keep_answer(row: Description, answer: dict[str, Any], model_name: str) -> None:
    """A model answered: its query, when the cache can answer it, else that of the rules."""
    try:
        query, said = read_query(answer, row.words, members_in(row.words))
        compile_query(parse(query), Context(timezone.now(), row.asked_by))
    except (NotTranslated, SearchError) as error:
        what = str(error) if isinstance(error, NotTranslated) else f"{error.message}."
        keep_rules(row, f"{model_name} made a query that Dexter cannot run. {what}", model_name)
        return
    _end(row, state=State.DONE, by=By.MODEL, query=query, said=said, model_name=model_name)


def keep_rules(row: Description, why: str, model_name: str = "") -> None:
    """No model made a query: rules do, and the row says why."""
    named = {"model_name": model_name} if model_name else {}
    try:
        query = translate(row.words).query
    except NotTranslated as error:
        _end(row, state=State.FAILED, note=f"{why} {error}", **named)
        return
    _end(row, state=State.DONE, by=By.RULES, query=query, note=why, **named)


def _end(row: Description, **columns: Any) -> None:
    # Conditional: what was cancelled or given up meanwhile stays so.
    rows = Description.objects.filter(pk=row.pk, state__in=Description.OPEN)
    rows.update(**columns, finished_at=timezone.now())
