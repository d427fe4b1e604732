import json
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from dexter import garbage
from dexter.bench import Bench


class Command(BaseCommand):
    help = "Print figures as JSON lines, measured on a scratch database beside the configured one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", help="which ones; all by default")
        parser.add_argument("--keep", action="store_true", help="keep the scratch database for the next run")

    def handle(self, names: list[str], *, keep: bool, **options: Any) -> None:
        apps_benches = list(find_benches())
        known = [name for benches in apps_benches for name in benches]
        if unknown := sorted(set(names) - set(known)):
            raise CommandError(f"No bench called {', '.join(unknown)}; there are: {', '.join(known)}.")
        garbage.settle()  # as in the processes that are measured
        for benches in apps_benches:
            chosen = [name for name in benches if name in names or not names]  # in the order that they need
            if chosen:
                with scratch_database(keep=keep):
                    for name in chosen:
                        self._run(name, benches[name])

    def _run(self, name: str, bench: Bench) -> None:
        started = time.monotonic()
        about = {"bench": name, "database": connection.vendor}
        for figure in bench():
            self._print(about | figure)
        self._print(about | {"figure": "whole bench", "seconds": round(time.monotonic() - started, 1)})

    def _print(self, line: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(line))
        self.stdout.flush()


def find_benches() -> Iterator[dict[str, Bench]]:
    """Each installed app's `bench.BENCHES`, in the order of INSTALLED_APPS."""
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.bench"):
            yield import_module(f"{config.name}.bench").BENCHES


@contextmanager
def scratch_database(*, keep: bool) -> Iterator[None]:
    """The configured server with a database of its own, so that no real row is touched."""
    real = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        # Django's own choice is memory, which says nothing about a file.
        connection.settings_dict["TEST"]["NAME"] = f"{real}-bench"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=keep)
    try:
        yield
    finally:
        _disconnect_others()
        connection.creation.destroy_test_db(real, verbosity=0, keepdb=keep)


def _disconnect_others() -> None:
    """What a bench started may not have left PostgreSQL yet, which drops no database that is in use."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
