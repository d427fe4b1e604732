"""Sentry ids of one connection to primary keys here, read once for a run."""

from dataclasses import dataclass, field

from issues.models import Connection, Member, Project, Release, Team


@dataclass
class Directory:
    """What an issue row refers to. `projects` maps id to (pk, users_total); the others id to pk."""

    connection: Connection
    projects: dict[str, tuple[int, int | None]] = field(default_factory=dict)
    members: dict[str, int] = field(default_factory=dict)
    teams: dict[str, int] = field(default_factory=dict)
    releases: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, connection: Connection) -> "Directory":
        directory = cls(connection)
        directory.refresh()
        return directory

    def refresh(self) -> None:
        """Read the tables again, after reference data were stored."""
        mine = {"connection": self.connection}
        rows = Project.objects.filter(**mine).values_list("sentry_id", "pk", "users_total")
        self.projects = {sentry_id: (pk, users) for sentry_id, pk, users in rows}
        self.members = dict(Member.objects.filter(**mine).values_list("sentry_id", "pk"))
        self.teams = dict(Team.objects.filter(**mine).values_list("sentry_id", "pk"))
        self.releases = dict(Release.objects.filter(**mine).values_list("version", "pk"))

    def keep_projects(self, visible: set[str]) -> None:
        """Forget the projects whose Sentry ids are not in `visible`."""
        self.projects = {key: value for key, value in self.projects.items() if key in visible}

    def assignee(self, reference: tuple[str, str] | None) -> tuple[int | None, int | None]:
        """(member pk, team pk), at most one of them set."""
        if reference is None:
            return None, None
        kind, sentry_id = reference
        return (None, self.teams.get(sentry_id)) if kind == "team" else (self.members.get(sentry_id), None)
