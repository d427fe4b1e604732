import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from dexter.ops.doctor import Finding, Level, examine

MARKS = {Level.OK: "ok   ", Level.WARNING: "look ", Level.WRONG: "WRONG"}


class Command(BaseCommand):
    help = "Say what is wrong with the installation and how to mend it; exit code 1 when something is."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON line per finding")

    def handle(self, **options: Any) -> None:
        levels = set()
        for finding in examine():
            levels.add(finding.level)
            self.stdout.write(json.dumps(asdict(finding)) if options["json"] else self._line(finding))
        if Level.WRONG in levels:
            raise SystemExit(1)

    def _line(self, finding: Finding) -> str:
        mark = MARKS[finding.level]
        if finding.level is not Level.OK:
            mark = self.style.WARNING(mark) if finding.level is Level.WARNING else self.style.ERROR(mark)
        line = f"{mark} {finding.area}: {finding.what}"
        return f"{line}\n      -> {finding.how}" if finding.how else line
