"""What the probe finds out about servers of each kind, and what it makes of bad answers."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from dexter.sentry import errors
from dexter.sentry.flavour import GLITCHTIP, SENTRY
from dexter.sentry.probe import SCOPES, NotSentry, implied_by, probe, region_base, web_url
from dexter.sentry.retry import NO_RETRY
from dexter.sentry.tests.fake_server import FakeServer, answer, html

ORGANIZATION = {"id": "2", "slug": "acme", "name": "Acme", "require2FA": False, "links": {}}
LINKS = {"organizationUrl": "https://acme.sentry.io/", "regionUrl": "https://us.sentry.io"}
GLITCHTIP_ORGANIZATION = {"id": "1", "slug": "acme", "require2fa": False, "eventThrottleRate": 0}
NO = {"detail": "You do not have permission to perform this action."}


def routed(routes: dict[str, Any]) -> FakeServer:
    """Answers by path below the base; 404 for the rest."""

    def respond(request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/0/")
        found = routes.get(path, answer({"detail": "The requested resource does not exist"}, 404))
        return found if isinstance(found, httpx.Response) else answer(found)

    return FakeServer(respond)


def probed(server: FakeServer, url: str = "https://sentry.example") -> Any:
    return probe(url, "acme", "tok", httpx.MockTransport(server), retry=NO_RETRY)


def index(*scopes: str) -> dict[str, Any]:
    return {"version": "0", "auth": {"scopes": list(scopes)}, "user": None}


def test_sentry_that_lists_the_scopes() -> None:
    server = routed(
        {"": index("org:read", "event:write", "project:admin"), "organizations/acme/": ORGANIZATION}
    )
    result = probed(server)
    assert result.flavour is SENTRY
    assert result.api_base == "https://sentry.example/api/0/"
    assert result.web_url == "https://sentry.example"
    assert result.told
    assert [scope for scope, has in result.scopes.items() if has] == [
        "org:read",
        "project:read",
        "event:read",
        "event:write",
    ]
    assert [scope for scope, _ in result.missing] == [
        "team:read",
        "member:read",
        "event:admin",
        "project:releases",
        "alerts:read",
    ]
    assert all(sentence.endswith(".") for _, sentence in result.missing)
    assert result.unverified == ()
    assert {request.method for request in server.requests} == {"GET"}


ORG = "organizations/acme/"
READABLE = {
    ORG: ORGANIZATION,
    f"{ORG}projects/": [{"slug": "web"}],
    f"{ORG}teams/": [{"slug": "core"}],
    f"{ORG}members/": [],
    f"{ORG}issues/": [],
    "projects/acme/web/": {"id": "1"},
    "teams/acme/core/": {"id": "1"},
}


@pytest.mark.parametrize("told", [{}, {"": {"version": "0", "auth": None}}, {"": html()}, {"": index()}])
def test_sentry_that_does_not_list_them_is_tried_by_reading(told: dict[str, Any]) -> None:
    server = routed(READABLE | told)
    result = probed(server)
    assert not result.told
    assert result.missing == ()
    assert [scope for scope, has in result.scopes.items() if has] == [
        "org:read",
        "project:read",
        "team:read",
        "member:read",
        "event:read",
    ]
    assert [scope for scope, _ in result.unverified] == [
        "event:write",
        "event:admin",
        "project:releases",
        "alerts:read",
    ]
    assert {request.method for request in server.requests} == {"GET"}


@pytest.mark.parametrize(
    ("refused", "scope"),
    [
        ("projects/acme/web/", "project:read"),
        (f"{ORG}projects/", "project:read"),
        ("teams/acme/core/", "team:read"),
        (f"{ORG}teams/", "team:read"),
        (f"{ORG}members/", "member:read"),
        (f"{ORG}issues/", "event:read"),
    ],
)
def test_a_scope_that_is_missing(refused: str, scope: str) -> None:
    result = probed(routed(READABLE | {refused: answer(NO, 403)}))
    assert result.missing == ((scope, SCOPES[scope]),)


def test_nothing_to_try_with() -> None:
    result = probed(routed(READABLE | {f"{ORG}projects/": [], f"{ORG}teams/": []}))
    assert (result.scopes["project:read"], result.scopes["team:read"]) == (None, None)


def test_what_is_not_served_tells_nothing() -> None:
    result = probed(routed(READABLE | {f"{ORG}members/": answer(status=404)}))
    assert result.scopes["member:read"] is None


def test_glitchtip() -> None:
    server = routed(READABLE | {ORG: GLITCHTIP_ORGANIZATION})
    result = probed(server)
    assert result.flavour is GLITCHTIP
    assert result.web_url == "https://sentry.example"
    assert result.scopes["event:read"] is True
    assert f"GET {ORG}issues/?sort=-last_seen&limit=1" in server.lines


def test_a_server_that_only_takes_events() -> None:
    """Bugsink answers the index as Sentry does, for the command line tool's sake."""
    routes = {"": index("org:ci"), ORG: httpx.Response(404, text="Unimplemented API endpoint")}
    with pytest.raises(NotSentry) as caught:
        probed(routed(routes))
    assert "https://sentry.io" in caught.value.todo


@pytest.mark.parametrize(
    "respond",
    [lambda _: html(), lambda _: answer({"hello": 1}), lambda _: answer([1]), lambda _: httpx.Response(405)],
)
def test_something_else(respond: Callable[[httpx.Request], httpx.Response]) -> None:
    with pytest.raises(NotSentry) as caught:
        probed(FakeServer(respond))
    assert caught.value.what.startswith("No Sentry or GlitchTip answers at this URL")
    assert "It said" not in caught.value.what


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (answer({"detail": "Invalid token"}, 401), errors.AuthFailed),
        (answer({"detail": "The requested resource does not exist"}, 404), errors.NotFound),
        (answer(NO, 403), errors.PermissionDenied),
    ],
)
def test_a_wrong_token_or_slug(response: httpx.Response, kind: type[errors.SentryError]) -> None:
    with pytest.raises(kind):
        probed(routed({"": response, ORG: response}))


def test_a_server_that_is_down() -> None:
    def refuse(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(errors.NetworkError) as caught:
        probe("https://sentry.example", "acme", "t", httpx.MockTransport(refuse), retry=NO_RETRY)
    assert "(GET /)" in str(caught.value)


def test_the_region_is_asked_with_a_transport_of_its_own() -> None:
    server = routed(READABLE | {ORG: ORGANIZATION | {"links": LINKS}})
    made: list[str] = []

    def transport_for(url: str) -> httpx.BaseTransport:
        made.append(url)
        return httpx.MockTransport(server)

    result = probe("https://sentry.io", "acme", "t", httpx.MockTransport(server), transport_for=transport_for)
    assert result.api_base == "https://us.sentry.io/api/0/"
    assert result.web_url == "https://acme.sentry.io"
    assert made == ["https://us.sentry.io/api/0/"]
    assert server.requests[-1].url.host == "us.sentry.io"


@pytest.mark.parametrize(
    ("base", "region", "used"),
    [
        ("https://sentry.io/api/0/", "https://us.sentry.io", "https://us.sentry.io/api/0/"),
        ("https://de.sentry.io/api/0/", "https://us.sentry.io", "https://us.sentry.io/api/0/"),
        ("https://s.example.com/api/0/", "https://s.example.com", "https://s.example.com/api/0/"),
        ("https://s.example.com/api/0/", "", None),
        ("https://s.example.com/api/0/", None, None),
        ("https://s.example.com/api/0/", 5, None),
        ("https://s.example.com/api/0/", "http://s.example.com", None),
        ("https://s.example.com/api/0/", "https://evil.com", None),
        ("https://s.example.co.uk/api/0/", "https://evil.example.co.uk", None),
        ("https://sentry.io/api/0/", "https://evilsentry.io", None),
        ("https://sentry.io/api/0/", "https://us.sentry.io:8443", None),
        ("https://sentry.io/api/0/", "https://a@us.sentry.io", None),
        ("https://sentry.io/api/0/", "https://us.sentry.io/?x=", None),
        ("https://sentry.io/api/0/", "https:///x", None),
    ],
)
def test_which_region_may_have_the_token(base: str, region: Any, used: str | None) -> None:
    assert region_base(base, {"links": {"regionUrl": region}}) == (used or base)
    assert region_base(base, {}) == base


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://acme.sentry.io", "https://acme.sentry.io"),
        ("javascript:alert(1)", "https://sentry.example"),
        ("", "https://sentry.example"),
        (None, "https://sentry.example"),
    ],
)
def test_where_people_look(url: str | None, shown: str) -> None:
    assert web_url("https://sentry.example/api/0/", {"links": {"organizationUrl": url}}) == shown


@pytest.mark.parametrize(
    ("scope", "names"),
    [
        ("event:read", ("event:read", "event:write", "event:admin")),
        ("event:admin", ("event:admin",)),
        ("project:releases", ("project:releases",)),
    ],
)
def test_scopes_contain_each_other(scope: str, names: tuple[str, ...]) -> None:
    assert implied_by(scope) == names


@pytest.mark.parametrize(
    ("date", "ahead"), [("Sat, 01 Jan 2050 00:00:00 GMT", True), ("Sat, 01 Jan 2000 00:00:00 GMT", False)]
)
def test_how_far_the_clocks_are_apart(date: str, ahead: bool) -> None:
    organization = httpx.Response(200, json=ORGANIZATION, headers={"date": date})
    found = probed(routed({"": index("org:read"), "organizations/acme/": organization})).clock_ahead
    assert abs(found) > 86_400
    assert (found > 0) is ahead


def test_a_server_that_does_not_say_its_time() -> None:
    assert probed(routed({"": index("org:read"), "organizations/acme/": ORGANIZATION})).clock_ahead is None
