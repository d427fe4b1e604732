"""Webhooks at the door: a delivery is one insert, a refusal one row a reason."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime

from django.db import transaction
from django.utils import timezone

from dexter.write_lock import first_in_line
from issues.models import WebhookDelivery, WebhookRefusal

MAX_BODY = 1_000_000  # bytes
_SHOWN = ("Request-ID", "Sentry-Hook-Resource", "Sentry-Hook-Timestamp", "User-Agent", "Content-Length")


def store_delivery(connection_id: int, headers: Mapping[str, str], raw_body: bytes) -> None:
    """Keep a delivery whose signature is right. One of the same Request-ID changes nothing.

    A delivery without that header goes by its body: the same bytes count once.
    """
    request_id = headers.get("Request-ID", "").strip() or f"body-{hashlib.sha256(raw_body).hexdigest()[:48]}"
    row = WebhookDelivery(
        connection_id=connection_id,
        request_id=request_id[:64],
        resource=headers.get("Sentry-Hook-Resource", "")[:40],
        body=WebhookDelivery.pack(raw_body),
        sent_at=sent_at(headers.get("Sentry-Hook-Timestamp", "")),
    )
    first_in_line(lambda: WebhookDelivery.objects.bulk_create([row], ignore_conflicts=True))


def sent_at(seconds: str) -> datetime | None:
    """The header Sentry-Hook-Timestamp, epoch seconds; None for anything else."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def note_refusal(
    connection_id: int, reason: WebhookRefusal.Reason, headers: Mapping[str, str], address: str
) -> None:
    """Count a refusal and keep some of its headers among the last WebhookRefusal.KEPT. Never the body."""
    shown = {name: headers[name][:200] for name in _SHOWN if headers.get(name)}
    entry = {"at": timezone.now().isoformat(timespec="seconds"), "from": address, **shown}
    with transaction.atomic():
        row, _ = WebhookRefusal.objects.select_for_update().get_or_create(
            connection_id=connection_id, reason=reason
        )
        row.count += 1
        row.last = [entry, *row.last][: WebhookRefusal.KEPT]
        row.save()
