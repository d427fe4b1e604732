"""How old the cache is, and why: what the rail says on every page, and what an empty list says instead."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from dexter.web.formats import span
from dexter.web.portal import Freshness
from issues.models import Connection, SyncRun
from issues.queries.open_changes import open_counts
from issues.queries.webhooks import SILENT_AFTER, silent_connections

State = Connection.State
# The worst speaks for all.
_WORST = (State.REFUSED, State.FAILED, State.UNREACHABLE, State.LIMITED, State.NEW, State.OK)


@dataclass(frozen=True)
class FirstSync:
    """Progress of a connection that was never synced. `total` is None while nobody knows it."""

    connection: str
    message: str
    issues: int
    done: int
    total: int | None

    @property
    def percent(self) -> int | None:
        return min(100, self.done * 100 // self.total) if self.total else None


def freshness() -> Freshness | None:
    """Of the enabled connections the worst first; None where there is none.

    One query; one more before the first sync, and where webhooks may have fallen silent.
    """
    connections = list(_connections())
    if not connections:
        return None
    worst = min(connections, key=lambda connection: _WORST.index(State(connection.state)))
    synced = min((c.synced_at for c in connections if c.synced_at), default=None)
    # Once it was synced, a page need not say how far the next sync has come.
    run = _running() if worst.state == State.NEW else None
    fine = worst.state in (State.OK, State.NEW)
    found = _fine(connections, worst, run, synced) if fine else _trouble(worst)
    found = _silent(connections, found) if found.tone == "ok" else found
    # Every row has the same counts, of all connections.
    counts = {name: getattr(worst, name) for name in open_counts()}
    return replace(found, **counts, outbox_url=reverse("issues:outbox"))


def _connections() -> "list[Connection]":
    return list(Connection.objects.filter(enabled=True).annotate(**open_counts()))


def _running() -> SyncRun | None:
    runs = SyncRun.objects.filter(finished_at=None, job__state="running").select_related("job", "connection")
    return runs.only("issues_seen", "started_at", "job", "connection__name", "connection__synced_at").last()


def _fine(
    connections: list[Connection], worst: Connection, run: SyncRun | None, synced: datetime | None
) -> Freshness:
    names = connections[0].name if len(connections) == 1 else f"{len(connections)} connections"
    if synced is None or worst.state == State.NEW:
        line = "First sync is running" if run else "Waiting for the first sync"
        return Freshness("info", line, None, _progress(run) if run else names)
    return Freshness("ok", "Synced", synced, _progress(run) if run and run.issues_seen else names)


def _progress(run: SyncRun) -> str:
    job = run.job
    return f"{job.message if job and job.message else 'Syncing'}, {run.issues_seen:,} issues so far"


# It is the state for every answer that is of no use, and for none.
_LINES = {State.UNREACHABLE: "No usable answer from Sentry"}
_ADVICE = {
    State.LIMITED: "What you see is from then. Dexter waits as long as Sentry asks and goes on by itself.",
    State.UNREACHABLE: "What you see is from then. Dexter keeps trying; whoever runs Sentry may know more.",
    State.REFUSED: "What you see is from then. The token was revoked or lacks permissions: an administrator"
    " of Dexter can enter a new one.",
    State.FAILED: "What you see is from then. Dexter tries again; `manage.py doctor` says what is wrong.",
}


def _trouble(connection: Connection) -> Freshness:
    state = State(connection.state)
    line = _LINES.get(state, state.label)
    # What happened is its first sentence; the rest is for whoever administers Dexter.
    reason = (
        f"{connection.error.partition('. ')[0].partition(' (')[0].rstrip('.')}. " if connection.error else ""
    )
    since = f" since {_when(connection.failed_since)}" if connection.failed_since else ""
    retry = f"Next try at {_when(connection.retry_at)}. " if connection.retry_at else ""
    return Freshness(
        tone="warn" if state == State.LIMITED else "error",
        line=f"{line}. Synced" if connection.synced_at else f"{line}.",
        synced=connection.synced_at,
        detail=connection.name,
        headline=f"{connection.name}: {line}{since}.",
        advice=f"{reason}{retry}{_ADVICE[state]}",
        more_url=reverse("admin:issues_connection_change", args=[connection.pk]),
    )


def _silent(connections: list[Connection], fine: Freshness) -> Freshness:
    """`fine`, or a warning where webhooks no longer come although issues change."""
    before = timezone.now() - SILENT_AFTER
    if not any(each.webhooks_seen_at and each.webhooks_seen_at < before for each in connections):
        return fine
    silent = silent_connections()
    if not silent:
        return fine
    worst = max(silent, key=lambda each: each.found)
    name = f"{worst.connection.name}: " if len(connections) > 1 else ""
    return replace(
        fine,
        tone="warn",
        headline=f"{name}No webhook for {span(timezone.now() - worst.last)} while issues change.",
        advice=f"Polling fills the gap, up to {settings.SYNC_EVERY} s late. {worst.found:,}"
        f" change{'s were' if worst.found != 1 else ' was'} found this way.",
        more_url=reverse("admin:issues_connection_change", args=[worst.connection.pk]),
    )


def _when(moment: datetime) -> str:
    today = moment.date() == timezone.now().date()
    return f"{moment:%H:%M} UTC" if today else f"{moment:%d %B, %H:%M} UTC"


def first_sync() -> FirstSync | None:
    """Progress of the first sync that runs now; None when none does."""
    run = _running()
    job = run.job if run else None
    if run is None or job is None or run.connection.synced_at:
        return None
    return FirstSync(run.connection.name, job.message or "Starting", run.issues_seen, job.done, job.total)


def is_connected() -> bool:
    """Whether there is an enabled connection at all."""
    return Connection.objects.filter(enabled=True).exists()
