"""Events of issues and of projects."""

import heapq
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from dexter.sentry.sandbox.events.render import event_id, full_event, list_event, read_event_id
from dexter.sentry.sandbox.events.variation import environment_of
from dexter.sentry.sandbox.http import ApiError, Request, Response, json_response, not_found
from dexter.sentry.sandbox.paging import page_size, plain_slice
from dexter.sentry.sandbox.router import Route
from dexter.sentry.sandbox.routes.listing import Window, window
from dexter.sentry.sandbox.routes.lookup import get_issue, get_organization, get_project
from dexter.sentry.sandbox.world.model import Issue
from dexter.sentry.sandbox.world.streams import Stream

if TYPE_CHECKING:
    from dexter.sentry.sandbox.state import Sandbox

READ = ("event:read",)
PROJECT_READ = ("project:read",)
Place = tuple[float, Stream, int]


def newest_first(streams: list[Stream], span: Window, environments: frozenset[str]) -> Iterator[Place]:
    """The events of some streams within a window, newest first, without building any."""

    def of(stream: Stream) -> Iterator[tuple[float, int, Stream, int]]:
        stop = stream.total if span.until > stream.newest else stream.count_before(span.until)
        start = stream.count_before(span.since)
        for n in range(stop - 1, start - 1, -1):
            if not environments or environment_of(stream.environments, stream.phase(n)) in environments:
                yield -stream.time_of(n), stream.key, stream, n

    for moment, _, stream, n in heapq.merge(*(of(stream) for stream in streams)):
        yield -moment, stream, n


def _page(sandbox: "Sandbox", request: Request, streams: list[Stream]) -> Response:
    span = window(sandbox, request)
    environments = frozenset(request.many("environment"))
    size = page_size(request)
    if environments:
        total = sum(1 for _ in newest_first(streams, span, environments))
    else:
        until = min(span.until, 1e12)
        total = sum(stream.count_before(until) - stream.count_before(span.since) for stream in streams)
    place = plain_slice(request, total, size)
    full = request.one("full") in ("1", "true", "True")
    shape = full_event if full else list_event
    events = islice(newest_first(streams, span, environments), place.start, place.stop)
    world = sandbox.world
    rows = [shape(world, stream, n, str(world.stream_issue[stream.key].id)) for _, stream, n in events]
    return json_response(rows, headers=[place.link])


def issue_events(sandbox: "Sandbox", request: Request) -> Response:
    return _page(sandbox, request, get_issue(sandbox, request).streams)


def project_events(sandbox: "Sandbox", request: Request) -> Response:
    project = sandbox.world.projects.index(get_project(sandbox, request))
    streams = [
        stream for issue in sandbox.world.visible() if issue.project == project for stream in issue.streams
    ]
    return _page(sandbox, request, streams)


def _place_of(
    sandbox: "Sandbox", issue: Issue, wanted: str, environments: frozenset[str]
) -> tuple[Stream, int] | None:
    """Where `latest`, `oldest`, `recommended` or an id lies among the events of an issue."""
    forever = Window(0.0, float("inf"), "")
    if wanted in ("latest", "recommended"):
        found = next(newest_first(issue.streams, forever, environments), None)
        return (found[1], found[2]) if found else None
    if wanted == "oldest":
        if not environments:
            oldest = min(issue.streams, key=lambda each: each.first)
            return oldest, 0
        last = deque(newest_first(issue.streams, forever, environments), maxlen=1)
        return (last[0][1], last[0][2]) if last else None
    place = read_event_id(sandbox.world.seed, wanted.replace("-", "").lower())
    for stream in issue.streams:
        if place and stream.key == place[0] and place[1] < stream.total:
            return stream, place[1]
    return None


def _neighbours(sandbox: "Sandbox", issue: Issue, stream: Stream, n: int) -> tuple[str | None, str | None]:
    """(previous, next) event ids within the issue."""
    moment = stream.time_of(n)
    before: tuple[float, int, Stream, int] | None = None
    after: tuple[float, int, Stream, int] | None = None
    for each in issue.streams:
        here = n if each is stream else each.count_before(moment)
        for m in (here - 1, here, here + 1):
            if not 0 <= m < each.total or (each is stream and m == n):
                continue
            spot = (each.time_of(m), each.key, each, m)
            if spot[:2] + (m,) < (moment, stream.key, n):
                before = spot if before is None or spot[:2] + (m,) > before[:2] + (before[3],) else before
            elif after is None or spot[:2] + (m,) < after[:2] + (after[3],):
                after = spot
    seed = sandbox.world.seed
    return (
        event_id(seed, before[2], before[3]) if before else None,
        event_id(seed, after[2], after[3]) if after else None,
    )


def whole_event(sandbox: "Sandbox", issue: Issue, stream: Stream, n: int) -> dict[str, Any]:
    world = sandbox.world
    body = full_event(world, stream, n, str(issue.id))
    body |= {
        "release": world.release_body_at(world.projects[stream.project], stream.time_of(n)),
        "userReport": None,
        "sdkUpdates": [],
        "resolvedWith": [],
    }
    body["previousEventID"], body["nextEventID"] = _neighbours(sandbox, issue, stream, n)
    return body


def issue_event(sandbox: "Sandbox", request: Request) -> Response:
    issue = get_issue(sandbox, request)
    wanted = request.params["event"]
    place = _place_of(sandbox, issue, wanted, frozenset(request.many("environment")))
    if place is None:
        named = wanted in ("latest", "oldest", "recommended")
        raise ApiError(404, {"detail": "No matching event found." if named else "Event not found"})
    return json_response(whole_event(sandbox, issue, *place))


def _by_id(sandbox: "Sandbox", text: str) -> tuple[Issue, Stream, int]:
    place = read_event_id(sandbox.world.seed, text.replace("-", "").lower())
    issue = sandbox.world.stream_issue.get(place[0]) if place else None
    if place is None or issue is None or issue.gone:
        raise not_found()
    for stream in issue.streams:
        if stream.key == place[0] and place[1] < stream.total:
            return issue, stream, place[1]
    raise not_found()


def project_event(sandbox: "Sandbox", request: Request) -> Response:
    project = get_project(sandbox, request)
    issue, stream, n = _by_id(sandbox, request.params["event"])
    if sandbox.world.projects[issue.project] is not project:
        raise not_found()
    return json_response(whole_event(sandbox, issue, stream, n))


def event_lookup(sandbox: "Sandbox", request: Request) -> Response:
    get_organization(sandbox, request)
    issue, stream, n = _by_id(sandbox, request.params["event"])
    event = full_event(sandbox.world, stream, n, str(issue.id))
    return json_response(
        {
            "organizationSlug": "acme",
            "projectSlug": sandbox.world.projects[issue.project].slug,
            "groupId": str(issue.id),
            "eventId": event["eventID"],
            "event": event,
        }
    )


def event_attachments(sandbox: "Sandbox", request: Request) -> Response:
    get_project(sandbox, request)
    _by_id(sandbox, request.params["event"])
    return json_response([], headers=[plain_slice(request, 0, page_size(request)).link])


_ISSUE = "/api/0/organizations/{org}/issues/{issue}"
_PROJECT = "/api/0/projects/{org}/{project}"

ROUTES = [
    *[
        route
        for base in (_ISSUE, "/api/0/issues/{issue}")
        for route in (
            Route("GET", f"{base}/events/", issue_events, READ),
            Route("GET", f"{base}/events/{{event}}/", issue_event, READ),
        )
    ],
    Route("GET", f"{_PROJECT}/events/", project_events, PROJECT_READ),
    Route("GET", f"{_PROJECT}/events/{{event}}/", project_event, PROJECT_READ),
    Route("GET", f"{_PROJECT}/events/{{event}}/attachments/", event_attachments, PROJECT_READ),
    Route("GET", "/api/0/organizations/{org}/eventids/{event}/", event_lookup, ("org:read",)),
]
