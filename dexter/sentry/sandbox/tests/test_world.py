"""The same seed gives the same world; time brings new things; the control room tells the truth."""

import os
import signal
import subprocess
import sys
import time

from dexter.sentry.sandbox.clock import Clock
from dexter.sentry.sandbox.events.render import full_event
from dexter.sentry.sandbox.fixtures import ROOT, SandboxFactory, SandboxServer
from dexter.sentry.sandbox.tests.pages import EVERYTHING, ISSUES, read_all
from dexter.sentry.sandbox.world.store import World

START = "2026-11-20T12:00:00+00:00"


def told(server: SandboxServer) -> list[object]:
    with server.http() as client:
        rows = read_all(client, ISSUES, **EVERYTHING, collapse="stats")
        event = client.get(f"{ISSUES}{rows[3]['id']}/events/latest/").json()
        for row in rows:
            row["permalink"] = ""
        return [rows, event, client.get("organizations/acme/releases/").json()]


def test_one_seed_one_world(sandbox_factory: SandboxFactory) -> None:
    one, two = (sandbox_factory(seed=5, now=START) for _ in range(2))
    other = sandbox_factory(seed=6, now=START)
    assert told(one) == told(two)
    assert told(one)[0] != told(other)[0]


def test_two_worlds_in_one_process_are_alike() -> None:
    one, two = (World(3, 40, 10, Clock(1.79e9)) for _ in range(2))
    for left, right in zip(one.visible(), two.visible(), strict=True):
        assert (left.id, left.status, left.count, left.last) == (
            right.id,
            right.status,
            right.count,
            right.last,
        )
    stream = next(iter(one.visible())).streams[0]
    assert full_event(one, stream, 0, "1") == full_event(two, stream, 0, "1")


def test_there_is_a_bit_of_everything() -> None:
    world = World(1, 200, 60, Clock())
    assert len(world.projects) == 5
    assert len(world.people) == 12
    assert 18 <= len(world.all_releases()) <= 30
    states = {(issue.status, issue.substatus) for issue in world.visible()}
    assert {("unresolved", name) for name in ("new", "ongoing", "regressed", "escalating")} <= states
    assert any(issue.assigned and issue.assigned[0] == "team" for issue in world.visible())
    assert {issue.priority for issue in world.visible()} == {"low", "medium", "high"}
    counts = sorted((issue.count for issue in world.visible()), reverse=True)
    assert 30 < sum(counts[10:]) / 190 < 120
    assert counts[3] > 10 * 60, "none is hot"
    assert max(issue.users for issue in world.visible()) > 1000


def test_time_brings_events_issues_and_a_regression(sandbox_factory: SandboxFactory) -> None:
    server = sandbox_factory(pace=60)
    before = server.states()
    server.forward(120)
    after = server.states()
    assert set(after) > set(before)
    assert (
        sum(state["count"] for state in after.values()) - sum(state["count"] for state in before.values())
        >= 118
    )
    back = [number for number in before if before[number]["status"] == "resolved" != after[number]["status"]]
    assert back
    assert {after[number]["substatus"] for number in back} == {"regressed"}


def test_arrivals_stand_in_the_event_list_and_the_buckets(sandbox: SandboxServer) -> None:
    with sandbox.http() as client:
        row = client.get(ISSUES).json()[0]
        sandbox.events(row["id"], 3)
        fresh = client.get(ISSUES).json()[0]
        events = read_all(client, f"{ISSUES}{row['id']}/events/", statsPeriod="200d")
    assert fresh["id"] == row["id"]
    assert len(events) == int(fresh["lifetime"]["count"]) == int(row["lifetime"]["count"]) + 3
    assert (
        sum(count for _, count in fresh["stats"]["24h"]) == sum(count for _, count in row["stats"]["24h"]) + 3
    )


def test_a_resolved_issue_regresses(sandbox: SandboxServer) -> None:
    with sandbox.http() as client:
        issue = client.get(ISSUES).json()[0]["id"]
        client.put(f"{ISSUES}{issue}/", json={"status": "resolved"})
        sandbox.events(issue)
        row = client.get(f"{ISSUES}{issue}/", params={"expand": "inbox"}).json()
    assert (row["status"], row["substatus"], row["inbox"]["reason"]) == ("unresolved", "regressed", 2)


def test_frozen_when_asked(sandbox: SandboxServer) -> None:
    before = sandbox.states()
    sandbox.forward(3600)
    assert sandbox.states() == before


def test_the_journal_has_every_request(sandbox: SandboxServer) -> None:
    with sandbox.http() as client:
        client.get(ISSUES, params={"limit": 3})
        client.put(ISSUES, params={"id": "1"}, json={"status": "resolved"})
    lines = sandbox.log()
    assert [(line["method"], line["status"]) for line in lines] == [("GET", 200), ("PUT", 204)]
    assert lines[0]["path"] == "/api/0/organizations/acme/issues/"
    assert lines[0]["query"] == "limit=3"
    assert lines[1]["body"] == '{"status":"resolved"}'
    assert sandbox.log(after=lines[0]["number"]) == lines[1:]
    assert sandbox.counters()["by_operation"]["GET /api/0/organizations/{org}/issues/"] == 1
    sandbox.clear_log()
    assert sandbox.log() == []


def test_the_control_room_has_a_page_for_people(shared_sandbox: SandboxServer) -> None:
    answer = shared_sandbox.control.get("", headers={"Accept": "text/html"})
    assert "<h1>Sandbox Sentry: control room</h1>" in answer.text
    assert "<script" not in answer.text
    assert "style=" not in answer.text


def test_a_taken_or_impossible_port_is_said_plainly(shared_sandbox: SandboxServer) -> None:
    for port in (shared_sandbox.port, 99_999):
        command = [sys.executable, "-m", "dexter.sentry.sandbox", "--port", str(port)]
        found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30)
        assert found.returncode == 1
        assert "Choose another --port" in found.stderr
        assert "Traceback" not in found.stderr


def test_dies_with_its_parent() -> None:
    code = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-m', 'dexter.sentry.sandbox', '--port', '0',"
        " '--issues', '1', '--die-with-parent'], stdout=subprocess.PIPE, text=True)\n"
        "child.stdout.readline()\nprint(child.pid, flush=True)\nsys.stdin.read()\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdin=-1, stdout=-1, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        os.kill(parent.pid, signal.SIGKILL)
    limit = time.monotonic() + 10
    while time.monotonic() < limit and running(child):
        time.sleep(0.05)
    assert not running(child)


def running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as found:
        return found.read().rpartition(")")[2].split()[0] != "Z"
