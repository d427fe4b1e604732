"""What the menus over the list offer: connections, projects, environments, newest releases."""

from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import DateTimeField, F, Value
from django.db.models.functions import Cast

from issues.models import Environment, Project, Release

MOST = 60  # in one menu; the search finds the rest
RELEASES = 8
_SECONDS = 30
_NO_TIME = Cast(Value(None), DateTimeField())
_NOTHING = {
    "connection_slug": Value(""),
    "connection_name": Value(""),
    "is_enabled": Value(False),
    "cached": Value(0),
    "total": Value(0),
}


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
    """Half a minute old at most; one query when it is not at hand."""
    kept: Choices | None = cache.get("explorer:choices")
    if kept is None:
        kept = _read()
        # Before the first sync there is nothing worth keeping.
        if kept.projects:
            cache.set("explorer:choices", kept, _SECONDS)
    return kept


def _read() -> Choices:
    projects, environments, releases = _rows()
    found = [row for row in projects if row["is_enabled"]]
    newest = sorted(releases, key=lambda row: row["at"], reverse=True)
    return Choices(
        tuple(sorted({(row["connection_slug"], row["connection_name"]) for row in found})),
        tuple(dict.fromkeys(row["named"] for row in found))[:MOST],
        tuple(sorted({row["named"] for row in environments}))[:MOST],
        tuple(dict.fromkeys(row["named"] for row in newest))[:RELEASES],
        tuple(Held(p["connection_slug"], p["named"], p["cached"], p["total"]) for p in projects),
    )


_Rows = list[dict[str, Any]]


def _rows() -> tuple[_Rows, _Rows, _Rows]:
    """Projects by slug, environments and the newest releases: three small tables in one query."""
    newest = Release.objects.order_by("-created_at").values("pk")[: 2 * RELEASES]
    projects = Project.objects.order_by().values(
        kind=Value("project"), named=F("slug"), at=_NO_TIME, connection_slug=F("connection__slug"),
        connection_name=F("connection__name"), is_enabled=F("connection__enabled"),
        cached=F("events_cached"), total=F("events_total"),
    )  # fmt: skip
    environments = Environment.objects.order_by().values(
        kind=Value("environment"), named=F("name"), at=_NO_TIME, **_NOTHING
    )
    releases = Release.objects.filter(pk__in=newest).order_by().values(
        kind=Value("release"), named=F("version"), at=F("created_at"), **_NOTHING
    )  # fmt: skip
    found: dict[str, _Rows] = {"project": [], "environment": [], "release": []}
    for row in projects.union(environments, releases, all=True):
        found[row["kind"]].append(dict(row))
    return sorted(found["project"], key=lambda row: row["named"]), found["environment"], found["release"]
