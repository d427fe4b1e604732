"""Tag keys and values of issues, of projects and of the organization."""

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from dexter.sentry.sandbox.http import ApiError, Request, Response, bad_request, json_response
from dexter.sentry.sandbox.paging import offset_slice, paged
from dexter.sentry.sandbox.router import Route
from dexter.sentry.sandbox.routes.lookup import get_issue, get_organization, get_project
from dexter.sentry.sandbox.shapes.tags import all_tags, count_tags, tag_body, tag_name, tag_values

if TYPE_CHECKING:
    from dexter.sentry.sandbox.state import Sandbox

READ = ("event:read",)
SAMPLE = 500  # issues looked at for the tags of a project or of the organization
_NO_KEY = {"detail": "The requested resource does not exist"}


def issue_tags(sandbox: "Sandbox", request: Request) -> Response:
    issue = get_issue(sandbox, request)
    try:
        limit = int(request.one("limit") or 4)
    except ValueError:
        raise bad_request("Invalid limit") from None
    rows = all_tags(sandbox.world, issue, limit)
    if keys := request.many("key"):
        rows = [row for row in rows if row["key"] in keys]
    return json_response(rows)


def issue_tag(sandbox: "Sandbox", request: Request) -> Response:
    body = tag_body(sandbox.world, get_issue(sandbox, request), request.params["key"])
    if body is None:
        raise ApiError(404, _NO_KEY)
    return json_response(body)


def issue_tag_values(sandbox: "Sandbox", request: Request) -> Response:
    rows = tag_values(sandbox.world, get_issue(sandbox, request), request.params["key"])
    if not rows:
        raise ApiError(404, _NO_KEY)
    sort = request.one("sort") or "count"
    if sort not in ("count", "date", "age", "id"):
        raise bad_request(f"Invalid sort: {sort}")
    if sort == "age":
        rows.sort(key=lambda row: row["firstSeen"])
    found = offset_slice(request, len(rows))
    return json_response(rows[found.start : found.stop], headers=[found.link])


def _sums(sandbox: "Sandbox", project: int | None) -> dict[str, Counter[str]]:
    """key -> value -> events, over a sample of the issues."""
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    looked_at = 0
    for issue in sandbox.world.visible():
        if project is not None and issue.project != project:
            continue
        for key, values in count_tags(sandbox.world, issue).items():
            sums[key].update(values)
        looked_at += 1
        if looked_at == SAMPLE:
            break
    return sums


def organization_tags(sandbox: "Sandbox", request: Request) -> Response:
    get_organization(sandbox, request)
    sums = _sums(sandbox, None)
    return json_response(
        [
            {"key": key, "name": tag_name(key), "totalValues": values.total()}
            for key, values in sorted(sums.items())
        ]
    )


def project_tag_values(sandbox: "Sandbox", request: Request) -> Response:
    project = sandbox.world.projects.index(get_project(sandbox, request))
    values = _sums(sandbox, project).get(request.params["key"])
    if values is None:
        raise ApiError(404, _NO_KEY)
    rows = [{"name": value} for value, _ in values.most_common()]
    found, headers = paged(request, rows)
    return json_response(list(found), headers=headers)


_ISSUE = "/api/0/organizations/{org}/issues/{issue}"

ROUTES = [
    *[
        route
        for base in (_ISSUE, "/api/0/issues/{issue}")
        for route in (
            Route("GET", f"{base}/tags/", issue_tags, READ, "issue-tags"),
            Route("GET", f"{base}/tags/{{key}}/", issue_tag, READ, "issue-tags"),
            Route("GET", f"{base}/tags/{{key}}/values/", issue_tag_values, READ),
        )
    ],
    Route("GET", "/api/0/organizations/{org}/tags/", organization_tags, ("org:read",)),
    Route("GET", "/api/0/projects/{org}/{project}/tags/{key}/values/", project_tag_values, ("project:read",)),
]
