"""``manage.py analyze_deadlock``: reports of any number of logs, texts or Sentry events, as JSON, text,
Markdown or SVG.
"""

import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand

from deadlocks.analyzer import VERSION, Report, analyze_event, analyze_log
from deadlocks.analyzer.render import markdown, plain, svg, to_value

FOUND, UNREADABLE, NOTHING = 0, 2, 3


class Command(BaseCommand):
    help = "Find PostgreSQL deadlock reports in logs, texts or Sentry events, and say what to change."
    requires_system_checks: list[str] = []
    stealth_options = ("stdin",)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "files", nargs="*", metavar="FILE", help="Files to read; - is standard input (default)."
        )
        parser.add_argument(
            "--event", action="store_true", help="The files are Sentry events (JSON documents)."
        )
        parser.add_argument("--format", choices=("text", "json", "markdown", "svg"), default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._run(options)
        except BrokenPipeError:  # the reader (head, less) has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def _run(self, options: dict[str, Any]) -> None:
        run = Run(options["event"], options.get("stdin"))
        write = self.stdout._out.write  # type: ignore[attr-defined]  # the wrapper would add a newline to each piece
        reports = run.reports(options["files"] or ["-"])
        count = (
            json_document(reports, write)
            if options["format"] == "json"
            else drawn(reports, options["format"], write)
        )
        for problem in run.problems:
            self.stderr.write(problem)
        if run.problems or not count:
            sys.exit(UNREADABLE if run.problems else NOTHING)


class Run:
    """Reads files one after the other; what cannot be read is a problem, the rest is read all the same."""

    def __init__(self, event: bool, stdin: BinaryIO | None = None) -> None:
        self.event = event
        self.stdin = stdin
        self.problems: list[str] = []

    def reports(self, files: list[str]) -> Iterator[Report]:
        for file in files:
            try:
                yield from self._read(file)
            except OSError as error:
                self.problems.append(
                    f"{file}: {error.strerror or error}. Check that it is a file you may read."
                )

    def _read(self, file: str) -> Iterator[Report]:
        if file == "-":
            yield from self._found(self.stdin or sys.stdin.buffer, "-")
            return
        with open(file, "rb") as opened:
            yield from self._found(opened, file)

    def _found(self, opened: BinaryIO, file: str) -> Iterator[Report]:
        if not self.event:
            yield from analyze_log(opened, file)
            return
        try:
            payload = json.loads(opened.read())
        except (ValueError, RecursionError) as error:
            self.problems.append(
                f"{file}: not a JSON document ({error}). Leave --event away for logs and texts."
            )
            return
        for event in payload if isinstance(payload, list) else [payload]:
            yield from analyze_event(event, file)


def json_document(reports: Iterator[Report], write: Any) -> int:
    """Streams one JSON document, report by report; returns how many there were."""
    write(f'{{"analyzer": {json.dumps(VERSION)}, "reports": [')
    count = 0
    for report in reports:
        write((",\n" if count else "\n") + json.dumps(to_value(report), ensure_ascii=False))
        count += 1
    write("\n]}\n")
    return count


def drawn(reports: Iterator[Report], form: str, write: Any) -> int:
    count = 0
    for report in reports:
        if form == "svg":
            write(svg(report, standalone=True, ids=f"dl{count}") + "\n")
        else:
            write(("\n" if count else "") + (plain if form == "text" else markdown)(report))
        count += 1
    return count
