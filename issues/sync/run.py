"""One sync of one connection, from the first request to the finished row.

Full: every issue of the window, project by project, in an order that does not move (`sort=new`), then a look
at those that were not met any more. Incremental: by last seen, newest first, down to where the last sync
began. A killed run leaves a checkpoint; the next full run goes on from it. Storing a page twice is harmless.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Sum
from django.utils import timezone

from dexter.sentry.client import Client
from dexter.sentry.errors import AuthFailed, PermissionDenied, RateLimited, Transient
from issues.models import Connection, Issue, IssueStats, IssueText, Project, SyncRun
from issues.sync import mapping
from issues.sync.client import client_of
from issues.sync.directory import Directory
from issues.sync.events import sync_events
from issues.sync.gone import mark_gone
from issues.sync.pages import Fetched, Walk, fetch_pages
from issues.sync.reference import sync_reference
from issues.sync.store import Stored, store_mapped
from issues.sync.upsert import refresh_statistics

log = logging.getLogger(__name__)

# An event can arrive in Sentry's search some time after it happened.
OVERLAP = timedelta(minutes=2)
# A checkpoint older than this is not worth going on from.
RESUME_WITHIN = timedelta(hours=6)
TELL_SECONDS = 1.0
# As many new issues make a table that the database knows nothing about yet.
MANY_NEW = 300

Report = Callable[[int | None, int | None, str | None], None]


def sync(
    connection: Connection,
    *,
    kind: SyncRun.Kind,
    report: Report,
    job_id: int | None = None,
    projects: tuple[str, ...] = (),
) -> SyncRun:
    """Sync the connection and return the run's row; `report(done, total, message)` is called on the way.

    Raises SentryError or dexter.outbound.OutboundRefused after storing them on the run and the connection.
    """
    run = _open_run(connection, kind, job_id, projects)
    began = time.monotonic()
    client: Client | None = None
    try:
        client = client_of(connection)
        before = replace(client.counters)
        _work(connection, run, client, report)
        run.is_complete = True
        _succeed(connection, run)
    except Exception as error:
        run.error = str(error)
        _fail(connection, error)
        raise
    finally:
        run.finished_at = timezone.now()
        if client is not None:
            run.requests += client.counters.requests - before.requests
            run.refused += client.counters.rate_limited - before.rate_limited
            run.budget = _budget(run, time.monotonic() - began)
            Connection.objects.filter(pk=connection.pk).update(rate_limit=run.budget)
        run.save()
    return run


def _open_run(
    connection: Connection, kind: SyncRun.Kind, job_id: int | None, projects: tuple[str, ...]
) -> SyncRun:
    """A new row, or the unfinished one of a killed full sync."""
    if kind == SyncRun.Kind.FULL:
        newest = connection.runs.filter(kind=kind).order_by("-started_at", "-pk").first()
        if newest and _can_go_on(newest, projects):
            SyncRun.objects.filter(pk=newest.pk).update(job_id=job_id, error="", finished_at=None)
            newest.refresh_from_db()
            return newest
    return SyncRun.objects.create(connection=connection, kind=kind, job_id=job_id, projects=list(projects))


def _can_go_on(run: SyncRun, projects: tuple[str, ...]) -> bool:
    is_recent = run.started_at > timezone.now() - RESUME_WITHIN
    is_same = run.projects == list(projects)
    return bool(run.checkpoint) and not run.is_complete and is_recent and is_same


def _work(connection: Connection, run: SyncRun, client: Client, report: Report) -> None:
    report(None, None, "Reading projects, people and releases")
    visible = sync_reference(connection, client)
    directory = Directory.of(connection)
    directory.keep_projects(visible)
    if run.kind == SyncRun.Kind.FULL:
        _full(run, client, directory, report)
    else:
        _incremental(run, client, directory, report)
    report(None, None, "Fetching events")
    run.events_stored += sync_events(connection, client, report=report)
    _count(connection)


def _full(run: SyncRun, client: Client, directory: Directory, report: Report) -> None:
    if run.projects:
        wanted = Project.objects.filter(connection=run.connection, slug__in=run.projects)
        directory.keep_projects(set(wanted.values_list("sentry_id", flat=True)))
    marks = run.checkpoint
    walks = [
        Walk(project_id, (marks.get(project_id) or {}).get("cursor"))
        for project_id in directory.projects
        if not (marks.get(project_id) or {}).get("done")
    ]
    report(run.issues_seen, None, "Reading issues")
    _store_walks(run, client, directory, walks, report, sort=client.flavour.page_sort, with_days=True)
    report(None, None, "Looking for issues that are gone")
    keys = [pk for pk, _ in directory.projects.values()]
    run.issues_gone += mark_gone(run.connection, client, directory, since=run.started_at, projects=keys)


def _incremental(run: SyncRun, client: Client, directory: Directory, report: Report) -> None:
    since = (run.connection.synced_at or timezone.now() - timedelta(days=1)) - OVERLAP

    def enough(rows: list[dict[str, Any]]) -> bool:
        return bool(rows) and all(_last_seen(row) < since for row in rows)

    only = Project.objects.filter(connection=run.connection, slug__in=run.projects) if run.projects else ()
    walks = [Walk(project.sentry_id) for project in only] or [Walk(None)]
    report(0, None, "Reading what is new")
    _store_walks(run, client, directory, walks, report, sort=client.flavour.recent_sort, enough=enough)


def _last_seen(row: dict[str, Any]) -> datetime:
    return mapping.time_of(row.get("lastSeen")) or timezone.now()


def _store_walks(
    run: SyncRun, client: Client, directory: Directory, walks: list[Walk], report: Report, **how: Any
) -> None:
    told = 0.0
    for pages in fetch_pages(
        client, walks, threads=settings.SYNC_THREADS, window_days=run.connection.window, **how
    ):
        asked_at = min(page.asked_at for page in pages)
        stored = store_mapped(directory, [page.rows for page in pages], asked_at=asked_at)
        before = run.issues_created
        _note(run, pages, stored)
        if before < MANY_NEW <= run.issues_created:
            refresh_statistics(Issue, IssueStats, IssueText)
        run.save()  # the checkpoint
        if time.monotonic() - told >= TELL_SECONDS:
            told = time.monotonic()
            report(run.issues_seen, None, None)
    report(run.issues_seen, None, None)


def _note(run: SyncRun, pages: list[Fetched], stored: Stored) -> None:
    run.pages += len(pages)
    run.issues_seen += stored.issues
    run.issues_created += stored.created
    run.issues_changed += stored.changed
    if stored.skipped:
        log.warning("%s: %s rows were left out: %s", run.connection, len(stored.skipped), stored.skipped[0])
    for page in pages:
        if page.walk.project_id:
            mark = {"cursor": page.next_cursor, "done": page.next_cursor is None}
            run.checkpoint[page.walk.project_id] = mark


def _budget(run: SyncRun, seconds: float) -> dict[str, Any]:
    """What the freshness line and `doctor` say about the pace."""
    return {"seconds": round(seconds, 1), "per_second": round(run.requests / max(seconds, 0.1), 1)}


def _count(connection: Connection) -> None:
    """Denormalise the totals that pages show, one statement per project."""
    totals = (
        Issue.objects.filter(connection=connection, gone="")
        .values("project")
        .annotate(issues=Count("pk"), cached=Sum("events_cached"), counted=Sum("count"))
    )
    for row in totals:
        Project.objects.filter(pk=row["project"]).update(
            issues_cached=row["issues"], events_cached=row["cached"] or 0, events_total=row["counted"] or 0
        )


def _succeed(connection: Connection, run: SyncRun) -> None:
    changes: dict[str, Any] = {
        "state": Connection.State.OK,
        "error": "",
        "failed_since": None,
        "retry_at": None,
    }
    if not run.projects:
        changes["synced_at"] = run.started_at
        if run.kind == SyncRun.Kind.FULL:
            changes["full_synced_at"] = timezone.now()
    Connection.objects.filter(pk=connection.pk).update(**changes)


def _fail(connection: Connection, error: Exception) -> None:
    """Say on the connection what is wrong, since when, and when it is tried again."""
    if isinstance(error, RateLimited):
        state, pause = Connection.State.LIMITED, error.retry_after
    elif isinstance(error, AuthFailed | PermissionDenied):
        state, pause = Connection.State.REFUSED, 600
    elif isinstance(error, Transient):
        state, pause = Connection.State.UNREACHABLE, 30
    else:
        state, pause = Connection.State.FAILED, 120
    now = timezone.now()
    Connection.objects.filter(pk=connection.pk).update(
        state=state,
        error=str(error)[:2000],
        retry_at=now + timedelta(seconds=pause or 30),
        failed_since=connection.failed_since or now,
    )
