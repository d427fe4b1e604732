"""How many issues there are, counted only as far as anybody acts on it, and what a search reached."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet
from django.template.defaultfilters import pluralize
from django.utils import timezone

from issues.models import Issue
from issues.queries.choices import choices
from issues.queries.conditions.context import Context
from issues.queries.found import Search, found_issues
from issues.search import Query, SearchError, parse

# Nobody reads "48,213 issues" and acts on it; counting stops here.
COUNTED = 1000
KEPT_SECONDS = 30


@dataclass(frozen=True)
class Total:
    """How many there are; `more` where counting stopped at `COUNTED`."""

    count: int
    more: bool = False

    def __str__(self) -> str:
        return f"{self.count:,}{'+' if self.more else ''}"


@dataclass(frozen=True)
class Searched:
    """The reach of a search that depends on events: those in the cache, of all that Sentry counted."""

    cached: int
    total: int

    def __str__(self) -> str:
        if self.cached >= self.total:
            return f"Searched all {self.cached:,} cached events"
        return f"Searched the newest {self.cached:,} of {self.total:,} events"


@dataclass(frozen=True)
class FirstReleases:
    """The reach of a search by first release: the issues of which it is known, of all in scope."""

    known: Total
    issues: Total

    def __str__(self) -> str:
        issues = f"{self.issues} issue{pluralize(self.issues.count)}"
        said = f"Dexter knows the first release of {self.known} of {issues}"
        is_partial = self.known != self.issues or self.issues.more
        return said + (", and finds the others as if they had none" if is_partial else "")


def bounded_count(issues: QuerySet[Issue]) -> Total:
    """One query that looks at no more than `COUNTED` rows and one."""
    return total_of(issues.order_by()[: COUNTED + 1].count())


def total_of(counted: int) -> Total:
    """The total where counting stopped one behind `COUNTED`."""
    return Total(min(counted, COUNTED), more=counted > COUNTED)


def kept_total(search: Search) -> Total | None:
    """What `keep_total` kept of the same search of the same person in the last half minute."""
    return cache.get(_key(search))


def keep_total(search: Search, total: Total) -> None:
    cache.set(_key(search), total, KEPT_SECONDS)


def _key(search: Search) -> str:
    parts = (search.text, search.connections, search.projects, search.environments, search.period)
    person = getattr(search.user, "pk", None)
    return f"issues:total:{person}:{sha256(repr(parts).encode()).hexdigest()}"


def count(text: str, *, user: Any, now: datetime | None = None) -> str:
    """How many issues a search finds, as tabs show it ("1,000+"); "" for one that cannot be answered."""
    search = Search(text, user, now=now or timezone.now())
    try:
        return str(bounded_count(found_issues(search, parse(text), search.context())))
    except SearchError:
        return ""


def first_releases_of(search: Search, context: Context) -> FirstReleases:
    """Two counts, neither of more than `COUNTED` rows."""
    issues = found_issues(search, Query(), context)
    known = issues.filter(first_release__isnull=False)
    return FirstReleases(bounded_count(known), bounded_count(issues))


def reach_of(search: Search) -> Searched:
    """How many of the events of the projects in scope the cache holds, by what the menus know."""
    projects = [
        held
        for held in choices().held
        if (not search.projects or held.project in search.projects)
        and (not search.connections or held.connection in search.connections)
    ]
    return Searched(sum(held.cached for held in projects), sum(held.total for held in projects))
