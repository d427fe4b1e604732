"""Celery tasks of the cache: load, call, record. The work is in issues.sync."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.template.defaultfilters import pluralize
from django.utils import timezone

from dexter.celery import app
from dexter.jobs import runner
from dexter.jobs.models import Job
from issues.exports import remove_expired, write_export
from issues.models import Bulk, Comment, Connection, Event, Export, Issue, IssueAction, SyncRun
from issues.services.bulk import BULK_TASK
from issues.services.inbox_mail import send_due_mail
from issues.sync.attachments import sync_attachments
from issues.sync.bulk import work_through
from issues.sync.client import client_of
from issues.sync.detail import sync_detail
from issues.sync.errors import NotFound, SyncError
from issues.sync.events import store_events
from issues.sync.hashes import read_hashes
from issues.sync.notes import adopt_notes, pull_notes, push_notes
from issues.sync.prune import prune_cache
from issues.sync.push import push_outbox
from issues.sync.run import sync
from issues.sync.webhooks import ask_sentry, process_deliveries, waiting_connections

log = logging.getLogger(__name__)

SYNC = "issues.tasks.sync_connection"


def as_job(work: Callable[..., None]) -> Callable[..., None]:
    """Run a task body inside its job row; what Sentry refused ends on the row, not as a traceback."""

    def body(job_id: int, **arguments: Any) -> None:
        try:
            with runner.running(job_id) as progress:
                work(progress, **arguments)
        except runner.Taken:
            log.info("job %s is taken or over", job_id)
        except SyncError as error:
            log.warning("job %s (%s): %s", job_id, work.__name__, error)

    body.__name__, body.__module__, body.__doc__ = work.__name__, work.__module__, work.__doc__
    return body


@app.task
def sync_due_connections() -> int:
    """Enqueue a sync for each connection whose turn it is; answers how many."""
    now = timezone.now()
    enabled = Connection.objects.filter(enabled=True)
    return sum(enqueue_sync(connection)[1] for connection in enabled if _is_due(connection, now))


def _is_due(connection: Connection, now: Any) -> bool:
    if connection.retry_at and connection.retry_at > now:
        return False
    last = connection.synced_at
    return last is None or last <= now - timedelta(seconds=settings.SYNC_EVERY)


def enqueue_sync(connection: Connection, *, full: bool = False) -> tuple[Job, bool]:
    """A job that syncs the connection, all of it when asked or when it is due. One at a time each."""
    full_at = connection.full_synced_at
    is_due = not full_at or full_at < timezone.now() - timedelta(seconds=settings.SYNC_FULL_EVERY)
    return runner.enqueue(SYNC, key=f"sync:{connection.pk}", connection_id=connection.pk, full=full or is_due)


@app.task(name=SYNC)
@as_job
def sync_connection(progress: runner.Progress, connection_id: int, full: bool) -> None:
    """One sync of one connection."""
    connection = Connection.objects.get(pk=connection_id)
    kind = SyncRun.Kind.FULL if full else SyncRun.Kind.INCREMENTAL
    sync(connection, kind=kind, report=progress.report, job_id=progress.job.pk)


def enqueue_issue(issue: Issue) -> Job:
    """A job that brings one issue's detail and events up to date, ahead of the sync."""
    return runner.enqueue("issues.tasks.fetch_issue", key=f"issue:{issue.pk}", issue_id=issue.pk)[0]


@app.task(name="issues.tasks.fetch_issue")
@as_job
def fetch_issue(progress: runner.Progress, issue_id: int) -> None:
    """Detail, newest and first events of one issue, asked for by somebody who looks at it."""
    issue = Issue.objects.select_related("connection").get(pk=issue_id)
    client = client_of(issue.connection).for_people()
    progress.report(0, 3, "Reading the issue")
    sync_detail(issue, client)
    _read_notes(issue, client)
    progress.report(1, 3, "Reading its events")
    events = client.issue_events(issue.sentry_id, full=True, limit=10).rows
    if client.flavour.can("oldest_event"):
        progress.report(2, 3)
        events += _first_event(issue, client)
    store_events(issue, events)


def _read_notes(issue: Issue, client: Any) -> None:
    """Comments: those of the activity, and Sentry's list where there are any or the activity has none."""
    has_comments = Comment.objects.filter(issue=issue).exists()
    if adopt_notes(issue) or has_comments or not client.flavour.can("activities"):
        pull_notes(issue, client)


def _first_event(issue: Issue, client: Any) -> list[dict[str, Any]]:
    oldest = Event.objects.filter(issue=issue, date__lte=issue.first_seen + timedelta(seconds=1))
    if oldest.exists():
        return []
    try:
        return [client.oldest_event(issue.sentry_id)]
    except NotFound:
        return []


def enqueue_event(issue: Issue, event_id: str) -> Job:
    """A job that fetches one event by id, or "latest", "oldest" or "recommended"."""
    key = f"event:{issue.pk}:{event_id}"
    return runner.enqueue("issues.tasks.fetch_event", key=key, issue_id=issue.pk, event_id=event_id)[0]


@app.task(name="issues.tasks.fetch_event")
@as_job
def fetch_event(progress: runner.Progress, issue_id: int, event_id: str) -> None:
    """One event that is not in the cache."""
    issue = Issue.objects.select_related("connection").get(pk=issue_id)
    client = client_of(issue.connection).for_people()
    payload = client.issue_event(issue.sentry_id, event_id)
    store_events(issue, [payload], prune=False)
    progress.report(1, 1, str(payload.get("eventID") or payload.get("id") or event_id))


def enqueue_attachments(event: Event) -> Job:
    """A job that reads which attachments an event has."""
    key = f"attachments:{event.pk}"
    return runner.enqueue("issues.tasks.fetch_attachments", key=key, event_pk=event.pk)[0]


@app.task(name="issues.tasks.fetch_attachments")
@as_job
def fetch_attachments(progress: runner.Progress, event_pk: int) -> None:
    """The list of an event's attachments; their contents stay in Sentry."""
    event = Event.objects.select_related("issue__connection", "project").get(pk=event_pk)
    client = client_of(event.issue.connection).for_people()
    progress.report(1, 1, f"{sync_attachments(event, client)} attachments")


def enqueue_push(connection_id: int) -> Job:
    """A job that carries what waits in the outbox to Sentry, ahead of the sync."""
    key = f"push:{connection_id}"
    return runner.enqueue("issues.tasks.push", key=key, connection_id=connection_id)[0]


@app.task(name="issues.tasks.push")
@as_job
def push(progress: runner.Progress, connection_id: int) -> None:
    """Everything in the outbox of one connection that is due."""
    push_outbox(Connection.objects.get(pk=connection_id), report=progress.report)


@app.task(name=BULK_TASK)
@as_job
def run_bulk(progress: runner.Progress, bulk_id: int) -> None:
    """An action on many issues."""
    work_through(Bulk.objects.select_related("job", "undoes__job").get(pk=bulk_id), progress)


HASHES_SECONDS = 60


def known_hashes(issue: Issue) -> list[dict[str, Any]] | None:
    """The fingerprints of an issue as read in the last minutes; None when nobody did."""
    found: list[dict[str, Any]] | None = cache.get(f"hashes:{issue.pk}")
    return found


def enqueue_hashes(issue: Issue) -> Job:
    """A job that reads the fingerprints of an issue."""
    return runner.enqueue("issues.tasks.fetch_hashes", key=f"hashes:{issue.pk}", issue_id=issue.pk)[0]


@app.task(name="issues.tasks.fetch_hashes")
@as_job
def fetch_hashes(progress: runner.Progress, issue_id: int) -> None:
    """The fingerprints of one issue, for somebody who wants to take it apart."""
    issue = Issue.objects.select_related("connection").get(pk=issue_id)
    cache.set(f"hashes:{issue.pk}", read_hashes(issue), HASHES_SECONDS)
    progress.report(1, 1)


@app.task
def push_due() -> int:
    """Enqueue a push wherever something waits: after a back-off, a restart, or a lost message."""
    due = IssueAction.objects.filter(state__in=IssueAction.WAITING, try_at__lte=timezone.now())
    connections = set(due.filter(connection__enabled=True).values_list("connection", flat=True).distinct())
    for connection_id in connections:
        enqueue_push(connection_id)
    return len(connections)


# A burst is worth more than its first delivery: what comes in this time (seconds) is processed together.
LINGER = 0.1
WAKES = {False: "issues.tasks.process_webhooks", True: "issues.tasks.ask_about_webhooks"}
# While a wake-up is on its way (seconds), further deliveries send none.
WAKE_SECONDS = 5


def wake_webhooks(connection_id: int, *, needs_sentry: bool = False) -> None:
    """See to it that a worker looks at the connection's deliveries. Never raises: the beat looks as well."""
    try:
        if cache.add(_wake_key(connection_id, needs_sentry), 1, timeout=WAKE_SECONDS):
            app.tasks[WAKES[needs_sentry]].apply_async(args=[connection_id])
    except Exception as error:  # noqa: BLE001 - the delivery is stored; without a broker it waits
        log.warning("no worker could be told of webhooks: %s", error)


def _wake_key(connection_id: int, needs_sentry: bool) -> str:
    return f"webhooks:{'ask' if needs_sentry else 'wake'}:{connection_id}"


@app.task(name=WAKES[False])
def process_webhooks(connection_id: int) -> int:
    """What waits of one connection's deliveries; answers how many were processed."""
    # Before the look, so that a delivery stored behind it sends the next message.
    cache.delete(_wake_key(connection_id, needs_sentry=False))
    time.sleep(LINGER)
    outcome = process_deliveries(connection_id)
    if outcome.needs_sentry:
        wake_webhooks(connection_id, needs_sentry=True)
    if outcome.needs_sync:
        enqueue_sync(Connection.objects.get(pk=connection_id))
    return outcome.processed


@app.task(name=WAKES[True])
def ask_about_webhooks(connection_id: int) -> int:
    """Deliveries about which Sentry has to be asked; answers how many are processed once more."""
    cache.delete(_wake_key(connection_id, needs_sentry=True))
    again = ask_sentry(connection_id)
    if again:
        wake_webhooks(connection_id)
    return again


@app.task
def process_waiting_webhooks() -> int:
    """Wake a worker wherever deliveries wait: after a pause, a kill, or a lost message."""
    waiting = waiting_connections()
    for connection_id, needs_sentry in waiting:
        wake_webhooks(connection_id, needs_sentry=needs_sentry)
    return len(waiting)


@app.task
def prune() -> dict[str, int]:
    """Delete what the retention settings no longer keep."""
    return prune_cache()


def enqueue_notes(connection_id: int) -> Job:
    """A job that carries comments to Sentry's notes."""
    key = f"notes:{connection_id}"
    return runner.enqueue("issues.tasks.push_comments", key=key, connection_id=connection_id)[0]


@app.task(name="issues.tasks.push_comments")
@as_job
def push_comments(progress: runner.Progress, connection_id: int) -> None:
    """Every comment, edit and deletion of one connection that is due."""
    push_notes(Connection.objects.get(pk=connection_id), report=progress.report)


@app.task
def push_notes_due() -> int:
    """Enqueue a push wherever comments wait: after a back-off, a restart, or a lost message."""
    due = Comment.objects.filter(state__in=Comment.WAITING, try_at__lte=timezone.now())
    connections = set(due.filter(connection__enabled=True).values_list("connection", flat=True).distinct())
    for connection_id in connections:
        enqueue_notes(connection_id)
    return len(connections)


@app.task
def take_over_notes(issue_ids: list[int]) -> None:
    """Notes that webhooks brought become comments at once; Sentry is asked for those that went."""
    for issue in Issue.objects.select_related("connection").filter(pk__in=issue_ids, gone=""):
        adopt_notes(issue)
        key = f"pull-notes:{issue.pk}"
        runner.enqueue("issues.tasks.pull_comments", key=key, issue_id=issue.pk)


@app.task(name="issues.tasks.pull_comments")
@as_job
def pull_comments(progress: runner.Progress, issue_id: int) -> None:
    """The notes of one issue, as Sentry has them now."""
    issue = Issue.objects.select_related("connection").get(pk=issue_id)
    count = pull_notes(issue, client_of(issue.connection))
    progress.report(1, 1, f"{count} comment{pluralize(count)} came or changed")


@app.task
def send_inbox_mail() -> int:
    """E-mails of what came into inboxes; answers how many went out."""
    return send_due_mail()


EXPORT = "issues.tasks.export"


@app.task(name=EXPORT)
@as_job
def export(progress: runner.Progress, export_id: int) -> None:
    """The file of one export."""
    write_export(Export.objects.get(pk=export_id), report=progress.report)


@app.task
def remove_old_exports() -> int:
    """Files of exports whose time is over; answers how many."""
    return remove_expired()
