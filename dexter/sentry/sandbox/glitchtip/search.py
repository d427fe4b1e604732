"""GlitchTip's search: `is:`, `has:`, `level:`, tags and free text; every other key is taken for a tag."""

import re
from typing import TYPE_CHECKING

from dexter.sentry.sandbox.http import HTML, Request, Response
from dexter.sentry.sandbox.search.conditions import Condition
from dexter.sentry.sandbox.search.values import has_user, text_of, values_of
from dexter.sentry.sandbox.world.model import Issue

if TYPE_CHECKING:
    from dexter.sentry.sandbox.state import Sandbox

_PART = re.compile(r'([\w.!\-]+):("[^"]*"|\S+)|("[^"]*"|\S+)')
_STATUSES = ("unresolved", "resolved", "ignored")
_ERROR_PAGE = """
<!doctype html>
<html lang="en">
<head>
  <title>Server Error (500)</title>
</head>
<body>
  <h1>Server Error (500)</h1><p></p>
</body>
</html>
"""


def server_error() -> Response:
    return Response(500, _ERROR_PAGE.encode(), HTML)


def breaks_the_server(text: str) -> bool:
    """A lone quote or backslash is a 500 there."""
    return text.count('"') % 2 == 1 or "\\" in text


def conditions(sandbox: "Sandbox", text: str) -> list[Condition]:
    found: list[Condition] = []
    for key, value, word in _PART.findall(text):
        plain = (value or word).strip('"')
        found.append(_keyed(sandbox, key, plain) if key else _words(sandbox, plain))
    return found


def _words(sandbox: "Sandbox", word: str) -> Condition:
    pattern = re.compile(".*".join(re.escape(part) for part in word.split("*")), re.IGNORECASE)
    return lambda issue: bool(pattern.search(text_of(sandbox.world, issue)))


def _keyed(sandbox: "Sandbox", key: str, value: str) -> Condition:
    world = sandbox.world
    if key == "is":
        return lambda issue: value in _STATUSES and issue.status == value
    if key == "has":
        return lambda issue: bool(values_of(world, issue, value))
    if key == "level":
        return lambda issue: world.templates[issue.streams[0].kind].level == value
    if key in ("user.id", "user.email"):
        return lambda issue: any(has_user(issue, number) for number in _numbers(value))
    return lambda issue: value in values_of(world, issue, key)


def _numbers(value: str) -> list[int]:
    return [int(found) for found in re.findall(r"\d+", value) if 0 < int(found) <= 9973]


def matching(sandbox: "Sandbox", request: Request, projects: frozenset[int] | None) -> list[Issue]:
    """Issues that the query, the project and the environment let through; no query means every status."""
    wanted = conditions(sandbox, request.one("query") or "")
    environments = set(request.many("environment"))
    ids = {int(text) for text in request.many("id") if text.isdigit()}
    world = sandbox.world
    return [
        issue
        for issue in world.issues.values()
        if (projects is None or issue.project in projects)
        and (not ids or issue.id in ids)
        and (not environments or values_of(world, issue, "environment") & environments)
        and all(condition(issue) for condition in wanted)
    ]
