"""The bodies of webhooks have the keys of the documented ones."""

import json
from typing import Any

import pytest

from dexter.sentry.sandbox.clock import Clock
from dexter.sentry.sandbox.tests.contract.schema import folder
from dexter.sentry.sandbox.webhooks import bodies
from dexter.sentry.sandbox.world.store import World

pytestmark = pytest.mark.contract


@pytest.fixture(scope="module")
def world() -> World:
    return World(3, 30, 5, Clock())


# What depends on the event: no request, no exception, no frames in a message.
MAY_BE_ABSENT = {
    "request",
    "exception",
    "logger",
    "_metrics",
    "nodestore_insert",
    "key_id",
    "fingerprint",
    "grouping_config",
    "hashes",
    "time_spent",
    "errors",
    "extra",
    "_ref",
    "_ref_version",
    "logentry",
}


def documented(name: str) -> Any:
    return json.loads((folder() / "examples" / "webhooks" / f"{name}.json").read_text())["data"]


def made(world: World, kind: str) -> Any:
    issue = next(iter(world.visible()))
    if kind.startswith("issue"):
        return {"issue": bodies.issue_data(world, issue)}
    if kind.startswith("error"):
        return bodies.error_data(world, issue)
    if kind.startswith("event_alert"):
        return bodies.event_alert_data(world, issue, "rule")
    if kind.startswith("metric_alert"):
        return bodies.metric_alert_data(world, 20, "Too many errors")
    if kind.startswith("comment"):
        return bodies.comment_data(world, issue, {"id": 1, "text": "a", "user": 1, "at": 0.0})
    return bodies.installation_data()


@pytest.mark.parametrize(
    "kind",
    ["issue.created", "issue.resolved", "issue.assigned", "issue.archived", "issue.unresolved",
     "error.created", "event_alert.triggered",
     "metric_alert.critical", "comment.created", "installation.created"],
)  # fmt: skip
def test_body_has_the_documented_keys(world: World, kind: str) -> None:
    ours, theirs = made(world, kind), documented(kind)
    assert set(theirs) - set(ours) <= {"issue_alert"}
    for name, part in theirs.items():
        if isinstance(part, dict) and name in ours:
            missing = set(part) - set(ours[name])
            assert missing <= MAY_BE_ABSENT, missing
