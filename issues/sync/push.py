"""The outbox's way to Sentry: in order per issue, equal actions of many issues in one request, read back.

Nothing is lost: a row is claimed before it is sent and ends only on an answer; a claim that a killed worker
left goes back to the queue. Nothing is done twice: what may have been sent already is looked up before it is
sent again (issues.sync.sending).
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet
from django.utils import timezone

from dexter.sentry.errors import AuthFailed, CircuitOpen, RateLimited, SentryError, Transient
from issues.actions import BULK, Kind
from issues.models import Connection, IssueAction
from issues.signals import issues_changed
from issues.sync.client import client_of
from issues.sync.directory import Directory
from issues.sync.sending import send

log = logging.getLogger(__name__)

State = IssueAction.State
AT_ONCE = 100
# Kinds of which one request carries many issues.
TOGETHER = BULK | {Kind.SHARE, Kind.DELETE, Kind.MERGE}
# A claim older than this was left by a worker that died.
CLAIM = timedelta(seconds=60)
BACK_OFF = (2, 5, 15, 30, 60, 120, 300)  # seconds before the next try, by attempts


def push_outbox(connection: Connection, *, report: Callable[..., None] = lambda *_: None) -> int:
    """Send what waits, until nothing is due; answers how many actions ended.

    Raises Transient when Sentry does not answer and AuthFailed when it does not know the token any more; what
    was claimed then waits again, with a back-off.
    """
    client = client_of(connection).for_people()
    _free_old_claims(connection)
    directory = Directory.of(connection)
    ended = 0
    while batch := claim(connection):
        try:
            ended += send(client, directory, batch)
        except Exception as error:
            # A token that was revoked is no reason to give up what people did: a new one comes.
            known = isinstance(error, Transient | AuthFailed)
            wait([row.pk for row in batch], error if known else None)
            raise
        finally:
            _tell(batch)
        report(ended, None, "Writing to Sentry")
    return ended


def _tell(batch: list[IssueAction]) -> None:
    """The marks of what waits or failed change on open pages."""
    issues_changed.send(IssueAction, issue_ids=[row.issue_id for row in batch], created_ids=[])


def _free_old_claims(connection: Connection) -> None:
    old = timezone.now() - CLAIM
    IssueAction.objects.filter(
        _waiting(), connection=connection, state=State.SENDING, claimed_at__lt=old
    ).update(state=State.PENDING)


def _waiting() -> Q:
    """The condition of the index `outbox_waiting`, written as it stands there: SQLite compares the text."""
    return Q(
        Func(F("state"), template="%(expressions)s IN ('pending', 'sending')", output_field=BooleanField())
    )


def due(connection: Connection, now: datetime) -> QuerySet[IssueAction]:
    """What may be sent, oldest first: of each issue nothing before what was done earlier."""
    earlier = IssueAction.objects.filter(
        issue=OuterRef("issue"), pk__lt=OuterRef("pk"), state__in=IssueAction.WAITING
    )
    mine = IssueAction.objects.filter(_waiting(), connection=connection, state=State.PENDING, try_at__lte=now)
    return mine.exclude(Exists(earlier)).order_by("pk")


def claim(connection: Connection) -> list[IssueAction]:
    """Take the oldest due action and others like it; what somebody did by hand goes before bulk jobs."""
    now = timezone.now()
    with transaction.atomic():
        waiting = due(connection, now)
        first = waiting.filter(bulk=None).first() or waiting.first()
        if first is None:
            return []
        alike = waiting.filter(pk=first.pk)
        if Kind(first.kind) in TOGETHER:
            alike = waiting.filter(kind=first.kind, arguments=first.arguments)
        keys = [row.pk for row in alike.select_for_update(of=("self",), skip_locked=True)[:AT_ONCE]]
        IssueAction.objects.filter(pk__in=keys, state=State.PENDING).update(
            state=State.SENDING, claimed_at=now, attempts=F("attempts") + 1
        )
    return list(IssueAction.objects.filter(pk__in=keys).select_related("issue").order_by("pk"))


def wait(keys: list[int], error: Exception | None) -> None:
    """Back to the queue, in order, with the reason; those that ended meanwhile stay so."""
    now = timezone.now()
    claimed = IssueAction.objects.filter(pk__in=keys, state=State.SENDING)
    said = str(error) if isinstance(error, SentryError) else "Dexter failed on this; its log says why."
    for attempts in set(claimed.values_list("attempts", flat=True)):
        pause: float = BACK_OFF[min(attempts, len(BACK_OFF)) - 1]
        if isinstance(error, RateLimited | CircuitOpen) and error.retry_after:
            pause = max(1.0, error.retry_after)
        claimed.filter(attempts=attempts).update(
            state=State.PENDING, try_at=now + timedelta(seconds=pause), error=said
        )
