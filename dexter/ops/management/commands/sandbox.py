"""`manage.py sandbox`: a stand-in Sentry to look at, to develop and to test against."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from dexter.sentry.sandbox.options import Options, add_arguments
from dexter.sentry.sandbox.server import serve


class Command(BaseCommand):
    help = "Runs the sandbox Sentry until it is stopped."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        add_arguments(parser)

    def handle(self, *args: Any, **found: Any) -> None:
        code = serve(Options(**{name: found[name] for name in Options.__dataclass_fields__}))
        if code:
            raise SystemExit(code)
