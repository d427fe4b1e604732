"""What the address of the list asks for, and the addresses that ask for something else.

Everything a person can choose is in the URL. The search text is one of them: the filter controls edit it, so
that what is on screen can be read, saved and shared.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict

from dexter.web.models import Preference
from dexter.web.paging import page_size
from issues.models import SavedView
from issues.queries.sorts import ALIASES

SORTS = {
    "last_seen": ("Last seen", "Newest event first"),
    "first_seen": ("First seen", "Newest issue first"),
    "events": ("Events", "Most events, all that Sentry counted"),
    "users": ("Users", "Most people met it"),
    "trend": ("Trend", "Fastest rise in 24 hours"),
    "score": ("Priority", "Users, volume, trend, news"),
}
PERIODS = {
    "": "Any time",
    "1h": "Last hour",
    "24h": "Last 24 hours",
    "7d": "Last 7 days",
    "14d": "Last 14 days",
    "30d": "Last 30 days",
    "90d": "Last 90 days",
}
STATS = ("24h", "7d", "30d")
DEFAULT_QUERY = "is:unresolved"


@dataclass(frozen=True)
class Asked:
    """One state of the list. `view` is the id of the saved view it came from, `query` the whole search."""

    query: str = DEFAULT_QUERY
    sort: str = "last_seen"
    period: str = ""
    stats: str = "24h"
    size: int = 25
    connections: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    view: int | None = None
    cursor: str = ""
    usual_size: int = 25

    def url(self, **changes: object) -> str:
        """The address of this list with some parts changed; without `cursor` among them its first page."""
        other = replace(self, **{"cursor": "", **changes})  # type: ignore[arg-type]
        return f"/?{urlencode(list(other.parameters()))}"

    def here(self) -> str:
        """The address of this very page."""
        return self.url(cursor=self.cursor)

    def walk_parameters(self) -> str:
        """What the page of an issue needs of this state to lead to the issues before and after it."""
        return urlencode(list(self.parameters(but=("cursor", "size", "stats", "view"))))

    def first_page(self) -> "Asked":
        return replace(self, cursor="")

    def parameters(self, *, but: Iterable[str] = ()) -> Iterator[tuple[str, str]]:
        """Names and values of the URL, without the names in `but`."""
        single = {"query": self.query, "sort": self.sort, "period": self.period}
        single["size"] = "" if self.size == self.usual_size else str(self.size)
        single["stats"] = "" if self.stats == STATS[0] else self.stats
        single |= {"view": str(self.view or ""), "cursor": self.cursor}
        several = {"connection": self.connections, "project": self.projects, "environment": self.environments}
        for name, value in single.items():
            if name not in but and (value or name == "query"):
                yield name, value
        for name, values in several.items():
            if name not in but:
                yield from ((name, str(value)) for value in values)


def asked(parameters: QueryDict, preference: Preference, view: SavedView | None) -> Asked:
    """Reads the URL. What it does not say comes from the saved view, then from the preferences.

    The search is `query`, or the filters `term` and the text `q` of the search form.
    """
    sort = parameters.get("sort", "")
    sort = ALIASES.get(sort, sort)
    return Asked(
        query=_query(parameters, view),
        sort=sort if sort in SORTS else view.sort if view and view.sort in SORTS else preference.default_sort,
        period=_one_of(parameters.get("period"), PERIODS, ""),
        stats=_one_of(parameters.get("stats"), STATS, STATS[0]),
        size=page_size(parameters.get("size"), preference.page_size),
        connections=tuple(parameters.getlist("connection")),
        projects=tuple(parameters.getlist("project")),
        environments=tuple(parameters.getlist("environment")),
        view=view.pk if view else None,
        cursor=parameters.get("cursor", ""),
        usual_size=preference.page_size,
    )


def _one_of(text: str | None, offered: Collection[str], default: str) -> str:
    return text if text in offered and text is not None else default


def _query(parameters: QueryDict, view: SavedView | None) -> str:
    if "q" in parameters or "term" in parameters:
        parts = [*parameters.getlist("term"), parameters.get("q", "")]
        return " ".join(part.strip() for part in parts if part.strip())
    return parameters.get("query", view.query if view else DEFAULT_QUERY).strip()
