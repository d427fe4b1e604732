"""Questions of people: asked within their limit, answered from the cache where it can, stopped."""

import hashlib
import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from ai.models import Description, Explanation, Feedback, LanguageModel
from ai.queries.models import chain_from
from ai.services.prompting import Prepared, prepare
from ai.services.settling import EXPLAIN
from dexter.jobs import runner
from issues.models import Event

State = Explanation.State


class NotAsked(Exception):
    """The question was not taken; `todo` says what would help."""

    def __init__(self, what: str, todo: str) -> None:
        super().__init__(what)
        self.what, self.todo = what, todo

    def __str__(self) -> str:
        return f"{self.what} {self.todo}"


class NoModel(NotAsked):
    """There is no model to ask."""

    def __init__(self) -> None:
        super().__init__(
            "No language model is connected.",
            "What Dexter finds by rules is shown instead. An administrator can add a model under Settings.",
        )


class LimitReached(NotAsked):
    """The person has asked as much as they may today."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"You have asked {limit:,} questions today, which is the limit.",
            "It is lifted at midnight UTC; the limit is AI_DAILY_LIMIT in the installation's settings.",
        )


def ask(
    *,
    event: Event,
    user: Any,
    question: str = "",
    model_id: int | None = None,
    follows: Explanation | None = None,
    retry_of: Explanation | None = None,
    left_out: tuple[str, ...] = (),
    fresh: bool = False,
    enqueue: bool = True,
) -> Explanation:
    """A new explanation of `event`, in the queue.

    What is sent is put together by the worker, as that takes a page's time; where the same was answered
    before, it takes that answer, unless `fresh`. Without `enqueue` the caller has it answered. Raises
    NotAsked, though not for somebody at the limit whose question was answered before.
    """
    question = " ".join(question.split())[: Explanation.LONGEST_QUESTION]
    chain = chain_from(model_id)
    if not chain:
        raise NoModel
    model = chain[0]
    row = Explanation(
        asked_by=user if getattr(user, "pk", None) else None,
        issue_id=event.issue_id,
        event=event,
        issue_ref=event.issue.short_id or event.issue.sentry_id,
        event_ref=event.event_id,
        question=question,
        follows=follows,
        retry_of=retry_of,
        chosen_model_id=model_id and model.pk,
        model=model,
        model_name=model.name,
        left_out=list(left_out),
    )
    try:
        check_limit(row.asked_by_id)
    except LimitReached:
        answered = None if fresh else _known(row, event, follows, model)
        if answered is None:
            raise
        row.started_at = timezone.now()
        reuse(row, answered)
        row.save()
        return row
    if not enqueue:
        row.save()
        return row
    return _enqueue(row, fresh)


def _known(
    row: Explanation, event: Event, follows: Explanation | None, model: LanguageModel
) -> Explanation | None:
    left_out = tuple(row.left_out)
    prepared = prepare(event, question=row.question, follows=follows, left_out=left_out, budget=model.budget)
    keep_prepared(row, prepared, model)
    return answer_in_cache(row)


def keep_prepared(row: Explanation, prepared: Prepared, model: LanguageModel) -> None:
    """Put on the row what will be sent, and the key under which the answer is found again."""
    row.category, row.template_version = prepared.category, prepared.template_version
    row.context_hash, row.estimated_tokens = prepared.context_hash, prepared.estimated_tokens
    row.sent = prepared.as_json()
    row.cache_key = cache_key(row, model)


def cache_key(row: Explanation, model: LanguageModel) -> str:
    """Of all that the answer depends on: event group, question, context, prompt version, model."""
    asked = [
        row.issue_id, row.question, row.context_hash, row.template_version,
        model.provider_id, model.name, model.context_size, model.answer_size, model.options,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def answer_in_cache(row: Explanation) -> Explanation | None:
    """An answer to the same question that nobody called unhelpful."""
    return (
        Explanation.objects.filter(cache_key=row.cache_key, state=State.DONE, answered_from=None)
        .exclude(feedback__is_helpful=False)
        .order_by("-pk")
        .first()
    )


REUSED = (
    "model_id", "model_name", "text", "citations", "invented", "is_grounded", "is_cut", "prompt_tokens",
    "answer_tokens", "answered_from", "state", "finished_at",
)  # fmt: skip


def reuse(row: Explanation, answered: Explanation) -> None:
    """Put an answer of the cache on the row, which is done with it: the columns REUSED, not stored yet."""
    for name in REUSED[:-3]:
        setattr(row, name, getattr(answered, name))
    row.answered_from, row.state, row.finished_at = answered, State.DONE, timezone.now()


def check_limit(user_id: int | None) -> None:
    """Raises LimitReached. Answers from the cache cost nothing and do not count."""
    limit = settings.AI_DAILY_LIMIT
    if not limit or user_id is None:
        return
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    asked = Explanation.objects.filter(asked_by_id=user_id, created_at__gte=today, answered_from=None)
    described = Description.objects.filter(asked_by_id=user_id, created_at__gte=today).exclude(job=None)
    if asked.count() + described.count() >= limit:
        raise LimitReached(limit)


def _enqueue(row: Explanation, fresh: bool) -> Explanation:
    with transaction.atomic():
        row.save()
        row.job, _ = runner.enqueue(
            EXPLAIN,
            key=f"explanation:{row.pk}",
            owner_id=row.asked_by_id,
            explanation_id=row.pk,
            fresh=fresh,
        )
        row.save(update_fields=["job"])
    return row


def cancel(row: Explanation | Description) -> None:
    """Stop the asking: one that waits at once, one that is being answered within a second."""
    if row.job is not None and row.is_open:
        runner.request_stop(row.job)


def give_feedback(row: Explanation, *, user: Any, is_helpful: bool, reason: str = "") -> Feedback:
    """What a person says of an answer; saying something else replaces it."""
    kept, _ = Feedback.objects.update_or_create(
        explanation=row, user=user, defaults={"is_helpful": is_helpful, "reason": reason.strip()[:500]}
    )
    return kept


def hit_rate(days: int = 30) -> tuple[int, int]:
    """How many questions of the last days were answered from the cache, and how many there were."""
    recent = Explanation.objects.filter(created_at__gte=timezone.now() - timedelta(days=days))
    return recent.exclude(answered_from=None).count(), recent.count()
