"""What kind of server is at a URL, and what may the token do there?

Only reading requests are made. A scope for writing can be told from the list of scopes that Sentry gives (at
`/api/0/`), or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from dexter.sentry.client import Client
from dexter.sentry.errors import (
    AuthFailed,
    NotFound,
    NotJson,
    Permanent,
    PermissionDenied,
    Unsupported,
)
from dexter.sentry.flavour import GLITCHTIP, SENTRY, Flavour
from dexter.sentry.retry import RetryPolicy
from dexter.sentry.wire import api_base

# scope -> what does not work without it
SCOPES: Mapping[str, str] = {
    "org:read": "Nothing works: the organization, its teams and environments cannot be read.",
    "project:read": "Projects and releases are not synced, and events by id cannot be opened.",
    "team:read": "Team names are not known; issues assigned to a team show its id.",
    "member:read": "Members are not known; nobody can be chosen as assignee.",
    "event:read": "Issues and events are not synced.",
    "event:write": "Resolving, assigning, archiving, merging and commenting do not reach Sentry.",
    "event:admin": "Deleting issues does not reach Sentry.",
    "project:releases": "Deploys and commits of releases may be missing.",
    "alerts:read": "Sentry's own alerts are not shown.",
}
NEEDED = ("org:read", "project:read", "event:read")  # nothing is synced without any of these
LEVELS = ("read", "write", "admin")  # each contains the ones before
RETRY = RetryPolicy(attempts=2)  # somebody waits for the result
UNVERIFIABLE = "The server does not tell, and finding out would mean writing."


class NotSentry(Unsupported):
    what_text = "No Sentry or GlitchTip answers at this URL."
    did_text = "Dexter did not save the connection."
    todo_text = "Enter the address of the Sentry or GlitchTip server, for example https://sentry.io."

    @property
    def what(self) -> str:
        """The detail is Dexter's as often as the server's: nothing that the server "said"."""
        return f"{self.what_text.rstrip('.')}: {self.detail}." if self.detail else self.what_text


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """`scopes`: True has it, False has not, None cannot be told. `told`: the server itself listed the scopes.

    `clock_ahead`: seconds that the server's clock is ahead of this machine's, None if it does not say.

    `api_base` is the one to use (of the organization's region). `missing` and `unverified` are pairs of a
    scope and a sentence.
    """

    flavour: Flavour
    api_base: str
    web_url: str
    organization: dict[str, Any]
    scopes: dict[str, bool | None]
    missing: tuple[tuple[str, str], ...]
    unverified: tuple[tuple[str, str], ...]
    told: bool
    clock_ahead: float | None = None


def probe(
    base_url: str,
    org: str,
    token: str,
    transport: httpx.BaseTransport | None = None,
    *,
    transport_for: Callable[[str], httpx.BaseTransport] | None = None,
    retry: RetryPolicy = RETRY,
) -> ProbeResult:
    """Finds out flavour, region and scopes. Raises `SentryError`: the URL, the token or the slug is wrong.

    `transport_for(url)` makes the transport for the region's host; without it `transport` serves all hosts.
    """
    with _client(base_url, org, token, transport, retry) as first:
        listed = _listed_scopes(first)
        organization = _organization(first)
    flavour = flavour_of(organization)
    base = region_base(api_base(base_url), organization)
    if transport_for is not None and base != api_base(base_url):
        transport = transport_for(base)
    with _client(base, org, token, transport, retry, flavour) as client:
        scopes = _told(listed) if listed is not None else _tried(client)
    return ProbeResult(
        flavour=flavour,
        api_base=base,
        web_url=web_url(base, organization),
        organization=organization,
        scopes=scopes,
        missing=tuple((scope, SCOPES[scope]) for scope, has in scopes.items() if has is False),
        unverified=tuple((scope, UNVERIFIABLE) for scope, has in scopes.items() if has is None),
        told=listed is not None,
        clock_ahead=first.counters.clock_ahead,
    )


def _client(
    base: str,
    org: str,
    token: str,
    transport: httpx.BaseTransport | None,
    retry: RetryPolicy,
    flavour: Flavour = SENTRY,
) -> Client:
    return Client(
        base,
        org,
        token,
        flavour=flavour,
        transport=_Kept(transport) if transport else None,
        retry=retry,
        timeout=15.0,
        lane="person",
    )


class _Kept(httpx.BaseTransport):
    """A transport that belongs to the caller: closing the client leaves it open."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._inner.handle_request(request)


def _listed_scopes(client: Client) -> frozenset[str] | None:
    """The token's scopes from the API's index, if it gives any."""
    try:
        index = client.index()
    except (Permanent, NotJson):  # the organization will say more
        return None
    auth = index.get("auth")
    scopes = auth.get("scopes") if isinstance(auth, dict) else None
    return frozenset(str(scope) for scope in scopes) if isinstance(scopes, list) and scopes else None


def _organization(client: Client) -> dict[str, Any]:
    """The organization; other servers that take Sentry's SDKs (Bugsink, for one) answer the index but not
    this.
    """
    try:
        return client.organization()
    except NotFound as error:
        if "unimplemented" in error.detail.lower():
            raise NotSentry(error.detail, status=404, request=error.request) from error
        raise
    except (NotJson, Unsupported) as error:
        raise NotSentry(error.detail, status=error.status, request=error.request) from error


def flavour_of(organization: Mapping[str, Any]) -> Flavour:
    """By the organization's keys: GlitchTip writes `require2fa` and has no `links`. Raises `NotSentry`."""
    if "slug" not in organization:
        raise NotSentry("the answer is not an organization")
    if "require2fa" in organization or "eventThrottleRate" in organization:
        return GLITCHTIP
    return SENTRY


def region_base(base: str, organization: Mapping[str, Any]) -> str:
    """The API's base in the organization's region, where its host may be trusted with the token, else
    `base`.
    """
    links = organization.get("links")
    region = links.get("regionUrl") if isinstance(links, dict) else None
    if not isinstance(region, str) or not region:
        return base
    here, there = urlsplit(base), urlsplit(region)
    if there.scheme != here.scheme or not there.hostname or there.username or there.query or there.fragment:
        return base
    if there.port != here.port or not _related(here.hostname or "", there.hostname):
        return base
    return api_base(region)


def _related(here: str, there: str) -> bool:
    """The same host, one below it (sentry.io, us.sentry.io), or beside it at sentry.io (us, de).

    Not beside it elsewhere: what two hosts under one parent have to do with each other cannot be told from
    names.
    """
    if here == there or there.endswith(f".{here}"):
        return True
    return here.endswith(".sentry.io") and there.endswith(".sentry.io")


def web_url(base: str, organization: Mapping[str, Any]) -> str:
    """Where people look at the organization, without a slash at the end."""
    links = organization.get("links")
    url = links.get("organizationUrl") if isinstance(links, dict) else None
    if isinstance(url, str) and urlsplit(url).scheme in {"http", "https"} and urlsplit(url).hostname:
        return url.rstrip("/")
    return base.removesuffix("/api/0/")


def _told(listed: frozenset[str]) -> dict[str, bool | None]:
    return {scope: any(name in listed for name in implied_by(scope)) for scope in SCOPES}


def implied_by(scope: str) -> tuple[str, ...]:
    """The scopes that contain this one: event:read is in event:write and event:admin."""
    area, _, level = scope.partition(":")
    if level not in LEVELS:
        return (scope,)
    return tuple(f"{area}:{higher}" for higher in LEVELS[LEVELS.index(level) :])


def _tried(client: Client) -> dict[str, bool | None]:
    """By reading what needs the scope; the first project and team stand for all."""
    projects: list[dict[str, Any]] = []
    teams: list[dict[str, Any]] = []

    def list_projects() -> None:
        projects.extend(client.projects().rows)

    def list_teams() -> None:
        teams.extend(client.teams().rows)

    readable = _may(list_projects)
    team_list = _may(list_teams)
    scopes: dict[str, bool | None] = dict.fromkeys(SCOPES)
    scopes["org:read"] = True  # the organization was read before
    scopes["project:read"] = _may(lambda: client.project(projects[0]["slug"])) if projects else _no(readable)
    scopes["team:read"] = _may(lambda: client.team(teams[0]["slug"])) if teams else _no(team_list)
    scopes["member:read"] = _may(client.members)
    scopes["event:read"] = _may(lambda: client.issues(limit=1))
    return scopes


def _no(listed: bool | None) -> bool | None:
    """There was nothing to try with: only a refusal tells something."""
    return False if listed is False else None


def _may(read: Callable[[], object]) -> bool | None:
    try:
        read()
    except (PermissionDenied, AuthFailed):
        return False
    except Permanent:
        return None
    return True
