"""GlitchTip names only the hours that had events; a series wants the empty ones as well."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

HOUR = 3600
HOURS = 24


def every_hour(counts: Iterable[Sequence[int]], now: float) -> list[list[int]]:
    """`[[epoch seconds, events], ...]` of the last 24 hours up to the running one, 0 where `counts` has none.

    Older counts are left out: the server may have cut their hour. A server whose clock is ahead of `now`
    decides which hour runs.
    """
    known = {int(epoch): int(count) for epoch, count in counts}
    running = max([int(now) // HOUR * HOUR, *known])
    return [[hour, known.get(hour, 0)] for hour in range(running - (HOURS - 1) * HOUR, running + HOUR, HOUR)]
