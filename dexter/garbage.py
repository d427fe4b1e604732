"""Python's garbage collector in the processes that stay: what it would look through for nothing.

By default every 700 new containers start a collection; a page of issues from Sentry has ten times as many,
and all are in use: a third of a sync's time. https://docs.python.org/3/library/gc.html#gc.freeze
"""

import gc

CONTAINERS = 50_000  # some 10 MB


def settle() -> None:
    """Call it when all modules are loaded: they are not looked at again, and what is new less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(CONTAINERS, 20, 20)
