"""How fast a server log is read and in how much memory, beside pgBadger when that is installed, and whether
random and mutated inputs are survived.

DEADLOCKS_MB (200) says how large the log is, DEADLOCKS_FUZZ (20,000) how many inputs there are, and
DEADLOCKS_FUZZ_FIRST (0) from which seed on.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection

from dexter.bench import Figure

ROOT = Path(__file__).parents[2]
FUZZ = Path("deadlocks", "analyzer", "tests", "fuzz.py")
MOST_MEMORY, TIMES_PGBADGER = 100, 20  # MB; as fast as


def deadlocks() -> Iterator[Figure]:
    """No database is touched, so the run on the second one is skipped."""
    if connection.vendor != "sqlite":
        yield {"figure": "server log", "skipped": "It needs no database; see the figures beside SQLite."}
        return
    yield from _log(int(float(os.environ.get("DEADLOCKS_MB", "200")) * 1_000_000))
    yield _fuzz(
        int(os.environ.get("DEADLOCKS_FUZZ", "20000")), int(os.environ.get("DEADLOCKS_FUZZ_FIRST", "0"))
    )


def _log(size: int) -> Iterator[Figure]:
    """Processes of their own, as memory is measured by the operating system."""
    seconds = {}
    for line in _lines(["-m", "deadlocks.analyzer.bench", "--size", str(size)]):
        name = line.pop("bench")
        seconds[name] = line.get("seconds")
        found = {"figure": name, **line}
        if name == "analyze_deadlock":
            held = line["peak_mb"] < MOST_MEMORY and line["reports"] == line["written"]
            found |= {"bar": f"peak < {MOST_MEMORY} MB, every report found", "held": held}
        yield found
    ours, theirs = seconds.get("analyze_deadlock"), seconds.get("pgbadger -j1")
    if ours and theirs:
        times = round(theirs / ours, 1)
        bar = {"bar": f">= {TIMES_PGBADGER} times", "held": times >= TIMES_PGBADGER}
        yield {"figure": "as fast as pgbadger -j1", "times": times, **bar}


def _fuzz(inputs: int, first: int) -> Figure:
    """What is wrong is written to stderr, with the seed that makes it again."""
    last = list(_lines([str(FUZZ), "--inputs", str(inputs), "--first", str(first)]))[-1]
    bar = {"bar": "no exception, no input above 1 s of CPU", "held": last["bad"] == 0}
    return {"figure": "random and mutated inputs", **last, **bar}


def _lines(arguments: list[str]) -> Iterator[dict[str, Any]]:
    """The JSON lines that a program prints, as they come."""
    command = [sys.executable, *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        for line in running.stdout or ():
            if line.startswith("{"):
                yield json.loads(line)
