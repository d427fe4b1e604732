import json
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from dexter import pulse
from dexter.jobs.models import Job
from dexter.ops.doctor import examine, machine, services, work
from dexter.ops.doctor.findings import Finding, Level
from dexter.sentry.sandbox.fixtures import SandboxServer, sandbox, sandbox_factory  # noqa: F401
from issues.models import Connection

pytestmark = pytest.mark.django_db


def of(area: str) -> list[Finding]:
    return [finding for finding in examine() if finding.area == area]


def levels(findings: list[Finding]) -> list[Level]:
    return [finding.level for finding in findings]


def test_every_area_is_examined_and_each_trouble_has_a_remedy() -> None:
    cache.delete_many(["pulse:worker", "pulse:scheduler"])
    found = list(examine())
    assert {"python", "packages", "disk", "database", "broker", "worker", "scheduler", "jobs"} <= {
        finding.area for finding in found
    }
    assert all(finding.how for finding in found if finding.level is not Level.OK)
    assert "It never ran" in of("worker")[0].what


def test_an_examination_that_fails_leaves_the_others_alone(settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert levels(of("broker")) == [Level.WRONG]
    assert "Connection refused" in of("broker")[0].what
    for area in ("worker", "scheduler", "queue"):
        assert of(area)[0].how == "Mend the broker first."
    assert levels(of("database")) == [Level.OK]


def test_an_address_that_is_none(settings: Settings) -> None:
    settings.REDIS_URL = "localhost"
    assert "must specify one of the following schemes" in of("broker")[0].what


def test_a_folder_that_cannot_be_written(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings.VAR_DIR = tmp_path / "file"  # no folder, which nobody can write, root included
    finding = list(machine.disk())[0]
    assert (finding.level, finding.what.split(": ")[1]) == (Level.WRONG, "Not a directory.")


@pytest.mark.parametrize(("ahead", "said"), [(90.4, "90 s ahead of"), (-3600.0, "3,600 s behind")])
def test_clocks_that_differ(ahead: float, said: str) -> None:
    (finding,) = work._clock("connection main", ahead)
    assert finding.level is Level.WARNING
    assert said in finding.what
    assert not list(work._clock("connection main", ahead / 100))
    assert not list(work._clock("connection main", None))


def test_signs_of_life() -> None:
    pulse.leave("worker")
    assert levels(list(services.worker())) == [Level.OK]
    cache.set("pulse:scheduler", timezone.now().timestamp() - 300)
    assert list(services.scheduler())[0].what.startswith("No sign of life for 300 s.")


def test_a_worker_for_the_models_is_not_one_for_the_rest() -> None:
    for queue, area in (("ai", services.ai_worker), ("dexter", services.worker)):
        cache.delete(f"pulse:{pulse.WORKERS[queue]}")
        assert Level.OK not in levels(list(area()))
        pulse.leave(pulse.WORKERS[queue])
        assert levels(list(area())) == [Level.OK]


def test_the_demo_account_outside_the_demo_is_wrong(settings: Settings) -> None:
    assert list(machine.demo_account())[0].what == "Nobody can sign in."
    get_user_model().objects.create_user("demo", password="demo")
    assert "password everybody knows" in list(machine.demo_account())[0].what
    settings.DEMO = True
    assert levels(list(machine.demo_account())) == [Level.OK]


def test_static_files_and_disk(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.VAR_DIR = tmp_path / "missing"
    assert levels(list(machine.static_files())) == [Level.WRONG]
    assert levels(list(machine.disk())) == [Level.WARNING]
    (tmp_path / "staticfiles.json").write_text("{}")
    settings.VAR_DIR = tmp_path
    assert levels(list(machine.static_files())) == [Level.OK]


def test_a_package_that_is_not_as_pinned(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("django==1.0\nno-such-thing==2 ; sys_platform == 'win32'\n")
    settings.BASE_DIR = tmp_path
    finding = list(machine.packages())[0]
    assert finding.level is Level.WARNING
    assert finding.what.startswith("Not as pinned: django 5.2")
    assert "no-such-thing" not in finding.what


@pytest.fixture
def connection() -> Connection:
    return Connection.objects.create(
        name="Acme",
        slug="acme",
        base_url="http://127.0.0.1:1/api/0/",
        organization="acme",
        token="secret-token",
        synced_at=timezone.now(),
    )


def test_a_sentry_that_cannot_be_reached(connection: Connection) -> None:
    found = list(work.connections())
    assert levels(found) == [Level.WRONG]
    assert found[0].area == "connection Acme"
    assert found[0].how
    assert "secret-token" not in str(found)


@pytest.mark.parametrize(
    ("scopes", "level"), [(["event:read"], Level.WARNING), (["team:read", "member:read"], Level.WRONG)]
)
def test_without_the_scopes_that_a_sync_needs_it_is_wrong(
    sandbox: SandboxServer,  # noqa: F811
    settings: Settings,
    scopes: list[str],
    level: Level,
) -> None:
    settings.OUTBOUND_ALLOW = ["127.0.0.1"]
    weak = {"value": "weak", "scopes": ["org:read", "project:read", *scopes]}
    sandbox._ask("POST", "tokens", json=weak)
    Connection.objects.create(name="Acme", base_url=sandbox.base_url, organization="acme", token="weak")
    found = {finding.what.split(": ")[0]: finding.level for finding in work.connections()}
    assert found.get("Its token lacks event:write") is Level.WARNING
    assert found.get("Its token lacks event:read", Level.WARNING) is level


def test_a_token_under_a_lost_key(connection: Connection, settings: Settings) -> None:
    settings.TOKEN_KEYS = [Fernet.generate_key().decode()]
    assert "TOKEN_KEYS" in list(work.connections())[0].how


def test_a_connection_that_is_switched_off_is_not_asked(connection: Connection) -> None:
    Connection.objects.update(enabled=False)
    assert levels(list(work.connections())) == [Level.WARNING]


def test_no_connection_says_how_to_make_one() -> None:
    assert "connect_sentry" in list(work.connections())[0].how


def test_jobs_that_do_not_get_on() -> None:
    assert levels(list(work.jobs())) == [Level.OK]
    old = timezone.now() - timedelta(minutes=10)
    Job.objects.create(kind="a", key="a", state="running", heartbeat_at=old)
    Job.objects.filter(pk=Job.objects.create(kind="b", key="b").pk).update(created_at=old)
    Job.objects.create(kind="c", key="c", state="failed", finished_at=timezone.now(), error="It said no.")
    found = list(work.jobs())
    assert levels(found) == [Level.WRONG, Level.WRONG, Level.WARNING]
    assert "It said no." in found[2].what


def test_the_command_ends_with_1_when_something_is_wrong(
    connection: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        call_command("doctor", "--json")
    assert end.value.code == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"area", "level", "what", "how"} == lines[0].keys()
    with pytest.raises(SystemExit):
        call_command("doctor")
    assert "WRONG connection Acme: " in capsys.readouterr().out
