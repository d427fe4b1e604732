"""Comments: written, edited and deleted by people; the way to Sentry's notes is issues.sync.notes."""

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from dexter.sentry.flavour import FLAVOURS
from issues.models import Comment, Issue, Reveal
from issues.queries.mentions import label_of
from issues.services.inbox import tell_of_comment
from issues.services.reveal import PERMISSION, WHO_GRANTS, Refused
from issues.services.watching import watch_unless_refused
from issues.signals import issues_changed, notes_waiting

State = Comment.State


class Invalid(Exception):
    """A text that is no comment; the message says what would be."""


def why_not_mirrored(issue: Issue) -> str:
    """Why comments on the issue stay in Dexter; "" where they can be posted to Sentry."""
    return FLAVOURS[issue.connection.flavour].why_not("notes") or ""


def comment(*, issue: Issue, user: User, text: str, to_sentry: bool = True) -> Comment:
    """A new comment; whom it names and who watches hear of it. Raises Invalid."""
    written = _checked(text)
    mirrored = to_sentry and not why_not_mirrored(issue)
    with transaction.atomic():
        made = Comment.objects.create(
            connection_id=issue.connection_id,
            issue=issue,
            user=user,
            author_name=label_of(user),
            text=written,
            state=State.PENDING if mirrored else State.LOCAL,
            revision=1,
        )
        watch_unless_refused([issue.pk], user.pk)
        tell_of_comment(made)
        _announce(made)
    return made


def edit(found: Comment, *, text: str) -> Comment:
    """Another text for a comment; a mirrored one is changed in Sentry too. Raises Invalid."""
    written = _checked(text)
    if written == found.text:
        return found
    before = found.text
    with transaction.atomic():
        _change(found, text=written, edited_at=timezone.now())
        tell_of_comment(found, before=before)
        _announce(found)
    return found


def delete(found: Comment) -> None:
    """The comment is gone here at once, in Sentry as soon as it can be reached."""
    with transaction.atomic():
        _change(found, deleted_at=timezone.now())
        found.inbox_entries.all().delete()
        _announce(found)


def retry(found: Comment) -> None:
    """Send once more what Sentry refused."""
    with transaction.atomic():
        waiting = Comment.objects.filter(pk=found.pk, state=State.FAILED)
        if waiting.update(state=State.PENDING, try_at=timezone.now(), error=""):
            found.refresh_from_db()
            _announce(found)


def reveal(found: Comment, *, user: Any) -> str:
    """The text as it was written, and a row that says who looked behind its masks. Raises Refused."""
    if not user.has_perm(PERMISSION):
        raise Refused(WHO_GRANTS)
    Reveal.objects.create(
        user=user, issue_id=found.issue_id, event_ref="", path=f"comment.{found.pk}", kind="comment"
    )
    return found.text


def _checked(text: str) -> str:
    written = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not written:
        raise Invalid("A comment has a text. Write one.")
    if len(written) > Comment.LONGEST:
        raise Invalid(f"A comment has at most {Comment.LONGEST:,} characters; this one has {len(written):,}.")
    return written


def _change(found: Comment, **columns: Any) -> None:
    """Store a change of a person; a mirrored comment waits for Sentry again.

    One that is on its way right now stays so: the sender sees by the revision that there is more to do.
    """
    Comment.objects.filter(pk=found.pk).update(**columns, revision=F("revision") + 1)
    Comment.objects.filter(pk=found.pk, state__in=(State.SENT, State.FAILED)).update(
        state=State.PENDING, try_at=timezone.now(), error=""
    )
    found.refresh_from_db()
    if found.deleted_at and found.state == State.PENDING and not found.sentry_id and not found.attempts:
        Comment.objects.filter(pk=found.pk, state=State.PENDING, attempts=0).update(state=State.LOCAL)
        found.refresh_from_db()


def _announce(found: Comment) -> None:
    told = {"issue_ids": [found.issue_id], "created_ids": []}
    transaction.on_commit(lambda: issues_changed.send(Comment, **told), robust=True)
    if found.state == State.PENDING:
        connections = [found.connection_id]
        transaction.on_commit(lambda: notes_waiting.send(Comment, connection_ids=connections), robust=True)
