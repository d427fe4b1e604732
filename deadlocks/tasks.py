"""Background work of the deadlocks app: load, call, record."""

import logging

from deadlocks.models import LogFile
from deadlocks.services import logs, reading, remaking
from dexter.celery import app
from dexter.jobs import runner

_log = logging.getLogger(__name__)


@app.task
def read_events(event_ids: list[int]) -> int:
    """Look for repeated and slow statements in events that were just stored; how many were found."""
    return reading.read_events(event_ids)


@app.task
def read_waiting_events() -> int:
    """Read the events that no task has read, or that an older version read; how many there were.

    Reports of logs and of events that are gone are made again from what was kept of them.
    """
    return reading.read_waiting() + remaking.remake_waiting().total


@app.task(name=logs.READ)
def read_log(job_id: int, log_id: int) -> None:
    """Find the deadlock reports of one stored log."""
    try:
        with runner.running(job_id) as progress:
            log = LogFile.objects.filter(pk=log_id).first()
            if log and log.file:
                logs.read_log(log, report=progress.report)
    except runner.Taken:
        _log.info("job %s is taken or over", job_id)


@app.task
def prune_logs() -> int:
    """Forget the logs that nobody kept in time; how many."""
    return logs.prune_logs()
