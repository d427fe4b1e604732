"""Starting, running and ending jobs. A task body runs inside `running(job_id)` and reports through it."""

import logging
import os
import socket
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from dexter.celery import app
from dexter.jobs.models import HEARTBEAT, Job
from dexter.jobs.signals import job_changed

log = logging.getLogger(__name__)

TELL_EVERY = 0.5  # seconds


class Stopped(Exception):
    """Somebody asked the job to stop; raised by `Progress.report` at the next safe point."""


class Taken(Exception):
    """The job is not waiting any more: another worker runs it, or it has ended."""


def enqueue(
    kind: str, *, key: str, owner_id: int | None = None, queue: str | None = None, **arguments: Any
) -> tuple[Job, bool]:
    """A job row for the Celery task `kind` and, on commit, its message. Answers (job, created).

    An active job of the same key is answered instead of a second one. `arguments` must be JSON.
    """
    try:
        with transaction.atomic():
            job = Job.objects.create(kind=kind, key=key, owner_id=owner_id, arguments=arguments)
    except IntegrityError:
        active = Job.objects.active().filter(key=key).first()
        if active is None:  # it ended between the insert and this look
            return enqueue(kind, key=key, owner_id=owner_id, queue=queue, **arguments)
        return active, False
    transaction.on_commit(lambda: send(job, queue=queue))
    transaction.on_commit(lambda: _tell(job), robust=True)
    return job, True


def _tell(job: Job, *, is_progress: bool = False) -> None:
    """Whoever listens must not hold the work up."""
    job_changed.send_robust(Job, job_id=job.pk, kind=job.kind, is_progress=is_progress)


def send(job: Job, *, queue: str | None = None) -> None:
    """Put the job's message on the queue. The reaper sends it again when it got lost."""
    app.tasks.get(job.kind) or app.loader.import_default_modules()
    app.tasks[job.kind].apply_async(args=[job.pk], kwargs=job.arguments, queue=queue)


class Progress:
    """What a running job reports through. Safe to use from several threads."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._lock = threading.Lock()
        self._told_at = -TELL_EVERY

    def report(self, done: int | None = None, total: int | None = None, message: str | None = None) -> None:
        """Store progress and beat the heart; raises Stopped when somebody asked for it."""
        changes: dict[str, Any] = {"heartbeat_at": timezone.now()}
        if done is not None:
            changes["done"] = done
        if total is not None:
            changes["total"] = total
        if message is not None:
            changes["message"] = message[:300]
        with self._lock:
            Job.objects.filter(pk=self.job.pk).update(**changes)
            self._tell()
            if Job.objects.filter(pk=self.job.pk, stop_requested=True).exists():
                raise Stopped

    def _tell(self) -> None:
        """Open pages hear of progress at most twice a second."""
        if time.monotonic() - self._told_at >= TELL_EVERY:
            self._told_at = time.monotonic()
            _tell(self.job, is_progress=True)


def _claim(job_id: int, at_once: int | None, among: Collection[str]) -> Job:
    now = timezone.now()
    with transaction.atomic():
        if at_once is not None and not _has_room(job_id, at_once, among):
            raise Taken
        # A conditional update and its row count, so that two deliveries of one message run it once.
        claimed = Job.objects.filter(pk=job_id, state=Job.State.QUEUED).update(
            state=Job.State.RUNNING, started_at=now, heartbeat_at=now, error=""
        )
    if not claimed:
        raise Taken
    job = Job.objects.get(pk=job_id)
    _tell(job)
    return job


def _has_room(job_id: int, at_once: int, among: Collection[str]) -> bool:
    """Whether fewer than `at_once` jobs of these kinds run. Holds a lock until the transaction ends."""
    kinds = sorted(among) or [Job.objects.values_list("kind", flat=True).get(pk=job_id)]
    if connection.vendor == "postgresql":  # on SQLite only one transaction writes in any case
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [" ".join(kinds)])
    return Job.objects.filter(kind__in=kinds, state=Job.State.RUNNING).count() < at_once


def _beat(job_id: int, ended: threading.Event) -> None:
    """Write the heartbeat until the job ends, so that a long step without reports is not taken for dead."""
    while not ended.wait(HEARTBEAT.total_seconds()):
        Job.objects.filter(pk=job_id, state=Job.State.RUNNING).update(heartbeat_at=timezone.now())
    connection.close()


def _end(job: Job, state: Job.State, error: str = "") -> None:
    Job.objects.filter(pk=job.pk).update(state=state, error=error, finished_at=timezone.now())
    _tell(job)


@contextmanager
def running(job_id: int, *, at_once: int | None = None, among: Collection[str] = ()) -> Iterator[Progress]:
    """Claim the job, keep its heart beating, and end its row whatever happens inside.

    Raises Taken when there is nothing to do, or when `at_once` jobs of its kind (of the kinds in `among`,
    which share their places) run already: then it goes on waiting, and whoever ends one sends it again. An
    exception inside is stored as the job's error and goes on; a killed worker leaves the row to the reaper.
    """
    job = _claim(job_id, at_once, among)
    ended = threading.Event()
    heart = threading.Thread(target=_beat, args=(job.pk, ended), daemon=True)
    heart.start()
    try:
        yield Progress(job)
    except Stopped:
        _end(job, Job.State.STOPPED)
    except KeyboardInterrupt:  # Ctrl+C in a command: nobody goes on with it
        _end(job, Job.State.STOPPED)
        raise
    except Exception as error:
        _end(job, Job.State.FAILED, error=f"{type(error).__name__}: {error}")
        raise
    else:
        _end(job, Job.State.DONE)
    finally:
        ended.set()
        heart.join()


def run_here(kind: str, work: Any, *, key: str, **arguments: Any) -> Job:
    """Run `work(progress)` in this process as a job row (for commands). Raises Taken if one is active."""
    _bury(key)
    arguments |= {"host": socket.gethostname(), "pid": os.getpid()}
    try:
        with transaction.atomic():
            job = Job.objects.create(kind=kind, key=key, arguments=arguments, max_attempts=1)
    except IntegrityError as error:
        raise Taken(f"{key} is already running") from error
    with running(job.pk) as progress:
        work(progress)
    return Job.objects.get(pk=job.pk)


def _bury(key: str) -> None:
    """End a job whose command was killed: the next one need not wait until its heart is missed."""
    for job in Job.objects.active().filter(key=key, arguments__host=socket.gethostname()):
        try:
            os.kill(job.arguments["pid"], 0)
        except ProcessLookupError:
            _end(job, Job.State.FAILED, error="The process that ran it was killed.")
        except PermissionError:
            pass  # somebody else's process: it lives


def request_stop(job: Job) -> None:
    """Ask the job to stop: a waiting one at once, a running one at its next report."""
    if not Job.objects.filter(pk=job.pk, state=Job.State.QUEUED).update(
        state=Job.State.STOPPED, finished_at=timezone.now()
    ):
        Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(stop_requested=True)
    _tell(job)
