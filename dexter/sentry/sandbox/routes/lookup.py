"""Finds what a path names, or raises Sentry's 404."""

from typing import TYPE_CHECKING

from dexter.sentry.sandbox.http import Request, not_found
from dexter.sentry.sandbox.world.model import Issue, Project, Release
from dexter.sentry.sandbox.world.organization import ORG_ID, ORG_SLUG

if TYPE_CHECKING:
    from dexter.sentry.sandbox.state import Sandbox


def get_organization(sandbox: "Sandbox", request: Request) -> None:
    if request.params.get("org", ORG_SLUG) not in (ORG_SLUG, ORG_ID):
        raise not_found()


def get_project(sandbox: "Sandbox", request: Request) -> Project:
    get_organization(sandbox, request)
    project = sandbox.world.project_by(request.params["project"])
    if project is None:
        raise not_found()
    return project


def get_issue(sandbox: "Sandbox", request: Request) -> Issue:
    get_organization(sandbox, request)
    issue = sandbox.world.issue_by(request.params["issue"])
    if issue is None:
        raise not_found()
    return issue


def get_release(sandbox: "Sandbox", request: Request) -> Release:
    get_organization(sandbox, request)
    for release in sandbox.world.all_releases():
        if release.version == request.params["version"]:
            return release
    raise not_found()
