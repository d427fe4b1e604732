"""Time moves: new events, new issues and regressions arrive while the server runs.

Arrival k happens at a time of its own and is decided by (seed, k) and the world as it is then, so two servers
with the same seed that are left alone live the same life.
"""

from typing import TYPE_CHECKING

from dexter.sentry.sandbox.webhooks.bodies import error_data, issue_data
from dexter.sentry.sandbox.webhooks.sender import Sender
from dexter.sentry.sandbox.world.changes import regress
from dexter.sentry.sandbox.world.issues import first_priority, new_issue
from dexter.sentry.sandbox.world.model import Issue
from dexter.sentry.sandbox.world.streams import mix

if TYPE_CHECKING:
    from dexter.sentry.sandbox.world.store import World

MOST_AT_ONCE = 20_000
_FIRST_NEW, _FIRST_REGRESSION = 4, 9  # early, so that whoever looks for a minute sees both


class Arrivals:
    """`pace` events a minute; 0 freezes the world."""

    def __init__(self, world: "World", pace: float, sender: Sender) -> None:
        self.world = world
        self.sender = sender
        self.pace = pace
        self.done = 0
        self._from = world.clock.now()
        self._hot: list[int] = []

    def set_pace(self, pace: float) -> None:
        self.run()
        self.pace, self.done, self._from = pace, 0, self.world.clock.now()

    def run(self) -> None:
        """Lets everything arrive that is due by now."""
        if self.pace <= 0:
            return
        gap = 60.0 / self.pace
        due = int((self.world.clock.now() - self._from) / gap)
        if due - self.done > MOST_AT_ONCE:
            self.done = due - MOST_AT_ONCE
        while self.done < due:
            self.done += 1
            self.arrive(self.done, self._from + self.done * gap)

    def arrive(self, number: int, moment: float) -> None:
        chance = mix(self.world.seed, number, 21)
        if number == _FIRST_NEW or chance % 31 == 0:
            self.new_issue(moment)
        elif number == _FIRST_REGRESSION or chance % 41 == 0:
            self.regression(moment, chance)
        else:
            issue = self._pick(chance)
            if issue is not None:
                self.event(issue, moment)

    def _pick(self, chance: int) -> Issue | None:
        """An open issue that has been busy lately; the busiest most often."""
        issues = self.world.issues
        if not self._hot or chance % 50 == 0:
            recent = sorted(issues.values(), key=lambda issue: issue.last, reverse=True)[:60]
            self._hot = [issue.id for issue in recent if issue.status == "unresolved"]
        for step in range(len(self._hot)):
            issue = issues.get(self._hot[(chance >> 8) % (1 + (chance >> 20) % len(self._hot)) - step])
            if issue is not None and issue.status == "unresolved" and not issue.gone:
                return issue
        return None

    def event(self, issue: Issue, moment: float, count: int = 1) -> None:
        """Adds events to an issue; a resolved one regresses, an archived one may come back."""
        stream = issue.streams[0]
        for place in range(count):
            at = max(moment + place * 0.001, stream.newest + 0.001)
            stream.later.append(round(at, 3))
        regress(self.world, issue, moment, count, self.sender)
        self.world.touch(issue)
        self.sender.send("error", "created", error_data(self.world, issue))

    def new_issue(self, moment: float) -> Issue:
        world = self.world
        stream = world.drawer.stream(round(moment, 3), round(moment, 3), 1)
        issue = new_issue(world.projects, world.next_issue_id(), stream)
        issue.priority = first_priority(world.templates[stream.kind])
        issue.inbox = (0, moment)
        world.add(issue)
        self.sender.send("issue", "created", {"issue": issue_data(world, issue)})
        self.sender.send("error", "created", error_data(world, issue))
        return issue

    def regression(self, moment: float, chance: int) -> Issue | None:
        resolved = [
            issue
            for issue in self.world.visible()
            if issue.status == "resolved" and not (issue.details or {})
        ]
        if not resolved:
            return None
        issue = resolved[chance % len(resolved)]
        self.event(issue, moment)
        return issue
