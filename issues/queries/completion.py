"""Values that exist in the cache, for the completion of the search field."""

from collections.abc import Iterator
from typing import Any

from django.core.cache import cache
from django.db.models import Q, QuerySet

from issues.models import Environment, IssueTag, Member, Project, Release, Team
from issues.search.fields import is_reserved

MOST = 10
TAG_NAMES = 200
_SECONDS = 300


def existing_values(key: str, prefix: str) -> list[str]:
    """Values of `key` (as it is typed: `release`, `tags["level"]`) that begin with `prefix`, at most ten.

    With the key "" the names of tags. Releases come newest first, the rest by the alphabet.
    """
    if not key:
        return [name for name in _tag_names() if name.lower().startswith(prefix.lower())][:MOST]
    if key in ("release", "first-release"):
        return _releases(prefix)
    if key in _NAMES:
        rows, column = _NAMES[key]
        return _names(rows.objects.all(), column, prefix)
    if key == "assigned":
        return _people(prefix)
    return _tag_values(IssueTag.objects.filter(key=_bare(key)), prefix)


_NAMES: dict[str, Any] = {
    "environment": (Environment, "name"),
    "project": (Project, "slug"),
    "team": (Team, "slug"),
}


def _releases(prefix: str) -> list[str]:
    found = Release.objects.filter(version__icontains=prefix).order_by("-created_at")
    return list(dict.fromkeys(found.values_list("version", flat=True)[: 2 * MOST]))[:MOST]


def _names(rows: QuerySet[Any], column: str, prefix: str) -> list[str]:
    found = rows.filter(**{f"{column}__istartswith": prefix}).order_by(column)
    return list(found.values_list(column, flat=True).distinct()[:MOST])


def _people(prefix: str) -> list[str]:
    if prefix.startswith("#"):
        return [f"#{slug}" for slug in _names(Team.objects.all(), "slug", prefix[1:])]
    found = Member.objects.filter(Q(name__istartswith=prefix) | Q(email__istartswith=prefix)).order_by("name")
    return list(found.values_list("name", flat=True).distinct()[:MOST])


def _tag_names() -> list[str]:
    names: list[str] | None = cache.get("completion:tags")
    if names is None:
        names = _distinct(IssueTag.objects.all(), "key", "", TAG_NAMES)
        names = [name for name in names if not is_reserved(name)]
        cache.set("completion:tags", names, _SECONDS)
    return names


def _tag_values(rows: QuerySet[Any], prefix: str) -> list[str]:
    """As typed if there are any, else as values are commonly written: the index knows no other case."""
    for written in dict.fromkeys((prefix, prefix.capitalize(), prefix.lower(), prefix.upper())):
        if found := _distinct(rows, "value", written, MOST):
            return found
    return []


def _distinct(rows: QuerySet[Any], column: str, prefix: str, most: int) -> list[str]:
    """Different values of an indexed column, each by a jump in the index: DISTINCT would read it all."""
    found: list[str] = []
    for value in _jumps(rows, column, prefix):
        if not value.startswith(prefix) or len(found) == most:
            break
        found.append(value)
    return found


def _jumps(rows: QuerySet[Any], column: str, start: str) -> Iterator[str]:
    ordered = rows.order_by(column).values_list(column, flat=True)
    value = ordered.filter(**{f"{column}__gte": start}).first()
    while value is not None:
        yield value
        value = ordered.filter(**{f"{column}__gt": value}).first()


def _bare(key: str) -> str:
    """The tag's name: of `tags["name"]`, of a plain one."""
    return key[len('tags["') : -len('"]')] if key.startswith('tags["') else key
