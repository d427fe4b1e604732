"""manage.py connect_sentry --url URL --org SLUG [--name NAME]; the token comes from standard input or the
environment (`SENTRY_API_TOKEN`), never from the command line, where others could read it."""

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from issues.sync.connect import connect
from issues.sync.errors import SyncError


class Command(BaseCommand):
    help = "Connect a Sentry or GlitchTip organisation, and say what its token may not do."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", default=settings.SENTRY_BASE_URL, help="Of the Web API.")
        parser.add_argument("--org", default=settings.SENTRY_ORG, help="The organisation's slug.")
        parser.add_argument("--name", default="", help="How pages call the connection.")
        parser.add_argument("--web-url", default=settings.SENTRY_WEB_URL, help="Where people open Sentry.")

    def handle(self, **options: Any) -> None:
        token = settings.SENTRY_API_TOKEN or ("" if sys.stdin.isatty() else sys.stdin.readline().strip())
        if not options["org"]:
            raise CommandError("Which organisation? Give --org or set SENTRY_ORG.")
        if not token:
            raise CommandError("No token. Pipe it to standard input or set SENTRY_API_TOKEN.")
        try:
            made = connect(
                url=options["url"],
                organization=options["org"],
                token=token,
                name=options["name"],
                web_url=options["web_url"],
            )
        except SyncError as error:
            raise CommandError(f"Nothing was stored. {error}") from error
        verb = "Connected" if made.is_new else "Updated"
        self.stdout.write(
            f"{verb} {made.connection.name}: {made.found.flavour.title}, {made.connection.base_url}"
        )
        for scope, consequence in made.found.missing:
            self.stdout.write(self.style.WARNING(f"  without {scope}: {consequence}"))
