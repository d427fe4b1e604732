"""Measuring: what every app's `bench` shares. Run with `make bench`.

An app that has figures has a package `bench` whose `BENCHES` maps names to functions without arguments, each
of which yields figures: JSON objects with at least `figure`, and `bar` where there is a bar to hold. They run
on a scratch database, migrated and empty at first, that those of one app share in their order.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

Figure = dict[str, Any]
Bench = Callable[[], Iterator[Figure]]


def memory_mb(kind: Literal["RssAnon", "VmHWM"]) -> float | None:
    """Megabytes of this process: `RssAnon` its own now, without mapped files, `VmHWM` the most it ever held.

    As Linux says in /proc/self/status (proc(5)); None elsewhere.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    line = next(line for line in status.read_text().splitlines() if line.startswith(f"{kind}:"))
    return round(int(line.split()[1]) / 1024, 1)


def percentile(samples: Sequence[float], share: float) -> float:
    """The smallest sample that at least `share` (0 to 1) of all samples do not exceed; raises on none."""
    ordered = sorted(samples)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def times(work: Callable[[], object], *, repeat: int, warm: int = 3) -> list[float]:
    """Milliseconds of each of `repeat` calls of `work`, after `warm` calls that do not count."""
    for _ in range(warm):
        work()
    found = []
    for _ in range(repeat):
        started = time.perf_counter()
        work()
        found.append((time.perf_counter() - started) * 1000)
    return found


def figure(name: str, samples: Sequence[float], *, bar_ms: float | None = None, **more: Any) -> Figure:
    """What is printed of `samples` in milliseconds; the bar is held when the 95th percentile is below it."""
    p95 = percentile(samples, 0.95)
    found = {
        "figure": name,
        "n": len(samples),
        "p50_ms": round(percentile(samples, 0.5), 2),
        "p95_ms": round(p95, 2),
        "max_ms": round(max(samples), 2),
    }
    bar = {} if bar_ms is None else {"bar": f"p95 < {bar_ms:g} ms", "held": p95 < bar_ms}
    return found | bar | more
