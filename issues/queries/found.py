"""Which issues a search finds: the condition of its text and of the scope around it, unordered."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BooleanField, F, Func, Q, QuerySet
from django.utils import timezone

from issues.models import Issue, Project
from issues.queries.compile import compile_query
from issues.queries.conditions.context import Context
from issues.queries.conditions.events import tag_condition
from issues.queries.conditions.places import projects_are
from issues.search import Query, SearchError, parse
from issues.search.times import parse_relative


@dataclass(frozen=True)
class Search:
    """What a list is of: the search text, who asks, and the scope, where empty means all.

    `connections` and `projects` are slugs, `period` is "24h", "7d" and the like: issues that had an event
    in that time.
    """

    text: str = ""
    user: Any = None
    connections: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    period: str | None = None
    now: datetime = field(default_factory=timezone.now)

    def context(self) -> Context:
        return Context(self.now, self.user)


def found_issues(search: Search, query: Query, context: Context) -> QuerySet[Issue]:
    """The issues, unordered, `query` being the parsed text; raises SearchError for the unanswerable."""
    scope = _present() & scope_of(search, context)
    return Issue.objects.filter(scope & compile_query(query, context))


def matching_ids(search: Search, *, limit: int | None = None) -> Iterator[int]:
    """Primary keys of all that match, read in chunks; raises SearchError before the first."""
    found = found_issues(search, parse(search.text), search.context()).order_by("pk")
    keys = found.values_list("pk", flat=True)
    return (keys[:limit] if limit is not None else keys).iterator(chunk_size=2000)


def scope_of(search: Search, context: Context) -> Q:
    """The part of the condition that does not come from the search text."""
    scope = Q()
    if search.connections or search.projects:
        scope &= projects_are([project.pk for project in projects_in(search, context)])
    if search.environments:
        scope &= tag_condition("environment", search.environments)
    if search.period:
        scope &= Q(last_seen__gte=search.now - period_length(search.period))
    return scope


def projects_in(search: Search, context: Context) -> list[Project]:
    """The projects of the scope; all of them where it names none."""
    return [
        project
        for project in context.projects
        if (not search.projects or project.slug in search.projects)
        and (not search.connections or project.connection.slug in search.connections)
    ]


def period_length(text: str) -> timedelta:
    """How long "24h" or "7d" is; raises SearchError for anything else."""
    relative = parse_relative(f"-{text}")
    if relative is None:
        raise SearchError(f"{text} is not a period", 0, 0, "for example 24h, 7d or 30d")
    return relative.age


def _present() -> Q:
    # Written as a literal: SQLite uses a partial index only where it sees the index's own condition.
    return Q(Func(F("gone"), template="%(expressions)s = ''", output_field=BooleanField()))
