"""Whether webhooks still come: a connection that had them, and falls silent while polling finds changes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Sum
from django.utils import timezone

from issues.models import Connection, SyncRun

SILENT_AFTER = timedelta(hours=1)
# A sync that ran while the last webhook was on its way may have been quicker than that.
OVERLAP = timedelta(minutes=2)


@dataclass(frozen=True)
class Silent:
    """`last` is when the last signed webhook came; `found` how many changed issues polling found since."""

    connection: Connection
    last: datetime
    found: int


def silent_connections(now: datetime | None = None) -> list[Silent]:
    """Enabled connections with a webhook secret whose last webhook is older than SILENT_AFTER while syncs
    found issues that are new, or have another status or assignee: Sentry sends webhooks of these.

    One query where no connection is silent, one more for each that is.
    """
    since = (now or timezone.now()) - SILENT_AFTER
    enabled = Connection.objects.filter(enabled=True, webhooks_seen_at__lt=since)
    candidates = enabled.exclude(webhook_secret="")  # noqa: S106 - not a secret: none
    found = [
        Silent(each, each.webhooks_seen_at, _found(each)) for each in candidates if each.webhooks_seen_at
    ]
    return [silent for silent in found if silent.found]


def _found(connection: Connection) -> int:
    assert connection.webhooks_seen_at is not None
    runs = SyncRun.objects.filter(connection=connection, started_at__gt=connection.webhooks_seen_at + OVERLAP)
    return runs.aggregate(total=Sum("issues_changed"))["total"] or 0
