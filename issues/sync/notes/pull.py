"""Notes that were written, changed or deleted in Sentry, taken over as comments with their author."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from dexter.sentry.client import Client
from issues.models import Activity, Comment, Issue
from issues.services.inbox import tell_of_comment
from issues.signals import issues_changed
from issues.sync import mapping
from issues.sync.notes.push import PAGES
from issues.sync.notes.texts import note_text, text_of_note, written_text

State = Comment.State


@dataclass(frozen=True, slots=True)
class Note:
    """A note as Sentry has it."""

    id: str
    author: str
    text: str
    date: datetime


def adopt_notes(issue: Issue) -> int:
    """Take over the notes in the cached activity; answers how many comments came or changed. Asks nobody."""
    rows = Activity.objects.filter(issue=issue, type="note")
    notes = [Note(row.sentry_id, row.user_name, text_of_note({"data": row.data}), row.date) for row in rows]
    return _take(issue, notes, _known(issue))


def pull_notes(issue: Issue, client: Client) -> int:
    """Read the issue's notes from Sentry and take them over, deletions too. Raises SentryError.

    What was not known before Sentry was asked is not taken for deleted: it may have been on its way.
    """
    if not client.flavour.can("notes"):
        return 0
    known = _known(issue)
    payloads: list[dict[str, Any]] = []
    cursor: str | None = None
    for _ in range(PAGES):
        page = client.notes(issue.sentry_id, cursor=cursor)
        payloads += page.rows
        cursor = page.next_cursor
        if cursor is None:
            break
    notes = [note for payload in payloads if (note := _note(payload))]
    changed = _take(issue, notes, known)
    if cursor is None:
        changed += _drop(issue, {note.id for note in notes}, known)
    return changed


def _note(payload: dict[str, Any]) -> Note | None:
    columns = mapping.activity(payload)
    text = text_of_note(payload)
    if columns is None or not text or not payload.get("id"):
        return None
    return Note(columns["sentry_id"], columns["user_name"], text, columns["date"])


def _known(issue: Issue) -> dict[str, Comment]:
    """Comments of which Sentry has a note, by the note's id."""
    rows = Comment.objects.filter(issue=issue).exclude(sentry_id="")
    return {row.sentry_id: row for row in rows}


def _take(issue: Issue, notes: Iterable[Note], known: dict[str, Comment]) -> int:
    changed = 0
    with transaction.atomic():
        # Comments that may have arrived without that Dexter heard of it.
        sent = Comment.objects.filter(issue=issue, sentry_id="", attempts__gt=0, user__isnull=False)
        unsure = {text: row for row in sent for text in (row.sent_text, note_text(row)) if text}
        for note in notes:
            if not note.text:
                continue
            if note.id in known:
                changed += _renew(known[note.id], note)
            elif note.text in unsure:
                # Its sender ends it; it finds the note by this id then.
                Comment.objects.filter(pk=unsure[note.text].pk, sentry_id="").update(sentry_id=note.id)
            else:
                changed += _add(issue, note)
    if changed:
        issues_changed.send(Comment, issue_ids=[issue.pk], created_ids=[])
    return changed


def _renew(comment: Comment, note: Note) -> int:
    """A text that was changed in Sentry; what a person changed here meanwhile goes first."""
    if note.text == comment.sent_text or comment.state != State.SENT or comment.deleted_at:
        return 0
    return Comment.objects.filter(pk=comment.pk, state=State.SENT, revision=comment.revision).update(
        text=written_text(note.text), sent_text=note.text, edited_at=timezone.now()
    )


def _add(issue: Issue, note: Note) -> int:
    made, is_new = Comment.objects.get_or_create(
        issue=issue,
        sentry_id=note.id,
        defaults={
            "connection_id": issue.connection_id,
            "author_name": note.author,
            "text": note.text[: Comment.LONGEST],
            "sent_text": note.text,
            "created_at": note.date,
            "state": State.SENT,
        },
    )
    if is_new:
        tell_of_comment(made)
    return int(is_new)


def _drop(issue: Issue, there: set[str], known: dict[str, Comment]) -> int:
    """Comments whose note is no longer in Sentry."""
    gone = [row.pk for key, row in known.items() if key not in there]
    Activity.objects.filter(issue=issue, type="note").exclude(sentry_id__in=there).delete()
    rows = Comment.objects.filter(pk__in=gone, state=State.SENT, deleted_at=None)
    count = rows.update(deleted_at=timezone.now())
    if count:
        issues_changed.send(Comment, issue_ids=[issue.pk], created_ids=[])
    return count
