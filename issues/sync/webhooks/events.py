"""Webhooks with an event in them: the raw event, in snake_case, with the id of its issue.

`error.created` comes for each event there is, so a storm of them is thinned out: the cache keeps a sample of
an issue's events anyway, and what was left out is fetched by the next sync if it is among the newest.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from issues.models import Event, Issue
from issues.signals import issues_changed
from issues.sync import mapping
from issues.sync.events import store_events
from issues.sync.webhooks import claims
from issues.sync.webhooks.received import Received, Work, by_issue

# At most BURST events of one issue are taken in WINDOW.
WINDOW = timedelta(seconds=30)
BURST = 3


def take_events(work: Work, received: list[Received]) -> None:
    """Store the events of known issues; issues that are not known are asked for first."""
    whole = [each for each in received if _is_whole(each)]
    known = work.issues(whole)
    recent = _recently_cached(known.values())
    moved = []
    for issue_id, group in by_issue(whole).items():
        issue = known.get(issue_id)
        if issue is None or issue.gone:
            for each in group:
                claims.leave_to_sentry(each.row)
            continue
        taken, left_out = _thin_out(group, recent[issue.pk])
        if taken:
            store_events(issue, [_event(each) for each in taken])
        _end(taken, left_out)
        if _move_on(issue, group, bool(left_out)):
            moved.append(issue.pk)
    if moved:
        issues_changed.send(Issue, issue_ids=moved, created_ids=[])


def _is_whole(each: Received) -> bool:
    """Whether it holds an event of an issue; it is marked as failed otherwise."""
    if each.issue_id and _event(each).get("event_id"):
        return True
    claims.fail(each.row, "It holds no event." if each.issue_id else "It names no issue.")
    return False


def _event(each: Received) -> dict[str, Any]:
    found = each.hook.data.get("error") or each.hook.data.get("event")
    return found if isinstance(found, dict) else {}


def date_of(event: dict[str, Any], received: datetime) -> datetime:
    """When it happened: `datetime`, else `timestamp` (epoch seconds), else when the webhook came."""
    found = mapping.time_of(event.get("datetime"))
    if found is None and isinstance(event.get("timestamp"), int | float):
        found = datetime.fromtimestamp(event["timestamp"], UTC)
    return min(found or received, received)


def _recently_cached(issues: Iterable[Issue]) -> Counter[int]:
    """How many cached events of the last WINDOW each issue has, by primary key."""
    dates = Event.objects.filter(issue__in=list(issues), date__gte=timezone.now() - WINDOW)
    return Counter(dates.values_list("issue", flat=True))


def _thin_out(group: list[Received], recent: int) -> tuple[list[Received], list[Received]]:
    """(to store, left out): alerts always, of the rest the newest as far as the burst allows."""
    group = sorted(group, key=lambda each: date_of(_event(each), each.row.received_at))
    alerts = [each for each in group if each.hook.resource == "event_alert"]
    errors = [each for each in group if each.hook.resource != "event_alert"]
    allowed = max(0, BURST - recent)
    cut = max(0, len(errors) - allowed)
    return alerts + errors[cut:], errors[:cut]


def _end(taken: list[Received], left_out: list[Received]) -> None:
    for each in taken:
        claims.done(each.row, "Event stored.")
        each.row.body = b""
    for each in left_out:
        note = f"Left out: {BURST} events of these {WINDOW.seconds} s are cached; the next sync looks again."
        claims.done(each.row, note)
        each.row.body = b""


def _move_on(issue: Issue, group: list[Received], is_thinned: bool) -> bool:
    """Move the issue's last seen on to the newest event that came; whether it moved.

    Where events were left out, those of the cache count as older than that: the next sync fetches them.
    """
    newest = max(date_of(_event(each), each.row.received_at) for each in group)
    mine = Issue.objects.filter(pk=issue.pk)
    moved = bool(mine.filter(last_seen__lt=newest).update(last_seen=newest))
    if is_thinned:
        mine.update(events_synced_at=F("last_seen") - timedelta(milliseconds=1))
    return moved
