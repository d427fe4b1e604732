"""Provokes the scenarios on a private PostgreSQL server and writes what it logged to
``fixtures/provoked.json``.

    python deadlocks/analyzer/tests/provoke.py [--locales DIR] [--out FILE]

Needs PostgreSQL 15 or newer (initdb and pg_ctl on PATH) and psycopg; as root it runs the server as
``postgres``. ``--locales`` is a folder made by localedef (LOCPATH), for messages in other languages. Truth is
what was provoked: the cause, who got SQLSTATE 40P01, the DETAIL its client saw, and the statements sent.
"""

import argparse
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

import psycopg

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3]))
from deadlocks.analyzer.tests.scenarios import DEADLOCKS, NEGATIVES, SCHEMA

HERE = pathlib.Path(__file__).resolve().parent
LANGUAGES = [
    "de_DE",
    "es_ES",
    "fr_FR",
    "it_IT",
    "ja_JP",
    "ka_GE",
    "ko_KR",
    "ru_RU",
    "sv_SE",
    "uk_UA",
    "zh_CN",
    "zh_TW",
]
TRANSLATED = (
    "update",
    "tuple-queue",
    "lock-table",
    "advisory",
    "alter",
    "function",
    "concurrently",
    "unique",
    "fk-cross",
)
PREFIXES = (
    "%m [%p] %q%u@%d ",
    "%t:%r:%u@%d:[%p]:",
    "%m [%p]: [%l-1] db=%d,user=%u ",
    "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ",
    "%t-%c-",
    "%n %p ",
    "<%m %p %e> ",
    "%m\t[%p]\t",
    ' sql_error_code = %e time_ms = "%m" pid="%p" session_id="%c" log_line="%l" %qdatabase="%d" user="%u" ',
    "",
    "[%p] ",
    "%p ",
)


class Server:
    """A private cluster in a temporary folder."""

    def __init__(self, locales):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="provoke"))
        self.data = self.home / "data"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.env = {**os.environ, "LANGUAGE": ""}
        if locales:
            self.env["LOCPATH"] = str(pathlib.Path(locales).resolve())
        if os.geteuid() == 0:
            shutil.chown(self.home, "postgres")

    def _run(self, *command):
        as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        subprocess.run(
            [*as_user, *command], check=True, env=self.env, cwd=self.home, stdout=subprocess.DEVNULL
        )

    def start(self):
        self._run(
            "initdb", "-D", str(self.data), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8"
        )
        settings = f"""
port = {self.port}
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
logging_collector = on
log_destination = 'stderr,csvlog,jsonlog'
log_directory = '{self.home}/log'
log_filename = 'pg.log'
log_lock_waits = on
log_timezone = 'UTC'
deadlock_timeout = '120ms'
autovacuum = off
fsync = off
max_prepared_transactions = 5
"""
        with open(self.data / "postgresql.auto.conf", "a") as file:
            file.write(settings)
        self._run("pg_ctl", "-D", str(self.data), "-w", "-l", str(self.home / "start.log"), "start")

    def stop(self):
        self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "stop")
        shutil.rmtree(self.home)

    def connect(self, **more):
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user="postgres", dbname="postgres", autocommit=True, **more
        )

    def logs(self):
        names = {"stderr": "pg.log", "csvlog": "pg.csv", "jsonlog": "pg.json"}
        return {kind: (self.home / "log" / name).read_bytes() for kind, name in names.items()}


class Session(threading.Thread):
    """One connection; its statements run one after the other in a thread."""

    def __init__(self, server, name, settings):
        super().__init__(daemon=True)
        self.connection = server.connect(application_name=f"app-{name}")
        self.name, self.error, self.busy, self.sql = name, None, False, None
        for key, value in settings:
            self.connection.execute(f"SET {key} = '{value}'")
        self.pid = self.connection.info.backend_pid
        self.wake = threading.Condition()
        self.start()

    def run(self):
        while True:
            with self.wake:
                while self.sql is None:
                    self.wake.wait()
                sql = self.sql
            try:
                self.connection.execute(sql.encode())
            except psycopg.Error as error:
                self.error = error
            with self.wake:
                self.sql, self.busy = None, False

    def send(self, sql):
        with self.wake:
            self.sql, self.busy = sql, True
            self.wake.notify()


def play(server, scenario, admin, settings):
    sessions = {}
    for name, sql in scenario.steps:
        session = sessions.get(name) or sessions.setdefault(name, Session(server, name, settings))
        wait(admin, session, 5)
        session.send(sql)
        wait(admin, session, 5, or_blocked=scenario.pause)
    for session in sessions.values():
        if any(s.error for s in sessions.values()):
            break
        wait(admin, session, 3)
    time.sleep(0.1)
    for session in sessions.values():
        if not session.busy:
            session.send("ROLLBACK")
    for session in sessions.values():
        wait(admin, session, 1)
        admin.execute("SELECT pg_terminate_backend(%s)", (session.pid,))
    return sessions


def wait(admin, session, seconds, or_blocked=0.0):
    end = time.monotonic() + seconds
    while session.busy and time.monotonic() < end:
        time.sleep(0.01)
        if or_blocked:
            blocked = admin.execute(
                "SELECT 1 FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'", (session.pid,)
            ).fetchone()
            if blocked:
                time.sleep(or_blocked)
                return


def record(server, scenario, prefix, verbosity="default", settings=(), language="en"):
    with server.connect() as admin:
        admin.execute(f"ALTER SYSTEM SET log_line_prefix = '{prefix}'")
        admin.execute(f"ALTER SYSTEM SET log_error_verbosity = '{verbosity}'")
        admin.execute("SELECT pg_reload_conf()")
        admin.execute("SET client_min_messages = error")
        admin.execute(SCHEMA)
        if scenario.setup:
            admin.execute(scenario.setup)
        admin.execute("CHECKPOINT")
        time.sleep(0.15)
        before = {k: len(v) for k, v in server.logs().items()}
        sessions = play(server, scenario, admin, (*scenario.settings, *settings))
        time.sleep(0.15)
    victim = next((s for s in sessions.values() if s.error and s.error.sqlstate == "40P01"), None)
    logs = {k: v[before[k] :].decode("utf-8", "replace") for k, v in server.logs().items()}
    return {
        "name": scenario.name,
        "cause": scenario.cause,
        "language": language,
        "prefix": prefix,
        "verbosity": verbosity,
        "victim": victim.pid if victim and scenario.cause else None,
        "detail": victim.error.diag.message_detail if victim and scenario.cause else None,
        "logs": logs,
    }


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--locales")
    arguments.add_argument("--out", default=str(HERE / "fixtures" / "provoked.json"))
    arguments.add_argument("--only", default="")
    options = arguments.parse_args()
    server = Server(options.locales)
    server.start()
    try:
        found = list(everything(server, options))
    finally:
        server.stop()
    pathlib.Path(options.out).parent.mkdir(exist_ok=True)
    pathlib.Path(options.out).write_text(json.dumps(found, ensure_ascii=False, indent=0) + "\n")
    failed = [f["name"] for f in found if f["cause"] and not f["victim"]]
    print(f"{len(found)} recorded, without a deadlock: {failed}")


def everything(server, options):
    chosen = [s for s in (*DEADLOCKS, *NEGATIVES) if options.only in s.name]
    for number, scenario in enumerate(chosen):
        print(scenario.name, flush=True)
        prefix = scenario.prefix if "%a" in scenario.prefix else PREFIXES[number % len(PREFIXES)]
        yield record(server, scenario, prefix)
    by_name = {s.name: s for s in chosen}
    for verbosity in ("terse", "verbose"):
        if "update" in by_name:
            yield record(server, by_name["update"], PREFIXES[0], verbosity)
    for language in LANGUAGES if options.locales else ():
        print(language, flush=True)
        for name in TRANSLATED:
            if name in by_name:
                messages = (("lc_messages", f"{language}.UTF-8"),)
                yield record(server, by_name[name], PREFIXES[0], settings=messages, language=language)


if __name__ == "__main__":
    main()
