"""Reads again what another version of the analyzers read, or none; beat does the same piece by piece."""

from typing import Any

from django.core.management.base import BaseCommand

from deadlocks.services.reading import read_waiting


class Command(BaseCommand):
    help = "Read all cached events that the current version of the analyzers has not read."

    def handle(self, *args: Any, **options: Any) -> None:
        total = 0
        while read := read_waiting():
            total += read
            self.stdout.write(f"{total:,} events read")
        self.stdout.write("Every cached event was read by this version.")
