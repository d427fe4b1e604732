"""Comments on their way to Sentry's notes: in order per issue, never lost, never doubled.

A comment is claimed before it is sent and ends only on an answer. Before a comment that may have arrived is
sent again, the notes of its issue are looked through; Sentry itself refuses the same text within an hour.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from django.db import transaction
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q
from django.utils import timezone

from dexter.sentry.client import Client
from dexter.sentry.errors import (
    AuthFailed,
    BadRequest,
    CircuitOpen,
    NotFound,
    Permanent,
    RateLimited,
    SentryError,
    Transient,
)
from issues.models import Comment, Connection
from issues.signals import issues_changed
from issues.sync.client import client_of
from issues.sync.notes.texts import note_text, text_of_note

State = Comment.State
# A claim older than this was left by a worker that died; longer than any request takes.
CLAIM = timedelta(seconds=120)
BACK_OFF = (2, 5, 15, 30, 60, 120, 300)  # seconds before the next try, by attempts
PAGES = 10  # of notes that are looked through


def push_notes(connection: Connection, *, report: Callable[..., None] = lambda *_: None) -> int:
    """Send what waits, until nothing is due; answers how many comments ended.

    Raises Transient when Sentry does not answer and AuthFailed when it does not know the token any more; the
    comment then waits again, with a back-off.
    """
    client = client_of(connection).for_people()
    old = timezone.now() - CLAIM
    Comment.objects.filter(_waiting(), connection=connection, state=State.SENDING, claimed_at__lt=old).update(
        state=State.PENDING
    )
    ended = 0
    while comment := _claim(connection):
        try:
            _send(client, comment)
        except AuthFailed as error:
            _wait(comment, error)
            raise
        except Permanent as error:
            _fail(comment, error)
        except Exception as error:
            _wait(comment, error)
            raise
        finally:
            issues_changed.send(Comment, issue_ids=[comment.issue_id], created_ids=[])
        ended += 1
        report(ended, None, "Writing comments to Sentry")
    return ended


def _waiting() -> Q:
    """The condition of the index `notes_waiting`, written as it stands there: SQLite compares the text."""
    template = "%(expressions)s IN ('pending', 'sending')"
    return Q(Func(F("state"), template=template, output_field=BooleanField()))


def _claim(connection: Connection) -> Comment | None:
    """Take the oldest comment that is due; of each issue nothing before what was written earlier."""
    now = timezone.now()
    earlier = Comment.objects.filter(
        issue=OuterRef("issue"), pk__lt=OuterRef("pk"), state__in=Comment.WAITING
    )
    with transaction.atomic():
        due = Comment.objects.filter(_waiting(), connection=connection, state=State.PENDING, try_at__lte=now)
        due = due.exclude(Exists(earlier)).order_by("pk")
        row = due.select_for_update(of=("self",), skip_locked=True).first()
        if row is None:
            return None
        Comment.objects.filter(pk=row.pk).update(
            state=State.SENDING, claimed_at=now, attempts=F("attempts") + 1
        )
    return Comment.objects.select_related("issue", "user").get(pk=row.pk)


def _send(client: Client, comment: Comment) -> None:
    if not comment.sentry_id and comment.attempts > 1:
        comment.sentry_id = _look_up(client, comment, {comment.sent_text, note_text(comment)})
    if comment.deleted_at:
        _delete(client, comment)
    elif not comment.sentry_id:
        _create(client, comment)
    else:
        _update(client, comment)


def _create(client: Client, comment: Comment) -> None:
    text = note_text(comment)
    # Known before the request leaves: a later try has to look for this very text.
    Comment.objects.filter(pk=comment.pk).update(sent_text=text)
    try:
        note_id = str(client.create_note(comment.issue.sentry_id, text).get("id") or "")
    except BadRequest as error:
        note_id = _look_up(client, comment, {text})
        if not note_id:
            raise _said_before(comment, text, error) from error
    _end(comment, note_id or _look_up(client, comment, {text}), text)


def _update(client: Client, comment: Comment) -> None:
    text = note_text(comment)
    if text != comment.sent_text or comment.attempts > 1:
        client.update_note(comment.issue.sentry_id, comment.sentry_id, text)
    _end(comment, comment.sentry_id, text)


def _delete(client: Client, comment: Comment) -> None:
    if comment.sentry_id:
        with suppress(NotFound):  # an earlier try, or somebody in Sentry, was first
            client.delete_note(comment.issue.sentry_id, comment.sentry_id)
    _end(comment, comment.sentry_id, comment.sent_text)


def _look_up(client: Client, comment: Comment, texts: set[str]) -> str:
    """The id of the note that an earlier try has made; "" where there is none that is no other comment's."""
    taken = set(
        Comment.objects.filter(issue=comment.issue_id, user__isnull=False)
        .exclude(sentry_id="")
        .exclude(pk=comment.pk)
        .values_list("sentry_id", flat=True)
    )
    cursor: str | None = None
    for _ in range(PAGES):
        page = client.notes(comment.issue.sentry_id, cursor=cursor)
        for note in page.rows:
            if text_of_note(note) in texts - {""} and str(note.get("id")) not in taken:
                return str(note.get("id"))
        cursor = page.next_cursor
        if cursor is None:
            break
    return ""


def _said_before(comment: Comment, text: str, error: BadRequest) -> BadRequest:
    """Sentry's refusal, in words, where the same person has written the same text before."""
    same = Comment.objects.filter(issue=comment.issue_id, sent_text=text).exclude(pk=comment.pk)
    if not same.exclude(sentry_id="").exists():
        return error
    said = "It takes the same comment again only after an hour."
    return BadRequest(said, status=error.status, request=error.request)


def _end(comment: Comment, note_id: str, text: str) -> None:
    """Note what Sentry has. A comment that changed on the way waits again."""
    has = {"sentry_id": note_id, "sent_text": text, "claimed_at": None, "attempts": 0, "error": ""}
    with transaction.atomic():
        if note_id:
            # Taken over as somebody else's a moment before this was known to be ours.
            Comment.objects.filter(issue=comment.issue_id, sentry_id=note_id, user=None).exclude(
                pk=comment.pk
            ).delete()
        mine = Comment.objects.filter(pk=comment.pk)
        if not mine.filter(revision=comment.revision).update(state=State.SENT, **has):
            mine.update(state=State.PENDING, try_at=timezone.now(), **has)


def _fail(comment: Comment, error: SentryError) -> None:
    mine = Comment.objects.filter(pk=comment.pk)
    # With the id that a look-up found, so that a later edit or deletion knows it.
    known = {"sentry_id": comment.sentry_id, "claimed_at": None}
    if not mine.filter(revision=comment.revision).update(state=State.FAILED, error=str(error), **known):
        mine.update(state=State.PENDING, try_at=timezone.now(), error="", **known)


def _wait(comment: Comment, error: Exception) -> None:
    pause: float = BACK_OFF[min(comment.attempts, len(BACK_OFF)) - 1]
    if isinstance(error, RateLimited | CircuitOpen) and error.retry_after:
        pause = max(1.0, error.retry_after)
    said = (
        str(error)
        if isinstance(error, Transient | AuthFailed)
        else "Dexter failed on this; its log says why."
    )
    Comment.objects.filter(pk=comment.pk, state=State.SENDING).update(
        state=State.PENDING, try_at=timezone.now() + timedelta(seconds=pause), error=said, claimed_at=None
    )
