"""Deadlocks over time: by day, and what keeps coming back. The number of queries is fixed."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min
from django.db.models.functions import TruncDate

from deadlocks.analyzer.render import from_value, words
from deadlocks.analyzer.sql import normalised
from deadlocks.models import DeadlockReport, FollowedAdvice
from deadlocks.stats import Bar, Effect, bars, began_with, effect
from issues.models import Release

DAYS = 30
MOST_GROUPS = 20
MOST_RELEASES = 5  # shown of one group
SOON = timedelta(days=7)


@dataclass
class Advice:
    """A recommendation; `effect` and by whom and when it was followed, where it was."""

    title: str
    done: FollowedAdvice | None = None
    effect: Effect | None = None


@dataclass
class Group:
    """Deadlocks of equal normalised statements. `newest` is the row that speaks for them."""

    key: str
    count: int
    issues: int
    first: datetime
    last: datetime
    newest: DeadlockReport
    cause: str
    statements: list[str]
    projects: list[str]
    releases: list[tuple[str, int]] = field(default_factory=list)
    began_with: str = ""
    advice: list[Advice] = field(default_factory=list)


def _rows() -> Any:
    return DeadlockReport.objects.filter(issue__gone="")


def per_day(now: datetime) -> list[Bar]:
    """A bar for each of the last DAYS days, in UTC, today last."""
    first = now.date() - timedelta(days=DAYS - 1)
    start = now - timedelta(days=DAYS)
    counted: dict[date, int] = dict(
        _rows()
        .filter(occurred_at__gte=start)
        .annotate(day=TruncDate("occurred_at"))
        .values_list("day")
        .annotate(count=Count("id"))
        .order_by()
    )
    days = [first + timedelta(days=number) for number in range(DAYS)]
    return bars([(day, counted.get(day, 0)) for day in days])


def recurring(now: datetime) -> list[Group]:
    """What keeps coming back: the most frequent statements first."""
    found = list(
        _rows()
        .exclude(pair="")
        .values("pair")
        .annotate(
            count=Count("id"),
            issues=Count("issue", distinct=True),
            first=Min("occurred_at"),
            last=Max("occurred_at"),
            newest=Max("id"),
        )
        .order_by("-count", "-last")[:MOST_GROUPS]
    )
    newest = DeadlockReport.objects.in_bulk([row["newest"] for row in found])
    groups = [_group(row, newest[row["newest"]]) for row in found if row["newest"] in newest]
    _add_releases(groups)
    add_effects({group.key: group.advice for group in groups}, now)
    return groups


def _group(row: dict[str, Any], newest: DeadlockReport) -> Group:
    report = from_value(newest.known)
    return Group(
        key=row["pair"],
        count=row["count"],
        issues=row["issues"],
        first=row["first"],
        last=row["last"],
        newest=newest,
        cause=words.CAUSES.get(newest.root_cause, newest.root_cause),
        statements=sorted({normalised(statement) for statement in report.statements}),
        projects=[],
        advice=[Advice(one.title) for one in report.diagnosis.recommendations],
    )


def _add_releases(groups: list[Group]) -> None:
    """Projects and releases of each group, and the one it began with where the data says so."""
    by_key = {group.key: group for group in groups}
    counted = (
        _rows()
        .filter(pair__in=by_key)
        .values_list("pair", "issue__project", "issue__project__slug", "event__release")
        .annotate(first=Min("occurred_at"), count=Count("id"))
        .order_by("first")
    )
    seen = list(counted)
    known = _releases({project for _, project, *_ in seen})
    for key, project, slug, release, first, count in seen:
        group = by_key[key]
        if slug not in group.projects:
            group.projects.append(slug)
        if release:
            group.releases.append((release, count))
        if first == group.first and release and began_with(first, release, known[project], SOON):
            group.began_with = release
    for group in groups:
        group.releases = group.releases[-MOST_RELEASES:]


def _releases(projects: Iterable[int]) -> dict[int, list[tuple[str, datetime]]]:
    found: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    rows = Release.objects.filter(projects__in=list(projects)).values_list(
        "projects", "version", "created_at"
    )
    for project, version, made in rows.values_list("projects", "version", "created_at"):
        found[project].append((version, made))
    return found


def add_effects(advice: dict[str, list[Advice]], now: datetime) -> None:
    """Sets `done` and `effect` of the advice that somebody followed; `advice` is by pair."""
    marks = {(mark.pair, mark.title): mark for mark in _marks(advice)}
    if not marks:
        return
    earliest = min(mark.done_at for mark in marks.values()) - timedelta(days=DAYS)
    times: dict[str, list[datetime]] = defaultdict(list)
    rows = _rows().filter(pair__in={key for key, _ in marks}, occurred_at__gte=earliest)
    for key, time in rows.values_list("pair", "occurred_at"):
        times[key].append(time)
    for key, several in advice.items():
        for one in several:
            one.done = marks.get((key, one.title[:300]))
            if one.done:
                one.effect = effect(times[key], one.done.done_at, now)


def advice_of(row: DeadlockReport, titles: Iterable[str], now: datetime) -> list[Advice]:
    """The advice of one report; none where its statements are not known, as nothing could be compared."""
    if not row.pair:
        return []
    advice = [Advice(title) for title in titles]
    add_effects({row.pair: advice}, now)
    return advice


def _marks(keys: Iterable[str]) -> Iterable[FollowedAdvice]:
    return FollowedAdvice.objects.filter(pair__in=list(keys)).select_related("done_by")
