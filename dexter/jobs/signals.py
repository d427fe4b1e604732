"""What other apps may listen to."""

from django.dispatch import Signal

# Sent with `job_id` and `kind` when a job was queued, began or ended, and with `is_progress` when it got on.
job_changed = Signal()
