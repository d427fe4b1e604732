"""Deadlocks over time: by day, and what keeps coming back. The number of queries is fixed.

Counted are those of events, and those of logs that were kept and that no event reported. A report of a log
whose time names no offset has no place in time and is left out.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min
from django.db.models.functions import TruncDate

from deadlocks.analyzer.render import from_value, words
from deadlocks.analyzer.sql import normalised
from deadlocks.models import DeadlockReport, FollowedAdvice, LogReport
from deadlocks.stats import Bar, Effect, bars, began_with, effect
from issues.models import Release

DAYS = 30
MOST_GROUPS = 20
MOST_COUNTED = 500  # pairs of events, and of logs, that are put together
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
    """Deadlocks of equal normalised statements. `newest` is the row that speaks for them.

    `count` has all; `in_logs` of them are in logs only.
    """

    key: str
    count: int
    in_logs: int
    issues: int
    first: datetime
    last: datetime
    newest: DeadlockReport | LogReport
    tables: list[str]
    cause: str
    statements: list[str]
    projects: list[str]
    releases: list[tuple[str, int]] = field(default_factory=list)
    began_with: str = ""
    advice: list[Advice] = field(default_factory=list)


def _rows() -> Any:
    return DeadlockReport.objects.filter(issue__gone="")


def _logged() -> Any:
    return LogReport.objects.filter(log__kept=True, joined_reports=None).exclude(occurred_at=None)


def per_day(now: datetime) -> list[Bar]:
    """A bar for each of the last DAYS days, in UTC, today last."""
    first = now.date() - timedelta(days=DAYS - 1)
    start = now - timedelta(days=DAYS)
    counted: Counter[date] = Counter()
    for rows in (_rows(), _logged()):
        of_day = rows.filter(occurred_at__gte=start).annotate(day=TruncDate("occurred_at")).values_list("day")
        counted.update(dict(of_day.annotate(count=Count("id")).order_by()))
    days = [first + timedelta(days=number) for number in range(DAYS)]
    return bars([(day, counted[day]) for day in days])


def recurring(now: datetime) -> list[Group]:
    """What keeps coming back: the most frequent statements first."""
    in_events = _counted(_rows(), issues=Count("issue", distinct=True))
    in_logs = _counted(_logged())

    def weight(pair: str) -> tuple[int, datetime]:
        several = [found[pair] for found in (in_events, in_logs) if pair in found]
        return sum(row["count"] for row in several), max(row["last"] for row in several)

    pairs = sorted({*in_events, *in_logs}, key=weight, reverse=True)[:MOST_GROUPS]
    newest = DeadlockReport.objects.in_bulk(
        [in_events[pair]["newest"] for pair in pairs if pair in in_events]
    )
    logged = LogReport.objects.in_bulk([in_logs[pair]["newest"] for pair in pairs if pair not in in_events])
    groups = []
    for pair in pairs:
        rows = [found[pair] for found in (in_events, in_logs) if pair in found]
        speaker = (newest if pair in in_events else logged).get(rows[0]["newest"])
        if speaker:  # else it was deleted just now
            groups.append(_group(pair, rows, in_logs.get(pair, {}).get("count", 0), speaker))
    _add_releases(groups)
    add_effects({group.key: group.advice for group in groups}, now)
    return groups


def _counted(rows: Any, **more: Any) -> dict[str, dict[str, Any]]:
    """The most frequent pairs, with how many, first, last and newest."""
    found = (
        rows.exclude(pair="")
        .values("pair")
        .annotate(
            count=Count("id"), first=Min("occurred_at"), last=Max("occurred_at"), newest=Max("id"), **more
        )
        .order_by("-count", "-last")[:MOST_COUNTED]
    )
    return {row["pair"]: row for row in found}


def _group(pair: str, rows: list[dict[str, Any]], in_logs: int, newest: DeadlockReport | LogReport) -> Group:
    report = from_value(newest.known)
    return Group(
        key=pair,
        count=sum(row["count"] for row in rows),
        in_logs=in_logs,
        issues=sum(row.get("issues", 0) for row in rows),
        first=min(row["first"] for row in rows),
        last=max(row["last"] for row in rows),
        newest=newest,
        tables=list(report.diagnosis.relations),
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
    for rows in (_rows(), _logged()):
        lately = rows.filter(pair__in={key for key, _ in marks}, occurred_at__gte=earliest)
        for key, time in lately.values_list("pair", "occurred_at"):
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
