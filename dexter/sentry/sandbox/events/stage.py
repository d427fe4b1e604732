"""What a program finds around it: a database, a cache, an HTTP client and a log that leave breadcrumbs."""

import linecache
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sentry_sdk

from dexter.sentry.sandbox.events import reports
from dexter.sentry.sandbox.events.catalog import Program

PROGRAMS = Path(__file__).parent.parent / "programs"
SITE = "/usr/local/lib/python3.12/site-packages/"


class _Source:
    """A module loader as the SDK asks for it: it can give the source text."""

    def __init__(self, text: str) -> None:
        self.text = text

    def get_source(self, name: str) -> str:
        return self.text


def load(file: str, path: str, module: str, around: dict[str, Any]) -> dict[str, Any]:
    """Runs a program's file as if it lay at `path`; gives its globals."""
    text = (PROGRAMS / f"{file}.py").read_text()
    linecache.cache[path] = (len(text), None, text.splitlines(keepends=True), path)
    space: dict[str, Any] = {"__name__": module, "__file__": path, "__loader__": _Source(text), **around}
    exec(compile(text, path, "exec"), space)  # noqa: S102 - our own file, under another name
    return space


def _named(name: str, module: str, *bases: type) -> type[Exception]:
    return type(name, bases or (Exception,), {"__module__": module})


def _driver_error(program: Program, report: str) -> Exception:
    text = getattr(reports, report)
    if program.database == "asyncpg":
        return _named("DeadlockDetectedError", "asyncpg.exceptions")(text)
    names = {"UNIQUE_VIOLATION": "UniqueViolation", "STATEMENT_TIMEOUT": "QueryCanceled"}
    return _named(names.get(report, "DeadlockDetected"), "psycopg.errors")(text)


def _wrapper(program: Program) -> Callable[[Exception, str, Any], Exception] | None:
    """How the layer above the driver words its error, as Django and SQLAlchemy do it."""
    if program.database in ("django", "django_integrity"):
        name = "IntegrityError" if program.database == "django_integrity" else "OperationalError"
        return lambda error, sql, params: _named(name, "django.db.utils")(*error.args)
    if program.database == "sqlalchemy":
        return lambda error, sql, params: _named("OperationalError", "sqlalchemy.exc")(
            f"(psycopg.errors.DeadlockDetected) {error}\n[SQL: {sql}]\n[parameters: {params!r}]\n"
            "(Background on this error at: https://sqlalche.me/e/20/e3q8)"
        )
    return None


def _query_breadcrumb(program: Program) -> Callable[[str, Any], None]:
    def leave(query: str, params: Any) -> None:
        # Only the Django and SQLAlchemy integrations leave SQL behind; the bare drivers do not.
        if program.database not in ("psycopg", "asyncpg"):
            sentry_sdk.add_breadcrumb(category="query", message=query, data={"db.params": list(params)})

    return leave


class _AsyncConnection:
    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor

    def transaction(self) -> "_AsyncConnection":
        return self

    async def __aenter__(self) -> "_AsyncConnection":
        return self

    async def __aexit__(self, *failure: object) -> None:
        return None

    async def execute(self, query: str, *args: Any) -> Any:
        return self.cursor.execute(query, args)


def _quiet_logger(name: str) -> logging.Logger:
    """A logger that the SDK hears and the terminal does not."""
    log = logging.getLogger(name)
    log.setLevel(logging.INFO)
    log.propagate = False
    if not log.handlers:
        log.addHandler(logging.NullHandler())
    return log


# A local variable shows the name of its class; these stand for the driver's.
_AsyncConnection.__module__, _AsyncConnection.__qualname__ = "asyncpg.connection", "Connection"


class _Http:
    def request(self, method: str, url: str, status: int | None) -> None:
        data: dict[str, Any] = {"method": method, "url": url, "http.query": ""}
        if status is not None:
            data["status_code"] = status
        sentry_sdk.add_breadcrumb(type="http", category="httplib", data=data)


class _Cache:
    def get(self, key: str) -> None:
        sentry_sdk.add_breadcrumb(category="redis", message=f"GET '{key}'", data={"db.operation": "GET"})


def surroundings(program: Program) -> dict[str, Any]:
    """The globals a program is given."""
    failures = [(needle, _driver_error(program, report)) for needle, report in program.raises]
    driver = "asyncpg/connection.py" if program.database == "asyncpg" else "psycopg/cursor.py"
    low = load("driver", SITE + driver, driver.removesuffix(".py").replace("/", "."), {})
    cursor = low["Cursor"](_query_breadcrumb(program), failures)
    wrap = _wrapper(program)
    if wrap is not None:
        path = (
            "sqlalchemy/engine/base.py" if program.database == "sqlalchemy" else "django/db/backends/utils.py"
        )
        high = load("driver", SITE + path, path.removesuffix(".py").replace("/", "."), {})
        cursor_or_wrapper = high["CursorWrapper"](cursor, wrap)
    else:
        cursor_or_wrapper = cursor
    return {
        "db": cursor_or_wrapper,
        "adb": _AsyncConnection(cursor),
        "http": _Http(),
        "cache": _Cache(),
        "log": _quiet_logger(program.module),
        "sentry_sdk": sentry_sdk,
    }
