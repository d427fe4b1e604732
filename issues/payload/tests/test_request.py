import shlex
import subprocess
from typing import Any

import pytest

from issues.payload.errors import Unreadable
from issues.payload.request import Request, curl, masked_url, read_request
from issues.payload.tests.events import api_event, entry, raw_event

DATA = {
    "method": "POST",
    "url": "https://shop.example/api/carts/7/reserve",
    "query": [["channel", "web"], ["token", "abc123"], ["q", "red shoes"]],
    "fragment": "top",
    "headers": [
        ["Authorization", "Bearer abc"],
        ["Accept", "*/*"],
        ["Content-Length", "12"],
        ["X-Empty", ""],
    ],
    "cookies": [["sid", "xyz"]],
    "data": {"card": "4111 1111 1111 1111", "gift": False},
    "env": {"REMOTE_ADDR": "203.0.113.9"},
    "inferredContentType": "application/json",
    "apiTarget": "graphql",
}


def request_of(**fields: Any) -> Request:
    request = read_request(api_event(entries=[entry("request", DATA | fields)]))
    assert request
    return request


def test_a_request() -> None:
    request = request_of()
    assert (request.method, request.url) == ("POST", "https://shop.example/api/carts/7/reserve")
    assert request.query == (("channel", "web"), ("token", "abc123"), ("q", "red shoes"))
    assert (
        request.full_url
        == "https://shop.example/api/carts/7/reserve?channel=web&token=abc123&q=red+shoes#top"
    )
    assert request.header("accept") == "*/*"
    assert request.header("x-missing") is None
    assert (request.cookies, request.env) == ((("sid", "xyz"),), (("REMOTE_ADDR", "203.0.113.9"),))
    assert (request.content_type, request.target) == ("application/json", "graphql")
    assert request.body == {"card": "4111 1111 1111 1111", "gift": False}


def test_a_raw_request() -> None:
    request = read_request(raw_event())
    assert request
    assert request.full_url == "https://shop.example/?a=1"
    assert request.headers == (("Host", "shop.example"),)


@pytest.mark.parametrize(
    "entries", [[], [entry("request", None)], [entry("request", {"url": None, "headers": []})]]
)
def test_no_request(entries: Any) -> None:
    assert read_request(api_event(entries=entries)) is None


@pytest.mark.parametrize("data", [[], "x", 5])
def test_what_cannot_be_read_says_so(data: Any) -> None:
    with pytest.raises(Unreadable, match="request: expected an object"):
        read_request(api_event(entries=[entry("request", data)]))


@pytest.mark.parametrize(
    ("query", "url", "found"),
    [
        ("?a=1&b=", "http://x/", (("a", "1"), ("b", ""))),
        (None, "http://x/?a=1#f", (("a", "1"),)),
        ({"a": 1}, "http://x/", (("a", 1),)),
        ("&".join("a=1" for _ in range(1001)), "http://x/", None),
        (5, "http://x/", (("5", ""),)),
    ],
)
def test_the_query_in_all_its_forms(query: Any, url: str, found: Any) -> None:
    request = request_of(query=query, url=url)
    assert request.query == (found if found is not None else (("", query),))
    assert request.url == "http://x/"


def test_cookies_as_text() -> None:
    assert request_of(cookies="a=1; b=2=3; ;").cookies == (("a", "1"), ("b", "2=3"))


def test_curl_is_masked_unless_asked_otherwise() -> None:
    assert shlex.split(curl(request_of())) == [
        *("curl", "--globoff", "--request", "POST"),
        *("--url", "https://shop.example/api/carts/7/reserve?channel=web&token=[secret]&q=red+shoes#top"),
        *("--header", "Authorization: [secret]", "--header", "Accept: */*", "--header", "X-Empty;"),
        *("--cookie", "sid=[cookie]"),
        *("--data-raw", '{"card": "[card]", "gift": false}'),
    ]
    plain = shlex.split(curl(request_of(), masked=False))
    assert "Authorization: Bearer abc" in plain
    assert '{"card": "4111 1111 1111 1111", "gift": false}' in plain
    assert "sid=xyz" in plain


def test_curl_of_little() -> None:
    request = Request(None, None, (), None, (), (), None, None, ())
    assert curl(request) == "curl --globoff --url ''"


def test_a_form_is_sent_as_a_form() -> None:
    headers = [["Content-Type", "application/x-www-form-urlencoded"]]
    words = shlex.split(curl(request_of(headers=headers, data={"name": "x y", "password": "p"})))
    assert words[-1] == "name=x+y&password=[secret]"
    assert shlex.split(curl(request_of(headers=headers, data={"a": None}), masked=False))[-1] == "a="


NASTY = [
    "$(touch /tmp/x)",
    "`id`",
    "'; rm -rf ~ #",
    '"$HOME"',
    "a\nb",
    "a\r\nX-Evil: 1",
    "\x00",
    "-o /etc/x",
    "é\\",
    "{a,b}",
]


@pytest.mark.parametrize("text", NASTY)
def test_a_shell_runs_nothing_of_what_the_event_holds(text: str) -> None:
    request = request_of(
        method=text,
        url=text,
        headers=[["X-A", text], [text, "v"]],
        cookies=[[text, text]],
        data=text,
        query=[[text, text]],
    )
    for masked in (True, False):
        command = curl(request, masked=masked)
        words = shlex.split(command)
        echoed = subprocess.run(
            ["/bin/sh", "-c", "printf '%s\\0' " + command], capture_output=True, check=True
        ).stdout.decode()
        assert echoed.split("\0")[:-1] == words
        headers = [words[place + 1] for place, word in enumerate(words) if word == "--header"]
        assert all("\n" not in header and header.startswith(("X-A", text)) for header in headers)


def test_secrets_of_a_query_and_a_path_are_masked() -> None:
    request = request_of(
        url="https://u:p@x.example/ada@example.com/", query=[["sig", "abcdefghijklm"], ["n", None]]
    )
    assert masked_url(request) == "https://[credential]@x.example/[email]/?sig=[secret]&n=#top"


def test_a_cookie_header_is_sent_once() -> None:
    words = shlex.split(curl(request_of(headers=[["Cookie", "sid=xyz"]])))
    assert "--header" not in words
    assert "Cookie: [cookie]" in shlex.split(curl(request_of(headers=[["Cookie", "sid=xyz"]], cookies=None)))
