from pathlib import Path

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command
from pytest_django import Settings

from dexter.ops import prepare
from issues.models import Connection

pytestmark = pytest.mark.django_db


def test_the_demo_has_its_account_once(tmp_path: Path, settings: Settings) -> None:
    settings.DEMO = True
    assert prepare.accounts(tmp_path / "first") == "demo"
    assert prepare.accounts(tmp_path / "first") is None
    user = authenticate(username="demo", password="demo")
    assert user is not None
    assert user.is_superuser
    assert not (tmp_path / "first").exists()


def test_outside_the_demo_its_account_is_closed(tmp_path: Path, settings: Settings) -> None:
    settings.DEMO = True
    prepare.accounts(tmp_path / "first")
    settings.DEMO = False
    assert prepare.accounts(tmp_path / "first") == "admin"
    assert authenticate(username="demo", password="demo") is None


def test_somebody_called_demo_with_a_password_of_their_own_stays(tmp_path: Path, settings: Settings) -> None:
    get_user_model().objects.create_user("demo", password="another password")
    settings.DEMO = False
    assert prepare.accounts(tmp_path / "first") is None
    assert authenticate(username="demo", password="another password") is not None


def test_the_first_account_gets_a_password_that_opens_it(tmp_path: Path, settings: Settings) -> None:
    settings.DEMO = False
    first = tmp_path / "first"
    assert prepare.accounts(first) == "admin"
    assert first.stat().st_mode & 0o777 == 0o600
    assert authenticate(username="admin", password=first.read_text()) is not None
    assert prepare.accounts(first) is None


@pytest.fixture
def sandbox() -> Connection:
    return Connection.objects.create(
        name="Sandbox", slug="sandbox", base_url="http://127.0.0.1:9000/api/0/", organization="sandbox"
    )


@pytest.mark.parametrize(
    ("running", "changed", "enabled", "base_url"),
    [
        ("http://127.0.0.1:9000/api/0/", 0, True, "http://127.0.0.1:9000/api/0/"),
        ("http://127.0.0.1:9123/api/0/", 1, True, "http://127.0.0.1:9123/api/0/"),
        (None, 1, False, "http://127.0.0.1:9000/api/0/"),
    ],
)
def test_the_sandbox_connection_follows_the_sandbox(
    running: str | None, changed: int, enabled: bool, base_url: str, sandbox: Connection
) -> None:
    assert prepare.sandbox_connection(running) == changed
    sandbox.refresh_from_db()
    assert (sandbox.enabled, sandbox.base_url) == (enabled, base_url)
    assert prepare.sandbox_connection(running) == 0


def test_static_files_are_collected_only_when_one_changed(tmp_path: Path, settings: Settings) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "page.css").write_text("a{}")
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "collected"
    prepare.get_finders.__globals__["get_finder"].cache_clear()
    assert prepare.collect_static()
    assert (tmp_path / "collected" / "page.css").read_text() == "a{}"
    assert not prepare.collect_static()
    (source / "page.css").write_text("b{ }")
    assert prepare.collect_static()
    prepare.get_finders.__globals__["get_finder"].cache_clear()


def test_nothing_is_migrated_twice() -> None:
    assert not prepare.migrate()


def test_what_became_of_the_sandbox_is_said(
    sandbox: Connection, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.VAR_DIR = settings.STATIC_ROOT = tmp_path
    call_command("prepare")
    assert "The connection to the sandbox was switched off" in capsys.readouterr().out
    call_command("prepare", sandbox=sandbox.base_url)
    assert "The connection to the sandbox was brought up to date" in capsys.readouterr().out


def test_without_a_broker_it_says_so(settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    with pytest.raises(CommandError, match="REDIS_URL: .*Connection refused"):
        call_command("prepare")
