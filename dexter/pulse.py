"""Signs of life of worker and scheduler in the cache, for `/healthz` and `manage.py doctor`."""

import time

from django.core.cache import cache

EVERY = 10.0  # seconds between two signs of a worker
SILENT_AFTER = 60.0  # seconds without a sign after which something counts as gone
# Who works for which queue (settings.CELERY_TASK_QUEUES).
WORKERS = {"dexter": "worker", "ai": "ai-worker"}
_KEEP = 7 * 86400


def leave(name: str) -> None:
    """Note that `name` ("worker", "ai-worker", "scheduler") lives at this moment."""
    cache.set(f"pulse:{name}", time.time(), timeout=_KEEP)


def age(name: str) -> float | None:
    """Seconds since the last sign of `name`; None when there was none in a week."""
    left = cache.get(f"pulse:{name}")
    return None if left is None else max(0.0, time.time() - left)


def is_alive(name: str) -> bool:
    """Whether `name` left a sign within SILENT_AFTER."""
    seconds = age(name)
    return seconds is not None and seconds < SILENT_AFTER
