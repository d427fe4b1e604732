"""An issue as lists, details and webhooks show it."""

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dexter.sentry.sandbox.clock import iso
from dexter.sentry.sandbox.events.variation import environment_of
from dexter.sentry.sandbox.results import issue_count
from dexter.sentry.sandbox.search.values import head_of
from dexter.sentry.sandbox.shapes.people import project_reference
from dexter.sentry.sandbox.shapes.statuses import assigned_body, status_details
from dexter.sentry.sandbox.world.model import Issue, base32
from dexter.sentry.sandbox.world.streams import PHASES, warp

if TYPE_CHECKING:
    from dexter.sentry.sandbox.world.store import World

AUTO_SEGMENTS = 29
_ENCODE = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Buckets:
    """The edges of a stats series, with their busy time worked out once for all issues of a page."""

    name: str
    edges: tuple[float, ...]
    busy: tuple[float, ...]
    silence: list[list[int]]

    def series(self, issue: Issue) -> list[list[int]]:
        """`[[epoch seconds, events], ...]`, oldest first; exact, because `count_before` is."""
        edges = self.edges
        if issue.last < edges[0]:
            return self.silence
        counts = [0] * len(edges)
        for stream in issue.streams:
            for place, edge in enumerate(edges):
                counts[place] += stream.count_before(edge, self.busy[place])
        return [[int(edges[place]), counts[place + 1] - counts[place]] for place in range(len(edges) - 1)]


def make_buckets(name: str, now: float, since: float = 0.0) -> Buckets:
    """24h: hours; 14d, 30d: days, in UTC and up to the running one; auto: the search window in 29 parts."""
    if name == "auto":
        width = max(60.0, round((now - since) / AUTO_SEGMENTS / 60) * 60.0)
        segments = AUTO_SEGMENTS + 1
    else:
        width, segments = {"24h": (3600.0, 24), "14d": (86_400.0, 14), "30d": (86_400.0, 30)}[name]
    last = now // width * width + width
    edges = tuple(last - width * (segments - place) for place in range(segments + 1))
    silence = [[int(edge), 0] for edge in edges[:-1]]
    return Buckets(name, edges, tuple(warp(edge) for edge in edges), silence)


@dataclass(slots=True)
class View:
    """How the rows of one answer are to look."""

    host: str
    user_id: int
    buckets: Buckets | None = None
    collapse: frozenset[str] = frozenset()
    expand: frozenset[str] = frozenset()
    since: float = 0.0
    until: float = float("inf")
    environments: frozenset[str] = frozenset()
    filtered: bool = False
    direct_hit: dict[int, str] = field(default_factory=dict)


def short_id(world: "World", issue: Issue) -> str:
    return f"{world.projects[issue.project].slug.upper()}-{base32(issue.number)}"


def base_body(world: "World", issue: Issue, view: View) -> dict[str, Any]:
    """The part of an issue that does not depend on a time window."""
    head = head_of(world, issue)
    template = world.templates[issue.streams[0].kind]
    user = view.user_id
    return {
        "id": str(issue.id),
        "shareId": issue.share,
        "shortId": short_id(world, issue),
        "title": head["title"],
        "culprit": head["culprit"],
        "permalink": f"{view.host}/organizations/acme/issues/{issue.id}/",
        "logger": template.static_tags.get("logger"),
        "level": template.level,
        "status": issue.status,
        "statusDetails": status_details(world, issue),
        "substatus": issue.substatus,
        "isPublic": issue.share is not None,
        "platform": template.platform,
        "project": project_reference(world.projects[issue.project]),
        "type": head["type"],
        "metadata": head["metadata"],
        "numComments": len(issue.notes) if issue.notes else 0,
        "assignedTo": assigned_body(world, issue),
        "isBookmarked": bool(issue.bookmarked) and user in (issue.bookmarked or ()),
        "isSubscribed": bool(issue.subscribed) and user in (issue.subscribed or ()),
        "subscriptionDetails": None,
        "hasSeen": bool(issue.seen) and user in (issue.seen or ()),
        "annotations": [],
        "issueType": "error",
        "issueCategory": "error",
        "priority": issue.priority,
        "priorityLockedAt": None,
        "seerFixabilityScore": None,
        "seerAutofixLastTriggered": None,
        "seerExplorerAutofixLastTriggered": None,
    }


def _environment_share(issue: Issue, view: View) -> int:
    """Events in the window and in the asked-for environments."""
    total = 0
    for stream in issue.streams:
        start = stream.count_before(view.since)
        stop = stream.count_before(min(view.until, 1e12))
        counts = stream.phase_counts(start, stop)
        total += sum(
            counts[phase]
            for phase in range(PHASES)
            if environment_of(stream.environments, phase) in view.environments
        )
    return total


def counts_body(issue: Issue, view: View) -> dict[str, Any]:
    """Count (a string), users and times, of the window and the environments that the view asks for."""
    if view.environments:
        count = _environment_share(issue, view)
    else:
        count = issue_count(issue, view.since, view.until)
    return _numbers(issue, count)


def _numbers(issue: Issue, count: int) -> dict[str, Any]:
    return {
        "count": str(count),
        "userCount": min(issue.users, count),
        "firstSeen": iso(issue.first),
        "lastSeen": iso(issue.last),
    }


def row(world: "World", issue: Issue, view: View) -> dict[str, Any]:
    """One row of an issue list, with Sentry's collapse and expand."""
    body: dict[str, Any] = json.loads(row_text(world, issue, view))
    return body


def row_text(world: "World", issue: Issue, view: View) -> str:
    """The same as JSON. The part that no window changes is kept with the issue until it is touched."""
    if "base" in view.collapse:
        base = f'{{"id":"{issue.id}"}}'
    elif issue.text is not None and issue.text[:2] == (view.host, view.user_id):
        base = issue.text[2]
    else:
        base = _ENCODE(base_body(world, issue, view))
        issue.text = (view.host, view.user_id, base)
    rest = _ENCODE(_moving_part(world, issue, view))
    return f"{base[:-1]},{rest[1:]}"


def _moving_part(world: "World", issue: Issue, view: View) -> dict[str, Any]:
    collapse = view.collapse
    body: dict[str, Any] = {}
    if "unhandled" not in collapse:
        body["isUnhandled"] = world.templates[issue.streams[0].kind].unhandled
    counts = counts_body(issue, view)
    body |= counts
    if "stats" not in collapse and view.buckets is not None:
        body["stats"] = {view.buckets.name: view.buckets.series(issue)}
    if "lifetime" not in collapse:
        body["lifetime"] = {**counts, "count": str(issue.count), "userCount": issue.users}
    if "filtered" not in collapse:
        body["filtered"] = {**counts, "stats": body.get("stats", {})} if view.filtered else None
    _expand(world, issue, view, body)
    return body


def _expand(world: "World", issue: Issue, view: View, body: dict[str, Any]) -> None:
    if "inbox" in view.expand:
        body["inbox"] = inbox_body(issue)
    if "owners" in view.expand:
        body["owners"] = None
    if "sessions" in view.expand:
        body["sessionCount"] = 0
    for name in ("integrationIssues", "sentryAppIssues"):
        if name in view.expand:
            body[name] = []
    if "latestEventHasAttachments" in view.expand:
        body["latestEventHasAttachments"] = False
    if issue.id in view.direct_hit:
        body["matchingEventId"] = view.direct_hit[issue.id]


def inbox_body(issue: Issue) -> dict[str, Any] | None:
    if issue.inbox is None:
        return None
    return {"reason": issue.inbox[0], "reason_details": None, "date_added": iso(issue.inbox[1])}
