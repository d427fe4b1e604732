"""manage.py sync_sentry [--full] [--connection NAME] [--project SLUG] [--json]"""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from dexter import garbage
from dexter.jobs import runner
from issues.models import Connection, Project, SyncRun
from issues.sync.errors import SyncError
from issues.sync.run import sync

STOPPED = "Stopped. What was stored stays, and the next sync fetches the rest."


class Command(BaseCommand):
    help = "Sync the connections now, in this process, with a progress bar."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--full", action="store_true", help="All issues of the window, not only what is new."
        )
        parser.add_argument("--connection", action="append", default=[], help="Name or slug; repeatable.")
        parser.add_argument("--project", action="append", default=[], help="Project slug; repeatable.")
        parser.add_argument("--json", action="store_true", help="Print one JSON line per connection.")

    def handle(self, **options: Any) -> None:
        garbage.settle()
        connections = self._connections(options["connection"])
        if options["project"]:
            connections = _with_projects(connections, set(options["project"]))
        failed = [connection.name for connection in connections if not self._sync(connection, options)]
        if failed:
            raise CommandError(f"Not synced: {', '.join(failed)}", returncode=1)

    def _connections(self, wanted: list[str]) -> list[Connection]:
        known = list(Connection.objects.all())
        if not known:
            raise CommandError("Nothing is connected yet. Start with `manage.py connect_sentry`.")
        connections = [found for found in known if {found.name, found.slug} & set(wanted) or not wanted]
        named = {name for found in connections for name in (found.name, found.slug)}
        if missing := set(wanted) - named:
            names = ", ".join(found.name for found in known)
            raise CommandError(f"No connection called {', '.join(sorted(missing))}. There are: {names}.")
        off = [found.name for found in connections if not found.enabled]
        if off and (wanted or len(off) == len(known)):
            raise CommandError(f"Switched off: {', '.join(off)}. Switch it on in the admin to sync it.")
        return [found for found in connections if found.enabled]

    def _sync(self, connection: Connection, options: dict[str, Any]) -> bool:
        is_full = options["full"] or not connection.full_synced_at
        kind = SyncRun.Kind.FULL if is_full else SyncRun.Kind.INCREMENTAL
        quiet = options["json"] or not sys.stderr.isatty()
        runs: list[SyncRun] = []
        with tqdm(unit=" issues", desc=connection.name, disable=quiet) as bar:

            def work(progress: runner.Progress) -> None:
                def report(done: int | None, total: int | None, message: str | None) -> None:
                    progress.report(done, total, message)
                    if message:
                        is_counted = done is not None and total is not None
                        bar.set_postfix_str(f"{message}, {done} of {total}" if is_counted else message)
                    if done is not None and message is None:
                        bar.update(done - bar.n)

                runs.append(
                    sync(
                        connection,
                        kind=kind,
                        report=report,
                        job_id=progress.job.pk,
                        projects=tuple(options["project"]),
                    )
                )

            try:
                runner.run_here("issues.tasks.sync_connection", work, key=f"sync:{connection.pk}")
            except runner.Taken:
                reason = "it is being synced already, by the worker or another command. Try again after that."
                self.stderr.write(self.style.ERROR(f"{connection.name}: {reason}"))
            except SyncError as error:
                self.stderr.write(self.style.ERROR(f"{connection.name}: {error}"))
            except KeyboardInterrupt:
                bar.close()
                self.stderr.write(STOPPED)
                raise SystemExit(130) from None
        self._say(connection, runs, as_json=options["json"])
        return bool(runs)

    def _say(self, connection: Connection, runs: list[SyncRun], *, as_json: bool) -> None:
        for run in runs:
            figures = {
                "connection": connection.name,
                "kind": run.kind,
                "issues": run.issues_seen,
                "new": run.issues_created,
                "gone": run.issues_gone,
                "events": run.events_stored,
                "requests": run.requests,
                "refused": run.refused,
                "seconds": run.budget.get("seconds"),
            }
            if as_json:
                self.stdout.write(json.dumps(figures))
            else:
                rest = ", ".join(
                    f"{value} {name}" for name, value in figures.items() if name not in ("connection", "kind")
                )
                self.stdout.write(f"{connection.name}: {run.kind} sync, {rest}")


def _with_projects(connections: list[Connection], wanted: set[str]) -> list[Connection]:
    """The connections that have one of the projects, and those whose projects nobody has read yet."""
    rows = Project.objects.filter(connection__in=connections).values_list("connection", "slug")
    slugs: dict[int, set[str]] = {}
    for key, slug in rows:
        slugs.setdefault(key, set()).add(slug)
    known = set().union(*slugs.values())
    missing = wanted - known
    if missing and len(slugs) == len(connections):
        names = ", ".join(sorted(known))
        raise CommandError(f"No project called {', '.join(sorted(missing))}. There are: {names}.")
    return [found for found in connections if found.pk not in slugs or slugs[found.pk] & wanted]
