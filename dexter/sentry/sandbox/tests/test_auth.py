import httpx
import pytest

from dexter.sentry.sandbox.fixtures import SandboxServer
from dexter.sentry.sandbox.tests.pages import ISSUES


def test_no_token_wrong_token_expired_token(shared_sandbox: SandboxServer) -> None:
    answer = httpx.get(shared_sandbox.base_url + ISSUES)
    assert answer.status_code == 401
    assert answer.json() == {"detail": "Authentication credentials were not provided."}
    for token in ("nonsense", "sandbox-expired"):
        with shared_sandbox.http(token) as client:
            answer = client.get(ISSUES)
            assert (answer.status_code, answer.json()) == (401, {"detail": "Invalid token"})


@pytest.mark.parametrize(
    ("token", "method", "path", "status"),
    [
        ("sandbox-readonly", "GET", ISSUES, 200),
        ("sandbox-readonly", "PUT", ISSUES, 403),
        ("sandbox-user-1", "DELETE", ISSUES, 403),
        ("sandbox-events-only", "GET", "organizations/acme/members/", 403),
        ("sandbox-org", "GET", ISSUES, 403),
        ("sandbox-org", "GET", "organizations/acme/releases/", 200),
    ],
)
def test_scopes(shared_sandbox: SandboxServer, token: str, method: str, path: str, status: int) -> None:
    with shared_sandbox.http(token) as client:
        answer = client.request(method, path)
    assert answer.status_code == status
    if status == 403:
        assert answer.json() == {"detail": "You do not have permission to perform this action."}


def test_the_root_tells_a_token_its_scopes(shared_sandbox: SandboxServer) -> None:
    with shared_sandbox.http("sandbox-readonly") as client:
        body = client.get("").json()
    assert body["version"] == "0"
    assert "event:read" in body["auth"]["scopes"]
    assert "event:write" not in body["auth"]["scopes"]
    assert httpx.get(shared_sandbox.base_url).json()["auth"] is None


def test_a_token_can_be_revoked(sandbox: SandboxServer) -> None:
    with sandbox.http() as client:
        assert client.get(ISSUES).status_code == 200
        sandbox.revoke("sandbox-token")
        assert client.get(ISSUES).status_code == 401


def test_strangers_organizations_projects_and_paths_are_404(shared_sandbox: SandboxServer) -> None:
    with shared_sandbox.http() as client:
        for path in (
            "organizations/other/issues/",
            "projects/acme/nothing/",
            f"{ISSUES}99/",
            "nothing/",
            "organizations",
        ):
            answer = client.get(path)
            assert (answer.status_code, answer.json()) == (
                404,
                {"detail": "The requested resource does not exist"},
            )
        assert client.post(ISSUES, json={}).status_code == 405


def test_old_paths_say_that_they_are_deprecated(shared_sandbox: SandboxServer) -> None:
    with shared_sandbox.http() as client:
        issue = client.get(ISSUES).json()[0]["id"]
        answer = client.get(f"issues/{issue}/")
    assert answer.status_code == 200
    assert answer.headers["x-sentry-deprecation-date"].startswith("2026-05-14")
    assert answer.headers["x-sentry-replacement-endpoint"] == "/api/0/organizations/acme/issues/"
