"""Exports of 10,000 and of 100,000 issues as the background job writes them: rows a second, and memory.

Each runs in a process of its own, as the most that a process ever held cannot be taken back.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator

from django.conf import settings
from django.db import connection

from dexter.bench import Figure, memory_mb
from issues.bench.installation import same_database
from issues.bench.load import load, load_reference
from issues.bench.rows import World, issue_rows
from issues.exports import Wanted, path_of, prepare, write_export
from issues.models import Export, Issue
from issues.queries.found import Search

SIZES = (10_000, 100_000)
FLAT = 10.0  # MB that ten times the rows may take more
MB = 1024 * 1024
# Linux counts in kilobytes, macOS in bytes.
UNIT = 1 if sys.platform == "darwin" else 1024


def exports() -> Iterator[Figure]:
    """A figure for each format and size; the bar is of the larger one against the smaller."""
    there = Issue.objects.count()
    _fill(there)
    try:
        for kind in Export.Format.values:
            small, large = (_measured(kind, size) for size in SIZES)
            yield small
            more = round(large["peak_growth_mb"] - small["peak_growth_mb"], 1)
            bar = {"more_than_small_mb": more, "bar": f"<= {FLAT:g} MB more", "held": more <= FLAT}
            yield large | bar
    finally:
        if there:  # the pages are measured over fewer on SQLite
            Issue.objects.filter(pk__gt=there).delete()


def _fill(there: int) -> None:
    """Issues without events, behind those that a bench before has left."""
    world = World(issues=SIZES[-1])
    if not there:
        load_reference(world)
    load(Issue, (row for row in issue_rows(world) if row["id"] > there))


def _measured(kind: str, size: int) -> Figure:
    work = f"from issues.bench.exports import export_here; export_here({kind!r}, {size})"
    command = [sys.executable, "-c", f"import django; django.setup(); {work}"]
    ended = subprocess.run(  # noqa: S603 - our own module
        command, cwd=settings.BASE_DIR, env=same_database(), capture_output=True, text=True, check=False
    )
    if ended.returncode:
        raise RuntimeError(f"the export failed: {ended.stderr}")
    return dict(json.loads(ended.stdout))


def export_here(kind: str, size: int) -> None:
    """What the process does: a small export, so that everything is loaded, then the one that counts."""
    _without_cache()
    _write(kind, 100)
    before = _peak()
    started = time.perf_counter()
    file_bytes = _write(kind, size)
    seconds = time.perf_counter() - started
    found = {
        "figure": f"export, {kind}",
        "rows": size,
        "seconds": round(seconds, 1),
        "rows_per_second": round(size / seconds),
        "file_mb": round(file_bytes / MB, 1),
        "peak_mb": round(_peak(), 1),
        "peak_growth_mb": round(_peak() - before, 1),
    }
    print(json.dumps(found))  # noqa: T201 - the process that started this one reads it


def _without_cache() -> None:
    """SQLite maps its file and caches pages, up to fixed bounds; that is not the export's memory."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA mmap_size = 0")
            cursor.execute("PRAGMA cache_size = -1000")


def _write(kind: str, size: int) -> int:
    """The usual columns of `size` issues into a file; its bytes, once it is gone again."""
    chosen = {"search": Search("")} if size == SIZES[-1] else {"ids": range(1, size + 1)}
    export, keys = prepare(Wanted(format=kind, **chosen), user=None)
    export.save()
    try:
        write_export(export)
        export.refresh_from_db()
        if {export.rows, len(keys)} != {size}:
            raise RuntimeError(f"{export.rows} rows of {len(keys)} written instead of {size}")
        path = path_of(export)
        assert path is not None
        length = path.stat().st_size
        os.unlink(path)
        return length
    finally:
        export.delete()


def _peak() -> float:
    """Megabytes that this process held at most.

    On Linux not by getrusage, which takes over the peak of the process that started this one.
    """
    most = memory_mb("VmHWM")
    if most is not None:
        return most
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT / MB
