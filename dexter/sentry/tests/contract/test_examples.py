"""Sentry's own example answers, through `decode` and the client's reading operations."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path

import pytest

from dexter.sentry.flavour import SENTRY
from dexter.sentry.probe import flavour_of, region_base, web_url
from dexter.sentry.tests.contract.openapi import SHARED
from dexter.sentry.tests.fake_server import FakeServer, answer
from dexter.sentry.webhooks import parse, verify
from dexter.sentry.wire import decode

pytestmark = pytest.mark.contract

EXAMPLES = SHARED / "sentry" / "examples"
HOOKS = EXAMPLES / "webhooks"
ABOUT_AN_ISSUE = {"issue", "error", "event_alert", "activity_alert", "comment", "seer"}


def example(name: str) -> object:
    return json.loads((EXAMPLES / f"{name}.json").read_text())


def test_there_are_examples() -> None:
    assert len(list(EXAMPLES.glob("*.json"))) > 70, f"set DEXTER_SHARED: nothing in {EXAMPLES}"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_every_example_is_understood(path: Path) -> None:
    assert decode(200, {}, path.read_bytes()).payload == json.loads(path.read_text())


def test_the_organization() -> None:
    found = json.loads((EXAMPLES / "getOrganization.json").read_text())
    assert flavour_of(found) is SENTRY
    assert region_base("https://sentry.io/api/0/", found) == "https://us.sentry.io/api/0/"
    assert web_url("https://us.sentry.io/api/0/", found) == found["links"]["organizationUrl"]


def test_a_merge_and_the_other_changes() -> None:
    server = FakeServer([answer(example("updateOrganizationIssues"))])
    assert server.client().update_issues([1], {"status": "resolved"}) == example("updateOrganizationIssues")


@pytest.mark.parametrize("path", sorted(HOOKS.glob("*.*.json")), ids=lambda path: path.stem)
def test_webhooks(path: Path) -> None:
    resource, action, _ = path.name.split(".")
    body = path.read_bytes()
    assert verify("s", body, hmac.new(b"s", body, hashlib.sha256).hexdigest())
    hook = parse(resource, body)
    assert hook.known
    assert hook.action == action
    assert hook.installation
    assert (hook.issue_id is not None) is (resource in ABOUT_AN_ISSUE)
