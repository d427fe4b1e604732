"""Draws the issues of a new world: when, how often, to whom, in what state. A few are hot, most are not."""

import random
from typing import Any

from dexter.sentry.sandbox.events.templates import Template
from dexter.sentry.sandbox.events.variation import PROFILES
from dexter.sentry.sandbox.events.words import COMBINATIONS
from dexter.sentry.sandbox.world.model import Issue, Project
from dexter.sentry.sandbox.world.streams import DAY, Stream

FIRST_ISSUE = 5_100_000_000
HOT_EVERY = 30
MOST_USERS = 6_000
_STEP = 8591  # coprime to COMBINATIONS: one after the other they differ in noun, verb and place
_PROFILE_WEIGHTS = (50, 26, 14, 6, 4)
_NOTES = (
    "Same thing as last month, the retry order looks wrong.",
    "Only happens after the nightly import, I can reproduce it on staging.",
    "Support has three tickets about this one.",
    "The upstream team knows; waiting for their fix.",
    "Let us archive this until it grows.",
)


class Drawer:
    """Makes streams that do not repeat each other's names; `mean` is the wanted mean of events per issue."""

    def __init__(self, chance: random.Random, templates: tuple[Template, ...], mean: float) -> None:
        self.chance = chance
        self.templates = templates
        self.mean = mean
        self.next_key = 1
        self._drawn = [chance.randrange(COMBINATIONS) for _ in templates]
        self._weights = [template.program.weight for template in templates]

    def stream(
        self, first: float, last: float, count: int, kind: int | None = None, users: int | None = None
    ) -> Stream:
        chance = self.chance
        if kind is None:
            kind = chance.choices(range(len(self.templates)), self._weights)[0]
        program = self.templates[kind].program
        self._drawn[kind] = (self._drawn[kind] + _STEP) % COMBINATIONS
        key = self.next_key
        self.next_key += 1
        return Stream(
            key=key,
            project=program.projects[key % len(program.projects)],
            kind=kind,
            variant=self._drawn[kind],
            environments=chance.choices(range(len(PROFILES)), _PROFILE_WEIGHTS)[0],
            first=round(first, 3),
            last=round(last if count > 1 else first, 3),
            count=count,
            bend=chance.choice((0.35, 0.6, 0.8, 1.0, 1.0, 1.3, 2.0)),
            users=self._users(kind, count) if users is None else users,
        )

    def _users(self, kind: int, count: int) -> int:
        template = self.templates[kind]
        if not (template.is_web or template.is_browser):
            return 0 if self.chance.random() < 0.7 else min(count, self.chance.randint(1, 9))
        return max(1, min(count, 2500, int(count ** self.chance.uniform(0.6, 0.95))))

    def old_stream(self, start: float, kind: int | None = None) -> Stream:
        """A stream that begins up to 120 days before the start and ends at any time until then."""
        chance = self.chance
        age = chance.choices((0.9, 7.0, 30.0, 120.0), (10, 18, 27, 45))[0] * chance.random() * DAY + 120
        luck = min(chance.paretovariate(1.3) - 1, 60.0) / 2.6
        count = 1 + int(max(0.0, self.mean - 1) * luck)
        quiet = chance.choices((0.25, 0.95, 7.0, 90.0), (25, 20, 25, 30))[0] * chance.random() ** 2 * DAY
        first = start - age
        last = max(first + 1, start - 2 - quiet)
        return self.stream(first, min(last, start - 1), count, kind)

    def hot_stream(self, start: float) -> Stream:
        """What everybody talks about: it began lately, goes on, grows, and meets many people."""
        chance = self.chance
        seen = [n for n, found in enumerate(self.templates) if found.is_web or found.is_browser]
        age = chance.uniform(0.4, 9.0) * DAY
        count = 2 + int(self.mean * chance.uniform(40, 260))
        users = max(1, min(count, MOST_USERS, int(count ** chance.uniform(0.85, 0.99))))
        last = start - chance.uniform(3, 900)
        found = self.stream(start - age, last, count, chance.choice(seen), users)
        found.bend = chance.choice((0.3, 0.5, 0.8))
        return found


def make_issues(drawer: Drawer, projects: list[Project], count: int, start: float) -> list[Issue]:
    """`count` issues, ids rising with the time of the first event, as on a real server."""
    kinds = len(drawer.templates)
    # One of each kind first, so that a small world has them all.
    drawn = [drawer.old_stream(start, place if place < kinds <= count else None) for place in range(count)]
    for place in range(kinds, count, HOT_EVERY):
        drawn[place] = drawer.hot_stream(start)
    streams = sorted(drawn, key=lambda stream: stream.first)
    issues = []
    for place, stream in enumerate(streams):
        issue = new_issue(projects, FIRST_ISSUE + place * 7 + 1, stream)
        draw_state(drawer.chance, issue, drawer.templates[stream.kind], start)
        issues.append(issue)
    return issues


def new_issue(projects: list[Project], issue_id: int, stream: Stream) -> Issue:
    project = projects[stream.project]
    project.numbers.append(issue_id)
    issue = Issue(issue_id, len(project.numbers), stream.project, [stream])
    issue.refresh()
    return issue


def draw_state(chance: random.Random, issue: Issue, template: Template, start: float) -> None:
    issue.priority = first_priority(template)
    status = chance.choices(("unresolved", "resolved", "ignored"), (63, 20, 17))[0]
    if status == "resolved":
        _resolve(chance, issue)
    elif status == "ignored":
        _archive(chance, issue, start)
    else:
        _leave_open(chance, issue, start)
    if chance.random() < 0.35:
        member = chance.random() < 0.7
        issue.assigned = (
            ("user", str(chance.randint(1, 12))) if member else ("team", str(4509100 + chance.randrange(4)))
        )
    if chance.random() < 0.1:
        issue.notes = [_note(chance, issue, place) for place in range(chance.randint(1, 3))]
    if chance.random() < 0.05:
        issue.bookmarked = {chance.randint(1, 12)}


def first_priority(template: Template) -> str:
    if template.level == "fatal" or (template.unhandled and template.is_web):
        return "high"
    return "low" if template.level in ("warning", "info") else "medium"


def _resolve(chance: random.Random, issue: Issue) -> None:
    issue.status, issue.substatus = "resolved", None
    issue.details = {"inNextRelease": True} if chance.random() < 0.2 else None


def _archive(chance: random.Random, issue: Issue, start: float) -> None:
    issue.status = "ignored"
    issue.substatus = chance.choices(
        ("archived_until_escalating", "archived_forever", "archived_until_condition_met"), (6, 2, 2)
    )[0]
    if issue.substatus == "archived_until_condition_met":
        issue.details = {"ignoreCount": chance.choice((10, 100, 1000)), "ignoreWindow": 60}


def _leave_open(chance: random.Random, issue: Issue, start: float) -> None:
    luck = chance.random()
    if start - issue.first < 7 * DAY:
        issue.substatus, issue.inbox = "new", (0, issue.first)
    elif luck < 0.1:
        issue.substatus, issue.inbox = "regressed", (2, issue.last)
    elif luck < 0.16 and issue.count > 5:
        issue.substatus, issue.inbox = "escalating", (5, issue.last)
        for stream in issue.streams:
            stream.bend = 0.2
    else:
        issue.substatus = "ongoing"


def _note(chance: random.Random, issue: Issue, place: int) -> dict[str, Any]:
    when = issue.first + (issue.last - issue.first) * chance.random()
    return {
        "id": issue.id % 10**8 * 10 + place,
        "user": chance.randint(1, 12),
        "text": chance.choice(_NOTES),
        "at": when,
    }
