"""What `/healthz` says: nothing secret, nothing that costs more than a handful of small queries."""

from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from dexter import pulse
from dexter.jobs.models import Job
from issues.models import Connection, Issue, SyncRun


def read_health() -> dict[str, Any]:
    """`status` (ok, degraded, down), `database`, `broker`, `worker`, `scheduler` and `sync`.

    `down` means that no page can be served; `degraded` that pages are served but work behind them waits.
    """
    found: dict[str, Any] = {"database": database(), "broker": broker()}
    if "down" in found.values():
        return {"status": "down", **found}
    for name in ("worker", "scheduler"):
        found[name] = "ok" if pulse.is_alive(name) else "silent"
    found["sync"] = sync()
    is_fine = found["worker"] == found["scheduler"] == "ok" and not found["sync"]["failing"]
    return {"status": "ok" if is_fine else "degraded", **found}


def database() -> str:
    """ "ok" or "down"."""
    return "down" if database_trouble() else "ok"


def database_trouble() -> str:
    """Why the database does not answer, in its driver's words; "" when it does."""
    try:
        if connection.vendor == "postgresql":
            _connect_anew()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return str(error).strip() or type(error).__name__
    return ""


def _connect_anew() -> None:
    """Raises DatabaseError within seconds; the pool would try again for half a minute, and not say why."""
    with connection.wrap_database_errors:
        parameters = {**connection.get_connection_params(), "connect_timeout": 3}
        connection.Database.connect(**parameters).close()  # type: ignore[attr-defined]  # of every backend


def broker() -> str:
    """ "ok" or "down"."""
    return "down" if broker_trouble() else "ok"


def broker_trouble() -> str:
    """Why the broker does not answer; "" when it does."""
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as server:
            server.ping()
    except (redis.RedisError, ValueError) as error:  # ValueError: REDIS_URL is no address
        return str(error).strip() or type(error).__name__
    return ""


def sync() -> dict[str, Any]:
    """Age of the oldest last sync in seconds (None: one never finished), how many connections fail.

    In the embedded mode also the progress, for the terminal that `make run` was typed in.
    """
    rows = list(Connection.objects.filter(enabled=True).values("state", "synced_at", "error", "name"))
    times = [row["synced_at"] for row in rows if row["synced_at"]]
    is_known = times and len(times) == len(rows)
    age = (timezone.now() - min(times)).total_seconds() if is_known else None
    broken = [row for row in rows if row["state"] in _BROKEN]
    found = {"connections": len(rows), "failing": len(broken), "age_seconds": age}
    if settings.EMBEDDED:
        found |= _progress() | {"error": "; ".join(f"{row['name']}: {row['error']}" for row in broken)}
    return found


_BROKEN = {Connection.State.UNREACHABLE, Connection.State.REFUSED, Connection.State.FAILED}


def _progress() -> dict[str, Any]:
    run = SyncRun.objects.filter(finished_at=None).select_related("job").order_by("-started_at").first()
    job = run.job if run and run.job and run.job.state == Job.State.RUNNING else None
    return {
        "running": job is not None,
        "done": job.done if job else 0,
        "total": job.total if job else None,
        "message": job.message if job else "",
        "issues": Issue.objects.filter(gone="").count(),
    }
