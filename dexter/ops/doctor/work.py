"""The work itself: each connection, and jobs that do not get on."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from dexter.jobs.models import Job
from dexter.ops.doctor.findings import Finding, fine, warning, wrong
from dexter.outbound import OutboundRefused
from dexter.sentry.errors import SentryError
from dexter.sentry.probe import NEEDED
from issues.models import Connection
from issues.sync.connect import check

LATE_AFTER = 5  # missed syncs
CLOCKS_APART = 60  # seconds between this machine's clock and Sentry's from which on a warning is due
WAITING_TOO_LONG = timedelta(minutes=5)


def connections() -> Iterator[Finding]:
    rows = Connection.objects.order_by("name")
    if not rows:
        yield warning(
            "connections", "No Sentry is connected.", "manage.py connect_sentry --url URL --org SLUG"
        )
    for connection in rows:
        yield from _connection(connection)


def _connection(connection: Connection) -> Iterator[Finding]:
    area = f"connection {connection.name}"
    if not connection.enabled:
        yield warning(area, "Switched off.", "Switch it on in the admin when it is wanted.")
        return
    try:
        found = check(connection)
    except (SentryError, OutboundRefused) as error:
        yield wrong(area, error.what, error.todo)
        return
    yield fine(area, f"{found.flavour.title} answers at {connection.base_url}")
    for scope, consequence in found.missing:
        make = wrong if scope in NEEDED else warning
        yield make(area, f"Its token lacks {scope}: {consequence}", "Add the scope to the token in Sentry.")
    yield from _clock(area, found.clock_ahead)
    yield _age(area, connection)


def _clock(area: str, ahead: float | None) -> Iterator[Finding]:
    if ahead is not None and abs(ahead) > CLOCKS_APART:
        which = "ahead of" if ahead > 0 else "behind"
        yield warning(
            area,
            f"Its clock is {abs(ahead):,.0f} s {which} this machine's: ages and periods are off by that.",
            "Let both machines set their clocks by NTP.",
        )


def _age(area: str, connection: Connection) -> Finding:
    if connection.synced_at is None:
        return warning(
            area,
            "Never synced to the end.",
            connection.error or "Wait for the first sync, or run manage.py sync_sentry.",
        )
    age = timezone.now() - connection.synced_at
    said = f"synced {age.total_seconds():,.0f} s ago"
    if age > timedelta(seconds=LATE_AFTER * settings.SYNC_EVERY):
        return wrong(area, f"Only {said}.", connection.error or "See worker and scheduler above.")
    return fine(area, said)


def jobs() -> Iterator[Finding]:
    silent = Job.objects.silent().count()
    old = timezone.now() - WAITING_TOO_LONG
    waiting = Job.objects.filter(state=Job.State.QUEUED, created_at__lt=old).count()
    failed = Job.objects.filter(state=Job.State.FAILED, finished_at__gt=timezone.now() - timedelta(days=1))
    if silent:
        yield wrong(
            "jobs",
            f"{silent} say they run, but no worker does.",
            "The reaper frees them within a minute when worker and scheduler live.",
        )
    if waiting:
        yield wrong("jobs", f"{waiting} wait for more than 5 minutes.", "See worker and queue above.")
    if last := failed.order_by("-finished_at").first():
        yield warning(
            "jobs",
            f"{failed.count()} failed within a day, the last one {last.kind}: {last.error}",
            "See its error in the admin.",
        )
    if not silent and not waiting and not last:
        yield fine("jobs", "none is stuck, none failed within a day")
