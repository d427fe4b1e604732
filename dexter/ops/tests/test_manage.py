"""manage.py where nothing is configured: a fresh clone, before `make run` and without .env."""

import os
import subprocess
import sys

import pytest
from cryptography.fernet import Fernet
from django.conf import settings

from dexter.settings import env

KEY = Fernet.generate_key().decode()

BARE = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}


def manage(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    # An empty value wins over a line of .env, should there be one.
    environment = {**BARE, "SECRET_KEY": "", "TOKEN_KEYS": "", "DEXTER_EMBEDDED": "0", **changes}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_command_says_what_is_missing_without_a_traceback():
    done = manage("doctor", "--json")
    assert done.returncode == 1
    assert "SECRET_KEY is not set" in done.stderr
    assert 'make manage ARGS="doctor --json"' in done.stderr
    assert "Traceback" not in done.stderr


def test_what_make_run_prepares_waits_for_no_database_that_is_away(tmp_path):
    away = "postgres://me:pa55@127.0.0.1:1/dexter"
    here = {"DEXTER_VAR_DIR": str(tmp_path), "REDIS_URL": settings.REDIS_URL}
    done = manage("prepare", DEXTER_EMBEDDED="1", DATABASE_URL=away, **here)
    assert done.returncode == 1
    assert "The database does not answer: " in done.stderr
    assert "Connection refused" in done.stderr
    assert "correct DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_make_run_prepares_is_not_begun_with_settings_that_do_not_work(tmp_path):
    here = {"DEXTER_VAR_DIR": str(tmp_path), "REDIS_URL": settings.REDIS_URL}
    done = manage("prepare", DEXTER_EMBEDDED="1", SYNC_THREADS="0", **here)
    assert done.returncode == 1
    assert "SYNC_THREADS is 0; it must be at least 1." in done.stderr
    assert not (tmp_path / "dexter.sqlite3").exists()


def test_the_sandbox_needs_no_settings():
    done = manage("sandbox", "--help")
    assert done.returncode == 0
    assert "--latency" in done.stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SYNC_EVERY", "soon"),
        ("PORT", "80.5"),
        ("SCORE_WEIGHTS", "users"),
        ("LOG_LEVEL", "loud"),
        ("HTTPS", "ja"),
        ("DATABASE_URL", "hello"),
        ("DATABASE_URL", "//me:pa55@host/name"),
        ("DATABASE_URL", "postgre://me:pa55@host/name"),
        ("DATABASE_URL", "postgres://me:pa55/word@host/name"),
        ("EMAIL_URL", "me:pa55@host"),
        ("EMAIL_URL", "smtp+tls://me:pa55/word@host:587"),
    ],
)
def test_a_value_that_cannot_be_is_named(name, value):
    done = manage("doctor", SECRET_KEY="x" * 50, TOKEN_KEYS="x", **{name: value})
    assert done.returncode == 1
    assert done.stderr.startswith(name)
    assert "Traceback" not in done.stderr
    assert "pa55" not in done.stderr


def test_a_command_beside_make_run_is_not_sent_to_itself(tmp_path):
    done = manage("doctor", DEXTER_EMBEDDED="1", DEXTER_VAR_DIR=str(tmp_path), SYNC_EVERY="soon")
    assert done.stderr == "SYNC_EVERY cannot be 'soon'. See .env.example.\n"


@pytest.mark.parametrize(("written", "is_on"), [("yes", True), ("TRUE", True), ("no", False), ("", False)])
def test_yes_and_no(monkeypatch, written, is_on):
    monkeypatch.setitem(env.ENVIRON, "HTTPS", written)
    assert env.bool("HTTPS", default=not is_on) is is_on


def test_weights_as_the_example_writes_them():
    done = manage("check", SECRET_KEY="x" * 50, TOKEN_KEYS=KEY, SCORE_WEIGHTS="users=40, volume=15")
    assert done.returncode == 0, done.stderr
