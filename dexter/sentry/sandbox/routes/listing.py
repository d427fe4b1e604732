"""Reads the parameters of an issue list: query, window, projects, environments, sort."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dexter.sentry.sandbox.clock import parse_iso
from dexter.sentry.sandbox.http import ApiError, Request, bad_request
from dexter.sentry.sandbox.results import SORTS, Query
from dexter.sentry.sandbox.search.conditions import Compiler, Condition
from dexter.sentry.sandbox.search.grammar import Parsed, parse
from dexter.sentry.sandbox.search.values import PHASE_KEYS, values_of
from dexter.sentry.sandbox.shapes.issue import View, make_buckets
from dexter.sentry.sandbox.world.streams import DAY

if TYPE_CHECKING:
    from dexter.sentry.sandbox.state import Sandbox

DEFAULT_QUERY = "is:unresolved"
WINDOW = 90 * DAY
FOREVER = float("inf")
_PERIOD = re.compile(r"^(\d+)([smhdw])$")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
COLLAPSIBLE = frozenset(("stats", "lifetime", "filtered", "unhandled", "base"))
EXPANDABLE = frozenset(
    ("inbox", "owners", "sessions", "integrationIssues", "sentryAppIssues", "latestEventHasAttachments")
)


@dataclass(frozen=True, slots=True)
class Window:
    """`key` says what was asked, so that a relative window is one cache entry and not one per second."""

    since: float
    until: float
    key: str


def window(sandbox: "Sandbox", request: Request, parameter: str = "statsPeriod") -> Window:
    """statsPeriod wins over start and end; neither means 90 days."""
    period = request.one(parameter)
    now = sandbox.clock.now()
    if period:
        found = _PERIOD.match(period)
        if not found:
            raise bad_request(f"Invalid statsPeriod: {period!r}")
        return Window(now - int(found[1]) * _SECONDS[found[2]], FOREVER, period)
    start, end = request.one("start"), request.one("end")
    if start or end:
        try:
            since = parse_iso(start) if start else now - WINDOW
            until = parse_iso(end) if end else FOREVER
        except ValueError:
            raise bad_request("start and end must be ISO 8601 dates") from None
        if since >= until:
            raise bad_request("start must be before end")
        return Window(since, until, f"{start}..{end}")
    return Window(now - WINDOW, FOREVER, "90d")


def projects(sandbox: "Sandbox", request: Request) -> frozenset[int] | None:
    """Places of the asked-for projects; None for all. Raises 403 for one that does not exist."""
    wanted = request.many("project")
    if not wanted or "-1" in wanted:
        return None
    found = set()
    for text in wanted:
        project = sandbox.world.project_by(text)
        if project is None:
            raise ApiError(403, {"detail": "You do not have permission to perform this action."})
        found.add(sandbox.world.projects.index(project))
    return frozenset(found)


def parsed_query(sandbox: "Sandbox", text: str) -> Parsed:
    found = parse(text)
    if sandbox.switches.no_advanced_search and any(term.negated for term in found.terms):
        raise bad_request("You need access to the advanced search feature to use negative search")
    return found


def issue_query(sandbox: "Sandbox", request: Request, only: frozenset[int] | None = None) -> Query:
    """Raises ApiError 400 for what Sentry refuses. `only` overrides the project parameter."""
    sort = request.one("sort") or "date"
    if sort not in SORTS:
        raise bad_request(f"Invalid sort: {sort}. Must be one of {', '.join(SORTS)}")
    given = request.one("query")
    text = DEFAULT_QUERY if given is None else given.strip()
    parsed = parsed_query(sandbox, text)
    flags = {term.values[0] for term in parsed.terms if term.key == "is" and not term.negated}
    if sort == "inbox" and not {"unresolved", "for_review"} <= flags:
        raise bad_request("Sort key 'inbox' only supported for inbox search")
    span = window(sandbox, request)
    chosen = only if only is not None else projects(sandbox, request)
    environments = frozenset(request.many("environment"))
    compiler = Compiler(sandbox.world, sandbox.clock.now(), request.user_id)
    conditions = compiler.compile(parsed)
    if environments:
        conditions.append(_in_environments(sandbox, environments))
    key = f"{text}|{sort}|{span.key}|{sorted(chosen or [])}|{sorted(environments)}|{request.user_id}"
    return Query(key, tuple(conditions), chosen, environments, span.since, span.until, sort)


def _in_environments(sandbox: "Sandbox", environments: frozenset[str]) -> Condition:
    return lambda issue: bool(values_of(sandbox.world, issue, "environment") & environments)


def issue_view(sandbox: "Sandbox", request: Request, query: Query) -> View:
    period = request.one("groupStatsPeriod")
    period = "24h" if period is None else period
    if period not in ("", "24h", "14d", "auto"):
        raise bad_request("Invalid stats_period. Valid choices are '', '24h', '14d', and 'auto'")
    collapse = frozenset(request.many("collapse"))
    expand = frozenset(request.many("expand"))
    if unknown := (collapse - COLLAPSIBLE) | (expand - EXPANDABLE):
        raise bad_request(f"Invalid collapse or expand: {', '.join(sorted(unknown))}")
    now = sandbox.clock.now()
    buckets = make_buckets(period, now, query.since) if period and "stats" not in collapse else None
    tags = any(f"{key}:" in (request.one("query") or "") for key in PHASE_KEYS)
    return View(
        host=request.host,
        user_id=request.user_id,
        buckets=buckets,
        collapse=collapse,
        expand=expand,
        since=query.since,
        until=query.until,
        environments=query.environments,
        filtered=bool(query.environments) or tags,
    )
