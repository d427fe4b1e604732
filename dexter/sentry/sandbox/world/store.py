"""The world as the server sees it: everything there is, by id, and what changed since when."""

import random
from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Callable, Iterator
from typing import Any

from dexter.sentry.sandbox.clock import Clock
from dexter.sentry.sandbox.events.templates import Template, make_templates
from dexter.sentry.sandbox.shapes.release import event_release
from dexter.sentry.sandbox.world.issues import FIRST_ISSUE, Drawer, make_issues
from dexter.sentry.sandbox.world.model import Issue, Project, Release, from_base32
from dexter.sentry.sandbox.world.organization import make_people, make_projects, make_releases, make_teams
from dexter.sentry.sandbox.world.streams import Stream, mix

TOUCHED_KEPT = 5000


class World:
    """Built once from (seed, issues, events, start); changed by writes and by time only."""

    def __init__(self, seed: int, issues: int, events: float, clock: Clock) -> None:
        self.seed = seed
        self.clock = clock
        self.templates: tuple[Template, ...] = make_templates()
        chance = random.Random(seed)  # noqa: S311 - believable, not secret
        start = clock.started_at
        self.teams = make_teams(start)
        self.people = make_people(chance, start)
        self.projects: list[Project] = make_projects(start)
        make_releases(chance, self.projects, start)
        self.drawer = Drawer(chance, self.templates, events)
        self.issues: dict[int, Issue] = {}
        self.merged: dict[int, int] = {}
        self.deleted: set[int] = set()
        self.stream_issue: dict[int, Issue] = {}
        self.version = 0
        self._new_groups: tuple[int, dict[int, int]] = (-1, {})
        self.touched: deque[tuple[int, Issue]] = deque(maxlen=TOUCHED_KEPT)
        self.due: list[tuple[float, Callable[[], None]]] = []
        self.busy: set[tuple[int, str]] = set()
        self.last_activity_id = 10_000_000
        self.last_issue_id = FIRST_ISSUE
        for issue in make_issues(self.drawer, self.projects, issues, start):
            self._own(issue)
            self.last_issue_id = issue.id

    def _own(self, issue: Issue) -> None:
        self.issues[issue.id] = issue
        for stream in issue.streams:
            self.stream_issue[stream.key] = issue

    def add(self, issue: Issue) -> None:
        self._own(issue)
        self.touch(issue)

    def touch(self, issue: Issue) -> None:
        """To be called after every change of an issue: what is cached about it is stale now."""
        issue.refresh()
        issue.text = None
        self.version += 1
        self.touched.append((self.version, issue))

    def drop(self, issue: Issue) -> None:
        self.issues.pop(issue.id, None)
        self.version += 1
        self.touched.append((self.version, issue))

    def next_issue_id(self) -> int:
        self.last_issue_id += 7
        return self.last_issue_id

    # -- looking up

    def issue_by(self, text: str) -> Issue | None:
        """By number or by short id, through merges. None for unknown, deleted and half-merged ones."""
        number = int(text) if text.isdigit() else self._by_short_id(text)
        if number is None:
            return None
        while number in self.merged:
            number = self.merged[number]
        issue = self.issues.get(number)
        return None if issue is None or issue.gone else issue

    def _by_short_id(self, text: str) -> int | None:
        slug, _, digits = text.rpartition("-")
        for project in self.projects:
            if project.slug.upper() == slug.upper():
                try:
                    return project.numbers[from_base32(digits) - 1]
                except (ValueError, IndexError):
                    return None
        return None

    def project_by(self, text: str) -> Project | None:
        for project in self.projects:
            if text in (project.id, project.slug):
                return project
        return None

    def person(self, user_id: int) -> Any:
        return self.people[user_id - 1] if 1 <= user_id <= len(self.people) else None

    def visible(self) -> Iterator[Issue]:
        return (issue for issue in self.issues.values() if not issue.gone)

    # -- streams

    def project_of_stream(self, stream: Stream) -> Project:
        return self.projects[stream.project]

    def hash_of(self, stream: Stream) -> str:
        """The fingerprint that Sentry shows as the id of a hash."""
        return f"{mix(self.seed, stream.key, 4):016x}{mix(self.seed, stream.key, 6):016x}"

    def release_at(self, project: Project, moment: float) -> Release | None:
        """The release that was out at that time."""
        place = bisect_right(project.releases, moment, key=lambda release: release.created)
        return project.releases[place - 1] if place else None

    def release_body_at(self, project: Project, moment: float) -> dict[str, Any] | None:
        release = self.release_at(project, moment)
        return None if release is None else event_release(self, release)

    def new_groups(self) -> dict[int, int]:
        """Release id -> issues whose first event came while it was the newest of its project."""
        if self._new_groups[0] != self.version:
            counts: Counter[int] = Counter()
            for issue in self.visible():
                release = self.release_at(self.projects[issue.project], issue.first)
                if release is not None:
                    counts[release.id] += 1
            self._new_groups = (self.version, dict(counts))
        return self._new_groups[1]

    def all_releases(self) -> list[Release]:
        """Newest first."""
        found = [release for project in self.projects for release in project.releases]
        return sorted(found, key=lambda release: release.created, reverse=True)

    def new_activity_id(self) -> int:
        self.last_activity_id += 1
        return self.last_activity_id

    # -- time

    def later(self, seconds: float, change: Callable[[], None]) -> None:
        """Runs `change` at the first request after so many seconds of the server's clock."""
        self.due.append((self.clock.now() + seconds, change))

    def run_due(self) -> None:
        if self.due:
            now = self.clock.now()
            ready = [change for moment, change in self.due if moment <= now]
            self.due = [entry for entry in self.due if entry[0] > now]
            for change in ready:
                change()
