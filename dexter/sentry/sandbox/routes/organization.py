"""The organization, its projects, people, teams and environments; who am I; the root of the API."""

from typing import TYPE_CHECKING, Any

from dexter.sentry.sandbox.clock import iso
from dexter.sentry.sandbox.events.variation import ENVIRONMENTS
from dexter.sentry.sandbox.http import ApiError, Request, Response, bad_request, json_response, not_found
from dexter.sentry.sandbox.paging import paged
from dexter.sentry.sandbox.router import Route
from dexter.sentry.sandbox.routes.lookup import get_organization, get_project
from dexter.sentry.sandbox.shapes.organization import organization_body, project_detail, project_row
from dexter.sentry.sandbox.shapes.people import (
    member_body,
    member_with_teams,
    team_body,
    team_member_body,
    user_body,
)
from dexter.sentry.sandbox.shapes.release import repository_body
from dexter.sentry.sandbox.world.model import Team

if TYPE_CHECKING:
    from dexter.sentry.sandbox.state import Sandbox

ORG = ("org:read",)
PROJECT = ("project:read",)
MEMBER = ("member:read",)
TEAM = ("team:read",)


def _paged(request: Request, rows: list[dict[str, Any]]) -> Response:
    found, headers = paged(request, rows)
    return json_response(list(found), headers=headers)


def root(sandbox: "Sandbox", request: Request) -> Response:
    """Version and, with a token, what it may: how a client finds its own scopes out."""
    auth = None
    user = None
    if request.token is not None:
        auth = {"scopes": sorted(request.token.scopes)}
        person = sandbox.world.person(request.token.user_id)
        user = user_body(person) if person else None
    return json_response({"version": "0", "auth": auth, "user": user})


def organizations(sandbox: "Sandbox", request: Request) -> Response:
    return _paged(request, [organization_body(sandbox.world, request.host)])


def organization(sandbox: "Sandbox", request: Request) -> Response:
    get_organization(sandbox, request)
    return json_response(organization_body(sandbox.world, request.host))


def regions(sandbox: "Sandbox", request: Request) -> Response:
    raise not_found()  # self-hosted servers have none


def projects(sandbox: "Sandbox", request: Request) -> Response:
    get_organization(sandbox, request)
    world = sandbox.world
    found = sorted(world.projects, key=lambda project: project.slug)
    text = request.one("query") or ""
    return _paged(request, [project_row(world, each) for each in found if text.lower() in each.slug])


def project(sandbox: "Sandbox", request: Request) -> Response:
    return json_response(project_detail(sandbox.world, get_project(sandbox, request), request.host))


def project_teams(sandbox: "Sandbox", request: Request) -> Response:
    slug = get_project(sandbox, request).team
    teams = [team for team in sandbox.world.teams if team.slug == slug]
    return _paged(request, [team_body(team, sandbox.world.people) for team in teams])


def project_members(sandbox: "Sandbox", request: Request) -> Response:
    slug = get_project(sandbox, request).team
    return json_response([member_body(person) for person in sandbox.world.people if slug in person.teams])


def project_keys(sandbox: "Sandbox", request: Request) -> Response:
    found = get_project(sandbox, request)
    public = f"{int(found.id):032x}"
    dsn = f"{request.host.replace('://', f'://{public}@')}/{found.id}"
    key = {
        "id": public,
        "name": "Default",
        "label": "Default",
        "public": public,
        "secret": None,
        "projectId": int(found.id),
        "isActive": True,
        "rateLimit": None,
        "dsn": dict.fromkeys(
            ("secret", "public", "csp", "security", "minidump", "nel", "unreal", "cdn", "crons"), dsn
        ),
        "browserSdkVersion": "10.x",
        "browserSdk": {"choices": [["latest", "latest"], ["10.x", "10.x"]]},
        "dateCreated": iso(found.created),
        "dynamicSdkLoaderOptions": {"hasReplay": False, "hasPerformance": False, "hasDebug": False},
    }
    return _paged(request, [key])


def members(sandbox: "Sandbox", request: Request) -> Response:
    get_organization(sandbox, request)
    return _paged(request, [member_body(person) for person in sandbox.world.people])


def member(sandbox: "Sandbox", request: Request) -> Response:
    get_organization(sandbox, request)
    for person in sandbox.world.people:
        if person.member_id == request.params["member"]:
            return json_response(member_with_teams(person))
    raise not_found()


def _team_rows(sandbox: "Sandbox", detailed: bool) -> list[dict[str, Any]]:
    world = sandbox.world
    return [
        team_body(
            team,
            world.people,
            [_team_project(sandbox, each) for each in world.projects if each.team == team.slug]
            if detailed
            else None,
        )
        for team in world.teams
    ]


def _team_project(sandbox: "Sandbox", found: Any) -> dict[str, Any]:
    detail = project_detail(sandbox.world, found, "")
    names = ("isInternal", "isPublic", "avatar", "color", "status")
    row = {key: value for key, value in project_row(sandbox.world, found).items() if key not in _ROW_ONLY}
    return row | {name: detail[name] for name in names}


_ROW_ONLY = ("team", "teams", "platforms", "hasUserReports", "environments", "latestRelease")


def teams(sandbox: "Sandbox", request: Request) -> Response:
    get_organization(sandbox, request)
    return _paged(request, _team_rows(sandbox, request.one("detailed") != "0"))


def user_teams(sandbox: "Sandbox", request: Request) -> Response:
    get_organization(sandbox, request)
    return json_response(_team_rows(sandbox, True))


def _team(sandbox: "Sandbox", request: Request) -> Team:
    get_organization(sandbox, request)
    for team in sandbox.world.teams:
        if request.params["team"] in (team.id, team.slug):
            return team
    raise not_found()


def team(sandbox: "Sandbox", request: Request) -> Response:
    found = _team(sandbox, request)
    rows = {row["id"]: row for row in _team_rows(sandbox, True)}
    return json_response({**rows[found.id], "organization": organization_body(sandbox.world, request.host)})


def team_members(sandbox: "Sandbox", request: Request) -> Response:
    found = _team(sandbox, request)
    people = [person for person in sandbox.world.people if found.slug in person.teams]
    return _paged(request, [team_member_body(person, found) for person in people])


def team_projects(sandbox: "Sandbox", request: Request) -> Response:
    found = _team(sandbox, request)
    return _paged(
        request,
        [project_row(sandbox.world, each) for each in sandbox.world.projects if each.team == found.slug],
    )


def environments(sandbox: "Sandbox", request: Request) -> Response:
    if "project" in request.params:
        get_project(sandbox, request)
    else:
        get_organization(sandbox, request)
    if request.one("visibility") not in (None, "all", "visible", "hidden"):
        raise bad_request("Invalid value for 'visibility', valid values are: ['all', 'hidden', 'visible']")
    if request.one("visibility") == "hidden":
        return json_response([])
    return json_response([{"id": str(place + 1), "name": name} for place, name in enumerate(ENVIRONMENTS)])


def project_environments(sandbox: "Sandbox", request: Request) -> Response:
    get_project(sandbox, request)
    rows = [
        {"id": str(place + 1), "name": name, "isHidden": False} for place, name in enumerate(ENVIRONMENTS)
    ]
    return json_response(rows)


def repositories(sandbox: "Sandbox", request: Request) -> Response:
    get_organization(sandbox, request)
    return _paged(request, [repository_body(sandbox.world)])


def me(sandbox: "Sandbox", request: Request) -> Response:
    person = sandbox.world.person(request.user_id)
    if person is None:
        raise ApiError(403, {"detail": "You do not have permission to perform this action."})
    return json_response(user_body(person))


_ORG = "/api/0/organizations/{org}"
_PROJECT = "/api/0/projects/{org}/{project}"
_TEAM = "/api/0/teams/{org}/{team}"

ROUTES = [
    Route("GET", "/api/0/", root),
    Route("GET", "/api/0/organizations/", organizations, ORG),
    Route("GET", "/api/0/users/me/regions/", regions),
    Route("GET", "/api/0/users/me/", me),
    Route("GET", "/api/0/auth/", me),
    Route("GET", f"{_ORG}/", organization, ORG),
    Route("GET", f"{_ORG}/projects/", projects, ORG),
    Route("GET", f"{_ORG}/members/", members, MEMBER),
    Route("GET", f"{_ORG}/members/{{member}}/", member, MEMBER),
    Route("GET", f"{_ORG}/teams/", teams, ORG),
    Route("GET", f"{_ORG}/user-teams/", user_teams, ORG),
    Route("GET", f"{_ORG}/environments/", environments, ORG),
    Route("GET", f"{_ORG}/repos/", repositories, ORG),
    Route("GET", f"{_PROJECT}/", project, PROJECT),
    Route("GET", f"{_PROJECT}/teams/", project_teams, PROJECT),
    Route("GET", f"{_PROJECT}/members/", project_members, PROJECT),
    Route("GET", f"{_PROJECT}/keys/", project_keys, PROJECT),
    Route("GET", f"{_PROJECT}/environments/", project_environments, PROJECT),
    Route("GET", f"{_TEAM}/", team, TEAM),
    Route("GET", f"{_TEAM}/members/", team_members, TEAM),
    Route("GET", f"{_TEAM}/projects/", team_projects, PROJECT),
]
