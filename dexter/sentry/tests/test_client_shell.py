"""Sending: headers, retry, breaker, pacing, counters, limits of size, connection errors."""

import gzip
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from dexter.sentry import errors
from dexter.sentry.breaker import Breaker
from dexter.sentry.client import Client, Exchange
from dexter.sentry.client.shell import Shell
from dexter.sentry.headers import Deprecation
from dexter.sentry.pacing import Pacer
from dexter.sentry.retry import RetryPolicy
from dexter.sentry.tests.fake_server import FakeServer, answer, html
from dexter.sentry.wire import Request

QUICK = RetryPolicy(base=0.0)
LIMITS: dict[str, Any] = {"X_Sentry_Rate_Limit_Limit": "40", "X_Sentry_Rate_Limit_Reset": "1795212218"}
DATE = "Fri, 20 Nov 2026 22:03:37 GMT"


def test_what_is_sent() -> None:
    server = FakeServer([answer([])])
    server.client().environments()
    request = server.requests[0]
    assert str(request.url) == "https://sentry.example/api/0/organizations/acme/environments/"
    assert request.headers["authorization"] == "Bearer s3cret"
    assert request.headers["accept"] == "application/json"
    assert request.extensions["timeout"] == {"connect": 10.0, "read": 30.0, "write": 30.0, "pool": 30.0}


def test_a_body_is_json() -> None:
    server = FakeServer([answer({"id": "1"})])
    server.client().update_issue(1, status="resolved")
    assert server.requests[0].headers["content-type"] == "application/json"
    assert server.bodies == [{"status": "resolved"}]


@pytest.mark.parametrize("token", ["", " ", "two words", "Bearer x", "tok\nen", "tök"])
def test_what_cannot_be_a_token(token: str) -> None:
    with pytest.raises(errors.AuthFailed):
        Client("https://sentry.example", "acme", token)


def test_a_token_is_stripped() -> None:
    server = FakeServer([answer([])])
    Client("https://sentry.example", "acme", " tok\n", transport=httpx.MockTransport(server)).environments()
    assert server.requests[0].headers["authorization"] == "Bearer tok"


def test_deprecations_are_remembered() -> None:
    server = FakeServer(
        [answer([], X_Sentry_Deprecation_Date="2026-05-14", X_Sentry_Replacement_Endpoint="/x/")]
    )
    client = server.client()
    client.environments()
    assert client.deprecations == {"GET organizations/*/environments": Deprecation("2026-05-14", "/x/")}


def test_cookies_are_not_kept() -> None:
    server = FakeServer(lambda _: answer([], Set_Cookie="session=1"))
    client = server.client()
    client.environments()
    client.environments()
    assert "cookie" not in server.requests[1].headers


def test_redirects_are_not_followed() -> None:
    server = FakeServer([httpx.Response(302, headers={"Location": "https://evil.example/"})])
    with pytest.raises(errors.Moved):
        server.client().update_issue(1, status="resolved")
    assert len(server.requests) == 1


def test_transient_failures_are_repeated() -> None:
    server = FakeServer([answer(status=502), httpx.ReadTimeout("slow"), html(), answer([{"id": "1"}])])
    client = server.client(retry=QUICK)
    assert client.environments() == [{"id": "1"}]
    assert client.counters.requests == 4


def test_an_empty_answer_is_a_failure_where_something_was_to_be_read() -> None:
    server = FakeServer([answer(), answer([{"id": "1"}])])
    assert server.client(retry=QUICK).environments() == [{"id": "1"}]


def test_it_gives_up_with_the_last_error() -> None:
    server = FakeServer(lambda _: answer({"detail": "Internal Error"}, 500))
    with pytest.raises(errors.ServerError, match="Internal Error"):
        server.client(retry=QUICK).environments()
    assert len(server.requests) == 4


def test_a_note_is_not_posted_twice_when_it_may_have_arrived() -> None:
    server = FakeServer([httpx.ReadTimeout("slow")])
    with pytest.raises(errors.Timeout) as caught:
        server.client(retry=QUICK).create_note(1, "hello")
    assert caught.value.sent
    assert len(server.requests) == 1


def test_a_note_is_posted_again_when_there_was_no_connection() -> None:
    server = FakeServer([httpx.ConnectError("refused"), answer({"id": "1"}, 201)])
    assert server.client(retry=QUICK).create_note(1, "hello") == {"id": "1"}


def test_a_write_whose_answer_is_lost_is_not_repeated() -> None:
    server = FakeServer([httpx.RemoteProtocolError("disconnected"), answer({"id": "1"})])
    with pytest.raises(errors.NetworkError) as caught:
        server.client(retry=QUICK).update_issue(1, status="resolved")
    assert caught.value.sent
    assert len(server.lines) == 1


def test_a_rate_limit_is_waited_out() -> None:
    refused = answer(
        {"detail": "too frequently"}, 429, X_Sentry_Rate_Limit_Remaining="0", Date=DATE, **LIMITS
    )
    passed = answer([], X_Sentry_Rate_Limit_Remaining="39", Date=DATE, **LIMITS)
    server = FakeServer([refused, passed])
    slept: list[float] = []
    shell = Shell(
        "https://sentry.example/api/0/",
        "t",
        transport=httpx.MockTransport(server),
        pacer=Pacer(clock=iter(range(1000)).__next__),
        breaker=Breaker(),
        retry=QUICK,
        timeout=5.0,
        html_is_unsupported=False,
        on_request=None,
        sleep=slept.append,
    )
    shell.send(Request("GET", "organizations/"), "sync")
    assert 1.0 < slept[0] < 1.3
    assert shell.counters.rate_limited == 1
    assert shell.breaker.state.failures == 0


def test_too_many_at_once_does_not_empty_the_budget() -> None:
    words = (
        "You are attempting to go above the allowed concurrency for this endpoint. Concurrency limit is 25"
    )
    server = FakeServer([answer({"detail": words}, 429), answer([])])
    slept: list[float] = []
    client = server.client(retry=QUICK)
    client._shell._sleep = slept.append
    client._shell.pacer = Pacer(clock=iter(range(0, 1000, 2)).__next__)
    client.environments()
    assert 1.0 < slept[0] < 1.3


def test_the_circuit_opens_after_five_failures_and_asks_no_more() -> None:
    server = FakeServer(lambda _: answer(status=503))
    client = server.client()
    for _ in range(5):
        with pytest.raises(errors.ServerError):
            client.environments()
    with pytest.raises(errors.CircuitOpen) as caught:
        client.environments()
    assert 59.0 < caught.value.retry_after <= 60.0
    assert len(server.requests) == 5
    assert client.breaker.state.name == "open"


def test_refusals_do_not_open_the_circuit() -> None:
    client = FakeServer(lambda _: answer({"detail": "no"}, 403)).client()
    for _ in range(6):
        with pytest.raises(errors.PermissionDenied):
            client.environments()
    assert client.breaker.state.name == "closed"


def test_other_exceptions_pass_and_leave_the_circuit_alone() -> None:
    server = FakeServer([KeyError("bug"), answer([])])
    client = server.client()
    with pytest.raises(KeyError):
        client.environments()
    assert client.environments() == []
    assert client.breaker.state.failures == 0


@pytest.mark.parametrize(
    ("failure", "kind", "sent"),
    [
        (httpx.ConnectError("refused"), errors.NetworkError, False),
        (httpx.ConnectTimeout("slow"), errors.Timeout, False),
        (httpx.PoolTimeout("busy"), errors.Timeout, False),
        (httpx.ReadTimeout(""), errors.Timeout, True),
        (httpx.ReadError("reset"), errors.NetworkError, True),
        (httpx.DecodingError("bad gzip"), errors.NetworkError, True),
    ],
)
def test_connection_errors(failure: httpx.RequestError, kind: type[errors.NetworkError], sent: bool) -> None:
    with pytest.raises(errors.NetworkError) as caught:
        FakeServer([failure]).client().environments()
    assert type(caught.value) is kind
    assert caught.value.sent is sent
    assert caught.value.detail
    assert "s3cret" not in str(caught.value)


def test_an_endless_answer_is_cut_off() -> None:
    class Endless(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            while True:
                yield b" " * 65536

    server = FakeServer([httpx.Response(200, stream=Endless())])
    client = server.client()
    client._shell._size_cap = 1_000_000
    with pytest.raises(errors.TooLarge) as caught:
        client.environments()
    assert caught.value.limit == 1_000_000
    assert caught.value.permanent


def test_a_bomb_is_measured_unpacked() -> None:
    body = gzip.compress(b"[" + b" " * 5_000_000 + b"]")
    server = FakeServer([httpx.Response(200, content=body, headers={"Content-Encoding": "gzip"})])
    client = server.client()
    client._shell._size_cap = 1_000_000
    with pytest.raises(errors.TooLarge):
        client.environments()


def test_every_attempt_is_told() -> None:
    seen: list[Exchange] = []
    server = FakeServer([httpx.ReadTimeout("slow"), answer([1])])
    client = server.client(retry=QUICK, on_request=seen.append).for_people()
    client._get("organizations/acme/environments/")
    assert [(e.status, e.size, e.lane, e.path) for e in seen] == [
        (None, 0, "person", "organizations/acme/environments/"),
        (200, 3, "person", "organizations/acme/environments/"),
    ]


def test_the_lane_for_people_shares_everything_else() -> None:
    server = FakeServer(lambda _: answer([]))
    client = server.client()
    people = client.for_people()
    people.environments()
    assert (client.lane, people.lane) == ("sync", "person")
    assert client.counters is people.counters
    assert client.counters.requests == 1
    assert people.breaker is client.breaker
    assert people.pacer is client.pacer


def test_pacer_and_breaker_can_be_shared() -> None:
    pacer, breaker = Pacer(), Breaker()
    client = FakeServer([]).client(pacer=pacer, breaker=breaker)
    assert client.pacer is pacer
    assert client.breaker is breaker


def test_threads_share_a_client() -> None:
    server = FakeServer(lambda _: answer([{"id": "1"}]))
    with server.client() as client:
        threads = [
            threading.Thread(target=lambda: [client.environments() for _ in range(50)]) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert client.counters.requests == 400
        assert client.counters.bytes == 400 * len(b'[{"id": "1"}]')


def test_without_a_transport_it_connects_by_itself() -> None:
    with (
        Client("http://127.0.0.1:9", "acme", "t", retry=RetryPolicy(attempts=1)) as client,
        pytest.raises(errors.NetworkError) as caught,
    ):
        client.environments()
    assert not caught.value.sent
