"""Writes an answer down as it comes: to open pages at once, to the row every second."""

import time
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from ai.generate.stopwatch import Stopwatch
from ai.generate.structured import code_of
from ai.llm import Piece, Usage
from ai.models import Explanation, LanguageModel
from ai.services.asking import REUSED, reuse
from ai.services.measuring import Purpose, note_call
from ai.services.rendering import render_answer
from ai.services.streaming import Announcer

FLUSH = 0.06  # seconds that tokens are gathered before they go out together; the first goes at once
SAVE = 1.0  # seconds between two writes of the row
RENDER = 0.5  # seconds between two renderings as HTML
State = Explanation.State
_OPEN = Explanation.OPEN
PREPARED = (
    "sent", "category", "template_version", "context_hash", "cache_key", "estimated_tokens",
)  # fmt: skip


class Recorder:
    """The pen of one explanation. `on_text` hears every piece too."""

    def __init__(self, row: Explanation, on_text: Callable[[str], None] | None = None) -> None:
        self._row = row
        self._on_text = on_text
        self._announcer = Announcer(row)
        self._watch = Stopwatch()
        self._told = 0  # characters that pages have
        self._flushed_at = self._saved_at = self._rendered_at = 0.0

    def begin(self) -> None:
        """The row is being worked on; what an attempt before wrote is gone."""
        row = self._row
        row.state, row.started_at, row.tried = State.RUNNING, timezone.now(), []
        self._clear()
        self._store("state", "started_at", "tried", "text")

    def ask(self, model: LanguageModel) -> None:
        """A model is being asked from now on."""
        self._clear()
        self._watch, self._row.is_cut = Stopwatch(), False
        self._store("model", "model_name", "text", *PREPARED)

    def prepared(self) -> None:
        """What will be sent is known."""
        self._store(*PREPARED)

    def reuse(self, answered: Explanation) -> None:
        """The same was answered before."""
        reuse(self._row, answered)
        self._store(*REUSED)
        self._announcer.end()

    def _clear(self) -> None:
        if self._told:
            self._announcer.restart()
        self._row.text, self._told = "", 0

    def take(self, piece: Piece) -> None:
        """A piece of the answer has come."""
        self._watch.hear(piece)
        if piece.usage:
            self._count(piece.usage)
        if piece.forget:
            self._clear()
        if not piece.text:
            return
        now = time.monotonic()
        self._row.first_token_seconds = self._watch.first_token
        self._row.text += piece.text
        if self._on_text:
            self._on_text(piece.text)
        if now - self._flushed_at >= FLUSH:
            self._flush(now)

    def _flush(self, now: float) -> None:
        self._announcer.text(self._told, self._row.text[self._told :])
        self._told, self._flushed_at = len(self._row.text), now
        if now - self._saved_at >= SAVE:
            self._saved_at = now
            self._store("text", "first_token_seconds")
        if now - self._rendered_at >= RENDER:
            self._rendered_at = now
            self._announcer.html(self._told, render_answer(self._row))

    def _count(self, usage: Usage) -> None:
        row = self._row
        row.prompt_tokens = usage.prompt_tokens or row.estimated_tokens
        row.answer_tokens = usage.answer_tokens
        row.is_cut = usage.is_cut
        row.tokens_per_second = self._watch.tokens_per_second

    def note_failure(self, model: LanguageModel, error: Any) -> None:
        """This model did not answer; another one may."""
        code = code_of(error)
        note_call(Purpose.EXPLANATION, model, self._row.template_version, error_code=code)
        failure = {
            "model": model.name,
            "code": code,
            "what": error.what,
            "todo": error.todo,
        }
        self._row.tried.append(failure)
        self._store("tried", "text")

    def end(self, state: str, *, code: str = "", what: str = "", todo: str = "", checked: Any = None) -> None:
        """The row is finished, unless somebody else has finished it."""
        row = self._row
        row.state, row.error_code, row.error, row.advice = state, code, what, todo
        row.finished_at = timezone.now()
        if state == State.DONE and row.model is not None:
            note_call(
                Purpose.EXPLANATION,
                row.model,
                row.template_version,
                first_token=row.first_token_seconds,
                tokens_per_second=row.tokens_per_second,
            )
        if checked is not None:
            row.citations, row.invented = checked.citations, checked.invented
            row.is_grounded = checked.is_grounded
        self._store(
            "state", "error_code", "error", "advice", "finished_at", "text", "citations", "invented",
            "is_grounded", "prompt_tokens", "answer_tokens", "first_token_seconds", "tokens_per_second",
            "is_cut",
        )  # fmt: skip
        self._announcer.end()

    def _store(self, *names: str) -> None:
        # A conditional update: what was cancelled or given up meanwhile stays so.
        columns = {name: getattr(self._row, name) for name in names}
        Explanation.objects.filter(pk=self._row.pk, state__in=_OPEN).update(**columns)
