"""What is known of an event beside its payload: for a prompt, and for what rules find."""

from typing import Any
from zlib import error as ZlibError  # noqa: N812 - an exception's name

from ai.prompts import Context, category_of
from deadlocks.analyzer import analyze_event
from deadlocks.analyzer.render import plain
from deadlocks.performance import findings
from dexter.pii import mask_value
from issues.models import Event, Issue, IssueTag, ResolutionNote
from issues.queries.releases import release_detail

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
    """Everything about an event that helps to explain it; a handful of queries."""
    issue, payload = event.issue, payload_of(event)
    return Context(
        payload=payload,
        facts=_facts(issue),
        question=question,
        history=history,
        others=tuple(
            part for part in (_queries(payload), _tags(issue), _release(event), _notes(issue)) if part[2]
        ),
    )


def plain_context(event: Event) -> Context:
    """What rules need; no query."""
    return Context(payload=payload_of(event))


def _facts(issue: Issue) -> list[tuple[str, object]]:
    return [
        ("Events", f"{issue.count:,}"),
        ("Users", f"{issue.user_count:,}"),
        ("First seen", f"{issue.first_seen:%Y-%m-%d %H:%M} UTC"),
        ("Last seen", f"{issue.last_seen:%Y-%m-%d %H:%M} UTC"),
        ("State", f"{issue.status} {issue.substatus}".strip()),
    ]


def _queries(payload: dict[str, Any]) -> tuple[str, str, str]:
    """Deadlock reports, and statements that were repeated or slow, as Dexter's own analyzers see them."""
    lines = [plain(report) for report in analyze_event(payload)[:2]]
    for finding in findings(payload)[:MOST_FINDINGS]:
        what = "repeated (N+1)" if finding.kind == "n_plus_one" else "slow"
        took = "" if finding.milliseconds is None else f", {finding.milliseconds:.0f} ms in all"
        lines.append(f"{what}, {finding.count} times{took}: {finding.statement}")
    return "findings", "Deadlocks, repeated and slow statements", "\n".join(lines)


def _tags(issue: Issue) -> tuple[str, str, str]:
    rows = IssueTag.objects.filter(issue=issue, count__gt=0).order_by("-count", "key", "value")[:MAX_ROWS]
    text = "\n".join(
        f"{row.key}={mask_value(row.value, row.key)}: {row.count} of the stored events" for row in rows
    )
    return "others", "Other events of the issue", text


def _release(event: Event) -> tuple[str, str, str]:
    found = release_detail(event.issue, event.release or None)
    steps = found.steps[:MAX_ROWS] if found else []
    text = "\n".join(f"{step.icon} {step.label}: {step.text or ''}" for step in steps)
    return "commits", "Commits and deploys of the release", text


def _notes(issue: Issue) -> tuple[str, str, str]:
    notes = ResolutionNote.objects.filter(issue=issue).order_by("-created_at")[:3]
    return "notes", "What fixed it before", "\n".join(note.text for note in notes)


EXAMPLES = 40  # events that are looked through for one of a category


def example_of(category: str) -> Event | None:
    """An event to try a template on: the newest of the category among the last, else the newest."""
    rows = Event.objects.filter(issue__gone="").select_related("stored_payload", "issue__project")
    events = list(rows.order_by("-pk")[:EXAMPLES])
    fitting = (event for event in events if category_of(payload_of(event)) == category)
    return next(fitting, events[0] if events else None)
