"""The menus over the list. Each choice is a link to the list that it leads to, so all work without a script.

A filter control edits the search text, so what it does not know stays as the person typed it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from issues.search import Filter, SearchError, parse
from issues.search.editing import get_filter, get_status, with_filter, with_status, without
from issues.search.fields import IS_VALUES
from issues.views.filters import PERIODS, SORTS, STATS, Asked

PAGE_SIZES = (25, 50, 100)


@dataclass(frozen=True)
class Choice:
    label: str
    url: str
    current: bool = False
    hint: str = ""


@dataclass(frozen=True)
class Menu:
    """A button of the top bar with its choices; `groups` are pairs of a heading and choices."""

    name: str
    title: str
    label: str
    icon: str
    groups: Sequence[tuple[str, Sequence[Choice]]]

    @property
    def id(self) -> str:
        return f"scope-{self.name}"


@dataclass(frozen=True)
class Token:
    """A filter of the search as a chip: its text, its two parts, and the list without it."""

    text: str
    key: str
    value: str
    without: str


def tokens(asked: Asked) -> tuple[list[Token], str]:
    """The filters of the search as chips, and the rest of it as text for the field.

    Only filters that have to hold become chips; a search that cannot be read is all text.
    """
    try:
        found = [term for term in parse(asked.query).terms if isinstance(term, Filter)]
    except SearchError:
        return [], asked.query
    rest = asked.query
    for term in reversed(found):
        rest = without(rest, *term.span)
    return [_token(asked, term) for term in found], rest


def _token(asked: Asked, term: Filter) -> Token:
    text = str(term)
    key, _, value = text.partition(":")
    return Token(text, f"{key}:", value, asked.url(query=without(asked.query, *term.span)))


# The same few searches are edited on every page, and an edit parses the text.
@lru_cache(maxsize=4096)
def _with_status(query: str, status: str | None) -> str:
    return _edited(query, lambda text: with_status(text, status))


@lru_cache(maxsize=4096)
def _with_filter(query: str, key: str, values: tuple[str, ...]) -> str:
    return _edited(query, lambda text: with_filter(text, key, values or None))


def _edited(query: str, edit: Callable[[str], str]) -> str:
    """`query` changed by a control; a search that cannot be read is given up for what the control says."""
    try:
        return edit(query)
    except SearchError:
        return edit("")


@lru_cache(maxsize=4096)
def _values(query: str, key: str) -> tuple[str, ...]:
    """The values that the search's plain filter of `key` allows; none where there is no such filter."""
    try:
        found = get_filter(query, key)
    except SearchError:
        return ()
    if found is None or found.negated or found.op != "=":
        return ()
    return tuple(str(value) for value in found.values)


STATUS_WORDS = {
    "unresolved": "Unresolved",
    "new": "New",
    "ongoing": "Ongoing",
    "regressed": "Regressed",
    "escalating": "Escalating",
    "resolved": "Resolved",
    "archived": "Archived",
    "growing": "Muted but growing",
}
STATUS_HINTS = {name: IS_VALUES[name] for name in ("new", "ongoing", "regressed", "escalating", "growing")}
LEVELS_OFFERED = ("fatal", "error", "warning", "info", "debug")
PEOPLE = {"me": "Me", "my_teams": "My teams", "none": "Nobody"}


def filter_groups(asked: Asked, releases: Sequence[str]) -> list[tuple[str, list[Choice]]]:
    """The filter menu: status, level, assignee, release."""
    groups = [
        ("Status", _status_choices(asked)),
        ("Level", [_level_choice(asked, level) for level in LEVELS_OFFERED]),
        ("Assigned to", _single_choices(asked, "assigned", PEOPLE)),
    ]
    if releases:
        names = {"latest": "Latest of each project"} | {version: version for version in releases}
        groups.append(("Release", _single_choices(asked, "release", names)))
    return groups


def _status_choices(asked: Asked) -> list[Choice]:
    try:
        current = get_status(asked.query)
    except SearchError:
        current = None
    choices = [Choice("All", asked.url(query=_with_status(asked.query, None)), current is None)]
    for name, label in STATUS_WORDS.items():
        query = _with_status(asked.query, name)
        choices.append(Choice(label, asked.url(query=query), name == current, STATUS_HINTS.get(name, "")))
    return choices


def _level_choice(asked: Asked, level: str) -> Choice:
    """Several levels can be chosen; each choice adds or takes away one."""
    chosen = _values(asked.query, "level")
    values = tuple(v for v in chosen if v != level) if level in chosen else (*chosen, level)
    query = _with_filter(asked.query, "level", values)
    return Choice(level.capitalize(), asked.url(query=query), level in chosen)


def _single_choices(asked: Asked, key: str, names: dict[str, str]) -> list[Choice]:
    """One value of `key`; choosing the current one takes the filter away."""
    chosen = _values(asked.query, key)

    def choice(value: str, label: str) -> Choice:
        query = _with_filter(asked.query, key, () if value in chosen else (value,))
        return Choice(label, asked.url(query=query), value in chosen)

    return [choice(name, label) for name, label in names.items()]


def sort_choices(asked: Asked) -> list[Choice]:
    return [
        Choice(label, asked.url(sort=name), name == asked.sort, hint) for name, (label, hint) in SORTS.items()
    ]


def stats_choices(asked: Asked) -> list[Choice]:
    return [Choice(name, asked.url(stats=name, cursor=asked.cursor), name == asked.stats) for name in STATS]


def size_choices(asked: Asked) -> list[Choice]:
    return [Choice(str(size), asked.url(size=size), size == asked.size) for size in PAGE_SIZES]


def scope_menus(
    asked: Asked, connections: Sequence[tuple[str, str]], projects: Sequence[str], environments: Sequence[str]
) -> list[Menu]:
    """The menus of the top bar. `connections` are pairs of slug and name; one alone needs no menu."""
    menus = []
    if len(connections) > 1:
        names = dict(connections)
        menus.append(_scope(asked, "connections", "Connection", "All connections", "db", names))
    menus.append(_scope(asked, "projects", "Projects", "All projects", "pod", {p: p for p in projects}))
    menus.append(
        _scope(
            asked, "environments", "Environment", "All environments", "globe", {e: e for e in environments}
        )
    )
    periods = [Choice(label, asked.url(period=name), name == asked.period) for name, label in PERIODS.items()]
    menus.append(Menu("period", "Seen in", PERIODS[asked.period], "clock", [("", periods)]))
    return menus


def _scope(asked: Asked, field: str, title: str, all_label: str, icon: str, names: dict[str, str]) -> Menu:
    """A menu of which several can be chosen; each choice adds or takes away one."""
    chosen: tuple[str, ...] = getattr(asked, field)
    choices = [Choice(all_label, asked.url(**{field: ()}), not chosen)]
    for name, label in names.items():
        others = tuple(other for other in chosen if other != name)
        value = others if name in chosen else (*chosen, name)
        choices.append(Choice(label, asked.url(**{field: value}), name in chosen))
    label = all_label if not chosen else names.get(chosen[0], chosen[0])
    if len(chosen) > 1:
        label = f"{label} + {len(chosen) - 1}"
    return Menu(field, title, label, icon, [("", choices)])
