"""GlitchTip's organization, projects, people, environments and releases, and the root of its API."""

from typing import TYPE_CHECKING

from dexter.sentry.sandbox.events.variation import ENVIRONMENTS
from dexter.sentry.sandbox.glitchtip import shapes
from dexter.sentry.sandbox.glitchtip.reads import check_organization, find_project, whole_list
from dexter.sentry.sandbox.http import Request, Response, json_response
from dexter.sentry.sandbox.router import Route

if TYPE_CHECKING:
    from dexter.sentry.sandbox.state import Sandbox


def root(sandbox: "Sandbox", request: Request) -> Response:
    auth = {"scopes": sorted(request.token.scopes)} if request.token else None
    return json_response({"version": "0", "user": None, "auth": auth})


def organizations(sandbox: "Sandbox", request: Request) -> Response:
    return whole_list(request, [shapes.organization(sandbox.world)])


def organization(sandbox: "Sandbox", request: Request) -> Response:
    check_organization(request)
    return json_response(shapes.organization_detail(sandbox.world))


def projects(sandbox: "Sandbox", request: Request) -> Response:
    check_organization(request)
    return whole_list(request, [shapes.project(sandbox.world, each) for each in sandbox.world.projects])


def project(sandbox: "Sandbox", request: Request) -> Response:
    return json_response(shapes.project(sandbox.world, find_project(sandbox, request)))


def teams(sandbox: "Sandbox", request: Request) -> Response:
    check_organization(request)
    return whole_list(request, [shapes.team(sandbox.world, each) for each in sandbox.world.teams])


def members(sandbox: "Sandbox", request: Request) -> Response:
    check_organization(request)
    return whole_list(request, [shapes.member(each) for each in sandbox.world.people])


def environments(sandbox: "Sandbox", request: Request) -> Response:
    check_organization(request)
    return whole_list(request, [{"id": place + 4, "name": name} for place, name in enumerate(ENVIRONMENTS)])


def releases(sandbox: "Sandbox", request: Request) -> Response:
    check_organization(request)
    return whole_list(request, [shapes.release(sandbox.world, each) for each in sandbox.world.all_releases()])


def me(sandbox: "Sandbox", request: Request) -> Response:
    return json_response(shapes.user(sandbox.world.people[0]))


_ORG, _PROJECT = "/api/0/organizations/{org}", "/api/0/projects/{org}/{project}"

ROUTES = [
    Route("GET", "/api/0/", root),
    Route("GET", "/api/0/organizations/", organizations, ("org:read",)),
    Route("GET", "/api/0/projects/", projects, ("project:read",)),
    Route("GET", "/api/0/users/me/", me),
    Route("GET", f"{_ORG}/", organization, ("org:read",)),
    Route("GET", f"{_ORG}/projects/", projects, ("project:read",)),
    Route("GET", f"{_ORG}/teams/", teams, ("team:read",)),
    Route("GET", f"{_ORG}/members/", members, ("member:read",)),
    Route("GET", f"{_ORG}/environments/", environments, ("org:read",)),
    Route("GET", f"{_ORG}/releases/", releases, ("project:read",)),
    Route("GET", f"{_PROJECT}/", project, ("project:read",)),
    Route("GET", f"{_PROJECT}/environments/", environments, ("project:read",)),
    Route("GET", f"{_PROJECT}/teams/", teams, ("project:read",)),
    Route("GET", f"{_PROJECT}/releases/", releases, ("project:read",)),
]
