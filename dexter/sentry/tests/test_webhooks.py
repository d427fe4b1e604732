import hashlib
import hmac
import json
from typing import Any

import pytest

from dexter.sentry.webhooks import RESOURCES, MalformedWebhook, parse, verify

SECRET = "c1ient-secret"
BODY = b'{"action": "created",  "data": {}}'
SIGNATURE = hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest()


@pytest.mark.parametrize(
    ("secret", "body", "signature", "right"),
    [
        (SECRET, BODY, SIGNATURE, True),
        (SECRET, BODY, f" {SIGNATURE}\n", True),
        (SECRET, json.dumps(json.loads(BODY)).encode(), SIGNATURE, False),
        ("other", BODY, SIGNATURE, False),
        (SECRET, BODY, "", False),
        (SECRET, BODY, None, False),
        (SECRET, BODY, "ü" * 64, False),
        ("", BODY, hmac.new(b"", BODY, hashlib.sha256).hexdigest(), False),
    ],
)
def test_verify(secret: str, body: bytes, signature: str | None, right: bool) -> None:
    assert verify(secret, body, signature) is right


def hook(resource: str, data: Any, actor: Any = None) -> bytes:
    body = {"action": "created", "installation": {"uuid": "in-1"}, "data": data, "actor": actor}
    return json.dumps(body).encode()


@pytest.mark.parametrize(
    ("resource", "data", "issue_id", "project"),
    [
        ("issue", {"issue": {"id": "43", "project": {"slug": "web"}}}, "43", "web"),
        ("error", {"error": {"issue_id": "7", "project": 1}}, "7", None),
        ("event_alert", {"event": {"issue_id": 8}, "triggered_rule": "x"}, "8", None),
        ("activity_alert", {"issue": {"id": 9, "project": {"slug": "api"}}}, "9", "api"),
        ("comment", {"issue_id": 100, "comment_id": 1, "project_slug": "sentry"}, "100", "sentry"),
        ("seer", {"group_id": 5, "run_id": 1}, "5", None),
        ("installation", {"installation": {"uuid": "in-1"}}, None, None),
        ("metric_alert", {"metric_alert": {}}, None, None),
        ("brand_new", {"issue": {"id": "1"}}, None, None),
        ("issue", None, None, None),
    ],
)
def test_what_it_is_about(resource: str, data: Any, issue_id: str | None, project: str | None) -> None:
    found = parse(resource, hook(resource, data))
    assert (found.issue_id, found.project_slug) == (issue_id, project)
    assert found.known is (resource in RESOURCES)
    assert (found.action, found.installation) == ("created", "in-1")


def test_actor_and_echo() -> None:
    person = parse("issue", hook("issue", {}, {"type": "user", "id": 1, "name": "Jane Doe"}))
    assert (person.actor_type, person.actor_id, person.actor_name) == ("user", "1", "Jane Doe")
    assert not person.is_echo_of("app-uuid")
    own = parse("issue", hook("issue", {}, {"type": "application", "id": "app-uuid", "name": "Dexter"}))
    assert own.is_echo_of("app-uuid")
    assert not own.is_echo_of("other")
    nobody = parse("issue", hook("issue", {}))
    assert not nobody.is_echo_of("")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff"])
def test_malformed(body: bytes) -> None:
    with pytest.raises(MalformedWebhook):
        parse("issue", body)
