import pytest

from dexter.sentry.errors import (
    CircuitOpen,
    Gone410,
    NetworkError,
    NotFound,
    NotJson,
    RateLimited,
    SentryError,
    ServerError,
    Timeout,
)
from dexter.sentry.retry import NO_RETRY, RetryPolicy

POLICY = RetryPolicy()


@pytest.mark.parametrize(
    ("error", "reads", "notes"),
    [
        (RateLimited(), True, True),
        (ServerError(status=503), True, False),
        (NotJson(), True, False),
        (NetworkError(sent=True), True, False),
        (Timeout(sent=True), True, False),
        (NetworkError(sent=False), True, True),
        (Timeout(sent=False), True, True),
        (Gone410(), False, False),
        (CircuitOpen(), False, False),
        (NotFound(), False, False),
    ],
)
def test_what_is_repeated(error: SentryError, reads: bool, notes: bool) -> None:
    assert (POLICY.delay(1, error, idempotent=True, random=0.5) is not None) is reads
    assert (POLICY.delay(1, error, idempotent=False, random=0.5) is not None) is notes


def test_pauses_grow_up_to_the_cap_and_are_a_random_part() -> None:
    policy = RetryPolicy(attempts=20, base=0.5, cap=20.0)
    error = ServerError()
    pauses = [policy.delay(n, error, idempotent=True, random=1.0) for n in range(1, 8)]
    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 20.0]
    assert policy.delay(3, error, idempotent=True, random=0.0) == 0.0
    assert policy.delay(3, error, idempotent=True, random=0.25) == 0.5


def test_it_gives_up() -> None:
    assert POLICY.delay(3, ServerError(), idempotent=True, random=0.5) is not None
    assert POLICY.delay(4, ServerError(), idempotent=True, random=0.5) is None
    assert POLICY.delay(8, RateLimited(), idempotent=True, random=0.5) is None
    assert POLICY.delay(1, RateLimited(retry_after=31.0), idempotent=True, random=0.5) is None
    assert NO_RETRY.delay(1, RateLimited(), idempotent=True, random=0.5) is None


def test_a_rate_limit_is_waited_out_in_full() -> None:
    for chance in (0.0, 0.99):
        delay = POLICY.delay(1, RateLimited(retry_after=3.0), idempotent=False, random=chance)
        assert delay is not None
        assert 3.0 < delay < 3.3
