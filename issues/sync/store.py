"""How what Sentry says gets into the database: bulk upserts, so that storing a page twice changes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import SimpleNamespace
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from dexter.timeseries.series import to_json
from issues.models import Issue, IssueStats, IssueText
from issues.services.triage import keep_changes
from issues.sync import mapping
from issues.sync.differences import SHOWN, Known, announce, differences
from issues.sync.directory import Directory
from issues.sync.figures import figures_of, merge_stats
from issues.sync.upsert import one_of, quick_commit, upsert

# What an upsert overwrites: everything that Sentry says and all that is computed from it.
ISSUE_COLUMNS = [
    "project", "short_id", "title", "error_type", "error_value", "culprit", "permalink", "logger",
    "platform", "level", "issue_type", "issue_category", "status", "substatus", "status_details",
    "priority", "is_unhandled", "is_public", "is_bookmarked", "is_subscribed", "has_seen", "assignee",
    "assignee_team", "comment_count", "count", "user_count", "first_seen", "last_seen", "events_24h",
    "events_before", "trend", "score", "is_growing", "gone", "merged_into", "synced_at",
]  # fmt: skip

LAST = 2**63  # no primary key is larger


@dataclass
class Stored:
    """What a call stored. `skipped` says which rows could not be, and why.

    `changed` counts the issues that are new or have another status or assignee than the cache had.
    """

    issues: int
    created: int = 0
    changed: int = 0
    skipped: tuple[str, ...] = ()


class StatsRow(NamedTuple):
    """An IssueStats to upsert."""

    pk: int
    issue_id: int
    hours: dict[str, Any]
    days: dict[str, Any]


class TextRow(NamedTuple):
    """An IssueText to upsert."""

    pk: int
    issue_id: int
    body: str


def store_issues(directory: Directory, payloads: Iterable[mapping.Payload], *, asked_at: datetime) -> Stored:
    """`store_mapped` of rows as Sentry gives them."""
    return store_mapped(directory, [mapping.issues(payloads)], asked_at=asked_at)


def store_mapped(
    directory: Directory, pages: Iterable[mapping.MappedIssues], *, asked_at: datetime
) -> Stored:
    """Upsert issue rows with their stats and search words, in one transaction.

    Changes of people that reached Sentry after `asked_at` are not in what it said, and stay.

    A row that lacks what the cache needs, or whose project is not known, is skipped and named.
    """
    now = timezone.now()
    mapped, skipped = _wanted(directory, pages)
    if not mapped:
        return Stored(0, skipped=tuple(skipped))
    with transaction.atomic():
        quick_commit()
        known = _known(directory, mapped)
        mapped.sort(key=lambda item: _place(item.sentry_id, known))
        rows = [_row(directory, item, known.get(item.sentry_id), now) for item in mapped]
        rows = _with_changes(rows, asked_at)
        upsert(Issue, rows, ["connection", "sentry_id"], ISSUE_COLUMNS)
        stats = [StatsRow(row.pk, row.pk, to_json(row.hours), to_json(row.days)) for row in rows]
        upsert(IssueStats, stats, ["issue"], ["hours", "days"])
        # Known issues have the words of their events too; issues.sync.events renews those.
        words = [
            TextRow(row.pk, row.pk, item.words)
            for row, item in zip(rows, mapped, strict=True)
            if item.sentry_id not in known
        ]
        upsert(IssueText, words, ["issue"], [])
        found = differences(rows, known)
        announce(found)
    return Stored(len(rows), created=len(words), changed=len(words) + found.state, skipped=tuple(skipped))


def _wanted(
    directory: Directory, pages: Iterable[mapping.MappedIssues]
) -> tuple[list[mapping.MappedIssue], list[str]]:
    """The last row of each id whose project is known, and the reasons of those that were left out."""
    wanted: dict[str, mapping.MappedIssue] = {}
    skipped = []
    for page in pages:
        skipped += page.skipped
        for item in page.issues:
            if item.project_id in directory.projects:
                wanted[item.sentry_id] = item
            else:
                skipped.append(
                    f"issue {item.sentry_id} is of project {item.project_id}, which the token cannot see"
                )
    return list(wanted.values()), skipped


def _place(sentry_id: str, known: dict[str, Known]) -> tuple[int, str]:
    """Rows are locked in this order everywhere, so that no two writers wait for each other."""
    found = known.get(sentry_id)
    return (found.pk if found else LAST, sentry_id)


def _known(directory: Directory, mapped: list[mapping.MappedIssue]) -> dict[str, Known]:
    """What is stored of the issues that exist already, by Sentry id."""
    rows = Issue.objects.filter(
        connection=directory.connection, sentry_id__in=one_of(item.sentry_id for item in mapped)
    ).values_list("sentry_id", "pk", "stats__hours", "stats__days", *SHOWN)
    return {sentry_id: Known(pk, (hours, days), tuple(shown)) for sentry_id, pk, hours, days, *shown in rows}


class IssueRow(SimpleNamespace):
    """An issue to upsert: the attributes of an Issue, which takes thirty times as long to make, and the
    series `hours` and `days`."""


@cache
def _defaults() -> dict[str, Any]:
    return {field.attname: field.get_default() for field in Issue._meta.concrete_fields}


def _row(directory: Directory, item: mapping.MappedIssue, known: Known | None, now: datetime) -> IssueRow:
    hours, days = merge_stats(known.stats if known else None, item.stats)
    project_pk, users_total = directory.projects[item.project_id]
    figures = figures_of(item.columns, hours, days, users_total, now)
    member_pk, team_pk = directory.assignee(item.assignee)
    values = {
        **_defaults(),
        **item.columns,
        "pk": known.pk if known else None,
        "connection_id": directory.connection.pk,
        "project_id": project_pk,
        "sentry_id": item.sentry_id,
        "assignee_id": member_pk,
        "assignee_team_id": team_pk,
        "synced_at": now,
        "events_24h": figures.events_24h,
        "events_before": figures.events_before,
        "trend": figures.trend,
        "score": figures.score,
        "is_growing": figures.is_growing,
        "hours": hours,
        "days": days,
    }
    return IssueRow(**values)


def _with_changes(rows: list[IssueRow], asked_at: datetime) -> list[Any]:
    """The rows, those that people changed meanwhile with their changes."""
    known = {row.pk: row for row in rows if row.pk}

    def as_sentry_has(pk: int) -> Issue:
        row = known[pk]
        issue = Issue(**{name: getattr(row, name) for name in _defaults()}, pk=pk)
        issue.hours, issue.days = row.hours, row.days  # type: ignore[attr-defined]
        return issue

    kept = keep_changes(known, asked_at, as_sentry_has)
    return [kept.get(row.pk, row) for row in rows]
