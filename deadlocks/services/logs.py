"""Taking logs in, reading them, keeping and forgetting them."""

import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import islice, repeat
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from deadlocks.analyzer import VERSION, Report, analyze_log
from deadlocks.analyzer.otherwise import looks_like
from deadlocks.analyzer.render import from_value, to_value
from deadlocks.models import DeadlockReport, LogFile, LogReport
from deadlocks.services import originals
from deadlocks.services.knowledge import log_was_kept
from deadlocks.services.moments import moment_of
from deadlocks.services.reports import clean, join, pair_of
from dexter.jobs import runner

READ = "deadlocks.tasks.read_log"
BATCH = 100
MOST_REPORTS = 5000  # of one log; the rest is left out, and the page says so
_HEAD = 1 << 20


class TooLarge(Exception):
    """The log is larger than the setting allows."""

    def __init__(self) -> None:
        super().__init__(
            f"It is larger than the {settings.LOG_MAX_MB:,} MB that LOG_MAX_MB allows. Compress it with gzip,"
            " send the hours around the deadlock, or use manage.py analyze_deadlock on the server."
        )


def folder() -> Path:
    """The folder of the files, made when it is missing."""
    path = Path(settings.LOGS_DIR)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def take_log(pieces: Iterable[bytes], *, name: str, owner: Any, keep: bool = False) -> LogFile:
    """Stores a log and has a job read it. With `keep`, what is found in it is kept. Raises TooLarge; then
    nothing is left behind.
    """
    file = secrets.token_hex(16)
    path = folder() / file
    try:
        size = _write(path, pieces)
        with transaction.atomic():
            log = LogFile.objects.create(
                owner=owner, name=name[:200] or "log", file=file, size=size, keeps=keep
            )
            read_again(log)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return log


def _write(path: Path, pieces: Iterable[bytes]) -> int:
    size = 0
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for piece in pieces:
            size += len(piece)
            if size > settings.LOG_MAX_MB << 20:
                raise TooLarge
            file.write(piece)
    return size


def read_again(log: LogFile) -> None:
    """Has the log read by a job."""
    log.job = runner.enqueue(READ, key=f"log:{log.pk}", owner_id=log.owner_id, log_id=log.pk)[0]
    log.save(update_fields=["job"])


def keep_text(text: str, *, name: str, owner: Any) -> LogFile:
    """The reports of a pasted text as rows that stay, without the text."""
    data = (text.encode("utf-8", "replace"),)
    reports = list(analyze_log(data))
    with transaction.atomic():
        log = LogFile.objects.create(
            owner=owner, name=name[:200] or "Pasted text", size=len(text), found=len(reports), kept=True
        )
        LogReport.objects.bulk_create(_rows(log.pk, 0, reports, originals.of_log(data, reports)))
        log_was_kept(log)
    return log


def read_log(log: LogFile, *, report: Callable[..., None] = lambda *_: None) -> int:
    """Finds the reports of a stored log in flat memory; answers how many. Its file is deleted after that.

    Begins anew when an earlier attempt ended midway. Raises FileNotFoundError when this machine has no such
    file.
    """
    path = folder() / log.file
    log.reports.all().delete()
    report(0, log.size, "Looking for deadlocks")
    found = 0
    with open(path, "rb") as file:
        head = file.read(_HEAD)
        file.seek(0)
        counted = _Counted(file, report)
        reports = islice(analyze_log(counted, log.name), MOST_REPORTS)
        while batch := list(islice(reports, BATCH)):
            LogReport.objects.bulk_create(_rows(log.pk, found, batch))
            found += len(batch)
    if found:
        _add_originals(log, path)
    like = "" if found else looks_like(head.decode("utf-8", "replace")).name
    LogFile.objects.filter(pk=log.pk).update(found=found, looks_like=like, file="")
    path.unlink(missing_ok=True)
    if found and (log.keeps or log.kept):
        keep_log(log, name=log.name)
    return found


def _add_originals(log: LogFile, path: Path) -> None:
    """Reads the log once more, for the text of each report as it stands there."""
    keys = list(log.reports.order_by("value__source__line").values_list("pk", flat=True))
    with open(path, "rb") as file:
        texts = originals.of_log(file, _reports(keys))
        for start in range(0, len(keys), BATCH):
            several = [LogReport(pk=key, raw=next(texts)) for key in keys[start : start + BATCH]]
            LogReport.objects.bulk_update(several, ["raw"])


def _reports(keys: Sequence[int]) -> Iterator[Report]:
    """The stored reports with these keys, in this order, some at a time."""
    for start in range(0, len(keys), BATCH):
        rows = LogReport.objects.in_bulk(keys[start : start + BATCH])
        yield from (from_value(rows[key].value) for key in keys[start : start + BATCH])


class _Counted:
    """A file that tells how far it was read."""

    def __init__(self, file: BinaryIO, report: Callable[..., None]) -> None:
        self.file, self.report, self.done = file, report, 0

    def read(self, size: int, /) -> bytes:
        block = self.file.read(size)
        self.done += len(block)
        self.report(self.done)
        return block


def _rows(
    log_id: int, first: int, reports: Iterable[Report], texts: Iterable[str] = repeat("")
) -> Iterator[LogReport]:
    for position, (report, text) in enumerate(zip(reports, texts, strict=False), start=first):
        value = clean(to_value(report, timeline=True))
        yield LogReport(
            log_id=log_id,
            position=position,
            root_cause=report.diagnosis.root_cause,
            value=value,
            raw=text,
            version=VERSION,
            victim_pid=report.victim.pid if report.victim else None,
            pair=pair_of(report),
            occurred_at=moment_of(report.source.time),
        )


def keep_log(log: LogFile, *, name: str) -> None:
    """The reports stay, under this name, for everybody."""
    log.kept, log.name = True, (name.strip() or log.name)[:200]
    with transaction.atomic():
        log.save(update_fields=["kept", "name"])
        log_was_kept(log)


def discard_log(log: LogFile) -> None:
    """Forgets a log, its file and its reports; a job that reads it is asked to stop."""
    if log.is_waiting and log.job:
        runner.request_stop(log.job)
    if log.file:
        (folder() / log.file).unlink(missing_ok=True)
    with transaction.atomic():
        told = list(DeadlockReport.objects.filter(log_report__log=log))
        log.delete()
        join(told)


def prune_logs() -> int:
    """Forgets what nobody kept in time; answers how many."""
    before = timezone.now() - timedelta(hours=settings.KEEP_LOGS_HOURS)
    old = list(LogFile.objects.filter(kept=False, created_at__lt=before).select_related("job"))
    for log in old:
        discard_log(log)
    return len(old)
