"""Organizations, projects, teams, members, environments."""

from __future__ import annotations

from dexter.sentry.client.calls import PAGE_SIZE, Calls
from dexter.sentry.client.values import Page, Row
from dexter.sentry.wire import segment


class OrganizationCalls(Calls):
    # served, not in the public documentation
    def index(self) -> Row:
        """`{version, auth: {scopes} or None, user}`: what the token is."""
        return self._row("")

    # https://docs.sentry.io/api/organizations/list-your-organizations/
    def organizations(self, *, cursor: str | None = None) -> Page:
        return self._page("organizations/", cursor=cursor)

    # https://docs.sentry.io/api/organizations/retrieve-an-organization/
    def organization(self) -> Row:
        return self._row(self._org)

    # https://docs.sentry.io/api/organizations/list-an-organizations-projects/
    def projects(self, *, cursor: str | None = None) -> Page:
        return self._page(f"{self._org}projects/", cursor=cursor, size=PAGE_SIZE)

    # https://docs.sentry.io/api/projects/retrieve-a-project/
    def project(self, project: str | int) -> Row:
        return self._row(self._project(project))

    # https://docs.sentry.io/api/teams/list-an-organizations-teams/
    def teams(self, *, cursor: str | None = None) -> Page:
        return self._page(f"{self._org}teams/", cursor=cursor, size=PAGE_SIZE)

    # https://docs.sentry.io/api/teams/retrieve-a-team/
    def team(self, team: str | int) -> Row:
        return self._row(f"teams/{segment(self.slug)}/{segment(team)}/")

    # https://docs.sentry.io/api/organizations/list-an-organizations-members/
    def members(self, *, cursor: str | None = None) -> Page:
        return self._page(f"{self._org}members/", cursor=cursor)

    # https://docs.sentry.io/api/environments/list-an-organizations-environments/ (not paged)
    def environments(self) -> list[Row]:
        return self._list(f"{self._org}environments/")
