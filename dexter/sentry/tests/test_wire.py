from datetime import datetime, timedelta, timezone

import pytest

from dexter.sentry.errors import NotJson, Unsupported
from dexter.sentry.wire import Param, Request, api_base, decode, pairs, segment

HEADERS = {
    "link": '<https://x/?cursor=0:100:0>; rel="next"; results="true"; cursor="0:100:0", '
    '<https://x/?cursor=0:0:1>; rel="previous"; results="true"; cursor="0:0:1"',
    "x-hits": "1000",
    "x-sentry-rate-limit-limit": "40",
    "x-sentry-rate-limit-remaining": "3",
    "x-sentry-rate-limit-reset": "1795212218",
    "x-sentry-deprecation-date": "2026-05-14T00:00:00+00:00",
    "x-sentry-direct-hit": "1",
    "date": "Fri, 20 Nov 2026 22:03:37 GMT",
}


def test_decode_reads_everything() -> None:
    answer = decode(200, HEADERS, b'[{"id": "1"}]')
    assert answer.payload == [{"id": "1"}]
    assert (answer.next_cursor, answer.hits) == ("0:100:0", 1000)
    assert answer.rate is not None
    assert answer.rate.remaining == 3
    assert answer.deprecation is not None
    assert answer.direct_hit
    assert answer.server_time == 1795212217.0


def test_decode_without_headers() -> None:
    answer = decode(200, {}, b"{}")
    assert (answer.payload, answer.next_cursor, answer.hits, answer.rate) == ({}, None, None, None)
    assert (answer.deprecation, answer.direct_hit, answer.server_time) == (None, False, None)


@pytest.mark.parametrize("status", [202, 204])
def test_an_empty_success_has_no_payload(status: int) -> None:
    assert decode(status, {}, b"").payload is None


def test_a_web_page_with_status_200() -> None:
    with pytest.raises(NotJson) as caught:
        decode(200, {"content-type": "text/html"}, b"<!doctype html>", request="GET x/")
    assert not caught.value.permanent
    assert caught.value.what.endswith("answers: it is a web page.")
    with pytest.raises(NotJson, match="it is not JSON"):
        decode(200, {}, b'{"cut')
    with pytest.raises(Unsupported):
        decode(200, {"content-type": "text/html"}, b"<!doctype html>", html_is_unsupported=True)


def test_json_marked_as_html_is_json() -> None:
    assert decode(200, {"content-type": "text/html"}, b"[]").payload == []


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://sentry.io", "https://sentry.io/api/0/"),
        ("https://sentry.io/", "https://sentry.io/api/0/"),
        ("https://sentry.io/api/0/", "https://sentry.io/api/0/"),
        (" http://host:9000/prefix/api/0 ", "http://host:9000/prefix/api/0/"),
        ("https://sentry.io/api/0/?x=1#y", "https://sentry.io/api/0/"),
    ],
)
def test_api_base(url: str, base: str) -> None:
    assert api_base(url) == base


def test_pairs() -> None:
    when = datetime(2026, 1, 2, 3, 4, tzinfo=timezone(timedelta(hours=2)))
    given: dict[str, Param] = {
        "a": None,
        "b": "",
        "c": [1, "x"],
        "d": True,
        "e": False,
        "f": when,
        "g": 5,
        "h": (),
    }
    assert pairs(given) == (
        ("b", ""),
        ("c", "1"),
        ("c", "x"),
        ("d", "1"),
        ("e", "0"),
        ("f", "2026-01-02T01:04:00Z"),
        ("g", "5"),
    )


def test_a_naive_date_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        pairs({"start": datetime(2026, 1, 2)})  # noqa: DTZ001


@pytest.mark.parametrize(
    ("value", "text"),
    [("acme", "acme"), (12, "12"), ("app@1.0/rc 1", "app%401.0%2Frc%201"), ("a?b#c", "a%3Fb%23c")],
)
def test_segment(value: str | int, text: str) -> None:
    assert segment(value) == text


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_a_segment_cannot_climb(value: str) -> None:
    with pytest.raises(ValueError):
        segment(value)


def test_request() -> None:
    request = Request("PUT", "organizations/acme/issues/", (("id", "1"), ("q", "a b")), {"status": "é"})
    assert request.url("https://x/api/0/") == "https://x/api/0/organizations/acme/issues/?id=1&q=a+b"
    assert request.body() == '{"status":"é"}'.encode()
    assert request.line == "PUT organizations/acme/issues/"
    assert Request("GET", "organizations/").body() is None


@pytest.mark.parametrize(
    ("path", "endpoint"),
    [
        ("organizations/acme/issues/", "GET organizations/*/issues"),
        ("organizations/acme/issues/12/events/latest/", "GET organizations/*/issues/*/events/*"),
        ("projects/acme/web/events/abc/", "GET projects/*/*/events/*"),
        ("", "GET *"),
    ],
)
def test_endpoint(path: str, endpoint: str) -> None:
    assert Request("GET", path).endpoint == endpoint
