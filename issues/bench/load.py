"""Loads made-up rows as fast as the database takes them: COPY on PostgreSQL, executemany on SQLite."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.color import no_style
from django.db import connection, models, transaction

from issues.bench import rows
from issues.bench.payload import payload
from issues.bench.rows import World
from issues.models import (
    Connection,
    Environment,
    Event,
    EventPayload,
    Issue,
    IssueStats,
    IssueTag,
    IssueText,
    Member,
    Project,
    Release,
    Team,
)

PERSON = SLUG = "bench"


class NotEmpty(Exception):
    """The database has issues already: a bench never writes among real rows."""


def ensure_world(world: World) -> None:
    """Fills an empty, migrated database unless it holds such a world already; raises NotEmpty.

    100,000 issues take one to three minutes.
    """
    if Issue.objects.filter(connection__slug=SLUG).count() == world.issues:
        return
    if Issue.objects.exists() or Connection.objects.exists():
        raise NotEmpty("This database holds other rows. A bench fills an empty one only.")
    load_reference(world)
    for model, made in _tables(world):
        load(model, made(world))
    _finish(world)


def _tables(world: World) -> list[tuple[type[models.Model], Callable[[World], Iterable[dict[str, Any]]]]]:
    return [
        (Issue, rows.issue_rows), (IssueStats, rows.stats_rows), (IssueText, rows.text_rows),
        (IssueTag, rows.tag_rows), (Event, rows.event_rows), (EventPayload, payload_rows),
    ]  # fmt: skip


def payload_rows(world: World) -> Iterator[dict[str, Any]]:
    """The same payload for every event: a page reads one of them, and packing 300,000 would take minutes."""
    packed = EventPayload.pack(payload("0" * 32))
    return ({"event_id": key, "data": packed} for key in range(1, world.issues * world.events_each + 1))


def load_reference(world: World) -> None:
    """The few rows beside the issues: a connection, its projects, people, teams, releases, one sign-in."""
    Connection.objects.create(pk=1, name="Bench", slug=SLUG, base_url="https://sentry.example.com/api/0/",
                              organization="bench", state="ok", synced_at=world.now)  # fmt: skip
    projects = [
        Project(pk=key, connection_id=1, sentry_id=str(key), slug=f"project-{key}", name=f"Project {key}",
                users_total=50_000 if key != 5 else None, users_days=14)
        for key in range(1, len(rows.PROJECT_SHARES) + 1)
    ]  # fmt: skip
    Project.objects.bulk_create(projects)
    Team.objects.bulk_create(
        Team(pk=key, connection_id=1, sentry_id=str(key), slug=f"team-{key}", name=f"Team {key}")
        for key in range(1, rows.TEAMS + 1)
    )
    user = get_user_model().objects.create_user(PERSON)
    Member.objects.bulk_create(
        Member(pk=key, connection_id=1, sentry_id=str(key), name=f"Member {key}",
               email=f"member{key}@example.com", user=user if key == 1 else None)
        for key in range(1, rows.MEMBERS + 1)
    )  # fmt: skip
    Member.objects.get(pk=1).teams.set([1, 2])
    Environment.objects.bulk_create(Environment(connection_id=1, name=name) for name, _ in rows.ENVIRONMENTS)
    for back in range(rows.RELEASES):
        name = rows.release_name(back)
        created = world.now - timedelta(hours=8 * back)
        release = Release.objects.create(
            connection_id=1, version=name, short_version=name, created_at=created
        )
        release.projects.set(projects)


def load(model: type[models.Model], made: Iterable[dict[str, Any]]) -> int:
    """Writes rows given by column name; answers how many there were."""
    made = iter(made)
    first = next(made)
    columns = list(first)
    values = ([row[column] for column in columns] for row in chain([first], made))
    counted = _Counted(values)
    write = _copy if connection.vendor == "postgresql" else _insert
    with transaction.atomic():
        write(model._meta.db_table, columns, counted)
    return counted.count


class _Counted:
    def __init__(self, values: Iterable[list[Any]]) -> None:
        self.values = values
        self.count = 0

    def __iter__(self) -> Iterator[list[Any]]:
        for row in self.values:
            self.count += 1
            yield row


def _copy(table: str, columns: list[str], values: Iterable[list[Any]]) -> None:
    quoted = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" ({quoted}) FROM STDIN') as copy:
        for row in values:
            copy.write_row(row)


def _insert(table: str, columns: list[str], values: Iterable[list[Any]]) -> None:
    quoted, marks = ", ".join(f'"{column}"' for column in columns), ", ".join(["%s"] * len(columns))
    statement = f'INSERT INTO "{table}" ({quoted}) VALUES ({marks})'  # noqa: S608 - names of our own tables
    plain = ([_plain(value) for value in row] for row in values)
    with connection.cursor() as cursor:
        while chunk := list(islice(plain, 2000)):
            cursor.executemany(statement, chunk)


def _plain(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def _finish(world: World) -> None:
    """What a sync keeps beside the rows, and what the planner needs to know."""
    for project in Project.objects.all():
        cached = project.events.count()
        project.issues_cached, project.events_cached = project.issues.count(), cached
        project.events_total = project.issues.aggregate(total=models.Sum("count"))["total"] or 0
        project.save()
    with connection.cursor() as cursor:
        # What autovacuum does in its own time: statistics, and which pages an index alone may answer for.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
        # The rows came with keys of their own.
        for statement in connection.ops.sequence_reset_sql(
            no_style(), [model for model, _ in _tables(world)]
        ):
            cursor.execute(statement)
