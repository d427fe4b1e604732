import time

import httpx
import pytest

from dexter.sentry.sandbox.fixtures import SandboxServer
from dexter.sentry.sandbox.tests.pages import ISSUES


def test_answers_in_place_of_the_real_one(sandbox: SandboxServer) -> None:
    expected = {"error": 500, "bad_gateway": 502, "html": 200, "gone": 410, "unauthorized": 401, "sso": 401,
                "forbidden": 403, "rate_limit": 429}  # fmt: skip
    with sandbox.http() as client:
        for kind, status in expected.items():
            sandbox.fault(kind, count=1)
            answer = client.get(ISSUES)
            assert answer.status_code == status, kind
            assert client.get(ISSUES).status_code == 200
        sandbox.fault("html", count=1)
        assert client.get(ISSUES).headers["content-type"].startswith("text/html")
        sandbox.fault("gone", count=1)
        answer = client.get(ISSUES)
        assert answer.json() == {"message": "This API no longer exists."}
        assert "x-sentry-deprecation-date" in answer.headers


@pytest.mark.parametrize("kind", ["cut", "cut_body", "lost_answer"])
def test_connections_are_cut(sandbox: SandboxServer, kind: str) -> None:
    sandbox.fault(kind, count=1)
    with sandbox.http() as client:
        with pytest.raises(httpx.TransportError):
            client.get(ISSUES)
        assert client.get(ISSUES).status_code == 200


def test_a_lost_answer_has_been_carried_out_and_a_cut_one_not(sandbox: SandboxServer) -> None:
    with sandbox.http() as client:
        first, second = (row["id"] for row in client.get(ISSUES).json()[:2])
        for kind, issue in (("lost_answer", first), ("cut", second)):
            sandbox.fault(kind, count=1, method="PUT")
            with pytest.raises(httpx.TransportError):
                client.put(f"{ISSUES}{issue}/", json={"status": "resolved"})
    assert sandbox.state(first)["status"] == "resolved"
    assert sandbox.state(second)["status"] == "unresolved"


def test_rows_are_doubled_dropped_and_held_back(sandbox: SandboxServer) -> None:
    with sandbox.http() as client:
        ids = [row["id"] for row in client.get(ISSUES, params={"limit": 10}).json()]
        found = {}
        for kind in ("duplicate_rows", "missing_rows", "short_page"):
            sandbox.fault(kind, count=1)
            answer = client.get(ISSUES, params={"limit": 10})
            found[kind] = [row["id"] for row in answer.json()]
            assert 'rel="next"; results="true"' in answer.headers["link"]
    assert len(set(found["duplicate_rows"])) < len(found["duplicate_rows"]) == 10
    assert found["missing_rows"] == ids[:-1]
    assert found["short_page"] == ids[:3]


def test_garbage_and_nothing(sandbox: SandboxServer) -> None:
    with sandbox.http() as client:
        sandbox.fault("garbage", count=1)
        answer = client.get(ISSUES)
        with pytest.raises(ValueError):
            answer.json()
        sandbox.fault("empty", count=1)
        assert client.get(ISSUES).content == b""


def test_only_some_paths_methods_and_times(sandbox: SandboxServer) -> None:
    sandbox.fault("error", path="*/releases/", skip=1, count=2)
    sandbox.fault("error", method="PUT")
    with sandbox.http() as client:
        assert client.get(ISSUES).status_code == 200
        assert [client.get("organizations/acme/releases/").status_code for _ in range(4)] == [
            200,
            500,
            500,
            200,
        ]
        assert client.put(ISSUES, params={"id": "1"}, json={}).status_code == 500
    sandbox.clear_faults()
    with sandbox.http() as client:
        assert client.put(ISSUES, params={"id": "1"}, json={}).status_code == 204


def test_probability_is_about_right(sandbox: SandboxServer) -> None:
    sandbox.fault("error", probability=0.3)
    with sandbox.http() as client:
        failed = sum(client.get("organizations/").status_code == 500 for _ in range(200))
    assert 30 <= failed <= 90


def test_latency(sandbox: SandboxServer) -> None:
    sandbox.fault("latency", ms=150, count=1)
    with sandbox.http() as client:
        client.get("")
        started = time.monotonic()
        sandbox.fault("latency", ms=150, count=1)
        client.get("")
        assert time.monotonic() - started > 0.14


def test_an_unknown_kind_is_refused(sandbox: SandboxServer) -> None:
    assert sandbox.control.post("faults/", json={"kind": "flood"}).status_code == 400
