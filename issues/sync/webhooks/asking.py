"""Deliveries whose bodies do not say enough: their issues are read from Sentry, up to a hundred at a time."""

import logging

from django.utils import timezone

from dexter.outbound import OutboundRefused
from dexter.sentry.client import Client
from dexter.sentry.errors import SentryError
from issues.models import Connection, Issue, WebhookDelivery
from issues.sync.client import client_of
from issues.sync.directory import Directory
from issues.sync.gone import check_issue
from issues.sync.store import store_issues
from issues.sync.webhooks import claims

log = logging.getLogger(__name__)

# What is stored from the issue alone; the others have more in them, and are taken up again.
ONLY_ISSUE = ("issue", "activity_alert")


def ask_sentry(connection_id: int) -> int:
    """Ask until nothing waits; answers how many deliveries are to be processed now that their issue is here.

    When Sentry does not answer, all of them wait, with a pause that grows.
    """
    again = 0
    while rows := claims.claim(connection_id, needs_sentry=True):
        try:
            _ask(Connection.objects.get(pk=connection_id), rows)
        except Exception as error:  # noqa: BLE001 - whatever it is, the deliveries wait and are not lost
            is_sentry = isinstance(error, SentryError | OutboundRefused)
            log.warning("connection %s: webhooks wait: %s", connection_id, error, exc_info=not is_sentry)
            for row in rows:
                claims.wait(row, str(error))
        claims.finish(rows)
        again += sum(row.state == claims.State.PENDING and not row.needs_sentry for row in rows)
    return again


def _ask(connection: Connection, rows: list[WebhookDelivery]) -> None:
    client, directory = client_of(connection), Directory.of(connection)
    ids = list(dict.fromkeys(row.issue_ref for row in rows))
    asked_at = timezone.now()
    found = client.issues_by_id(ids)
    store_issues(directory, found, asked_at=asked_at)
    there = {str(payload.get("id")) for payload in found}
    there |= _check_missing(connection, client, directory, [key for key in ids if key not in there])
    stored = _cached(connection, ids)
    for row in rows:
        if row.issue_ref in there and row.issue_ref not in stored:
            claims.ignore(row, "Its project is not known yet; the next sync brings both.")
        elif row.issue_ref not in stored:
            claims.ignore(row, "Sentry does not show this issue to the token.")
        elif row.issue_ref not in there:
            claims.done(row, "The issue is gone from Sentry.")
        elif row.resource in ONLY_ISSUE:
            claims.done(row, "Read again from Sentry.")
        else:
            claims.take_up_again(row)


def _check_missing(connection: Connection, client: Client, directory: Directory, ids: list[str]) -> set[str]:
    """Cached issues that the list did not have, one by one: gone, or there after all (their Sentry ids)."""
    missing = Issue.objects.filter(connection=connection, sentry_id__in=ids, gone="")
    return {issue.sentry_id for issue in missing if not check_issue(issue, client, directory)}


def _cached(connection: Connection, ids: list[str]) -> set[str]:
    return set(
        Issue.objects.filter(connection=connection, sentry_id__in=ids).values_list("sentry_id", flat=True)
    )
