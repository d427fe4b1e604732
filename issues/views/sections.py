"""The tabs of an issue's page: what each shows, built from the payload or from the cache.

A tab that cannot be built or rendered says so; nothing else of the page depends on it.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import error as ZlibError  # noqa: N812 - an exception's name

from django.template.loader import render_to_string

from dexter.pii import mask_text
from dexter.sentry.flavour import FLAVOURS
from dexter.web.context import preference_of
from dexter.web.models import StackMode
from dexter.web.paging import BadCursor
from dexter.web.request import Request
from issues.models import Connection, Event, Issue
from issues.payload import shape
from issues.payload.attachments import Attachment, read_attachments
from issues.payload.breadcrumbs import KINDS, Crumb, read_breadcrumbs
from issues.payload.contexts import ScrubNote, read_contexts, read_extra, read_packages, read_scrub_notes
from issues.payload.errors import Unreadable
from issues.payload.event import read_header
from issues.payload.request import curl, is_long, read_request
from issues.payload.values import (
    context_values,
    crumb_data,
    crumb_text,
    extra_values,
    header_values,
    removed_values,
    request_body,
    request_url,
    request_values,
    tag_values,
    user_values,
)
from issues.queries.events import events_of
from issues.queries.likeness import alike
from issues.queries.releases import release_detail
from issues.queries.tags import distribution, has_totals, opened
from issues.views.discussion import stream_context
from issues.views.stacktrace import stack_trace

log = logging.getLogger(__name__)

STACK, BREADCRUMBS, REQUEST, TAGS, EVENTS, ACTIVITY, SIMILAR = (
    "stack", "breadcrumbs", "request", "tags", "events", "activity", "similar",
)  # fmt: skip
LABELS = {
    STACK: "Stack trace",
    BREADCRUMBS: "Breadcrumbs",
    REQUEST: "Request",
    TAGS: "Tags and contexts",
    EVENTS: "Events",
    ACTIVITY: "Activity",
    SIMILAR: "Similar",
}
NO_PAYLOAD = "The stored copy of this event is missing or damaged."


@dataclass(frozen=True)
class Asked:
    """What a tab is built from. `payload` is None while no event is shown, or when it cannot be unpacked."""

    request: Request
    issue: Issue
    event: Event | None
    payload: shape.Event | None

    @property
    def readable(self) -> shape.Event:
        """Raises Unreadable where there is no payload."""
        if self.payload is None:
            raise Unreadable("event", NO_PAYLOAD)
        return self.payload

    def parameter(self, name: str) -> str:
        return self.request.GET.get(name, "")


def unpacked(event: Event | None) -> shape.Event | None:
    """The payload in shape, unpacked once a page; None where there is none that can be read."""
    stored = getattr(event, "stored_payload", None)
    if stored is None:
        return None
    try:
        return shape.normalise(stored.unpack())
    except (Unreadable, ValueError, ZlibError) as error:
        log.warning("the payload of event %s cannot be read: %s", event, error)
        return None


@dataclass(frozen=True)
class Tab:
    """A link of the tab bar; `count` is empty where nothing is counted."""

    name: str
    label: str
    count: int | None
    current: bool


def tabs(asked: Asked, current: str) -> list[Tab]:
    return [Tab(name, label, _count(name, asked), name == current) for name, label in LABELS.items()]


def _count(name: str, asked: Asked) -> int | None:
    if name == EVENTS:
        return asked.issue.count
    if name == ACTIVITY:
        return asked.issue.activity_count  # type: ignore[attr-defined]
    try:
        if name == BREADCRUMBS and asked.payload is not None:
            return len(read_breadcrumbs(asked.payload)) or None
        if name == TAGS and asked.payload is not None:
            return len(read_header(asked.payload).tags) or None
    except Exception:  # noqa: BLE001 - the tab itself says what is wrong
        log.debug("tab %s of issue %s cannot be counted", name, asked.issue.pk, exc_info=True)
    return None


def render_section(name: str, asked: Asked, context: Mapping[str, Any]) -> str:
    """The HTML of a tab, or of what says why it cannot be shown. Never raises."""
    try:
        found = SECTIONS[name](asked)
        return render_to_string(f"issues/_{_FILES[name]}.html", {**context, **found}, asked.request)
    except Unreadable as error:
        log.warning("tab %s of issue %s: %s", name, asked.issue.pk, error)
        reason = error.reason
    except Exception as error:
        log.exception("tab %s of issue %s cannot be shown", name, asked.issue.pk)
        reason = f"an error in Dexter ({type(error).__name__}), which is in its log"
    said = {"label": LABELS[name], "name": name, "reason": reason}
    return render_to_string("issues/_unreadable.html", {**context, **said}, asked.request)


def _stack(asked: Asked) -> dict[str, Any]:
    modes = dict(StackMode.choices)
    mode = asked.parameter("frames") or preference_of(asked.request).stack_mode
    newest_first = asked.parameter("order") != "oldest"
    mode = mode if mode in modes else StackMode.APP
    header = read_header(asked.readable)
    return {
        "trace": stack_trace(
            asked.readable,
            mode=mode,
            newest_first=newest_first,
            everything=asked.parameter("frames") == StackMode.ALL,
        ),
        "header": header,
        "message": header.message if header.message != header.title else None,
        "message_value": header_values(header).get("message"),
    }


def _breadcrumbs(asked: Asked) -> dict[str, Any]:
    crumbs = read_breadcrumbs(asked.readable)
    kind, level = asked.parameter("kind"), asked.parameter("crumb_level")
    category = asked.parameter("category")
    shown = [
        crumb
        for crumb in crumbs.items
        if (not kind or crumb.kind == kind)
        and (not level or crumb.level == level)
        and (not category or (crumb.category or crumb.type) == category)
    ]
    header = read_header(asked.readable)
    return {
        "crumbs": [_crumb(crumb, _late(crumbs.items)) for crumb in shown],
        "all": crumbs,
        "kinds": [(name, CRUMBS[name][1], count) for name, count in crumbs.kinds],
        "kind": kind if kind in KINDS else "",
        "crumb_level": level,
        "category": category,
        "header": header,
        "is_filtered": len(shown) < len(crumbs),
    }


CRUMBS = {
    "query": ("db", "Queries"),
    "http": ("globe", "HTTP"),
    "navigation": ("right", "Navigation"),
    "ui": ("user", "Clicks"),
    "error": ("error", "Errors"),
    "log": ("info", "Logs"),
    "default": ("minus", "Others"),
}
_TONES = {"fatal": "fatal", "error": "error", "warning": "warn", "info": "debug", "debug": "debug"}


def _late(crumbs: Sequence[Crumb]) -> float:
    """Seconds to count back: Sentry cuts the time of an event to seconds, that of its breadcrumbs not."""
    last = max((crumb.offset for crumb in crumbs if crumb.offset is not None), default=0.0)
    return last if 0 < last < 1 else 0.0


def _crumb(crumb: Crumb, late: float) -> dict[str, Any]:
    shown_in_text = {"method", "url", "from", "to", "status_code"} if not crumb.message else set()
    return {
        "crumb": crumb,
        "offset": None if crumb.offset is None else crumb.offset - late,
        "text": crumb_text(crumb),
        "data": [value for value in crumb_data(crumb) if value.key not in shown_in_text],
        "icon": CRUMBS[crumb.kind][0],
        "tone": _TONES.get(crumb.level, "debug"),
    }


def _request(asked: Asked) -> dict[str, Any]:
    found = read_request(asked.readable)
    if found is None:
        return {"found": None}
    titles = {"query": "Query", "headers": "Headers", "cookies": "Cookies", "env": "Server environment"}
    parts = request_values(found)
    return {
        "found": found,
        "url": request_url(found),
        "parts": [(titles[name], values) for name, values in parts.items()],
        "body": request_body(found),
        "curl": curl(found),
        "is_long": is_long(found.body),
        "removed": removed_values(parts, _scrubbed(asked)),
    }


def _scrubbed(asked: Asked) -> tuple[ScrubNote, ...]:
    try:
        return read_scrub_notes(asked.readable)
    except Unreadable:
        return ()


def _tags(asked: Asked) -> dict[str, Any]:
    wanted = asked.parameter("values")
    keys = [
        opened(asked.issue, tag) if wanted and wanted == mask_text(tag.key) else tag
        for tag in distribution(asked.issue)
    ]
    header = read_header(asked.readable) if asked.payload is not None else None
    return {
        "keys": keys,
        "has_totals": has_totals(keys),
        "header": header,
        "tags": tag_values(header) if header else (),
        "user": user_values(header.user) if header else (),
        "contexts": _part(asked, lambda event: [(c, context_values(c)) for c in read_contexts(event)]),
        "extra": _part(asked, lambda event: extra_values(read_extra(event))),
        "packages": _part(asked, lambda event: read_packages(event)),
        "scrubbed": _part(asked, lambda event: read_scrub_notes(event)),
        "attachments": attached(asked.event) if asked.event else None,
        "has_attachments": asked.issue.connection.flavour == Connection.Flavour.SENTRY,
        "release": release_detail(asked.issue, header.release if header else None),
    }


def attached(event: Event) -> tuple[Attachment, ...] | None:
    """The attachments of an event as far as they were asked for; None when they were not."""
    listed = getattr(getattr(event, "stored_payload", None), "attachments", None)
    try:
        return None if listed is None else read_attachments(listed)
    except Unreadable as error:
        log.warning("the attachments of event %s cannot be read: %s", event, error)
        return None


def _part(asked: Asked, read: Callable[[shape.Event], Any]) -> Any:
    """A part of a tab; one that cannot be read is an Unreadable for the template to tell."""
    if asked.payload is None:
        return ()
    try:
        return read(asked.payload)
    except Unreadable as error:
        log.warning("issue %s: %s", asked.issue.pk, error)
        return {"unreadable": error.reason}


def _events(asked: Asked) -> dict[str, Any]:
    environment, release = asked.parameter("event_environment"), asked.parameter("event_release")
    try:
        found = events_of(
            asked.issue, environment=environment, release=release, cursor=asked.parameter("after") or None
        )
    except BadCursor as error:
        raise Unreadable(EVENTS, str(error)) from error
    return {"list": found, "event_environment": environment, "event_release": release}


def _activity(asked: Asked) -> dict[str, Any]:
    return stream_context(asked.request, asked.issue)


def _similar(asked: Asked) -> dict[str, Any]:
    return {
        "likeness": alike(asked.issue),
        "no_merge": FLAVOURS[asked.issue.connection.flavour].why_not("merge") or "",
    }


SECTIONS: dict[str, Callable[[Asked], dict[str, Any]]] = {
    STACK: _stack,
    BREADCRUMBS: _breadcrumbs,
    REQUEST: _request,
    TAGS: _tags,
    EVENTS: _events,
    ACTIVITY: _activity,
    SIMILAR: _similar,
}
_FILES = {STACK: "stacktrace"} | {name: name for name in LABELS if name != STACK}
