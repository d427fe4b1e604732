"""What a sync can end with, for tasks, commands and the admin: the client itself is issues.sync's alone."""

from dexter.outbound import OutboundRefused
from dexter.sentry.errors import NotFound, SentryError

# Each has `what` happened, what Dexter `did`, and what a person can do (`todo`).
SyncError = (SentryError, OutboundRefused)

__all__ = ["NotFound", "OutboundRefused", "SentryError", "SyncError"]
