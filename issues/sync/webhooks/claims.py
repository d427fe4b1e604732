"""Who works on which deliveries: one at a time per connection and kind of work, so that order is kept.

A claim is a state and a time on the row. A worker that dies leaves it; after CLAIM another one takes it.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from issues.models import Connection, WebhookDelivery
from issues.sync.upsert import update_each

log = logging.getLogger(__name__)

State = WebhookDelivery.State
AT_ONCE = 100
CLAIM = timedelta(seconds=45)
# A request to Sentry may have to wait for its turn.
CLAIM_WHILE_ASKING = timedelta(minutes=5)
# A delivery that ends its worker so often is taken to be the reason.
MAX_ATTEMPTS = 5
BACK_OFF = (2, 5, 15, 30, 60, 120, 300)  # seconds before the next try, by attempts
WRITTEN = [
    "action", "issue_ref", "state", "needs_sentry", "is_echo", "note", "error", "attempts", "try_at",
    "finished_at",
]  # fmt: skip


def claim(connection_id: int, *, needs_sentry: bool) -> list[WebhookDelivery]:
    """Up to AT_ONCE due deliveries, oldest first; none while another worker is at this connection's."""
    now = timezone.now()
    valid = CLAIM_WHILE_ASKING if needs_sentry else CLAIM
    mine = WebhookDelivery.objects.filter(
        connection=connection_id, needs_sentry=needs_sentry, state__in=WebhookDelivery.WAITING
    )
    with transaction.atomic():
        # Makes two workers take turns here; SQLite does so by itself.
        Connection.objects.select_for_update(no_key=True).filter(pk=connection_id).values_list("pk").first()
        if mine.filter(state=State.PROCESSING, claimed_at__gte=now - valid).exists():
            return []
        due = list(mine.filter(Q(try_at=None) | Q(try_at__lte=now)).order_by("pk")[:AT_ONCE])
        taken = [row for row in due if not _gave_up(row)]
        WebhookDelivery.objects.filter(pk__in=[row.pk for row in taken]).update(
            state=State.PROCESSING, claimed_at=now, attempts=F("attempts") + 1
        )
        finish([row for row in due if row not in taken])
    for row in taken:
        row.state, row.claimed_at, row.attempts = State.PROCESSING, now, row.attempts + 1
    return taken


def _gave_up(row: WebhookDelivery) -> bool:
    """Whether workers have ended over this row often enough; it is marked as failed then."""
    if row.state != State.PROCESSING or row.attempts < MAX_ATTEMPTS or row.needs_sentry:
        return False
    fail(row, f"The worker ended {row.attempts} times while it was at this delivery.")
    return True


def done(row: WebhookDelivery, note: str = "") -> None:
    _end(row, State.DONE, note)


def ignore(row: WebhookDelivery, note: str) -> None:
    _end(row, State.IGNORED, note)


def fail(row: WebhookDelivery, error: str) -> None:
    _end(row, State.FAILED, "")
    row.error = error[:2000]


def _end(row: WebhookDelivery, state: str, note: str) -> None:
    row.state, row.note, row.error, row.finished_at = state, note[:300], "", timezone.now()
    row.needs_sentry, row.try_at = False, None


def leave_to_sentry(row: WebhookDelivery) -> None:
    """The body does not say enough: it waits for the next request to Sentry."""
    row.state, row.needs_sentry, row.attempts, row.try_at = State.PENDING, True, 0, None


def take_up_again(row: WebhookDelivery) -> None:
    """What was missing is in the cache now."""
    row.state, row.needs_sentry, row.attempts, row.try_at = State.PENDING, False, 0, None


def wait(row: WebhookDelivery, error: str) -> None:
    """Back to the queue with the reason, after a pause that grows with the attempts."""
    pause = BACK_OFF[min(max(row.attempts, 1), len(BACK_OFF)) - 1]
    row.state, row.error = State.PENDING, error[:2000]
    row.try_at = timezone.now() + timedelta(seconds=pause)


def finish(rows: Iterable[WebhookDelivery]) -> None:
    """Write how the rows ended, and empty the bodies that are stored elsewhere now."""
    if not (rows := list(rows)):
        return
    emptied = [row.pk for row in rows if not row.body]
    with transaction.atomic():
        update_each(WebhookDelivery, rows, WRITTEN)
        if emptied:
            WebhookDelivery.objects.filter(pk__in=emptied).update(body=b"")


def waiting_connections() -> list[tuple[int, bool]]:
    """(connection, needs_sentry) of everything that is due or was left by a worker that died."""
    now = timezone.now()
    pending = Q(state=State.PENDING) & (Q(try_at=None) | Q(try_at__lte=now))
    left = Q(state=State.PROCESSING, needs_sentry=False, claimed_at__lt=now - CLAIM) | Q(
        state=State.PROCESSING, needs_sentry=True, claimed_at__lt=now - CLAIM_WHILE_ASKING
    )
    rows = WebhookDelivery.objects.filter(pending | left, connection__enabled=True)
    return sorted(set(rows.values_list("connection", "needs_sentry").distinct()))
