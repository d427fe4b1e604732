"""The card with an event of an issue: which one is shown, its tabs, and what hangs off it."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from dexter.web.context import preference_of
from dexter.web.htmx import render_fragment, wants_fragment
from dexter.web.models import StackMode
from dexter.web.request import Request
from issues.models import Connection, Event, Issue
from issues.payload import shape
from issues.payload.errors import Unreadable
from issues.payload.event import EventHeader, read_header
from issues.payload.markdown import as_markdown
from issues.payload.values import value_at
from issues.queries.events import first_event_id, latest_event_id, shown_event
from issues.queries.fetching import (
    Fetching,
    described,
    fetching_attachments,
    fetching_event,
    fetching_issue,
)
from issues.queries.issue import issue_for_page
from issues.tasks import enqueue_attachments, enqueue_event, enqueue_issue
from issues.views.sections import LABELS, STACK, Asked, attached, render_section, tabs, unpacked
from issues.views.stacktrace import frames_between, trace_text

LATEST, OLDEST, RECOMMENDED = "latest", "oldest", "recommended"
NAMES = {
    RECOMMENDED: ("Recommended", "The one with the most to see, by Sentry's choice"),
    LATEST: ("Latest", "The newest that Sentry has"),
    OLDEST: ("First", "The one that began the issue"),
}
_EVENT_ID = re.compile(r"[0-9a-f]{32}")
_TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Shown:
    """The event that an address asks for; `fetching` while it is not in the cache, or why it did not come."""

    event: Event | None
    asked_for: str
    fetching: Fetching | None = None

    @property
    def is_waiting(self) -> bool:
        return self.fetching is not None and self.fetching.is_active


def issue_or_404(pk: int) -> Issue:
    issue = issue_for_page(pk)
    if issue is None:
        raise Http404("no such issue")
    return issue


def find_event(issue: Issue, event_id: str, now: datetime) -> Shown:
    """The event of an address. One that is not in the cache is asked for in the background, once."""
    if event_id and event_id not in NAMES and not _EVENT_ID.fullmatch(event_id):
        raise Http404("no event has such an id")
    if not event_id:
        return _newest(issue, now)
    known = _known_id(issue, event_id)
    event = shown_event(issue, known) if known else None
    if event:
        return Shown(event, event_id)
    fetching = fetching_event(issue.pk, event_id, now)
    if fetching and fetching.found:
        event = shown_event(issue, fetching.found)
        if event:
            return Shown(event, event_id)
    if fetching is None or not (fetching.is_active or fetching.has_failed):
        fetching = described(enqueue_event(issue, event_id))
    return Shown(None, event_id, fetching)


def _newest(issue: Issue, now: datetime) -> Shown:
    event = shown_event(issue)
    if event:
        return Shown(event, "")
    # The job that reads the issue brings its events too.
    return Shown(None, "", fetching_issue(issue.pk, now))


def _known_id(issue: Issue, event_id: str) -> str | None:
    if event_id == LATEST:
        return latest_event_id(issue)
    if event_id == OLDEST:
        return first_event_id(issue)
    return event_id if event_id not in NAMES else None


def event_card(request: Request, issue: Issue, shown: Shown) -> dict[str, Any]:
    """What `_event.html` shows: the bar, the tabs and the panel of the current one, as HTML."""
    payload = unpacked(shown.event)
    asked = Asked(request, issue, shown.event, payload)
    tab = request.GET.get("tab", STACK)
    tab = tab if tab in LABELS else STACK
    base = reverse("issues:issue", args=[issue.pk])
    context = {
        "issue": issue,
        "event": shown.event,
        "shown": shown,
        "issue_url": base,
        "event_url": event_url(issue, shown.event.event_id) if shown.event else base,
        "reveal_url": reveal_url(issue, shown.event),
        "value_url": value_url(issue, shown.event) if shown.event else "",
        "tab": tab,
        "names": names_for(issue),
        "header": _header(payload),
        **_neighbours(issue, shown.event, payload),
    }
    panel = render_section(tab, asked, context) if shown.event or tab not in _OF_EVENT else ""
    address = event_url(issue, shown.asked_for) if shown.asked_for else base
    here = f"{address}?{request.GET.urlencode()}"
    return {**context, "tabs": tabs(asked, tab), "panel": panel, "card_url": address, "here": here}


_OF_EVENT = {STACK, "breadcrumbs", "request"}


def names_for(issue: Issue) -> list[tuple[str, str, str]]:
    """Events by name that the issue's server can give: name, label, hint."""
    # GlitchTip knows the latest event only; see dexter.sentry.flavour.
    limited = issue.connection.flavour == Connection.Flavour.GLITCHTIP
    return [(name, *words) for name, words in NAMES.items() if name == LATEST or not limited]


def _header(payload: shape.Event | None) -> EventHeader | None:
    return read_header(payload) if payload is not None else None


def _neighbours(issue: Issue, event: Event | None, payload: shape.Event | None) -> dict[str, str | None]:
    """Addresses of the events before and after: as Sentry has them, else of those in the cache."""
    if event is None:
        return {"older_url": None, "newer_url": None}
    header = _header(payload)
    older = (header.previous_id if header else None) or event.older_id  # type: ignore[attr-defined]
    newer = (header.next_id if header else None) or event.newer_id  # type: ignore[attr-defined]
    return {
        "older_url": event_url(issue, older) if older and _EVENT_ID.fullmatch(older) else None,
        "newer_url": event_url(issue, newer) if newer and _EVENT_ID.fullmatch(newer) else None,
    }


def event_url(issue: Issue, event_id: str) -> str:
    return reverse("issues:event", args=[issue.pk, event_id])


def reveal_url(issue: Issue, event: Event | None) -> str:
    if event is None:
        return reverse("issues:reveal-issue", args=[issue.pk])
    return reverse("issues:reveal", args=[issue.pk, event.event_id])


def value_url(issue: Issue, event: Event) -> str:
    return reverse("issues:value", args=[issue.pk, event.event_id])


def _stored(issue: Issue, event_id: str) -> tuple[Event, shape.Event]:
    """An event of the cache with its payload, or 404."""
    event = shown_event(issue, event_id)
    payload = unpacked(event)
    if event is None or payload is None:
        raise Http404("this event is not in the cache, or its copy is damaged")
    return event, payload


@require_GET
def frames(request: Request, pk: int, event_id: str) -> HttpResponse:
    """Folded frames of a stack, with source and locals."""
    issue = issue_or_404(pk)
    event, payload = _stored(issue, event_id)
    stack = request.GET.get("stack", "")
    try:
        first, last = int(request.GET.get("first", "")), int(request.GET.get("last", ""))
        views = frames_between(payload, stack, first, last)
    except (ValueError, LookupError, Unreadable) as error:
        raise Http404("no such frames") from error
    context = {
        "views": views,
        "issue": issue,
        "event": event,
        "header": _header(payload),
        "reveal_url": reveal_url(issue, event),
        "value_url": value_url(issue, event),
        "name": f"frames-{stack.replace('.', '-')}-{first}-{last}",
    }
    return render_fragment(request, "issues/_frames.html", context)


@require_POST
def frames_mode(request: Request, pk: int, event_id: str) -> HttpResponse:
    """Which frames stack traces begin with, from now on; named buttons `mode`."""
    issue = issue_or_404(pk)
    mode = request.POST.get("mode", "")
    if mode in dict(StackMode.choices):
        preference = preference_of(request)
        preference.user_id = int(request.user.pk)
        preference.stack_mode = mode
        preference.save()
    if not wants_fragment(request):
        return redirect(f"{event_url(issue, event_id)}#event")
    shown = find_event(issue, event_id, timezone.now())
    return render_fragment(request, "issues/_event.html", event_card(request, issue, shown))


@require_GET
def attachments(request: Request, pk: int, event_id: str) -> HttpResponse:
    """The attachments of an event. When nobody asked for them yet, they are asked for in the background."""
    issue = issue_or_404(pk)
    event, _ = _stored(issue, event_id)
    fetching = None
    if event.stored_payload.attachments is None:
        fetching = fetching_attachments(event.pk, timezone.now())
        if fetching is None and issue.connection.enabled:
            fetching = described(enqueue_attachments(event))
    if not wants_fragment(request):
        return redirect(f"{event_url(issue, event_id)}?tab=tags#attachments")
    files = attached(event)
    context = {"issue": issue, "event": event, "fetching": fetching, "attachments": files, "asked": True}
    return render_fragment(request, "issues/_attachments.html", context)


@require_GET
def trace(request: Request, pk: int, event_id: str) -> HttpResponse:
    """The exceptions as text, masked, to copy."""
    _, payload = _stored(issue_or_404(pk), event_id)
    try:
        return HttpResponse(trace_text(payload), content_type=_TEXT)
    except Unreadable as error:
        raise Http404(error.reason) from error


@require_GET
def whole_value(request: Request, pk: int, event_id: str) -> HttpResponse:
    """A value as text, masked: all of what the page cuts."""
    _, payload = _stored(issue_or_404(pk), event_id)
    try:
        found = value_at(payload, request.GET.get("place", ""))
    except LookupError as error:
        raise Http404("the event shows no such value") from error
    except Unreadable as error:
        raise Http404(error.reason) from error
    return HttpResponse(found.text, content_type=_TEXT)


@require_GET
def markdown(request: Request, pk: int, event_id: str = "") -> HttpResponse:
    """The issue with one event as Markdown, masked: to paste into a ticket."""
    issue = issue_or_404(pk)
    event = shown_event(issue, event_id)
    if event is None and event_id:
        raise Http404("this event is not in the cache")
    payload = unpacked(event)
    link = request.build_absolute_uri(reverse("issues:issue", args=[pk]))
    about = {
        "Issue": issue.short_id or issue.sentry_id,
        "Project": issue.project.slug,
        "State": issue.get_status_display(),
        "Events": f"{issue.count:,}",
        "Users": "not counted by the server" if issue.users is None else f"{issue.users:,}",
        "First seen": f"{issue.first_seen:%Y-%m-%d %H:%M UTC}",
        "Last seen": f"{issue.last_seen:%Y-%m-%d %H:%M UTC}",
        "Priority": f"{issue.score} of 100",
        "In Sentry": issue.permalink,
    }
    of_row = {
        "title": issue.title,
        "culprit": issue.culprit,
        "level": issue.level,
        "platform": issue.platform,
    }
    given = {name: value for name, value in about.items() if value}
    text = as_markdown(given, of_row if payload is None else payload, link)
    return HttpResponse(text, content_type=_TEXT)


@require_POST
def fetch_again(request: Request, pk: int, event_id: str = "") -> HttpResponse:
    """A person wants the issue, or one event of it, fetched (again)."""
    issue = issue_or_404(pk)
    if event_id and event_id not in NAMES and not _EVENT_ID.fullmatch(event_id):
        raise Http404("no event has such an id")
    if not issue.connection.enabled:
        messages.error(request, f"The connection {issue.connection.name} is switched off.")
    elif event_id:
        enqueue_event(issue, event_id)
    else:
        enqueue_issue(issue)
    address = event_url(issue, event_id) if event_id else reverse("issues:issue", args=[pk])
    return redirect(f"{address}#event")
