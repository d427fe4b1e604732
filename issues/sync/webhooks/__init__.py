"""Stored webhooks become rows of the cache. A body is a hint: where it may be stale, Sentry is asked."""

from issues.sync.webhooks.asking import ask_sentry
from issues.sync.webhooks.batches import process_deliveries
from issues.sync.webhooks.claims import waiting_connections

__all__ = ["ask_sentry", "process_deliveries", "waiting_connections"]
