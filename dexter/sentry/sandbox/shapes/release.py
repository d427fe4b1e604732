"""A release, its commits and its deploys, as the API writes them."""

from typing import TYPE_CHECKING, Any

from dexter.sentry.sandbox.clock import iso
from dexter.sentry.sandbox.shapes.people import user_body
from dexter.sentry.sandbox.world.model import Commit, Deploy, Release

if TYPE_CHECKING:
    from dexter.sentry.sandbox.world.store import World


def version_info(release: Release) -> dict[str, Any]:
    major, minor, patch = (int(part) for part in release.number.split(".")[:3])
    return {
        "package": release.package,
        "version": {
            "raw": release.number,
            "major": major,
            "minor": minor,
            "patch": patch,
            "pre": None,
            "buildCode": None,
            "components": 3,
        },
        "description": release.number,
        "buildHash": None,
    }


def deploy_body(deploy: Deploy) -> dict[str, Any]:
    return {
        "id": deploy.id,
        "environment": deploy.environment,
        "dateStarted": None,
        "dateFinished": iso(deploy.finished),
        "name": deploy.name,
        "url": deploy.url,
    }


def commit_body(world: "World", commit: Commit, release: Release | None = None) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": commit.id,
        "message": commit.message,
        "dateCreated": iso(commit.created),
        "pullRequest": None,
        "suspectCommitType": "",
        "repository": repository_body(world),
        "author": user_body(world.people[commit.author - 1]),
        "releases": [],
    }
    if release is not None:
        body["releases"] = [reference(release)]
    return body


def repository_body(world: "World") -> dict[str, Any]:
    return {
        "id": "31",
        "name": "acme/shop",
        "url": "https://git.acme.example/acme/shop",
        "provider": {"id": "integrations:github", "name": "GitHub"},
        "status": "active",
        "dateCreated": iso(world.teams[0].created),
        "integrationId": "12",
        "externalSlug": "acme/shop",
        "externalId": "100",
        "settings": None,
    }


def reference(release: Release) -> dict[str, Any]:
    """The few lines other objects show of a release."""
    return {
        "version": release.version,
        "shortVersion": release.number,
        "ref": None,
        "url": None,
        "dateReleased": iso(release.created),
        "dateCreated": iso(release.created),
    }


def event_release(world: "World", release: Release) -> dict[str, Any]:
    """The release inside an event."""
    return {
        "id": release.id,
        "commitCount": len(release.commits),
        "data": {},
        "dateCreated": iso(release.created),
        "dateReleased": iso(release.created),
        "deployCount": len(release.deploys),
        "ref": None,
        "lastCommit": commit_body(world, release.commits[0]) if release.commits else None,
        "lastDeploy": deploy_body(release.deploys[-1]) if release.deploys else None,
        "status": "open",
        "url": None,
        "userAgent": None,
        "version": release.version,
        "versionInfo": version_info(release),
    }


def release_body(world: "World", release: Release) -> dict[str, Any]:
    project = world.projects[release.project]
    new = world.new_groups().get(release.id, 0)
    authors = {commit.author: user_body(world.people[commit.author - 1]) for commit in release.commits}
    return {
        "id": release.id,
        "version": release.version,
        "status": "open",
        "shortVersion": release.version,
        "versionInfo": version_info(release),
        "ref": None,
        "url": None,
        "dateReleased": iso(release.created),
        "dateCreated": iso(release.created),
        "data": {},
        "newGroups": new,
        "owner": None,
        "commitCount": len(release.commits),
        "lastCommit": commit_body(world, release.commits[0]) if release.commits else None,
        "deployCount": len(release.deploys),
        "lastDeploy": deploy_body(release.deploys[-1]) if release.deploys else None,
        "authors": list(authors.values()),
        "projects": [
            {
                "id": int(project.id),
                "slug": project.slug,
                "name": project.name,
                "newGroups": new,
                "platform": project.platform,
                "platforms": [project.platform.partition("-")[0]],
                "hasHealthData": False,
            }
        ],
        "firstEvent": iso(release.created),
        "lastEvent": None,
        "currentProjectMeta": {},
        "userAgent": None,
    }
