"""What to do next, and why: by rules over the cache, without a model.

One recommendation an issue, the most urgent. The rules, each of which asks once and gives five at most:

    deadlock    a report in the last 7 days               80 and its issue's priority / 5
    regression  unresolved and regressed                   60 + priority / 5
    n_plus_one  5 equal statements and more in a request   50 + priority / 5
    muted       archived, yet growing                      45 + priority / 5
    noisy       100 events and more in 24 hours, nobody assigned   40 + priority / 5
    forgotten   older than 30 days, seen in the last 7, nobody assigned   20 + priority / 5
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from ai.models import Dismissal
from deadlocks.models import DeadlockReport, QueryFinding
from issues.models import Issue

EACH = 5
NOISY = 100  # events in 24 hours
OLD, FRESH = timedelta(days=30), timedelta(days=7)


@dataclass(frozen=True)
class Recommendation:
    """`title` says what to do, `why` on what grounds; `url` is where to do it. `urgency` is 0 to 100."""

    key: str
    kind: str
    title: str
    why: str
    url: str
    issue_id: int
    short_id: str
    urgency: int


def recommendations() -> list[Recommendation]:
    """Those nobody dismissed, the most urgent first; nine queries."""
    dismissed = set(Dismissal.objects.values_list("key", flat=True))
    found: dict[int, Recommendation] = {}
    for rule in _RULES:
        for each in rule():
            if each.key not in dismissed:
                found.setdefault(each.issue_id, each)
    return sorted(found.values(), key=lambda each: (-each.urgency, each.short_id))


def dismissals(limit: int = 50) -> list[Dismissal]:
    """The newest, with who did it."""
    return list(Dismissal.objects.select_related("user").order_by("-created_at")[:limit])


def _made(kind: str, issue: Any, title: str, why: str, base: int, url: str = "") -> Recommendation:
    return Recommendation(
        f"{kind}:{issue.pk}", kind, title, why, url or f"/issues/{issue.pk}/", issue.pk,
        issue.short_id or issue.sentry_id, min(100, base + issue.score // 5),
    )  # fmt: skip


def _issues(condition: Q) -> QuerySet[Issue]:
    found = Issue.objects.select_related("connection").filter(condition, gone="")
    return found.order_by("-score", "-pk")


def _deadlocks() -> Iterator[Recommendation]:
    since = timezone.now() - FRESH
    recent = Count("deadlock_reports", filter=Q(deadlock_reports__occurred_at__gte=since))
    rows = Issue.objects.filter(gone="", status="unresolved", has_deadlock=True).annotate(
        times=recent, newest=Max("deadlock_reports__pk")
    )
    found = list(rows.filter(times__gt=0).order_by("-times", "-pk")[:EACH])
    reports = DeadlockReport.objects.in_bulk([issue.newest for issue in found])
    for issue in found:
        report = reports[issue.newest]
        advice = report.known["recommendations"]
        tables = " and ".join(report.tables[:2])
        title = advice[0]["title"] if advice else "Read the deadlock report"
        why = f"{_times(issue.times, 'deadlock')} in the last 7 days{f' on {tables}' if tables else ''}."
        yield _made("deadlock", issue, f"{title}.", why, 80, report.get_absolute_url())


def _regressions() -> Iterator[Recommendation]:
    for issue in _issues(Q(status="unresolved", substatus="regressed"))[:EACH]:
        met = "" if issue.users is None else f"; {_times(issue.users, 'user')} met it"
        why = f"It was resolved and came back{met}."
        yield _made("regression", issue, "Find out why the fix did not hold.", why, 60)


def _repeated() -> Iterator[Recommendation]:
    rows = (
        QueryFinding.objects.filter(kind=QueryFinding.Kind.N_PLUS_ONE, event__issue__gone="")
        .filter(event__issue__status="unresolved")
        .order_by()
        .values("event__issue")
        .annotate(most=Max("count"))
        .order_by("-most")[:EACH]
    )
    most = {row["event__issue"]: row["most"] for row in rows}
    for issue in Issue.objects.in_bulk(list(most)).values():
        why = f"One request asked the same statement {_times(most[issue.pk], 'time')}."
        yield _made("n_plus_one", issue, "Load the rows at once instead of one by one.", why, 50)


def _muted() -> Iterator[Recommendation]:
    for issue in _issues(Q(is_growing=True))[:EACH]:
        why = f"It is archived, yet it had {_times(issue.events_24h or 0, 'event')} in 24 hours."
        yield _made("muted", issue, "Look at it again: archived, but growing.", why, 45)


def _noisy() -> Iterator[Recommendation]:
    condition = Q(status="unresolved", events_24h__gte=NOISY, assignee=None, assignee_team=None)
    for issue in _issues(condition)[:EACH]:
        why = f"{_times(issue.events_24h or 0, 'event')} in 24 hours, and nobody is assigned."
        yield _made("noisy", issue, "Give it to somebody, or archive it.", why, 40)


def _forgotten() -> Iterator[Recommendation]:
    now = timezone.now()
    condition = Q(
        status="unresolved", first_seen__lt=now - OLD, last_seen__gte=now - FRESH, assignee=None,
        assignee_team=None,
    )  # fmt: skip
    for issue in _issues(condition)[:EACH]:
        why = f"Open for {(now - issue.first_seen).days:,} days, still seen, and nobody is assigned."
        yield _made("forgotten", issue, "Decide: fix it, archive it or give it to somebody.", why, 20)


def _times(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


_RULES: tuple[Callable[[], Iterator[Recommendation]], ...] = (
    _deadlocks, _regressions, _repeated, _muted, _noisy, _forgotten,
)  # fmt: skip
