"""Filters by where an issue is: project:, project.id:, connection:."""

from collections.abc import Callable

from django.db.models import Q

from issues.models import Project
from issues.queries.conditions.context import Context, fits
from issues.search import Filter


def project(asked: Filter, context: Context) -> Q:
    return _in_projects(asked, context, lambda found: (found.slug,))


def project_id(asked: Filter, context: Context) -> Q:
    return _in_projects(asked, context, lambda found: (found.sentry_id,))


def connection(asked: Filter, context: Context) -> Q:
    """By the name that people see, or by the slug that URLs have."""
    return _in_projects(asked, context, lambda found: (found.connection.name, found.connection.slug))


def _in_projects(asked: Filter, context: Context, names: Callable[[Project], tuple[str, ...]]) -> Q:
    return projects_are(
        [found.pk for found in context.projects if any(fits(value, *names(found)) for value in asked.values)]
    )


def projects_are(keys: list[int]) -> Q:
    """One project as an equation: an index on (project, ...) then gives the order of the list too."""
    return Q(project=keys[0]) if len(keys) == 1 else Q(project__in=keys)
