"""How what Sentry says gets into the database: bulk upserts, so that storing a page twice changes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from dexter.timeseries.series import Series, to_json
from issues.models import Issue, IssueStats, IssueText
from issues.search.words import document
from issues.services.triage import keep_open_changes
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

    issues: list[Issue]
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


def store_issues(directory: Directory, payloads: Iterable[mapping.Payload]) -> Stored:
    """Upsert issue rows with their stats and search words, in one transaction.

    A row that lacks what the cache needs, or whose project is not known, is skipped and named.
    """
    now = timezone.now()
    mapped, skipped = _map(directory, payloads)
    if not mapped:
        return Stored([], skipped=tuple(skipped))
    with transaction.atomic():
        quick_commit()
        known = _known(directory, mapped)
        mapped.sort(key=lambda item: _place(item.sentry_id, known))
        pairs = [_row(directory, item, known.get(item.sentry_id), now) for item in mapped]
        issues = [issue for issue, _, _ in pairs]
        keep_open_changes({known[issue.sentry_id].pk: issue for issue in issues if issue.sentry_id in known})
        upsert(Issue, issues, ["connection", "sentry_id"], ISSUE_COLUMNS)
        stats = [StatsRow(row.pk, row.pk, to_json(hours), to_json(days)) for row, hours, days in pairs]
        upsert(IssueStats, stats, ["issue"], ["hours", "days"])
        new = [
            (issue, item) for issue, item in zip(issues, mapped, strict=True) if item.sentry_id not in known
        ]
        # Known issues have the words of their events too; issues.sync.events renews those.
        words = [TextRow(issue.pk, issue.pk, document(item.text)) for issue, item in new]
        upsert(IssueText, words, ["issue"], [])
        found = differences(issues, known)
        announce(found)
    return Stored(issues, created=len(new), changed=len(new) + found.state, skipped=tuple(skipped))


def _map(
    directory: Directory, payloads: Iterable[mapping.Payload]
) -> tuple[list[mapping.MappedIssue], list[str]]:
    """Mapped rows, the last of each id, and the reasons of those that were left out."""
    mapped: dict[str, mapping.MappedIssue] = {}
    skipped = []
    for payload in payloads:
        try:
            item = mapping.issue(payload)
        except mapping.Unmappable as error:
            skipped.append(str(error))
            continue
        if item.project_id in directory.projects:
            mapped[item.sentry_id] = item
        else:
            skipped.append(
                f"issue {item.sentry_id} is of project {item.project_id}, which the token cannot see"
            )
    return list(mapped.values()), skipped


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


def _row(
    directory: Directory, item: mapping.MappedIssue, known: Known | None, now: datetime
) -> tuple[Issue, Series, Series]:
    hours, days = merge_stats(known.stats if known else None, item.stats)
    project_pk, users_total = directory.projects[item.project_id]
    figures = figures_of(item.columns, hours, days, users_total, now)
    member_pk, team_pk = directory.assignee(item.assignee)
    issue = Issue(
        connection=directory.connection,
        project_id=project_pk,
        sentry_id=item.sentry_id,
        assignee_id=member_pk,
        assignee_team_id=team_pk,
        synced_at=now,
        **item.columns,
        events_24h=figures.events_24h,
        events_before=figures.events_before,
        trend=figures.trend,
        score=figures.score,
        is_growing=figures.is_growing,
    )
    return issue, hours, days
