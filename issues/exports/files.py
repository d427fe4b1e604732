"""Files of large exports: written beside their name, readable by one account, gone after their time."""

import logging
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from issues.exports.columns import columns_named
from issues.exports.formats import pieces
from issues.exports.making import keys_again, values
from issues.models import Export

log = logging.getLogger(__name__)

REPORT_EVERY = 500  # rows
PART = ".part"


def folder() -> Path:
    """The folder of the files, made when it is missing."""
    path = Path(settings.EXPORTS_DIR)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def path_of(export: Export) -> Path | None:
    """The file of an export; None when it is not written yet, expired, or not on this machine's disk."""
    path = folder() / export.file if export.is_ready else None
    return path if path and path.exists() else None


def write_export(export: Export, *, report: Callable[..., None] = lambda *_: None) -> None:
    """Write the file; whatever ends this early leaves no part of one behind."""
    keys = keys_again(export)
    report(0, len(keys), f"Writing {len(keys):,} rows")
    path = folder() / f"{export.pk}-{secrets.token_hex(12)}.{export.format}{PART}"
    done = 0

    def count(number: int) -> None:
        nonlocal done
        done = number
        if number % REPORT_EVERY == 0:
            report(number)

    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            rows = values(export, keys, count)
            for piece in pieces(columns_named(export.what, export.columns), rows, export):
                file.write(piece)
        finished = path.with_suffix("")
        path.rename(finished)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    Export.objects.filter(pk=export.pk).update(
        rows=done,
        size=finished.stat().st_size,
        file=finished.name,
        expires_at=timezone.now() + Export.lifetime(),
    )
    report(len(keys), None, f"{done:,} rows")


def remove_expired() -> int:
    """Delete files whose time is over, and those that no row names (a killed worker's); answers how many."""
    now = timezone.now()
    Export.objects.filter(expires_at__lte=now).exclude(file="").update(file="")
    kept = set(Export.objects.exclude(file="").values_list("file", flat=True))
    removed = 0
    for path in folder().iterdir():
        # A part may be of a worker that is at work now.
        is_old = now.timestamp() - path.stat().st_mtime > Export.lifetime().total_seconds()
        if path.name not in kept and (path.suffix != PART or is_old):
            path.unlink(missing_ok=True)
            removed += 1
    if removed:
        log.info("%s files of exports removed", removed)
    return removed
