import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from dexter.sentry.sandbox.fixtures import SandboxFactory, SandboxServer
from dexter.sentry.sandbox.ratelimit import Limiter
from dexter.sentry.sandbox.tests.pages import ISSUES

HEADERS = ("limit", "remaining", "reset", "concurrentlimit", "concurrentremaining")


def test_no_headers_without_a_limit(shared_sandbox: SandboxServer) -> None:
    with shared_sandbox.http() as client:
        assert not [name for name in client.get(ISSUES).headers if "rate-limit" in name]


@pytest.fixture
def limited(sandbox_factory: SandboxFactory) -> SandboxServer:
    return sandbox_factory(issues=5, rate_limit=10)


def test_headers_and_refusal(limited: SandboxServer) -> None:
    with limited.http() as client:
        answers = [client.get(ISSUES) for _ in range(40)]
    for name in HEADERS:
        assert f"x-sentry-rate-limit-{name}" in answers[0].headers
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    detail = "You are attempting to use this endpoint too frequently. Limit is 10 requests in 1 seconds"
    assert refused[0].json() == {"detail": detail}
    assert refused[0].headers["content-type"].startswith("text/html")
    assert "retry-after" not in refused[0].headers
    assert 0 < int(refused[0].headers["x-sentry-rate-limit-reset"]) - time.time() <= 1.1


def test_waiting_for_the_reset_helps(limited: SandboxServer) -> None:
    with limited.http() as client:
        while (answer := client.get(ISSUES)).status_code == 200:
            pass
        time.sleep(max(0.0, int(answer.headers["x-sentry-rate-limit-reset"]) - time.time()) + 0.02)
        assert client.get(ISSUES).status_code == 200


def test_older_servers_send_a_bare_string(limited: SandboxServer) -> None:
    limited.rate_limit(1, bare_string=True)
    with limited.http() as client:
        refused = [answer for answer in (client.get(ISSUES) for _ in range(8)) if answer.status_code == 429]
    assert refused[0].json().startswith("You are attempting")


def test_too_many_at_once(sandbox_factory: SandboxFactory) -> None:
    server = sandbox_factory(issues=5, rate_limit=1000, latency=150)
    server.rate_limit(1000, concurrent=2)
    server.fault("latency", ms=200)

    def ask(_: int) -> int:
        with server.http() as client:
            return client.get("organizations/").status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(ask, range(8)))
    assert set(statuses) <= {200, 429}
    assert 200 in statuses


def test_buckets_of_methods_endpoints_and_people_are_apart() -> None:
    limiter = Limiter(40)
    for _ in range(5):
        assert limiter.enter("org", "GET", "issue-get").refused is None  # type: ignore[union-attr]
    assert limiter.enter("org", "GET", "issue-get").refused is not None  # type: ignore[union-attr]
    assert limiter.enter("org", "GET", None).remaining == 39  # type: ignore[union-attr]
    assert limiter.enter("org", "PUT", None).remaining == 39  # type: ignore[union-attr]
    assert limiter.enter("user:1", "GET", "issue-get").refused is None  # type: ignore[union-attr]


def test_endpoint_limits_can_be_left_out() -> None:
    limiter = Limiter(40, endpoint_limits=False)
    assert limiter.enter("org", "GET", "issue-get").limit == 40  # type: ignore[union-attr]
