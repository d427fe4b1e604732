"""Releases with their commits and deploys; a release and a deploy can be made."""

from typing import TYPE_CHECKING

from dexter.sentry.sandbox.clock import parse_iso
from dexter.sentry.sandbox.http import ApiError, Request, Response, bad_request, json_response
from dexter.sentry.sandbox.paging import paged
from dexter.sentry.sandbox.router import Route
from dexter.sentry.sandbox.routes.listing import projects
from dexter.sentry.sandbox.routes.lookup import get_organization, get_project, get_release
from dexter.sentry.sandbox.shapes.release import commit_body, deploy_body, release_body
from dexter.sentry.sandbox.world.model import Deploy, Release

if TYPE_CHECKING:
    from dexter.sentry.sandbox.state import Sandbox

READ = ("project:read", "project:releases", "org:ci")
WRITE = ("project:releases", "project:write", "org:ci")


def _listed(sandbox: "Sandbox", request: Request, chosen: frozenset[int] | None) -> Response:
    text = request.one("query") or ""
    environments = set(request.many("environment"))
    releases = [
        release
        for release in sandbox.world.all_releases()
        if (chosen is None or release.project in chosen)
        and text in release.version
        and (not environments or environments & {deploy.environment for deploy in release.deploys})
    ]
    found, headers = paged(request, releases)
    return json_response([release_body(sandbox.world, release) for release in found], headers=headers)


def releases(sandbox: "Sandbox", request: Request) -> Response:
    get_organization(sandbox, request)
    return _listed(sandbox, request, projects(sandbox, request))


def project_releases(sandbox: "Sandbox", request: Request) -> Response:
    project = get_project(sandbox, request)
    return _listed(sandbox, request, frozenset((sandbox.world.projects.index(project),)))


def release(sandbox: "Sandbox", request: Request) -> Response:
    return json_response(release_body(sandbox.world, get_release(sandbox, request)))


def commits(sandbox: "Sandbox", request: Request) -> Response:
    release = get_release(sandbox, request)
    found, headers = paged(request, release.commits)
    return json_response([commit_body(sandbox.world, commit, release) for commit in found], headers=headers)


def deploys(sandbox: "Sandbox", request: Request) -> Response:
    release = get_release(sandbox, request)
    newest = sorted(release.deploys, key=lambda deploy: deploy.finished, reverse=True)
    found, headers = paged(request, newest)
    return json_response([deploy_body(deploy) for deploy in found], headers=headers)


def create_release(sandbox: "Sandbox", request: Request) -> Response:
    """201 for a new version, 208 for one that exists."""
    get_organization(sandbox, request)
    body = request.json()
    if not body.get("version"):
        raise ApiError(400, {"version": ["This field is required."]})
    if not body.get("projects"):
        raise ApiError(400, {"projects": ["This field is required."]})
    world = sandbox.world
    for known in world.all_releases():
        if known.version == body["version"]:
            return json_response(release_body(world, known), 208)
    project = world.project_by(str(body["projects"][0]))
    if project is None:
        raise ApiError(400, {"projects": ["Invalid project ids or slugs"]})
    package, _, number = str(body["version"]).rpartition("@")
    if number.count(".") != 2 or not number.replace(".", "").isdigit():
        number = "0.0.0"
    newest = max(release.id for release in world.all_releases())
    now = round(sandbox.clock.now())
    made = Release(newest + 1, str(body["version"]), package, number, world.projects.index(project), now)
    project.releases.append(made)
    sandbox.results.clear()
    return json_response(release_body(world, made), 201)


def create_deploy(sandbox: "Sandbox", request: Request) -> Response:
    release = get_release(sandbox, request)
    body = request.json()
    if not body.get("environment"):
        raise ApiError(400, {"environment": ["This field is required."]})
    try:
        finished = parse_iso(body["dateFinished"]) if body.get("dateFinished") else sandbox.clock.now()
    except ValueError:
        raise bad_request("Invalid date") from None
    identity = str(release.id * 10 + len(release.deploys))
    deploy = Deploy(identity, str(body["environment"]), finished, body.get("name"), body.get("url"))
    release.deploys.append(deploy)
    return json_response(deploy_body(deploy), 201)


_ORG = "/api/0/organizations/{org}"
_RELEASE = _ORG + "/releases/{version}"

ROUTES = [
    Route("GET", f"{_ORG}/releases/", releases, READ),
    Route("POST", f"{_ORG}/releases/", create_release, WRITE),
    Route("GET", f"{_RELEASE}/", release, READ),
    Route("GET", f"{_RELEASE}/commits/", commits, READ),
    Route("GET", f"{_RELEASE}/deploys/", deploys, READ),
    Route("POST", f"{_RELEASE}/deploys/", create_deploy, WRITE),
    Route("GET", "/api/0/projects/{org}/{project}/releases/", project_releases, READ),
]
