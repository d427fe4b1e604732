"""What other apps may listen to. Receivers enqueue a task and do nothing else."""

from django.dispatch import Signal

# Sent on commit with `event_ids` (primary keys) after events were stored for the first time.
events_stored = Signal()

# Sent on commit with `connection_ids` after somebody's changes joined the outbox.
actions_waiting = Signal()

# Sent on commit with `issue_ids` and `created_ids` (primary keys; those are among these) after issues,
# their events or their outbox changed in a way that a page shows.
issues_changed = Signal()

# Sent on commit with `issue_ids` after Sentry's webhooks brought, changed or removed comments.
comments_changed = Signal()

# Sent on commit with `connection_ids` after comments, their edits or deletions began to wait for Sentry.
notes_waiting = Signal()

# Sent on commit with `user_ids`, and `has_mail` where e-mails are due, after an inbox changed.
inbox_changed = Signal()
