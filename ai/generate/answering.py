"""One explanation from its row to its end: the models in turn, the answer as it comes, its check."""

import logging
import time
from collections.abc import Callable

from django.db import close_old_connections

from ai.generate.question import kept_messages, question_for
from ai.generate.recorder import Recorder
from ai.generate.structured import code_of
from ai.llm import Cancelled, LLMError
from ai.llm.errors import ContextTooSmall, EmptyAnswer, Loading, RanOut
from ai.models import Explanation, LanguageModel
from ai.queries.models import chain_from
from ai.services.asking import answer_in_cache, keep_prepared
from ai.services.prompting import check_answer, prepare
from ai.services.providers import OutboundRefused, client_of
from dexter.jobs.models import Job
from dexter.jobs.runner import Stopped

log = logging.getLogger(__name__)

LOOK_EVERY = 0.25  # seconds between two looks in the database whether somebody asked to stop
LOADING_PAUSE, LOADING_TRIES = 3.0, 20
State = Explanation.State
OnText = Callable[[str], None]


def answer(
    explanation_id: int, job_id: int, on_text: OnText | None = None, *, fresh: bool = False
) -> Explanation:
    """Have the row answered. It ends as done, failed or cancelled; raises Stopped when somebody asked for it.

    The same question that was answered before gets that answer, unless `fresh`. `on_text` hears every piece,
    for a command that prints them.
    """
    row = Explanation.objects.select_related("event__issue", "event__stored_payload", "follows").get(
        pk=explanation_id
    )
    if not row.is_open:
        return row
    recorder = Recorder(row, on_text)
    recorder.begin()
    try:
        if fresh or not _answered_before(row, recorder):
            _ask_in_turn(row, recorder, Stop(job_id))
    except Cancelled as error:
        recorder.end(State.CANCELLED)
        raise Stopped from error
    except Exception:
        recorder.end(
            State.FAILED, what="An error in Dexter, which is in the worker's log.", todo="Ask again."
        )
        raise
    return row


class Stop:
    """Whether somebody asked the job to stop; asks the database a few times a second."""

    def __init__(self, job_id: int) -> None:
        self._job_id = job_id
        self._looked_at = 0.0
        self._asked = False

    def __call__(self) -> bool:
        now = time.monotonic()
        if not self._asked and now - self._looked_at >= LOOK_EVERY:
            self._looked_at = now
            self._asked = Job.objects.filter(pk=self._job_id, stop_requested=True).exists()
        return self._asked


def _answered_before(row: Explanation, recorder: Recorder) -> bool:
    """Whether the cache had it: the first model was asked the same, and the row has that answer now."""
    models = chain_from(row.chosen_model_id)
    if not models or row.event is None:
        return False
    _fit(row, models[0], models[0].budget)
    recorder.prepared()
    answered = answer_in_cache(row)
    if answered is not None:
        recorder.reuse(answered)
    return answered is not None


def _ask_in_turn(row: Explanation, recorder: Recorder, stop: Stop) -> None:
    """The chosen model, then those that may stand in for it, until one answers."""
    error: LLMError | OutboundRefused | None = None
    if row.event is None and not row.sent:
        recorder.end(State.FAILED, what="The event is no longer in the cache.", todo="Ask about a newer one.")
        return
    for model in chain_from(row.chosen_model_id):
        if stop():
            raise Cancelled
        try:
            _ask(row, model, recorder, stop)
        except (LLMError, OutboundRefused) as failed:
            error = failed
            log.warning("explanation %s: %s: %s", row.pk, model, failed)
            recorder.note_failure(model, failed)
            continue
        recorder.end(State.DONE, checked=check_answer(row.text, row.sent))
        return
    what = error.what if error else "There is no language model any more."
    todo = error.todo if error else "Connect one under Settings."
    recorder.end(State.FAILED, code=code_of(error) if error else "refused", what=what, todo=todo)


def _ask(row: Explanation, model: LanguageModel, recorder: Recorder, stop: Stop) -> None:
    """One model, with a smaller question when its context turns out smaller, and patience while it loads."""
    _fit(row, model, model.budget)
    for _ in range(LOADING_TRIES):
        try:
            return _stream(row, model, recorder, stop)
        except ContextTooSmall as error:
            smaller = (error.limit or 0) - model.answer_size
            if not 256 <= smaller < (row.estimated_tokens or 0):
                raise
            _fit(row, model, smaller)
        except Loading:
            _pause(stop)
    raise Loading


def _fit(row: Explanation, model: LanguageModel, budget: int) -> None:
    """Make the question anew when it was made for another model's room."""
    is_same = row.sent and row.model_id == model.pk and (row.estimated_tokens or 0) <= budget
    row.model, row.model_name = model, model.name
    if is_same or row.event is None:
        return
    prepared = prepare(
        row.event, question=row.question, follows=row.follows, left_out=tuple(row.left_out), budget=budget
    )
    keep_prepared(row, prepared, model)


def _pause(stop: Stop) -> None:
    until = time.monotonic() + LOADING_PAUSE
    while time.monotonic() < until:
        if stop():
            raise Cancelled
        time.sleep(0.1)


def _stream(row: Explanation, model: LanguageModel, recorder: Recorder, stop: Stop) -> None:
    question = question_for(model, kept_messages(row.sent))
    client = client_of(model.provider)
    recorder.ask(model)
    # A model can be silent for minutes, in which nothing of the database is held.
    close_old_connections()
    for piece in client.chat(question, is_cancelled=stop):
        recorder.take(piece)
    if not row.text.strip():
        raise RanOut if row.is_cut else EmptyAnswer
