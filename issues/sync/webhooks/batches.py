"""A batch of deliveries: read, told apart by what they are about, stored together, finished together."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from dexter.sentry.webhooks import MalformedWebhook, parse
from issues.models import Connection, WebhookDelivery
from issues.sync.webhooks import claims
from issues.sync.webhooks.comments import take_comments
from issues.sync.webhooks.echoes import mark_echoes
from issues.sync.webhooks.events import take_events
from issues.sync.webhooks.issues import take_issues
from issues.sync.webhooks.others import take_installations, take_others
from issues.sync.webhooks.received import Received, Work

log = logging.getLogger(__name__)

Take = Callable[[Work, list[Received]], None]

# In this order: an issue is there before its events, both before their comments.
TAKES: tuple[tuple[frozenset[str], Take], ...] = (
    (frozenset({"installation"}), take_installations),
    (frozenset({"issue", "activity_alert"}), take_issues),
    (frozenset({"error", "event_alert"}), take_events),
    (frozenset({"comment"}), take_comments),
)
HANDLED = frozenset().union(*(resources for resources, _ in TAKES))


@dataclass
class Outcome:
    """What `process_deliveries` leaves to its caller."""

    processed: int = 0
    needs_sentry: bool = False
    # Connections with issues of projects that only a sync brings.
    needs_sync: bool = False


def process_deliveries(connection_id: int) -> Outcome:
    """Process what waits, until nothing does; safe to call twice, from any process, and to be killed in."""
    outcome = Outcome()
    while rows := claims.claim(connection_id, needs_sentry=False):
        work = Work(Connection.objects.get(pk=connection_id))
        _process(work, rows)
        outcome.processed += len(rows)
        outcome.needs_sentry |= any(row.needs_sentry for row in rows)
        outcome.needs_sync |= work.needs_sync
    return outcome


def _process(work: Work, rows: list[WebhookDelivery]) -> None:
    try:
        _take(work, rows)
    except Exception as error:  # noqa: BLE001 - whatever one body does, the others go on
        if len(rows) > 1:
            log.warning("%s: a batch of webhooks failed (%s); each by itself now", work.connection, error)
            for row in rows:
                _process(work, [row])
            return
        log.exception("%s: webhook %s cannot be processed", work.connection, rows[0].request_id)
        _try_later(rows[0], f"{type(error).__name__}: {error}")
    claims.finish(rows)


def _try_later(row: WebhookDelivery, error: str) -> None:
    if row.attempts >= claims.MAX_ATTEMPTS:
        claims.fail(row, error)
    else:
        claims.wait(row, error)


def _take(work: Work, rows: list[WebhookDelivery]) -> None:
    work.note_seen(rows)
    if not work.connection.enabled:
        for row in rows:
            claims.ignore(row, "The connection is switched off.")
        return
    received = [found for row in rows if (found := _read(row))]
    for resources, take in TAKES:
        some = [each for each in received if each.hook.resource in resources]
        if some := mark_echoes(work, some):
            take(work, some)
    take_others([each for each in received if each.hook.resource not in HANDLED])


def _read(row: WebhookDelivery) -> Received | None:
    """The row with its parsed body; None for one that cannot be read, which is marked as failed."""
    try:
        hook = parse(row.resource, row.unpack())
    except (MalformedWebhook, RecursionError) as error:
        claims.fail(row, f"It was signed, but {error}.")
        return None
    row.action, row.issue_ref = hook.action[:60], (hook.issue_id or "")[:40]
    return Received(row, hook)
