"""Projects, teams, members, environments and releases: synced before the issues that name them."""

import logging
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from dexter.sentry.client import Client
from dexter.sentry.errors import PermissionDenied, Unsupported
from issues.models import Commit, Connection, Deploy, Environment, Issue, Member, Project, Release, Team
from issues.sync import mapping
from issues.sync.upsert import upsert

log = logging.getLogger(__name__)

USERS_DAYS = 30


def sync_reference(connection: Connection, client: Client) -> set[str]:
    """Bring all reference tables of the connection up to date; answers the ids of the projects it may see.

    Raises SentryError when projects cannot be read.

    What the token may not see, or the server does not have, is left as it is: the issues matter more.
    """
    _optional(connection, "teams", lambda: store_teams(connection, _all(client, client.teams)))
    visible = store_projects(connection, _all(client, client.projects))
    _optional(connection, "members", lambda: store_members(connection, _all(client, client.members)))
    _optional(connection, "environments", lambda: store_environments(connection, client.environments()))
    _optional(connection, "releases", lambda: store_releases(connection, client))
    _optional(connection, "user totals", lambda: store_user_totals(connection, client))
    return visible


def _all(client: Client, operation: Any, *arguments: Any) -> list[mapping.Payload]:
    pages = client.iter_pages(lambda cursor: operation(*arguments, cursor=cursor))
    return [row for page in pages for row in page.rows]


def _optional(connection: Connection, what: str, work: Any) -> None:
    try:
        work()
    except (PermissionDenied, Unsupported) as error:
        log.info("%s: %s are not synced: %s", connection.name, what, error.detail or error.what)


def store_projects(connection: Connection, payloads: list[mapping.Payload]) -> set[str]:
    """Upsert the projects and hide the issues of those that are not among them; answers their ids."""
    rows = [Project(connection=connection, **mapping.project(payload)) for payload in payloads]
    upsert(Project, rows, ["connection", "sentry_id"], ["slug", "name", "platform"])
    _link_teams(connection, rows, payloads)
    Issue.objects.filter(connection=connection, gone="").exclude(project__in=rows).update(
        gone=Issue.Gone.HIDDEN
    )
    return {row.sentry_id for row in rows}


def store_teams(connection: Connection, payloads: list[mapping.Payload]) -> None:
    rows = [Team(connection=connection, **mapping.team(payload)) for payload in payloads]
    upsert(Team, rows, ["connection", "sentry_id"], ["slug", "name"])


def store_members(connection: Connection, payloads: list[mapping.Payload]) -> None:
    """Members, tied to the people here by e-mail address."""
    mapped = [(columns, payload) for payload in payloads if (columns := mapping.member(payload))]
    emails = [columns["email"].lower() for columns, _ in mapped if columns["email"]]
    people = {
        email.lower(): pk
        for pk, email in get_user_model().objects.exclude(email="").values_list("pk", "email")
        if email.lower() in set(emails)
    }
    rows = [
        Member(connection=connection, user_id=people.get(columns["email"].lower()), **columns)
        for columns, _ in mapped
    ]
    upsert(Member, rows, ["connection", "sentry_id"], ["name", "email", "user"])
    _link_teams(connection, rows, [payload for _, payload in mapped])


def _link_teams(connection: Connection, rows: list[Any], payloads: list[mapping.Payload]) -> None:
    """Set the many-to-many of projects or members to teams, in two statements for all of them."""
    if not rows:
        return
    teams = dict(Team.objects.filter(connection=connection).values_list("slug", "pk"))
    owner = rows[0]._meta.model_name
    through = rows[0].teams.through
    wanted = {
        (row.pk, teams[slug])
        for row, payload in zip(rows, payloads, strict=True)
        for slug in mapping.team_slugs(payload)
        if slug in teams
    }
    present = set(through.objects.filter(**{f"{owner}__in": rows}).values_list(f"{owner}_id", "team_id"))
    with transaction.atomic():
        for row_pk, team_pk in present - wanted:
            through.objects.filter(**{f"{owner}_id": row_pk, "team_id": team_pk}).delete()
        through.objects.bulk_create(
            [through(**{f"{owner}_id": row_pk, "team_id": team_pk}) for row_pk, team_pk in wanted - present],
            ignore_conflicts=True,
        )


def store_environments(connection: Connection, payloads: list[mapping.Payload]) -> None:
    rows = [
        Environment(connection=connection, name=mapping.text_of(payload.get("name"), 64))
        for payload in payloads
        if payload.get("name")
    ]
    upsert(Environment, rows, ["connection", "name"], ["name"])


def store_releases(connection: Connection, client: Client, pages: int = 10) -> None:
    """The newest releases (at most `pages` of 100), and the projects each was made for."""
    projects = dict(Project.objects.filter(connection=connection).values_list("slug", "pk"))
    cursor = None
    for _ in range(pages):
        page = client.releases(cursor=cursor)
        payloads = [payload for payload in page.rows if payload.get("version")]
        rows = [Release(connection=connection, **mapping.release(payload)) for payload in payloads]
        columns = [name for name in mapping.release(payloads[0]) if name != "version"] if payloads else []
        upsert(Release, rows, ["connection", "version"], columns)
        links = [
            Release.projects.through(release_id=row.pk, project_id=projects[project["slug"]])
            for row, payload in zip(rows, payloads, strict=True)
            for project in payload.get("projects") or []
            if project.get("slug") in projects
        ]
        Release.projects.through.objects.bulk_create(links, ignore_conflicts=True)
        cursor = page.next_cursor
        if not cursor:
            return


def store_user_totals(connection: Connection, client: Client) -> None:
    """Distinct users per project over 30 days, from release health; projects without sessions have none."""
    totals = client.users_per_project(stats_period=f"{USERS_DAYS}d")
    for project in Project.objects.filter(connection=connection):
        total = totals.get(project.sentry_id) or None
        if total != project.users_total:
            Project.objects.filter(pk=project.pk).update(users_total=total, users_days=USERS_DAYS)


def sync_release(client: Client, release: Release) -> None:
    """Deploys and commits of one release. What the server does not keep is left empty."""
    for model, unique, fetch in (
        (
            Deploy,
            "sentry_id",
            lambda: map(mapping.deploy, _all(client, client.release_deploys, release.version)),
        ),
        (Commit, "sha", lambda: map(mapping.commit, _all(client, client.release_commits, release.version))),
    ):
        try:
            found = [columns for columns in fetch() if columns]
        except (Unsupported, PermissionDenied):
            found = []
        if found:
            rows = [model(release=release, **columns) for columns in found]
            upsert(model, rows, ["release", unique], [name for name in found[0] if name != unique])
    Release.objects.filter(pk=release.pk).update(detail_synced_at=timezone.now())
