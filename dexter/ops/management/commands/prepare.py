from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ai.services.providers import take_over_environment
from dexter.ops import prepare
from dexter.ops.health import broker_trouble, database_trouble


class Command(BaseCommand):
    help = "Bring database, static files and first account into the state that the installation needs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sandbox", metavar="URL", help="base URL of the sandbox that runs beside it")

    def handle(self, *, sandbox: str | None, **options: Any) -> None:
        if reason := broker_trouble():
            raise CommandError(
                f"Nothing answers at REDIS_URL: {reason}\nStart that server, or unset REDIS_URL."
            )
        if reason := database_trouble():
            raise CommandError(
                f"The database does not answer: {reason}\nStart that server, or correct DATABASE_URL."
            )
        self._say("Migrations applied.", prepare.migrate())
        self._say("Static files collected.", prepare.collect_static())
        self._say("The model server of the environment is known.", take_over_environment())
        name = prepare.accounts(Path(settings.VAR_DIR) / "first-password")
        self._say(f"Account {name} made.", name)
        verb = "brought up to date" if sandbox else "switched off: no --sandbox is given"
        self._say(f"The connection to the sandbox was {verb}.", prepare.sandbox_connection(sandbox))

    def _say(self, text: str, happened: object) -> None:
        if happened:
            self.stdout.write(text)
