"""Python's garbage collector in the processes that stay: what it would look through for nothing.

By default every 700 new containers start a collection; a page of issues from Sentry has ten times as many,
and all are in use: a third of a sync's time. https://docs.python.org/3/library/gc.html#gc.freeze
"""

import gc

CONTAINERS = 10_000  # more than a page of issues has, and a few megabytes at most


def freeze() -> None:
    """Call it when all modules are loaded: they are not looked at again."""
    gc.collect()
    gc.freeze()


def settle() -> None:
    """`freeze`, and what is new is looked at less often: for work that makes much and drops it in order."""
    freeze()
    gc.set_threshold(CONTAINERS, 10, 10)
