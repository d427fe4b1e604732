"""GET of issues: lists, one issue, and what hangs directly on it."""

import re
from typing import TYPE_CHECKING, Any

from dexter.sentry.sandbox.events.render import full_event, list_event, read_event_id
from dexter.sentry.sandbox.http import Request, Response, bad_request, json_response, not_found
from dexter.sentry.sandbox.paging import hits, link, page_size, paged, parse_cursor
from dexter.sentry.sandbox.results import cut
from dexter.sentry.sandbox.router import Route
from dexter.sentry.sandbox.routes.listing import issue_query, issue_view
from dexter.sentry.sandbox.routes.lookup import get_issue, get_organization, get_project
from dexter.sentry.sandbox.shapes.detail import detail_body
from dexter.sentry.sandbox.shapes.issue import View, base_body, counts_body, row, row_text

if TYPE_CHECKING:
    from dexter.sentry.sandbox.state import Sandbox

READ = ("event:read",)
_EVENT_ID = re.compile(r"^[0-9a-f]{32}$")


def list_issues(sandbox: "Sandbox", request: Request) -> Response:
    get_organization(sandbox, request)
    return _listed(sandbox, request, None)


def list_project_issues(sandbox: "Sandbox", request: Request) -> Response:
    """Deprecated by Sentry; statsPeriod plays the part of groupStatsPeriod here."""
    project = get_project(sandbox, request)
    period = request.one("statsPeriod")
    if period not in (None, "", "24h", "14d"):
        raise bad_request("Invalid stats_period. Valid choices are '', '24h', and '14d'")
    request.query = [pair for pair in request.query if pair[0] != "statsPeriod"]
    if period is not None:
        request.query.append(("groupStatsPeriod", period))
    return _listed(sandbox, request, frozenset((sandbox.world.projects.index(project),)))


def _listed(sandbox: "Sandbox", request: Request, only: frozenset[int] | None) -> Response:
    size = page_size(request, "limit")
    direct = _direct_hit(sandbox, request)
    if direct is not None:
        return direct
    query = issue_query(sandbox, request, only)
    view = issue_view(sandbox, request, query)
    world = sandbox.world
    if groups := request.many("group"):
        found = [world.issue_by(text) for text in groups]
        return json_response([row(world, issue, view) for issue in found if issue])
    entries = sandbox.results.entries(query)
    page = cut(entries, parse_cursor(request.one("cursor")), size)
    text = ",".join([row_text(world, issue, view) for issue in page.issues])
    header = link(request, page.before, page.has_before, page.after, page.has_after)
    return Response(200, f"[{text}]".encode(), headers=[header, *hits(len(entries))])


def _direct_hit(sandbox: "Sandbox", request: Request) -> Response | None:
    """An event id as the whole query, or a short id with shortIdLookup: one row, no Link, no filters."""
    text = (request.one("query") or "").strip()
    issue, matching = None, {}
    if _EVENT_ID.match(text):
        place = read_event_id(sandbox.world.seed, text)
        issue = sandbox.world.stream_issue.get(place[0]) if place else None
        if issue is not None:
            matching = {issue.id: text}
    elif request.one("shortIdLookup") == "1" and re.fullmatch(r"[A-Za-z][\w-]*-[0-9A-Za-z]+", text):
        issue = sandbox.world.issue_by(text)
    if issue is None or issue.gone:
        return None
    view = View(request.host, request.user_id, direct_hit=matching)
    return json_response([row(sandbox.world, issue, view)], headers=[("X-Sentry-Direct-Hit", "1")])


def issue_detail(sandbox: "Sandbox", request: Request) -> Response:
    """A merged id answers 200 with its parent's body: compare the ids."""
    issue = get_issue(sandbox, request)
    collapse = frozenset(request.many("collapse"))
    expand = frozenset(request.many("expand"))
    environments = frozenset(request.many("environment"))
    view = View(request.host, request.user_id, collapse=collapse, expand=expand, environments=environments)
    return json_response(detail_body(sandbox.world, issue, view))


def short_id_lookup(sandbox: "Sandbox", request: Request) -> Response:
    get_organization(sandbox, request)
    issue = sandbox.world.issue_by(request.params["issue"])
    if issue is None:
        raise not_found()
    view = View(request.host, request.user_id)
    group = base_body(sandbox.world, issue, view)
    return json_response(
        {
            "organizationSlug": "acme",
            "projectSlug": sandbox.world.projects[issue.project].slug,
            "groupId": str(issue.id),
            "group": group | counts_body(issue, view),
            "shortId": group["shortId"],
        }
    )


def issue_hashes(sandbox: "Sandbox", request: Request) -> Response:
    issue = get_issue(sandbox, request)
    world = sandbox.world
    shape = list_event if request.one("full") in ("0", "false") else full_event
    rows = [
        {
            "id": world.hash_of(stream),
            "latestEvent": shape(world, stream, stream.total - 1, str(issue.id)),
            "mergedBySeer": False,
            "seerMatchDistance": None,
        }
        for stream in issue.streams
    ]
    found, headers = paged(request, rows)
    return json_response(list(found), headers=headers)


def nothing(sandbox: "Sandbox", request: Request) -> Response:
    """Lists that are empty here: attachments, user reports, external issues."""
    get_issue(sandbox, request)
    rows: list[dict[str, Any]] = []
    found, headers = paged(request, rows)
    return json_response(list(found), headers=headers)


_ORG = "/api/0/organizations/{org}"
_ISSUE = _ORG + "/issues/{issue}"

ROUTES = [
    Route("GET", f"{_ORG}/issues/", list_issues, READ),
    Route("GET", "/api/0/projects/{org}/{project}/issues/", list_project_issues, READ, "project-issues",
          "/api/0/organizations/{org}/issues/"),
    Route("GET", f"{_ORG}/shortids/{{issue}}/", short_id_lookup, READ),
    *[
        route
        for base, replacement in ((_ISSUE, None), ("/api/0/issues/{issue}", f"{_ORG}/issues/"))
        for route in (
            Route("GET", f"{base}/", issue_detail, READ, "issue-get", replacement),
            Route("GET", f"{base}/hashes/", issue_hashes, READ, None, replacement),
            Route("GET", f"{base}/attachments/", nothing, READ, None, replacement),
            Route("GET", f"{base}/user-reports/", nothing, READ, None, replacement),
            Route("GET", f"{base}/user-feedback/", nothing, READ, None, replacement),
            Route("GET", f"{base}/external-issues/", nothing, READ, None, replacement),
        )
    ],
]  # fmt: skip
