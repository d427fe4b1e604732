"""Random actions under random faults and kills; afterwards cache, outbox and Sentry have to agree.

A sandbox Sentry over HTTP, this process in the part of the people and of the sync, and a worker process that
carries the outbox and is killed (SIGKILL) again and again. Back-offs and claims are waited for by turning
their times back, nothing else is. STORM_ACTIONS (1,000) and STORM_SEED say how long and which.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.utils import timezone

from dexter.bench import Figure
from dexter.sentry.sandbox.faults import AFTER
from dexter.sentry.sandbox.fixtures import SandboxServer, start_sandbox
from issues.actions import Action, Kind, body, parse
from issues.bench.installation import same_database
from issues.models import Connection, Issue, IssueAction, Member, SyncRun, Team
from issues.receivers import carry_to_sentry
from issues.services import triage
from issues.signals import actions_waiting
from issues.sync.connect import connect
from issues.sync.errors import SyncError
from issues.sync.run import sync

State = IssueAction.State
ISSUES = 120
FAULTS = (
    ("error", 0.25), ("bad_gateway", 0.2), ("cut", 0.25), ("lost_answer", 0.35), ("cut_body", 0.25),
    ("html", 0.25), ("gone", 0.2), ("garbage", 0.25), ("empty", 0.25), ("rate_limit", 0.15),
    ("short_page", 0.3),
)  # fmt: skip
PATIENCE = 300.0  # seconds until the outbox has to be empty after the storm


def storm() -> Iterator[Figure]:
    """One figure: how much was done, what hit it, and what is wrong afterwards (each has to be 0)."""
    total, seed = int(os.environ.get("STORM_ACTIONS", "1000")), int(os.environ.get("STORM_SEED", "1"))
    Connection.objects.all().delete()  # of a bench before
    with start_sandbox(issues=ISSUES, events=4, seed=seed) as server, _by_worker_only():
        connection = connect(url=server.base_url, organization=server.org, token=server.token).connection
        sync(connection, kind=SyncRun.Kind.FULL, report=lambda *_: None)
        server.clear_log()
        world = Storm(server, connection, random.Random(seed))  # noqa: S311
        started = time.monotonic()
        try:
            world.rage(total)
            raged = time.monotonic() - started
            world.calm_down()
        finally:
            world.kill()
        yield world.figure(raged, time.monotonic() - started)


@contextmanager
def _by_worker_only() -> Iterator[None]:
    """Nothing but the worker process carries the outbox."""
    actions_waiting.disconnect(carry_to_sentry)
    try:
        yield
    finally:
        actions_waiting.connect(carry_to_sentry)


class Storm:
    def __init__(self, server: SandboxServer, connection: Connection, chance: random.Random) -> None:
        self.server, self.connection, self.chance = server, connection, chance
        self.worker: subprocess.Popen[bytes] | None = None
        self.counts: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()

    def rage(self, total: int) -> None:
        self.start()
        while self.counts["actions"] < total:
            dice = self.chance.random()
            if dice < 0.04:
                self.kill()
                self.start()
            elif dice < 0.14:
                self._change_weather()
            elif dice < 0.15:
                self._sync()
            elif dice < 0.2:
                self._undo()
            else:
                self._act()
            self._let_time_pass()

    def start(self) -> None:
        work = f"import issues.bench.pusher as it; it.push_for_ever({self.connection.pk})"
        command = [sys.executable, "-c", f"import django; django.setup(); {work}"]
        before = self.server.counters()["requests"]
        self.worker = subprocess.Popen(command, cwd=settings.BASE_DIR, env=same_database(), stdout=2)  # noqa: S603
        # A worker that is killed before it began would be a mild storm.
        limit = time.monotonic() + 15
        while (
            self.server.counters()["requests"] == before and time.monotonic() < limit and self._is_waiting()
        ):
            time.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL, wherever it is; what it had claimed counts as left long ago."""
        if self.worker is None:
            return
        if self.worker.poll() is not None:
            raise RuntimeError("the worker process ended by itself; what it printed says why")
        self.worker.send_signal(signal.SIGKILL)
        self.counts["kills"] += 1
        self.worker.wait()
        self.worker = None
        stuck = IssueAction.objects.filter(state=State.SENDING)
        self.counts["killed while sending"] += stuck.update(claimed_at=timezone.now() - timedelta(hours=1))

    def _is_waiting(self) -> bool:
        return IssueAction.objects.filter(state=State.PENDING, try_at__lte=timezone.now()).exists()

    def _let_time_pass(self) -> None:
        """Back-offs and graces are over every now and then."""
        if self.chance.random() < 0.3:
            later = IssueAction.objects.filter(state=State.PENDING, try_at__gt=timezone.now())
            later.update(try_at=timezone.now())
            self.server.forward(5)  # merges in Sentry come to their end
        time.sleep(0.05 * self.chance.random())

    def _change_weather(self) -> None:
        self.server.clear_faults()
        for kind, probability in self.chance.sample(FAULTS, self.chance.choice([0, 1, 2, 2])):
            path = "*/organizations/*" if kind != "short_page" else "*/issues/"
            more = {"method": "GET"} if kind == "short_page" else {}
            self.server.fault(kind, path=path, probability=probability, **more)
            self.faults[kind] += 1

    def _sync(self) -> None:
        """What a sync brings meanwhile must not undo what waits. In bad weather it would only wait."""
        self.server.clear_faults()
        try:
            sync(self.connection, kind=SyncRun.Kind.INCREMENTAL, report=lambda *_: None)
            self.counts["syncs"] += 1
        except SyncError:
            self.counts["syncs that failed"] += 1

    def _act(self) -> None:
        here = list(Issue.objects.filter(gone="").order_by("pk"))
        chosen = self.chance.sample(here, min(len(here), self.chance.choice([1, 1, 1, 2, 3, 8])))
        action = self._some_action(chosen)
        if action.kind == Kind.MERGE:
            chosen = chosen[:1]
        try:
            acted = triage.act(action, [issue.pk for issue in chosen], user=None)
        except triage.Refused:
            return
        self.counts["actions"] += len(acted.actions)
        self.counts["unchanged"] += acted.unchanged

    def _some_action(self, chosen: list[Issue]) -> Action:
        member = self.chance.choice(list(Member.objects.all())).sentry_id
        team = self.chance.choice(list(Team.objects.all())).sentry_id
        kind, arguments = self.chance.choice(
            [
                ("resolve", {}), ("resolve", {"in": "next_release"}), ("resolve", {"release": "latest"}),
                ("unresolve", {}), ("unresolve", {}), ("archive", {"until": "forever"}),
                ("archive", {"until": "escalating"}), ("archive", {"events": 100, "window": 60}),
                ("archive", {"users": 5}), ("archive", {"minutes": 90}), ("assign", {"member": member}),
                ("assign", {"team": team}), ("assign", {}), ("priority", {"priority": "low"}),
                ("priority", {"priority": "high"}), ("bookmark", {"on": True}), ("bookmark", {"on": False}),
                ("seen", {"on": True}), ("subscribe", {"on": False}), ("share", {"on": True}),
                ("share", {"on": False}),
            ]
        )  # fmt: skip
        rare = self.chance.random()
        if rare < 0.01:
            return Action(Kind.DELETE)
        if rare < 0.02 and (other := self._partner(chosen[0])):
            return Action(Kind.MERGE, {"with": [other.sentry_id]})
        return parse(str(kind), arguments if isinstance(arguments, dict) else {})

    def _partner(self, issue: Issue) -> Issue | None:
        """An issue that Sentry will keep when both are merged."""
        bigger = Issue.objects.filter(project=issue.project, gone="", count__gt=issue.count)
        return bigger.order_by("-count", "-pk").first()

    def _undo(self) -> None:
        last = (
            IssueAction.objects.filter(undoes=None, issue__gone="").exclude(kind=Kind.MERGE).order_by("-pk")
        )
        row = last[self.chance.randrange(3) :].first()
        if row is None:
            return
        try:
            opposite = triage.undo(row, user=None)
        except triage.Refused:
            return
        self.counts["undone"] += 1
        self.counts["actions"] += opposite is not None

    def calm_down(self) -> None:
        """Sentry answers again; the worker has to come to an end by itself."""
        self.server.clear_faults()
        self.kill()
        self.start()
        limit = time.monotonic() + PATIENCE
        waiting = IssueAction.objects.filter(state__in=IssueAction.WAITING)
        while waiting.exists() and time.monotonic() < limit and self.worker and self.worker.poll() is None:
            waiting.filter(state=State.PENDING).update(try_at=timezone.now())
            self.server.forward(5)
            time.sleep(0.3)

    def figure(self, raged: float, seconds: float) -> Figure:
        wrong = {
            "lost": IssueAction.objects.filter(state__in=IssueAction.WAITING).count(),
            "refused": IssueAction.objects.filter(state=State.FAILED).count(),
            "applied_twice": sum(self._applied_twice().values()),
            "disagreeing": len(self._disagreeing()),
        }
        states = Counter(IssueAction.objects.values_list("state", flat=True))
        return {
            "figure": "storm",
            **{name.replace(" ", "_"): count for name, count in sorted(self.counts.items())},
            "faults": dict(self.faults),
            "requests_hit": sum(1 for line in self.server.log() if line["fault"]),
            "requests": len(self.server.log()),
            "states": dict(states),
            "seconds_of_storm": round(raged, 1),
            "seconds": round(seconds, 1),
            **wrong,
            "bar": "lost = refused = applied_twice = disagreeing = 0",
            "held": not any(wrong.values()),
            "examples": [str(each) for each in (*self._disagreeing()[:3], *list(self._applied_twice())[:3])],
        }

    def _applied_twice(self) -> Counter[tuple[str, str]]:
        """Changes that Sentry carried out more often than they were asked for, by (issue, body)."""
        asked: Counter[tuple[str, str]] = Counter()
        for row in IssueAction.objects.filter(attempts__gt=0).select_related("issue"):
            if row.kind not in (Kind.MERGE, Kind.DELETE, Kind.UNMERGE):
                wanted = body(Action(Kind(row.kind), row.arguments))
                asked[row.issue.sentry_id, json.dumps(wanted, sort_keys=True)] += 1
        done: Counter[tuple[str, str]] = Counter()
        for line in self.server.log():
            if (
                line["method"] == "PUT"
                and line["status"] < 400
                and _took_effect(line)
                and line["body"]
                and "merge" not in line["body"]
            ):
                said = json.dumps(json.loads(line["body"]), sort_keys=True)
                for key in _ids(line):
                    done[key, said] += 1
        return done - asked

    def _disagreeing(self) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
        """(issue, what Dexter shows, what Sentry has) where they differ."""
        there = {key: state for key, state in self.server.states().items() if not state["pending"]}
        wrong = []
        for issue in Issue.objects.select_related("assignee", "assignee_team"):
            shown = {} if issue.gone else _shown(issue)
            truth = _truth(there[issue.sentry_id]) if issue.sentry_id in there else {}
            if shown != truth:
                wrong.append((issue.short_id, shown, truth))
        return wrong


def _took_effect(line: dict[str, Any]) -> bool:
    """Whether the request did something although a fault met it."""
    return all(kind in AFTER for kind in (line["fault"] or "latency").split(","))


def _ids(line: dict[str, Any]) -> list[str]:
    ids = [value for key, value in parse_qsl(line["query"]) if key == "id"]
    return ids or [line["path"].rstrip("/").rpartition("/")[2]]


def _shown(issue: Issue) -> dict[str, Any]:
    owner = f"user:{issue.assignee.sentry_id}" if issue.assignee else None
    owner = f"team:{issue.assignee_team.sentry_id}" if issue.assignee_team else owner
    return {
        "status": issue.status,
        "substatus": issue.substatus if issue.status == "ignored" else "",
        "priority": issue.priority,
        "assignedTo": owner,
        "public": issue.is_public,
        "bookmarked": issue.is_bookmarked,
    }


def _truth(state: dict[str, Any]) -> dict[str, Any]:
    return {
        "status": state["status"],
        "substatus": state["substatus"] if state["status"] == "ignored" else "",
        "priority": state["priority"],
        "assignedTo": state["assignedTo"],
        "public": bool(state["shareId"]),
        # The token is an integration's: Sentry notes its own user, number 0.
        "bookmarked": 0 in state["bookmarkedBy"] or -1 in state["bookmarkedBy"],
    }
