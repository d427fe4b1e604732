"""Numbers over time: of an issue, a page of issues, projects, sessions. All counted from the same streams."""

from typing import TYPE_CHECKING, Any

from dexter.sentry.sandbox.clock import iso_seconds
from dexter.sentry.sandbox.http import ApiError, Request, Response, bad_request, json_response
from dexter.sentry.sandbox.router import Route
from dexter.sentry.sandbox.routes.listing import Window, issue_query, projects, window
from dexter.sentry.sandbox.routes.lookup import get_issue, get_organization, get_project
from dexter.sentry.sandbox.shapes.issue import View, counts_body, make_buckets
from dexter.sentry.sandbox.world.streams import DAY, mix, warp

if TYPE_CHECKING:
    from dexter.sentry.sandbox.state import Sandbox

_WIDTHS = {
    "10s": 10,
    "1m": 60,
    "5m": 300,
    "15m": 900,
    "30m": 1800,
    "1h": 3600,
    "6h": 21_600,
    "12h": 43_200,
    "1d": 86_400,
}
MOST_BUCKETS = 10_000
USERS_PER_DAY = 1800


def _edges(since: float, until: float, width: float) -> list[float]:
    start = since // width * width
    count = int((until - start) // width) + 1
    if count > MOST_BUCKETS:
        raise bad_request("Your interval and date range would create too many results.")
    return [start + width * place for place in range(count + 1)]


def issue_stats(sandbox: "Sandbox", request: Request) -> Response:
    issue = get_issue(sandbox, request)
    resolution = request.one("resolution") or "1h"
    if resolution not in ("1h", "1d", "10s"):
        raise bad_request("Invalid resolution")
    now = sandbox.clock.now()
    try:
        since = float(request.one("since") or now - DAY)
        until = float(request.one("until") or now)
    except ValueError:
        raise bad_request("Invalid date") from None
    edges = _edges(since, until, _WIDTHS[resolution])
    return json_response(_series(issue.streams, edges))


def _series(streams: list[Any], edges: list[float]) -> list[list[int]]:
    busy = [warp(edge) for edge in edges]
    counts = [0] * len(edges)
    for stream in streams:
        if stream.newest < edges[0] or stream.first >= edges[-1]:
            continue
        for place, edge in enumerate(edges):
            counts[place] += stream.count_before(edge, busy[place])
    return [[int(edges[place]), counts[place + 1] - counts[place]] for place in range(len(edges) - 1)]


def issues_stats(sandbox: "Sandbox", request: Request) -> Response:
    """Stats, lifetime and filtered of a page of issues, by id."""
    get_organization(sandbox, request)
    groups = request.many("groups")
    if not groups:
        raise ApiError(400, {"detail": "You should include `groups` with your request. (i.e. groups=1,2,3)"})
    if len(groups) > 100:
        raise ApiError(400, {"detail": "Too many groups requested."})
    period = request.one("groupStatsPeriod") or "24h"
    if period not in ("24h", "14d", "auto"):
        raise bad_request("Invalid stats_period. Valid choices are '', '24h', '14d', and 'auto'")
    span = window(sandbox, request)
    view = View(request.host, request.user_id, since=span.since, until=span.until)
    buckets = make_buckets(period, sandbox.clock.now(), span.since)
    rows = []
    for text in groups:
        issue = sandbox.world.issue_by(text)
        if issue is None:
            continue
        lifetime = counts_body(issue, View(request.host, request.user_id))
        rows.append(
            {
                "id": str(issue.id),
                **counts_body(issue, view),
                "isUnhandled": sandbox.world.templates[issue.streams[0].kind].unhandled,
                "stats": {period: buckets.series(issue)},
                "lifetime": {**lifetime, "stats": None},
                "filtered": None,
            }
        )
    return json_response(rows)


def issues_count(sandbox: "Sandbox", request: Request) -> Response:
    """`{query: number}` for each query given."""
    get_organization(sandbox, request)
    found = {}
    given = [pair for pair in request.query if pair[0] != "query"]
    for text in request.many("query"):
        request.query = [*given, ("query", text)]
        found[text] = len(sandbox.results.entries(issue_query(sandbox, request)))
    return json_response(found)


def project_stats(sandbox: "Sandbox", request: Request) -> Response:
    project = sandbox.world.projects.index(get_project(sandbox, request))
    resolution = request.one("resolution") or "1h"
    if resolution not in ("1h", "1d", "10s"):
        raise bad_request("Invalid resolution")
    if request.one("stat") not in (None, "received", "rejected", "blacklisted", "generated"):
        raise bad_request("Invalid stat")
    now = sandbox.clock.now()
    edges = _edges(
        float(request.one("since") or now - DAY), float(request.one("until") or now), _WIDTHS[resolution]
    )
    if request.one("stat") in ("rejected", "blacklisted"):
        return json_response([[int(edge), 0] for edge in edges[:-1]])
    return json_response(_series(_streams(sandbox, project), edges))


def _streams(sandbox: "Sandbox", project: int) -> list[Any]:
    return [
        stream for issue in sandbox.world.visible() if issue.project == project for stream in issue.streams
    ]


def _span(sandbox: "Sandbox", request: Request) -> tuple[list[float], Window]:
    if not (request.one("statsPeriod") or request.one("start")):
        request.query.append(("statsPeriod", "24h"))
    span = window(sandbox, request)
    width = _WIDTHS.get(request.one("interval") or "1h")
    if width is None:
        raise bad_request("Invalid interval")
    until = min(span.until, sandbox.clock.now())
    return _edges(span.since, until, width), span


def _frame(edges: list[float]) -> dict[str, Any]:
    return {
        "start": iso_seconds(edges[0]),
        "end": iso_seconds(edges[-1]),
        "intervals": [iso_seconds(edge) for edge in edges[:-1]],
    }


def stats_v2(sandbox: "Sandbox", request: Request) -> Response:
    """Accepted errors by project, outcome or category."""
    get_organization(sandbox, request)
    field = request.one("field")
    if field not in ("sum(quantity)", "sum(times_seen)"):
        raise bad_request("Invalid field: " + str(field))
    groups = request.many("groupBy")
    if not groups or not set(groups) <= {"outcome", "category", "reason", "project"}:
        raise bad_request("At least one groupBy is required")
    edges, _ = _span(sandbox, request)
    chosen = projects(sandbox, request)
    places = sorted(chosen) if chosen is not None else list(range(len(sandbox.world.projects)))
    parts = [[place] for place in places] if "project" in groups else [places]
    rows = []
    for part in parts:
        series = [0] * (len(edges) - 1)
        for place in part:
            for spot, (_, count) in enumerate(_series(_streams(sandbox, place), edges)):
                series[spot] += count
        by: dict[str, Any] = {"outcome": "accepted", "category": "error", "reason": "none"}
        by["project"] = int(sandbox.world.projects[part[0]].id)
        rows.append(
            {
                "by": {name: by[name] for name in groups},
                "totals": {field: sum(series)},
                "series": {field: series},
            }
        )
    return json_response({**_frame(edges), "groups": rows})


def people_seen(hit: int, project: int, since: float, until: float) -> int:
    """How many people used a project in a window: at least the `hit` whom its issues met, and luckier ones.

    Grows with the square root of the window, as returning visitors make it.
    """
    days = max(0.02, (until - since) / DAY)
    return int(hit * 1.6 + USERS_PER_DAY * (1 + mix(project, 8) % 5) * days**0.5)


def _people_hit(sandbox: "Sandbox", since: float) -> list[int]:
    """By project: the most people that one issue met."""
    hit = [0] * len(sandbox.world.projects)
    for issue in sandbox.world.visible():
        if issue.last >= since and issue.users > hit[issue.project]:
            hit[issue.project] = issue.users
    return hit


def sessions(sandbox: "Sandbox", request: Request) -> Response:
    """`sum(session)`, `count_unique(user)` and the crash-free rates, by project, environment or status."""
    get_organization(sandbox, request)
    fields = request.many("field")
    known = {"sum(session)", "count_unique(user)", "crash_free_rate(session)", "crash_free_rate(user)"}
    if not fields or not set(fields) <= known:
        raise bad_request('Request is missing a "field"' if not fields else f"Invalid field: {fields}")
    edges, _ = _span(sandbox, request)
    groups = request.many("groupBy")
    chosen = projects(sandbox, request)
    places = sorted(chosen) if chosen is not None else list(range(len(sandbox.world.projects)))
    parts = [[place] for place in places] if "project" in groups else [places]
    hit = _people_hit(sandbox, edges[0])
    rows = []
    for part in parts:
        by = {"project": int(sandbox.world.projects[part[0]].id)} if "project" in groups else {}
        totals = {field: _session_value(field, part, hit, edges[0], edges[-1]) for field in fields}
        series = {
            field: [
                _session_value(field, part, hit, edges[at], edges[at + 1]) for at in range(len(edges) - 1)
            ]
            for field in fields
        }
        rows.append({"by": by, "totals": totals, "series": series})
    return json_response({**_frame(edges), "groups": rows, "query": request.one("query") or ""})


def _session_value(field: str, part: list[int], hit: list[int], since: float, until: float) -> float | int:
    people = sum(people_seen(hit[place], place, since, until) for place in part)
    if field == "count_unique(user)":
        return people
    if field == "sum(session)":
        return people * 3
    return 0.9931


_ORG = "/api/0/organizations/{org}"

ROUTES = [
    Route("GET", f"{_ORG}/issues/{{issue}}/stats/", issue_stats, ("event:read",)),
    Route("GET", "/api/0/issues/{issue}/stats/", issue_stats, ("event:read",)),
    Route("GET", f"{_ORG}/issues-stats/", issues_stats, ("event:read",)),
    Route("GET", f"{_ORG}/issues-count/", issues_count, ("event:read",)),
    Route("GET", f"{_ORG}/stats_v2/", stats_v2, ("org:read",)),
    Route("GET", f"{_ORG}/sessions/", sessions, ("org:read",)),
    Route("GET", "/api/0/projects/{org}/{project}/stats/", project_stats, ("project:read",)),
]
