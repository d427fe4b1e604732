"""The one service that changes issues: cache and outbox in one transaction.

A single issue is a set of one. The page shows the new state at once; issues.sync.push carries it to Sentry.
"""

from issues.services.triage.acting import GRACE, Acted, act, act_where_possible, check
from issues.services.triage.columns import columns_of
from issues.services.triage.errors import Refused
from issues.services.triage.keeping import keep_changes
from issues.services.triage.undoing import (
    Undone,
    discard,
    opposite_of,
    retry,
    send_again,
    undo,
    undo_all,
    withdraw,
)

__all__ = [
    "GRACE",
    "Acted",
    "Refused",
    "Undone",
    "act",
    "act_where_possible",
    "check",
    "columns_of",
    "discard",
    "keep_changes",
    "opposite_of",
    "retry",
    "send_again",
    "undo",
    "undo_all",
    "withdraw",
]
