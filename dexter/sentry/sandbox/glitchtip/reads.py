"""What GlitchTip lets one read of issues and events."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from dexter.sentry.sandbox.clock import parse_iso
from dexter.sentry.sandbox.events.render import read_event_id
from dexter.sentry.sandbox.glitchtip import paging, shapes
from dexter.sentry.sandbox.glitchtip.search import breaks_the_server, matching, server_error
from dexter.sentry.sandbox.http import ApiError, Request, Response, json_response
from dexter.sentry.sandbox.router import Route
from dexter.sentry.sandbox.world.model import Issue, Project
from dexter.sentry.sandbox.world.organization import ORG_ID, ORG_SLUG
from dexter.sentry.sandbox.world.streams import DAY, Stream

if TYPE_CHECKING:
    from dexter.sentry.sandbox.state import Sandbox

NOT_FOUND = {"detail": "Not Found"}
SORTS = ("last_seen", "first_seen", "count", "priority")
_EXPECTED = (
    "'last_seen', 'first_seen', 'count', 'priority', '-last_seen', '-first_seen', '-count' or '-priority'"
)
READ = ("event:read",)
HOUR = 3600.0


def check_organization(request: Request) -> None:
    if request.params.get("org", ORG_SLUG) not in (ORG_SLUG, ORG_ID, "1"):
        raise ApiError(404, NOT_FOUND)


def find_project(sandbox: "Sandbox", request: Request) -> Project:
    check_organization(request)
    found = sandbox.world.project_by(request.params["project"])
    if found is None:
        raise ApiError(404, NOT_FOUND)
    return found


def find_issue(sandbox: "Sandbox", request: Request, alive: bool = False) -> Issue:
    """Deleted and merged-away issues are still there, unless `alive` is asked for."""
    check_organization(request)
    text = request.params["issue"]
    found = sandbox.world.issues.get(int(text)) if text.isdigit() else None
    if found is None or (alive and found.gone):
        raise ApiError(404, NOT_FOUND)
    return found


def whole_list(request: Request, rows: list[dict[str, Any]]) -> Response:
    """A list that fits one page, with the headers of a paged one."""
    return json_response(rows, headers=paging.headers(request, paging.Page(rows, None, None), len(rows)))


def _values(sort: str) -> Callable[[Issue], str]:
    if sort == "last_seen":
        return lambda issue: shapes.long_stamp(issue.last)
    if sort == "first_seen":
        return lambda issue: shapes.long_stamp(issue.first)
    if sort == "count":
        return lambda issue: f"{issue.count:012d}"
    return lambda issue: f"{len(str(issue.count)):04d}"  # a rough logarithm: most issues share a few values


def _issues(sandbox: "Sandbox", request: Request, only: frozenset[int] | None, with_gone: bool) -> Response:
    text = request.one("query") or ""
    sort = request.one("sort") or "-last_seen"
    if sort.lstrip("-") not in SORTS:
        error = paging.invalid("sort", "literal_error", f"Input should be {_EXPECTED}")
        error.body["detail"][0]["ctx"] = {"expected": _EXPECTED}
        raise error
    if breaks_the_server(text):
        return server_error()
    direct = _direct_hit(sandbox, request, text)
    if direct is not None:
        return direct
    found = [issue for issue in matching(sandbox, request, only) if with_gone or not issue.gone]
    found = _in_window(request, found)
    descending, value = sort.startswith("-"), _values(sort.lstrip("-"))
    found.sort(key=lambda issue: (value(issue), issue.id), reverse=descending)
    page = paging.cut(
        found, value, descending, paging.read_cursor(request.one("cursor")), paging.read_limit(request)
    )
    rows: Sequence[Any] = page.rows
    body = [shapes.issue(sandbox.world, issue, request.host) for issue in rows]
    return json_response(body, headers=paging.headers(request, page, len(found)))


def _in_window(request: Request, found: list[Issue]) -> list[Issue]:
    """start and end look at the first event, not at the events in between."""
    start, end = request.one("start"), request.one("end")
    since, until = parse_iso(start) if start else 0.0, parse_iso(end) if end else float("inf")
    return [issue for issue in found if since <= issue.first <= until]


def _direct_hit(sandbox: "Sandbox", request: Request, text: str) -> Response | None:
    place = read_event_id(sandbox.world.seed, text)
    issue = sandbox.world.stream_issue.get(place[0]) if place else None
    if issue is None:
        return None
    row = shapes.issue(sandbox.world, issue, request.host, matching=text)
    return json_response([row], headers=[("X-Sentry-Direct-Hit", "1")])


def organization_issues(sandbox: "Sandbox", request: Request) -> Response:
    check_organization(request)
    wanted = request.many("project")
    if any(not text.lstrip("-").isdigit() for text in wanted):
        raise paging.invalid("project", "int_parsing", "Input should be a valid integer")
    only = None
    if wanted:
        only = frozenset(place for place, each in enumerate(sandbox.world.projects) if each.id in wanted)
    return _issues(sandbox, request, only, with_gone=False)


def project_issues(sandbox: "Sandbox", request: Request) -> Response:
    place = sandbox.world.projects.index(find_project(sandbox, request))
    return _issues(sandbox, request, frozenset((place,)), with_gone=True)


def issue_detail(sandbox: "Sandbox", request: Request) -> Response:
    issue = find_issue(sandbox, request)
    return json_response({**shapes.issue(sandbox.world, issue, request.host), "userReportCount": 0})


def _places(issue: Issue) -> list[tuple[float, Stream, int]]:
    found = [(stream.time_of(n), stream, n) for stream in issue.streams for n in range(stream.total)]
    return sorted(found, key=lambda place: (place[0], place[1].key), reverse=True)


def _event(sandbox: "Sandbox", issue: Issue, stream: Stream, n: int) -> dict[str, Any]:
    neighbours = shapes.neighbour_ids(sandbox.world, issue, stream, n)
    return shapes.event(sandbox.world, stream, n, issue.id, neighbours)


def issue_events(sandbox: "Sandbox", request: Request) -> Response:
    issue = find_issue(sandbox, request)
    places = [] if issue.gone else _places(issue)
    cursor, size = paging.read_cursor(request.one("cursor")), paging.read_limit(request)
    page = paging.cut(places, lambda place: shapes.long_stamp(place[0]), True, cursor, size)
    rows: Sequence[Any] = page.rows
    body = [shapes.snake_event(_event(sandbox, issue, stream, n)) for _, stream, n in rows]
    return json_response(body, headers=paging.headers(request, page, len(places)))


def _one_event(sandbox: "Sandbox", issue: Issue, wanted: str) -> dict[str, Any]:
    if wanted == "latest":
        stream = max(issue.streams, key=lambda each: each.newest)
        return _event(sandbox, issue, stream, stream.total - 1)
    if len(wanted.replace("-", "")) != 32:
        raise paging.invalid("event_id", "uuid_parsing", "Input should be a valid UUID")
    place = read_event_id(sandbox.world.seed, wanted.replace("-", ""))
    for stream in issue.streams:
        if place and stream.key == place[0] and place[1] < stream.total:
            return _event(sandbox, issue, stream, place[1])
    raise ApiError(404, NOT_FOUND)


def issue_event(sandbox: "Sandbox", request: Request) -> Response:
    return json_response(
        _one_event(sandbox, find_issue(sandbox, request, alive=True), request.params["event"])
    )


def project_event(sandbox: "Sandbox", request: Request) -> Response:
    find_project(sandbox, request)
    place = read_event_id(sandbox.world.seed, request.params["event"].replace("-", ""))
    issue = sandbox.world.stream_issue.get(place[0]) if place else None
    if issue is None:
        raise ApiError(404, NOT_FOUND)
    return json_response(_one_event(sandbox, issue, request.params["event"]))


def issue_tags(sandbox: "Sandbox", request: Request) -> Response:
    rows = shapes.tags(sandbox.world, find_issue(sandbox, request))
    key = request.one("key")
    return json_response([row for row in rows if key in (None, row["key"])])


def comments(sandbox: "Sandbox", request: Request) -> Response:
    notes = sorted(find_issue(sandbox, request).notes or [], key=lambda note: note["at"], reverse=True)
    return whole_list(request, [shapes.comment(sandbox.world, note) for note in notes])


def hashes(sandbox: "Sandbox", request: Request) -> Response:
    issue = find_issue(sandbox, request)
    rows = [
        {"id": sandbox.world.hash_of(stream), "latestEvent": _event(sandbox, issue, stream, stream.total - 1)}
        for stream in issue.streams
    ]
    return whole_list(request, rows)


def issues_stats(sandbox: "Sandbox", request: Request) -> Response:
    """Sparse series; userCount repeats count; groups above 200 are cut."""
    check_organization(request)
    now = sandbox.clock.now()
    start = (now - DAY) // HOUR * HOUR
    rows = []
    for text in request.many("groups")[:200]:
        issue = sandbox.world.issues.get(int(text)) if text.isdigit() else None
        if issue is None:
            continue
        counts = [(start + HOUR * step, _between(issue, start + HOUR * step)) for step in range(26)]
        rows.append(
            {
                "id": str(issue.id),
                "count": str(issue.count),
                "userCount": issue.count,
                "firstSeen": shapes.long_stamp(issue.first),
                "lastSeen": shapes.long_stamp(issue.last),
                "isUnhandled": False,
                "stats": {"24h": [[int(edge), count] for edge, count in counts if count], "14d": None},
            }
        )
    return json_response(sorted(rows, key=lambda row: int(str(row["id"]))))


def _between(issue: Issue, start: float, width: float = HOUR) -> int:
    return sum(stream.count_before(start + width) - stream.count_before(start) for stream in issue.streams)


def stats_v2(sandbox: "Sandbox", request: Request) -> Response:
    """start and end are required; empty buckets are null."""
    check_organization(request)
    for name in ("start", "end", "field", "category"):
        if not request.one(name):
            raise paging.invalid(name, "missing", "Field required")
    start, end = parse_iso(request.one("start") or ""), parse_iso(request.one("end") or "")
    width = DAY if request.one("interval") == "1d" else HOUR
    edges = [start // width * width + width * step for step in range(int((end - start) // width) + 2)]
    issues = list(sandbox.world.visible())
    series = [sum(_between(issue, edge, width) for issue in issues) or None for edge in edges]
    intervals = [shapes.long_stamp(edge).replace(".000000", "") for edge in edges]
    groups = [{"series": {request.one("field"): series}}]
    return json_response({"intervals": intervals, "groups": groups})


def nothing(sandbox: "Sandbox", request: Request) -> Response:
    return whole_list(request, [])


_ORG, _PROJECT = "/api/0/organizations/{org}", "/api/0/projects/{org}/{project}"

ROUTES = [
    Route("GET", f"{_ORG}/issues/", organization_issues, READ),
    Route("GET", f"{_ORG}/issues/{{issue}}/hashes/", hashes, READ),
    Route("GET", f"{_ORG}/issues/{{issue}}/events/{{event}}/json/", issue_event, READ),
    Route("GET", f"{_ORG}/issues-stats/", issues_stats, READ),
    Route("GET", f"{_ORG}/stats_v2/", stats_v2, ("org:read",)),
    Route("GET", f"{_PROJECT}/issues/", project_issues, READ),
    Route("GET", f"{_PROJECT}/events/{{event}}/", project_event, READ),
    Route("GET", "/api/0/issues/{issue}/", issue_detail, READ),
    Route("GET", "/api/0/issues/{issue}/events/", issue_events, READ),
    Route("GET", "/api/0/issues/{issue}/events/{event}/", issue_event, READ),
    Route("GET", "/api/0/issues/{issue}/tags/", issue_tags, READ),
    Route("GET", "/api/0/issues/{issue}/comments/", comments, READ),
    Route("GET", "/api/0/issues/{issue}/user-reports/", nothing, READ),
]
