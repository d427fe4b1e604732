from pathlib import Path

import pytest

from dexter.run.plan import Misconfigured, is_loopback, make_plan

REAL = {"SENTRY_API_TOKEN": "secret-token", "SENTRY_ORG": "acme"}


def test_with_nothing_set_the_sandbox_and_an_own_valkey_run(tmp_path: Path) -> None:
    plan = make_plan({}, tmp_path)
    assert (plan.host, plan.port, plan.sandbox_port) == ("127.0.0.1", 8000, 9000)
    assert plan.is_sandbox
    assert plan.is_demo
    assert plan.address == "http://127.0.0.1:8000"
    assert plan.environment["DEXTER_EMBEDDED"] == plan.environment["DEXTER_DEMO"] == "1"
    assert plan.environment["REDIS_URL"] == f"unix://{plan.valkey_socket}"
    assert plan.environment["OUTBOUND_ALLOW"] == "127.0.0.1"


def test_a_real_sentry_means_no_sandbox_and_no_demo(tmp_path: Path) -> None:
    plan = make_plan(REAL, tmp_path)
    assert not plan.is_sandbox
    assert plan.environment["DEXTER_DEMO"] == "0"
    assert "OUTBOUND_ALLOW" not in plan.environment
    assert "secret-token" not in repr(plan)


def test_the_demo_is_never_open_to_others(tmp_path: Path) -> None:
    plan = make_plan({"DEXTER_HOST": "0.0.0.0", "DEXTER_DEMO": "1"}, tmp_path)
    assert plan.is_sandbox
    assert plan.environment["DEXTER_DEMO"] == "0"
    assert plan.address == "http://127.0.0.1:8000"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=8100\nSANDBOX_PORT=9100\nREDIS_URL=redis://elsewhere/1\n")
    plan = make_plan({"PORT": "8200"}, tmp_path)
    assert (plan.port, plan.sandbox_port) == (8200, 9100)
    assert plan.valkey_socket is None
    assert plan.environment["REDIS_URL"] == "redis://elsewhere/1"


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"PORT": "http"}, "PORT is 'http'"),
        ({"SANDBOX_PORT": "70000"}, "SANDBOX_PORT is '70000'"),
        ({"SENTRY_API_TOKEN": "x"}, "SENTRY_ORG is missing"),
        ({"SENTRY_ORG": "x"}, "SENTRY_API_TOKEN is missing"),
        ({"PORT": "9000"}, "both 9000"),
    ],
)
def test_impossible_values_name_their_variable(environ: dict[str, str], message: str, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=message):
        make_plan(environ, tmp_path)


def test_where_no_valkey_runs_the_way_out_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.system", lambda: "Plan9")
    with pytest.raises(Misconfigured, match="set REDIS_URL"):
        make_plan({}, tmp_path)
    assert make_plan({"REDIS_URL": "redis://x/0"}, tmp_path).valkey_socket is None


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("::1", True), ("[::1]", True), ("localhost", True), ("127.9.9.9", True)]
    + [("0.0.0.0", False), ("::", False), ("10.0.0.7", False), ("dexter.example.org", False)],
)
def test_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
