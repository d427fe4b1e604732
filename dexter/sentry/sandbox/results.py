"""The sorted answer to an issue query, kept for a while and mended when single issues change.

Pages are cut by sort value, as Sentry's are: an issue that moves to the top while somebody pages does not
shift what comes after it.
"""

from bisect import bisect_left, insort
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dexter.sentry.sandbox.paging import Cursor
from dexter.sentry.sandbox.search.conditions import Condition
from dexter.sentry.sandbox.world.model import PRIORITIES, Issue
from dexter.sentry.sandbox.world.streams import DAY

if TYPE_CHECKING:
    from dexter.sentry.sandbox.world.store import World

Entry = tuple[int, int, Issue]

FRESH_FOR = 10.0
KEPT = 8
MOST_MENDED = 2000
SORTS = ("date", "new", "trends", "freq", "user", "inbox", "recommended")


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for; `key` is its text, for the cache. Times are epoch seconds, `until` may be inf."""

    key: str
    conditions: tuple[Condition, ...]
    projects: frozenset[int] | None
    environments: frozenset[str]
    since: float
    until: float
    sort: str


@dataclass(slots=True)
class Answer:
    query: Query
    entries: list[Entry]
    version: int
    made_at: float


def issue_count(issue: Issue, since: float, until: float) -> int:
    """Events of an issue in a window."""
    if since <= issue.first and until > issue.last:
        return issue.count
    return sum(stream.count_before(until) - stream.count_before(since) for stream in issue.streams)


class Results:
    def __init__(self, world: "World") -> None:
        self.world = world
        self._kept: OrderedDict[str, Answer] = OrderedDict()

    def clear(self) -> None:
        self._kept.clear()

    def entries(self, query: Query) -> list[Entry]:
        """All matches in order; the list is shared, not to be changed."""
        now = self.world.clock.now()
        answer = self._kept.get(query.key)
        if answer is None or now - answer.made_at > FRESH_FOR or not self._mend(answer):
            answer = Answer(query, self._search(query), self.world.version, now)
            self._kept[query.key] = answer
        self._kept.move_to_end(query.key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return answer.entries

    def _search(self, query: Query) -> list[Entry]:
        found = [
            self._entry(query, issue) for issue in self.world.issues.values() if self._matches(query, issue)
        ]
        found.sort()
        return found

    def _mend(self, answer: Answer) -> bool:
        """Brings single changed issues up to date. False when too much has changed."""
        behind = self.world.version - answer.version
        if behind == 0:
            return True
        touched = self.world.touched
        if behind > min(MOST_MENDED, len(touched)):
            return False
        changed = {touched[-place][1].id: touched[-place][1] for place in range(1, behind + 1)}
        answer.entries = [entry for entry in answer.entries if entry[2].id not in changed]
        for issue in changed.values():
            if issue.id in self.world.issues and self._matches(answer.query, issue):
                insort(answer.entries, self._entry(answer.query, issue))
        answer.version = self.world.version
        return True

    def _matches(self, query: Query, issue: Issue) -> bool:
        if issue.gone or issue.last < query.since or issue.first >= query.until:
            return False
        if query.projects is not None and issue.project not in query.projects:
            return False
        if not all(condition(issue) for condition in query.conditions):
            return False
        return not (query.until <= issue.last and issue_count(issue, query.since, query.until) == 0)

    def _entry(self, query: Query, issue: Issue) -> Entry:
        return -self._sort_value(query, issue), -issue.id, issue

    def _sort_value(self, query: Query, issue: Issue) -> int:
        if query.sort == "date":
            return int(issue.last * 1000)
        if query.sort == "new":
            return int(issue.first * 1000)
        if query.sort == "freq":
            return issue_count(issue, query.since, query.until)
        if query.sort == "user":
            return issue.users
        if query.sort == "inbox":
            return int(issue.inbox[1] * 1000) if issue.inbox else 0
        return self._trend(query, issue)

    def _trend(self, query: Query, issue: Issue) -> int:
        """Events of the last day against the daily mean, in thousandths; `recommended` adds the priority."""
        now = self.world.clock.now()
        recent = issue_count(issue, now - DAY, now + 1)
        days = max(1.0, (now - issue.first) / DAY)
        score = int(1000 * recent * days / max(1, issue.count))
        return score * 10 + PRIORITIES.index(issue.priority) if query.sort == "recommended" else score


@dataclass(frozen=True, slots=True)
class Page:
    issues: list[Issue]
    before: Cursor
    has_before: bool
    after: Cursor
    has_after: bool


def cut(entries: list[Entry], cursor: Cursor | None, size: int) -> Page:
    """The page a cursor points at. The cursor says "from this sort value on, so many further in"."""
    start = 0
    if cursor is not None:
        start = min(bisect_left(entries, (-cursor.value,)) + cursor.offset, len(entries))
    stop = min(start + size, len(entries))
    if cursor is not None and cursor.is_prev:
        start, stop = max(0, start - size), start
    issues = [entry[2] for entry in entries[start:stop]]
    return Page(issues, _at(entries, start, True), start > 0, _at(entries, stop, False), stop < len(entries))


def _at(entries: list[Entry], place: int, is_prev: bool) -> Cursor:
    if not entries:
        return Cursor(0, 0, is_prev)
    nearest = entries[min(place, len(entries) - 1)][0]
    return Cursor(-nearest, place - bisect_left(entries, (nearest,)), is_prev)
