"""What the takers of a batch share: a delivery with its parsed body, and the connection's look-ups."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dexter.sentry.webhooks import Webhook
from issues.models import Connection, Issue, WebhookDelivery
from issues.sync.directory import Directory


@dataclass
class Received:
    row: WebhookDelivery
    hook: Webhook

    @property
    def issue_id(self) -> str:
        """Sentry's id of the issue; empty where the webhook is about none."""
        return self.hook.issue_id or ""

    @property
    def moment(self) -> Any:
        """When the body was surely not yet wrong: sent (whole seconds, rounded down) or received."""
        return min(self.row.sent_at or self.row.received_at, self.row.received_at)


class Work:
    """One batch of one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.needs_sync = False

    @cached_property
    def directory(self) -> Directory:
        return Directory.of(self.connection)

    def issues(self, received: Iterable[Received]) -> dict[str, Issue]:
        """The cached issues that the deliveries are about, by Sentry id."""
        ids = {each.issue_id for each in received if each.issue_id}
        found = Issue.objects.filter(connection=self.connection, sentry_id__in=ids)
        return {issue.sentry_id: issue for issue in found}

    def note_seen(self, rows: list[WebhookDelivery]) -> None:
        """Remember on the connection when the last signed delivery came."""
        newest = max(row.received_at for row in rows)
        mine = Connection.objects.filter(pk=self.connection.pk).exclude(webhooks_seen_at__gte=newest)
        mine.update(webhooks_seen_at=newest)


def by_issue(received: Iterable[Received]) -> dict[str, list[Received]]:
    """In the order in which they were received."""
    groups: dict[str, list[Received]] = {}
    for each in received:
        groups.setdefault(each.issue_id, []).append(each)
    return groups
