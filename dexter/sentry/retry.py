"""Which failed requests are made again, and after how long.

| error | GET | writes |
|---|---|---|
| RateLimited | yes, after the reset | yes: it was refused before anything was done |
| NetworkError, Timeout, not sent (no connection) | yes | yes: nothing reached the server |
| NetworkError, Timeout, sent | yes | no: it may have been done |
| ServerError, NotJson | yes | no: it may have been done |
| Gone410, CircuitOpen, anything permanent | no | no |

A write that may have been done is for the caller to look up: repeating it could undo what came after it.
"""

from __future__ import annotations

from dataclasses import dataclass

from dexter.sentry.errors import NetworkError, NotJson, RateLimited, SentryError, ServerError


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """`attempts` in all; the n-th pause is a random part of `base * 2**(n-1)` seconds, at most `cap` (full
    jitter).

    Rate limits have attempts of their own (`rate_limited`), as waiting for a reset is no sign of a fault; one
    that lasts longer than `patience` seconds is for the caller to show and to come back after.
    """

    attempts: int = 4
    base: float = 0.5
    cap: float = 20.0
    rate_limited: int = 8
    patience: float = 30.0

    def delay(self, attempt: int, error: SentryError, *, idempotent: bool, random: float) -> float | None:
        """Seconds to wait before the next attempt, or None to give up.

        `attempt` counts from 1 the attempts that ended in this kind of error; `random` is in [0, 1).
        """
        if isinstance(error, RateLimited):
            patient = attempt < self.rate_limited and error.retry_after <= self.patience
            return error.retry_after + 0.05 + 0.2 * random if patient else None
        if attempt >= self.attempts or not self.may_repeat(error, idempotent=idempotent):
            return None
        return min(self.cap, self.base * 2.0 ** (attempt - 1)) * random

    @staticmethod
    def may_repeat(error: SentryError, *, idempotent: bool) -> bool:
        if isinstance(error, NetworkError):
            return idempotent or not error.sent
        return isinstance(error, ServerError | NotJson) and idempotent


NO_RETRY = RetryPolicy(attempts=1, rate_limited=1)
