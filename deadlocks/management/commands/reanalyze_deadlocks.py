"""Reads again what another version of the analyzers read, or none; beat does the same piece by piece."""

from typing import Any

from django.core.management.base import BaseCommand

from deadlocks.services.reading import read_waiting
from deadlocks.services.remaking import remake_waiting


class Command(BaseCommand):
    help = (
        "Read all cached events that the current version of the analyzers has not read, and make reports of"
        " logs, and of events that are gone, again from what was kept of them."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        total = 0
        while read := read_waiting():
            total += read
            self.stdout.write(f"{total:,} events read")
        made = kept = 0
        while (remade := remake_waiting()).total:
            made, kept = made + remade.made, kept + remade.kept
            self.stdout.write(f"{made:,} other reports made again")
        if kept:
            self.stdout.write(
                f"{kept:,} reports are of a form that is no longer read; they stay as they were."
            )
        self.stdout.write("Every cached event was read by this version.")
