"""Breadcrumbs: what happened before the error, oldest first."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from issues.payload.fields import first_text, mapping, mappings, moment, number, pairs, required_array, text
from issues.payload.shape import entry, normalise

SECTION = "breadcrumbs"
KINDS = ("query", "http", "navigation", "ui", "error", "log", "default")

_DURATIONS = {"duration_ms": 1.0, "durationMs": 1.0, "elapsed_ms": 1.0, "time_ms": 1.0, "duration_s": 1000.0}
_WRITTEN_DURATION = re.compile(r"\s*(\d{1,12}(?:\.\d{1,9})?)\s*(ms|s|µs|us)\s*")
_UNITS = {"ms": 1.0, "s": 1000.0, "µs": 0.001, "us": 0.001}


@dataclass(frozen=True, slots=True)
class Crumb:
    """One breadcrumb. `offset` is in seconds from the event (below zero: before it), `duration` in ms.

    `kind` is one of KINDS and picks the icon; `data` is what the SDK added.
    """

    index: int
    time: datetime | None
    offset: float | None
    type: str
    category: str | None
    level: str
    message: str | None
    data: tuple[tuple[str, object], ...]
    kind: str
    duration: float | None

    @property
    def text(self) -> str:
        """The message, or for a request without one "GET https://... 200"."""
        if self.message:
            return self.message
        data = dict(self.data)
        parts = (text(data.get(name)) for name in ("method", "url", "from", "to", "status_code"))
        return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Breadcrumbs:
    """`items` oldest first; the counts are what the filters of the page show."""

    items: tuple[Crumb, ...]

    def __len__(self) -> int:
        return len(self.items)

    @property
    def levels(self) -> tuple[tuple[str, int], ...]:
        return tuple(Counter(crumb.level for crumb in self.items).most_common())

    @property
    def categories(self) -> tuple[tuple[str, int], ...]:
        return tuple(Counter(crumb.category or crumb.type for crumb in self.items).most_common())

    @property
    def kinds(self) -> tuple[tuple[str, int], ...]:
        """The kinds that occur, in the order of KINDS."""
        counts = Counter(crumb.kind for crumb in self.items)
        return tuple((kind, counts[kind]) for kind in KINDS if counts[kind])


def read_breadcrumbs(payload: object) -> Breadcrumbs:
    """The breadcrumbs; none for an event without. Raises Unreadable("breadcrumbs", ...)."""
    event = normalise(payload)
    data = entry(event, SECTION)
    values = mapping(data).get("values") if isinstance(data, Mapping) else data
    at = moment(event.get("dateCreated"))
    crumbs = mappings(required_array(SECTION, values))
    return Breadcrumbs(tuple(_crumb(index, crumb, at) for index, crumb in enumerate(crumbs)))


def _crumb(index: int, given: Mapping[str, object], at: datetime | None) -> Crumb:
    time = moment(given.get("timestamp"))
    category = text(given.get("category"))
    kind = text(given.get("type")) or "default"
    level = text(given.get("level")) or "info"
    data = given.get("data")
    return Crumb(
        index=index,
        time=time,
        offset=(time - at).total_seconds() if time and at else None,
        type=kind,
        category=category,
        level=level,
        message=text(given.get("message")) or (text(data) if not isinstance(data, Mapping) else None),
        data=pairs(data) if isinstance(data, Mapping) else (),
        kind=kind_of(kind, category or "", level),
        duration=_duration(mapping(data)),
    )


def kind_of(crumb_type: str, category: str, level: str = "info") -> str:
    """Which of KINDS a breadcrumb is, by its type and, where that is "default", by its category."""
    words = set(re.split(r"[^a-z]+", category.lower()))
    if crumb_type == "query" or words & {"query", "sql", "db", "database", "redis", "mongodb"}:
        return "query"
    if crumb_type == "http" or words & {
        "http",
        "httplib",
        "xhr",
        "fetch",
        "requests",
        "urllib",
        "httpx",
        "request",
    }:
        return "http"
    if crumb_type == "navigation" or words & {"navigation", "nav", "routing"}:
        return "navigation"
    if crumb_type in ("ui", "user") or words & {"ui", "click", "touch", "tap"}:
        return "ui"
    if crumb_type == "error" or words & {"exception"} or level in ("error", "fatal"):
        return "error"
    return "log" if crumb_type in ("log", "debug", "info") or category else "default"


def _duration(data: Mapping[str, object]) -> float | None:
    """Milliseconds, from fields whose unit is certain. SDKs disagree on the unit of a bare `duration`."""
    for name, factor in _DURATIONS.items():
        found = number(data.get(name))
        if found is not None:
            return found * factor
    written = _WRITTEN_DURATION.fullmatch(first_text(data, "duration", "elapsed", "time") or "")
    return float(written[1]) * _UNITS[written[2]] if written else None
