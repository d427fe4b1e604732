"""manage.py export_issues [--query TEXT] [--format csv|jsonl|xlsx|md] [--columns a,b] [--output FILE|-]"""

import sys
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from issues.exports import Refused, Wanted, direct, prepare, record
from issues.exports.columns import ISSUE_COLUMNS, UnknownColumn
from issues.models import Export
from issues.queries.found import Search
from issues.queries.sorts import SORTS
from issues.search import SearchError


class Command(BaseCommand):
    help = "Export the issues that a search finds. Personal data is masked unless asked otherwise."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--query", default="", help="The search, as in the portal; all issues without.")
        parser.add_argument("--format", default=Export.Format.CSV, choices=Export.Format.values)
        names = ", ".join(column.name for column in ISSUE_COLUMNS)
        parser.add_argument("--columns", default="", help=f"Separated by commas, of: {names}.")
        parser.add_argument("--sort", default="last_seen", choices=sorted(SORTS))
        parser.add_argument("--output", default="-", help="A file, or - for standard output.")
        parser.add_argument("--bom", action="store_true", help="CSV with a byte order mark, for Excel.")
        parser.add_argument("--unmasked", action="store_true", help="Do not mask; this is recorded.")

    def handle(self, **options: Any) -> None:
        wanted = Wanted(
            format=options["format"],
            columns=[name.strip() for name in options["columns"].split(",") if name.strip()],
            masked=not options["unmasked"],
            bom=options["bom"],
            search=Search(options["query"]),
            sort=options["sort"],
        )
        try:
            export, keys = prepare(wanted, user=None)
        except SearchError as error:
            raise CommandError(f"{error.summary}: {error.message}") from error
        except (Refused, UnknownColumn) as error:
            raise CommandError(str(error)) from error
        try:
            if options["output"] == "-":
                self._write(sys.stdout.buffer, export, keys)
            else:
                with Path(options["output"]).open("wb") as file:
                    self._write(file, export, keys)
        except OSError as error:
            raise CommandError(f"{options['output']} cannot be written: {error.strerror}.") from error
        self.stderr.write(f"{len(keys):,} issues exported.")

    def _write(self, file: BinaryIO, export: Export, keys: Any) -> None:
        record(export, len(keys))
        for piece in direct(export, keys):
            file.write(piece)
        file.flush()
