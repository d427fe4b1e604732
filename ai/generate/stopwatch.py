"""How fast a model answers."""

import time

from ai.llm import Piece


class Stopwatch:
    """Hears an answer from the moment the model is asked.

    `first_token` are the seconds to the first text of the answer, `tokens_per_second` what the server says,
    or what can be counted: thoughts are tokens too. None until they are known.
    """

    def __init__(self) -> None:
        self._asked_at = time.monotonic()
        self._began_at: float | None = None
        self.first_token: float | None = None
        self.tokens_per_second: float | None = None

    def hear(self, piece: Piece) -> None:
        now = time.monotonic()
        if self._began_at is None and (piece.text or piece.is_thinking):
            self._began_at = now
        if piece.forget:
            self.first_token = None
        if piece.text and self.first_token is None:
            self.first_token = now - self._asked_at
        usage = piece.usage
        if usage is None:
            return
        self.tokens_per_second = usage.tokens_per_second
        if self.tokens_per_second is None and usage.answer_tokens and self._began_at is not None:
            spent = now - self._began_at
            self.tokens_per_second = usage.answer_tokens / spent if spent > 0.05 else None
