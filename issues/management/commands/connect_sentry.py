"""manage.py connect_sentry --url URL --org SLUG [--name NAME]; the token comes from standard input or the
environment (`SENTRY_API_TOKEN`), never from the command line, where others could read it."""

import select
import sys
from getpass import getpass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
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
        if not options["org"]:
            raise CommandError("Which organisation? Give --org or set SENTRY_ORG.")
        token = _token(options["url"], options["org"])
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
        except ValidationError as error:
            words = " ".join(error.messages)
            raise CommandError(f"Nothing was stored. {words} Choose another --name.") from error
        verb = "Connected" if made.is_new else "Updated"
        self.stdout.write(
            f"{verb} {made.connection.name}: {made.found.flavour.title}, {made.connection.base_url}"
        )
        for scope, consequence in made.found.missing:
            self.stdout.write(self.style.WARNING(f"  without {scope}: {consequence}"))
        if made.found.unverified:
            scopes = ", ".join(scope for scope, _ in made.found.unverified)
            self.stdout.write(f"  not known, as the server does not tell: {scopes}")


PATIENCE = 2.0  # seconds that a token in the environment waits for another one on standard input


def _token(url: str, organization: str) -> str:
    """What is typed or piped; else that of the environment.

    The one of the environment is for the organisation named there: another one's server must not get it while
    its own token is on standard input.
    """
    given: str = settings.SENTRY_API_TOKEN
    if given and (url, organization) == (settings.SENTRY_BASE_URL, settings.SENTRY_ORG):
        return given
    if sys.stdin.isatty():
        return given or getpass("Token: ").strip()
    # A stream that nobody writes to or closes would be waited for without end.
    if given and not select.select([sys.stdin], [], [], PATIENCE)[0]:
        return given
    return sys.stdin.readline().strip() or given
