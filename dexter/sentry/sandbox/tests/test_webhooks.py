import hashlib
import hmac
import json
import time

from dexter.sentry.sandbox.fixtures import SandboxServer
from dexter.sentry.sandbox.tests.pages import ISSUES
from dexter.sentry.sandbox.tests.receiver import Receiver


def test_signed_over_the_raw_body(sandbox: SandboxServer) -> None:
    with Receiver() as receiver:
        sandbox.webhooks(receiver.url, "a secret")
        request_id = sandbox.send_webhook("issue.created")
        receiver.wait_for(1)
    headers, body = receiver.got[0]
    assert headers["sentry-hook-signature"] == hmac.new(b"a secret", body, hashlib.sha256).hexdigest()
    assert headers["request-id"] == request_id
    assert headers["sentry-hook-resource"] == "issue"
    assert abs(int(headers["sentry-hook-timestamp"]) - time.time()) < 10
    assert json.loads(body)["action"] == "created"


def test_writes_are_announced_with_their_actor(sandbox: SandboxServer) -> None:
    with Receiver() as receiver, sandbox.http() as client, sandbox.http("sandbox-user-3") as person:
        issue = client.get(ISSUES).json()[0]["id"]
        sandbox.webhooks(receiver.url)
        client.put(f"{ISSUES}{issue}/", json={"status": "resolved", "assignedTo": "user:2"})
        person.put(f"{ISSUES}{issue}/", json={"status": "unresolved"})
        client.put(ISSUES, params={"id": issue}, json={"status": "ignored"})
        client.post(f"{ISSUES}{issue}/notes/", json={"text": "hello"})
        receiver.wait_for(5)
    told = [(headers["sentry-hook-resource"], json.loads(body)) for headers, body in receiver.got]
    assert [(kind, body["action"], body["actor"]["type"]) for kind, body in told] == [
        ("issue", "resolved", "application"),
        ("issue", "assigned", "application"),
        ("issue", "unresolved", "user"),
        ("issue", "archived", "application"),
        ("comment", "created", "application"),
    ]
    assert told[2][1]["actor"]["id"] == 3
    assert told[0][1]["actor"]["id"] != "sentry"


def test_arrivals_are_announced_by_sentry_itself(sandbox: SandboxServer) -> None:
    with Receiver() as receiver:
        sandbox.webhooks(receiver.url)
        issue = sandbox.new_issues(1)[0]
        receiver.wait_for(2)
    created, error = (json.loads(body) for _, body in receiver.got)
    assert created["actor"] == {"type": "application", "id": "sentry", "name": "Sentry"}
    assert created["data"]["issue"]["id"] == issue
    assert error["data"]["error"]["issue_id"] == issue
    assert all(isinstance(pair, list) for pair in error["data"]["error"]["tags"])


def test_every_kind_can_be_sent(sandbox: SandboxServer) -> None:
    kinds = ["installation.created", "error.created", "event_alert.triggered", "metric_alert.critical",
             "metric_alert.resolved", "comment.deleted"]  # fmt: skip
    with Receiver() as receiver:
        sandbox.webhooks(receiver.url)
        for kind in kinds:
            sandbox.send_webhook(kind)
        receiver.wait_for(len(kinds))
    assert [f"{h['sentry-hook-resource']}.{json.loads(body)['action']}" for h, body in receiver.got] == kinds


def test_a_dead_receiver_holds_up_nothing(sandbox: SandboxServer) -> None:
    sandbox.webhooks("http://127.0.0.1:9/hook/")
    with sandbox.http() as client:
        started = time.monotonic()
        for _ in range(5):
            sandbox.send_webhook("issue.created")
            assert client.get(ISSUES).status_code == 200
        assert time.monotonic() - started < 3
    limit = time.monotonic() + 5
    while sandbox.control.get("webhooks/").json()["failed"] < 5 and time.monotonic() < limit:
        time.sleep(0.05)
    assert sandbox.control.get("webhooks/").json()["failed"] == 5


def test_merging_and_deleting_tell_nobody(sandbox: SandboxServer) -> None:
    with Receiver() as receiver, sandbox.http() as client:
        sandbox.webhooks(receiver.url)
        client.delete(f"{ISSUES}{client.get(ISSUES).json()[0]['id']}/")
        sandbox.send_webhook("comment.created")
        receiver.wait_for(1)
    assert [headers["sentry-hook-resource"] for headers, _ in receiver.got] == ["comment"]
