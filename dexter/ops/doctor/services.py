"""What Dexter stands on: database, broker, worker, scheduler."""

from collections.abc import Iterator

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from dexter import pulse
from dexter.ops.doctor.findings import Finding, fine, warning, wrong
from dexter.ops.health import broker_trouble, database_trouble

START = "Start it: `make run`, or the service of that name in compose.yaml."
START_AI = "Start one: `make run`, or the service `worker-ai` in compose.yaml."


def database() -> Iterator[Finding]:
    name = settings.DATABASES["default"]["ENGINE"].rpartition(".")[2]
    if reason := database_trouble():
        how = "Check DATABASE_URL and that the server runs."
        yield wrong("database", f"{name} does not answer: {reason}", how)
        return
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        names = ", ".join(str(migration) for migration, _ in pending[:5])
        yield wrong("database", f"{len(pending)} migrations are not applied: {names}.", "manage.py migrate")
    else:
        yield fine("database", f"{name} answers, all migrations applied")


def broker() -> Iterator[Finding]:
    if reason := broker_trouble():
        how = "Start that server, or correct REDIS_URL."
        yield wrong("broker", f"Nothing answers at REDIS_URL: {reason}", how)
    else:
        yield fine("broker", "answers")


def worker() -> Iterator[Finding]:
    yield _sign("worker", "Nothing is synced and no change reaches Sentry.")


def ai_worker() -> Iterator[Finding]:
    """The one that asks language models; everything else works without it."""
    if pulse.is_alive("ai-worker"):
        yield fine("ai-worker", f"alive {pulse.age('ai-worker') or 0:.0f} s ago")
    else:
        yield warning("ai-worker", "No worker is at the queue `ai`: no explanation is written.", START_AI)


def scheduler() -> Iterator[Finding]:
    yield _sign("scheduler", "Nothing happens by itself.")


def _sign(name: str, consequence: str) -> Finding:
    seconds = pulse.age(name)
    if seconds is None:
        return wrong(name, f"It never ran. {consequence}", START)
    if seconds >= pulse.SILENT_AFTER:
        return wrong(name, f"No sign of life for {seconds:,.0f} s. {consequence}", START)
    return fine(name, f"alive {seconds:.0f} s ago")


def queue() -> Iterator[Finding]:
    """How many tasks wait: a growing number means too few workers."""
    import redis  # noqa: PLC0415 - the other areas are examined even where it is not installed

    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2) as server:
        waiting = int(server.llen(settings.CELERY_TASK_DEFAULT_QUEUE))
    if waiting > LONGEST_QUEUE:
        yield warning("queue", f"{waiting:,} tasks wait.", "Start more workers.")
    else:
        yield fine("queue", f"{waiting:,} tasks wait")


LONGEST_QUEUE = 500
