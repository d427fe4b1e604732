"""What is known of an event beside its payload: for a prompt, and for what rules find."""

import json
from typing import Any
from zlib import error as ZlibError  # noqa: N812 - an exception's name

from django.db.models import QuerySet

from ai.prompts import Context, Extra, Line, Person, category_of, those_in
from deadlocks.analyzer import analyze_event
from deadlocks.analyzer.render import plain
from deadlocks.performance import Finding, findings
from dexter.pii import mask_value
from issues.models import Event, Issue, Member, ResolutionNote
from issues.payload.errors import Unreadable
from issues.payload.event import read_user
from issues.queries.likeness import Alike, alike
from issues.queries.releases import release_detail
from issues.queries.tags import distribution

ALL = 100  # percent
MOST_VALUES, MOST_SIMILAR = 4, 4
MAX_ROWS = 12
MOST_FINDINGS = 5


def payload_of(event: Event) -> dict[str, Any]:
    """The stored payload; what the row knows, where that is missing or damaged."""
    stored = getattr(event, "stored_payload", None)
    try:
        found = stored.unpack() if stored is not None else None
    except (ValueError, ZlibError):
        found = None
    if isinstance(found, dict):
        return found
    return {"title": event.title, "message": event.message, "level": event.level, "platform": event.platform}


def context_of(event: Event, *, question: str = "", history: tuple[tuple[str, str], ...] = ()) -> Context:
    """Everything about an event that helps to explain it; some fifteen queries."""
    issue, payload = event.issue, payload_of(event)
    parts = (
        _deadlocks(payload), _statements(payload), _common(issue), _release(event), _notes(issue),
        _similar(issue),
    )  # fmt: skip
    others = tuple(part for part in parts if part.lines)
    spoken = [
        question,
        *(text for _, text in history),
        *(line.text for part in others for line in part.lines),
    ]
    return Context(
        payload=payload,
        facts=_facts(issue),
        question=question,
        history=history,
        others=others,
        people=people_of(issue, payload, " ".join(spoken)),
    )


def readable_events() -> QuerySet[Event]:
    """Events with all that a question is made of."""
    return Event.objects.select_related("stored_payload", "issue__project", "issue__connection")


def short_context(event: Event) -> Context:
    """What a line about an issue is made of: the event alone; one query, for the names to mask."""
    payload = payload_of(event)
    return Context(payload=payload, people=people_of(event.issue, payload))


def plain_context(event: Event) -> Context:
    """What rules need; no query."""
    return Context(payload=payload_of(event))


def people_of(issue: Issue, payload: dict[str, Any], spoken: str = "") -> tuple[Person, ...]:
    """The event's user, and the members of the organisation whom the event or what is said names."""
    text = f"{json.dumps(payload, default=str, ensure_ascii=False)} {spoken}"
    return (*_user(payload), *members_in(text, issue.connection_id))


def members_in(text: str, connection_id: int | None = None) -> list[Person]:
    """The members of the organisation, or of all, of whom the text speaks; one query."""
    rows = Member.objects.filter(**({} if connection_id is None else {"connection": connection_id}))
    return those_in(
        text, (Person(name=name, email=email) for name, email in rows.values_list("name", "email"))
    )


def _user(payload: dict[str, Any]) -> tuple[Person, ...]:
    try:
        user = read_user(payload)
    except (Unreadable, ValueError, TypeError):
        return ()
    return (Person(str(user.name or ""), str(user.username or ""), str(user.email or "")),)


def _facts(issue: Issue) -> list[tuple[str, object]]:
    return [
        ("Events", f"{issue.count:,}"),
        ("Users", "not counted by the server" if issue.users is None else f"{issue.users:,}"),
        ("First seen", f"{issue.first_seen:%Y-%m-%d %H:%M} UTC"),
        ("Last seen", f"{issue.last_seen:%Y-%m-%d %H:%M} UTC"),
        ("State", f"{issue.status} {issue.substatus}".strip()),
    ]


def _deadlocks(payload: dict[str, Any]) -> Extra:
    """Reports of deadlocks, as Dexter's own analyzer reads them."""
    lines = [
        Line(plain(report), "D", "deadlock", "the deadlock report", anchor="panel-deadlock")
        for report in analyze_event(payload)[:2]
    ]
    return Extra("deadlocks", "Deadlock reports", lines)


def _statements(payload: dict[str, Any]) -> Extra:
    """Statements of the request that were repeated (N+1) or slow."""
    return Extra(
        "findings",
        "Repeated and slow statements",
        [_finding(each) for each in findings(payload)[:MOST_FINDINGS]],
    )


def _finding(finding: Finding) -> Line:
    what = "repeated (N+1)" if finding.kind == "n_plus_one" else "slow"
    took = "" if finding.milliseconds is None else f", {finding.milliseconds:.0f} ms in all"
    text = f"{what}, {finding.count} times{took}: {finding.statement}"
    return Line(text, "N", "statement", anchor="panel-queries")


def _common(issue: Issue) -> Extra:
    """What the stored events of the issue have in common, and in what they differ."""
    same, differ = [], []
    for tag in distribution(issue):
        values = [f"{mask_value(item.value, tag.key)} ({item.cached_share} %)" for item in tag.values]
        if len(values) == 1 and not tag.others and tag.values[0].cached_share == ALL:
            same.append(f"in all of them {tag.key} is {mask_value(tag.values[0].value, tag.key)}")
        else:
            more = f" and {tag.others} more" if tag.others else ""
            differ.append(f"they differ in {tag.key}: {', '.join(values[:MOST_VALUES])}{more}")
    lines = [
        Line(text, "O", "other events", tab="tags", anchor="tags")
        for text in (*same[:MAX_ROWS], *differ[:MAX_ROWS])
    ]
    return Extra("others", f"The {issue.events_cached} stored events of the issue", lines)


def _release(event: Event) -> Extra:
    found = release_detail(event.issue, event.release or None)
    steps = found.steps[:MAX_ROWS] if found else []
    lines = [
        Line(
            f"{'deployed to' if step.icon == 'deploy' else 'commit'} {step.label}: {step.text or ''}",
            "C", "commit", tab="tags", anchor="release",
        )
        for step in steps
    ]  # fmt: skip
    return Extra("commits", "Commits and deploys of the release", lines)


def _notes(issue: Issue) -> Extra:
    notes = ResolutionNote.objects.filter(issue=issue).order_by("-created_at")[:3]
    lines = [Line(note.text, "H", "note", anchor="sent") for note in notes]
    return Extra("notes", "What fixed it before", lines)


def _similar(issue: Issue) -> Extra:
    """Issues like this one that were resolved, with the notes on how."""
    return Extra(
        "similar",
        "Similar issues that were resolved",
        [_alike(row) for row in alike(issue).seen_before[:MOST_SIMILAR]],
    )


def _alike(row: Alike) -> Line:
    fixed = "; ".join(note.text for note in row.notes[:2])
    text = (
        f"{row.issue}: {row.issue.title[:200]} ({row.said}). What fixed it: {fixed or 'nobody wrote it down'}"
    )
    return Line(text, "S", "similar issue", url=f"/issues/{row.issue.pk}/")


EXAMPLES = 40  # events that are looked through for one of a category


def example_of(category: str) -> Event | None:
    """An event to try a template on: the newest of the category among the last, else the newest."""
    rows = readable_events().filter(issue__gone="")
    events = list(rows.order_by("-pk")[:EXAMPLES])
    fitting = (event for event in events if category_of(payload_of(event)) == category)
    return next(fitting, events[0] if events else None)
