"""Where Dexter may connect to."""

import ipaddress
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest

from dexter.outbound import (
    GuardedURL,
    HostUnknown,
    OutboundRefused,
    PinnedTransport,
    guard,
    is_public,
    transport_for,
)
from dexter.outbound import resolve as real_resolve

PUBLIC = "93.184.215.14"


class Names:
    """A resolver with a few names, which counts how often it is asked."""

    def __init__(self, **names: list[str]) -> None:
        self.names = {name.replace("_", "."): found for name, found in names.items()}
        self.asked = 0

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked += 1
        if host not in self.names:
            raise OSError(-2, "Name or service not known")
        return self.names[host]


NAMES = Names(
    sentry_example=[PUBLIC],
    inside_example=["10.1.2.3"],
    mixed_example=[PUBLIC, "127.0.0.1"],
    empty_example=[],
)


def test_a_public_host() -> None:
    found = guard("https://sentry.example/api/0/", resolve=NAMES)
    assert found == GuardedURL("https://sentry.example/api/0/", "https", "sentry.example", 443, (PUBLIC,))
    assert guard("http://sentry.example:9000", resolve=NAMES).port == 9000


@pytest.mark.parametrize(
    "url",
    [
        "http://inside.example/",
        "https://mixed.example/",
        "https://empty.example/",
        "https://unknown.example/",
        "ftp://sentry.example/",
        "file:///etc/passwd",
        "sentry.example",
        "",
        "https://",
        "https://user:pw@sentry.example/",
        "https://@sentry.example/",
        "https://sentry.example:99999/",
        "https://[::1",
        "https://sentry.example:port/",
        "https://sent\x00ry.example/",
    ],
)
def test_refused(url: str) -> None:
    with pytest.raises(OutboundRefused) as caught:
        guard(url, resolve=NAMES)
    assert caught.value.what.endswith(".")
    assert caught.value.todo.endswith(".")
    assert caught.value.did == "Dexter did not connect."
    assert caught.value.todo in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
    ],
)
def test_every_spelling_of_loopback_is_refused(url: str) -> None:
    with pytest.raises(OutboundRefused):
        guard(url)


@pytest.mark.parametrize(
    "allow",
    [["inside.example"], ["INSIDE.example."], ["inside.example:80"], ["10.0.0.0/8"], ["x", "10.1.2.3"]],
)
def test_allowed(allow: list[str]) -> None:
    assert guard("http://inside.example/", allow, resolve=NAMES).addresses == ("10.1.2.3",)


@pytest.mark.parametrize("allow", [["inside.example:81"], ["side.example"], ["192.168.0.0/16"], [""]])
def test_allowed_is_something_else(allow: list[str]) -> None:
    with pytest.raises(OutboundRefused, match="OUTBOUND_ALLOW"):
        guard("http://inside.example/", allow, resolve=NAMES)


def test_one_inner_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(OutboundRefused, match=r"127\.0\.0\.1"):
        guard("https://mixed.example/", ["10.0.0.0/8"], resolve=NAMES)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        (PUBLIC, True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("10.0.0.1", False),
        ("100.64.0.1", False),
        ("127.8.8.8", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),
        ("224.0.0.251", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        (f"::ffff:{PUBLIC}", True),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::5db8:d70e", True),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False),
    ],
)
def test_what_is_public(address: str, public: bool) -> None:
    assert is_public(ipaddress.ip_address(address)) is public


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = self.headers["Host"].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def port() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_the_connection_goes_to_the_checked_address_under_its_name(port: int) -> None:
    names = Names(app_example=["127.0.0.1"])
    url = f"http://app.example:{port}/"
    with httpx.Client(transport=transport_for(url, ["127.0.0.0/8"], resolve=names)) as client:
        assert client.get(url).text == f"app.example:{port}"
        assert client.get(url).text == f"app.example:{port}"
    assert names.asked == 1


def test_the_next_address_is_tried(port: int) -> None:
    names = Names(app_example=["127.1.2.3", "127.0.0.1"])
    url = f"http://app.example:{port}/"
    with httpx.Client(transport=transport_for(url, ["app.example"], resolve=names)) as client:
        assert client.get(url).status_code == 200


def test_no_address_answers(port: int) -> None:
    url = f"http://app.example:{port}/"
    transport = transport_for(url, ["app.example"], resolve=Names(app_example=["127.1.2.3"]))
    with httpx.Client(transport=transport) as client, pytest.raises(httpx.ConnectError):
        client.get(url)


def test_a_transport_for_a_refused_url_is_not_made() -> None:
    with pytest.raises(OutboundRefused):
        transport_for("http://inside.example/", resolve=NAMES)


@pytest.mark.parametrize(
    "url", ["http://other.example/", "https://sentry.example:8443/", "http://sentry.example/"]
)
def test_another_origin_is_refused(url: str) -> None:
    inner = httpx.MockTransport(lambda _: httpx.Response(200))
    with (
        httpx.Client(
            transport=transport_for("https://sentry.example/", resolve=NAMES, inner=inner)
        ) as client,
        pytest.raises(httpx.ConnectError, match="Refused"),
    ):
        client.get(url)


def test_tls_keeps_the_name() -> None:
    seen: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    inner = httpx.MockTransport(respond)
    with httpx.Client(
        transport=transport_for("https://sentry.example/", resolve=NAMES, inner=inner)
    ) as client:
        client.get("https://sentry.example/a?b=c", headers={"X-Y": "z"})
    request = seen[0]
    assert str(request.url) == f"https://{PUBLIC}/a?b=c"
    assert request.headers["host"] == "sentry.example"
    assert request.headers["x-y"] == "z"
    assert request.extensions["sni_hostname"] == "sentry.example"


def test_ipv6_addresses() -> None:
    seen: list[httpx.URL] = []

    def respond(request: httpx.Request) -> httpx.Response:
        seen.append(request.url)
        return httpx.Response(200)

    names = Names(six_example=["2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
    transport = transport_for("https://six.example/", resolve=names, inner=httpx.MockTransport(respond))
    with httpx.Client(transport=transport) as client:
        client.get("https://six.example/")
    assert str(seen[0]) == "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def rebinding(names: Names, clock: Clock) -> httpx.Client:
    inner = httpx.MockTransport(lambda request: httpx.Response(200, text=request.url.host))
    return httpx.Client(
        transport=PinnedTransport("https://a.example/", inner=inner, resolve=names, clock=clock)
    )


def test_names_are_checked_again_after_a_while() -> None:
    names, clock = Names(a_example=[PUBLIC]), Clock()
    with rebinding(names, clock) as client:
        names.names["a.example"] = ["93.184.215.15"]
        assert client.get("https://a.example/").text == PUBLIC
        clock.now = 301.0
        assert client.get("https://a.example/").text == "93.184.215.15"


def test_a_name_that_turns_inwards_is_refused() -> None:
    names, clock = Names(a_example=[PUBLIC]), Clock()
    with rebinding(names, clock) as client:
        names.names["a.example"] = ["127.0.0.1"]
        assert client.get("https://a.example/").text == PUBLIC
        clock.now = 301.0
        with pytest.raises(httpx.ConnectError, match="not on the public internet"):
            client.get("https://a.example/")


def test_threads_check_once() -> None:
    names, clock = Names(a_example=[PUBLIC]), Clock()
    with rebinding(names, clock) as client:
        clock.now = 301.0
        barrier = threading.Barrier(8)

        def get() -> None:
            barrier.wait()
            client.get("https://a.example/")

        threads = [threading.Thread(target=get) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert names.asked == 2


def test_checked_addresses_stay_good_while_the_dns_is_out_of_order() -> None:
    names, clock = Names(a_example=[PUBLIC]), Clock()
    with rebinding(names, clock) as client:
        del names.names["a.example"]
        clock.now = 301.0
        assert client.get("https://a.example/").text == PUBLIC


def test_the_systems_resolver() -> None:
    assert real_resolve("127.0.0.1", 80) == ["127.0.0.1"]
    with pytest.raises(HostUnknown):
        guard("http://no-such-host.invalid/")
