"""What a worker process does that carries the outbox of one connection to Sentry until it is killed.

The work of the task `issues.tasks.push`, again and again, so that a test can kill it at any moment.
"""

import time

from issues.models import Connection
from issues.sync.client import forget_clients
from issues.sync.errors import SyncError
from issues.sync.push import push_outbox

PAUSE = 0.05  # seconds between two looks at an empty outbox


def push_for_ever(connection_id: int) -> None:
    while True:
        try:
            push_outbox(Connection.objects.get(pk=connection_id))
        except SyncError:
            forget_clients()  # a breaker that opened would be new after a restart, too
        time.sleep(PAUSE)
