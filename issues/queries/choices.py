"""What the menus over the list offer: connections, projects, environments, newest releases."""

from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import DateTimeField, Value

from issues.models import Environment, Project, Release

MOST = 60  # in one menu; the search finds the rest
RELEASES = 8
_SECONDS = 30
_COLUMNS = (
    "slug",
    "events_cached",
    "events_total",
    "connection__slug",
    "connection__name",
    "connection__enabled",
)


@dataclass(frozen=True)
class Held:
    """How many events of a project the cache holds, of how many; slugs of connection and project."""

    connection: str
    project: str
    cached: int
    total: int


@dataclass(frozen=True)
class Choices:
    """`connections` are pairs of slug and name, `releases` versions, newest first."""

    connections: tuple[tuple[str, str], ...]
    projects: tuple[str, ...]
    environments: tuple[str, ...]
    releases: tuple[str, ...]
    held: tuple[Held, ...] = ()


def choices() -> Choices:
    """Half a minute old at most; two queries when it is not at hand."""
    kept: Choices | None = cache.get("explorer:choices")
    if kept is None:
        kept = _read()
        # Before the first sync there is nothing worth keeping.
        if kept.projects:
            cache.set("explorer:choices", kept, _SECONDS)
    return kept


def _read() -> Choices:
    projects = list(Project.objects.select_related("connection").order_by("slug").only(*_COLUMNS))
    found = [project for project in projects if project.connection.enabled]
    environments, releases = _names()
    return Choices(
        tuple(sorted({(project.connection.slug, project.connection.name) for project in found})),
        tuple(dict.fromkeys(project.slug for project in found))[:MOST],
        environments[:MOST],
        releases[:RELEASES],
        tuple(Held(p.connection.slug, p.slug, p.events_cached, p.events_total) for p in projects),
    )


def _names() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Environments by name and the newest releases first, each once, in one query for both."""
    newest = Release.objects.order_by("-created_at").values("pk")[: 2 * RELEASES]
    releases = Release.objects.filter(pk__in=newest).order_by().values_list("version", "created_at")
    environments = (
        Environment.objects.order_by()
        .annotate(never=Value(None, DateTimeField()))
        .values_list("name", "never")
    )
    found = list(releases.union(environments, all=True))
    names = sorted({name for name, created in found if created is None})
    versions = sorted((row for row in found if row[1] is not None), key=lambda row: row[1], reverse=True)
    return tuple(names), tuple(dict.fromkeys(version for version, _ in versions))
