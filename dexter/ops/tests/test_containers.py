"""Dockerfile and compose.yaml, as far as they can be held without an engine: what they name exists."""

import importlib.util
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

ROOT = Path(settings.BASE_DIR)
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
OURS = {name: service for name, service in COMPOSE["services"].items() if service.get("image") == "dexter"}
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def test_the_services_of_production_are_there() -> None:
    assert COMPOSE["services"].keys() == {"migrate", "web", "worker", "worker-ai", "beat", "db", "redis"}
    assert OURS.keys() == {"migrate", "web", "worker", "worker-ai", "beat"}


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_each_service_is_watched_and_comes_back(name: str) -> None:
    service = COMPOSE["services"][name]
    # migrate ends by itself, beat has no port, web's check is in the image.
    assert "healthcheck" in service or name == "web"
    assert service["restart"] == ("no" if name == "migrate" else "unless-stopped")
    assert set(service.get("depends_on", {})) <= COMPOSE["services"].keys()


@pytest.mark.parametrize("name", [name for name in OURS if "command" in OURS[name]])
def test_each_command_exists(name: str) -> None:
    program, *rest = OURS[name]["command"]
    if program == "python":
        assert (ROOT / rest[0]).exists()
        assert rest[1] in get_commands()
    else:
        assert importlib.util.find_spec(program)
        assert importlib.util.find_spec(rest[rest.index("-A") + 1])


@pytest.mark.parametrize("name", ["web", "worker", "worker-ai", "beat"])
def test_files_of_one_process_are_there_for_the_others(name: str) -> None:
    # settings.EXPORTS_DIR and LOGS_DIR, below DEXTER_VAR_DIR
    assert OURS[name]["environment"]["DEXTER_VAR_DIR"] == "/data"
    assert OURS[name]["volumes"] == ["data:/data"]
    assert "data" in COMPOSE["volumes"]
    assert re.search(r"install -d -o dexter .* /data", DOCKERFILE)


def test_no_secret_has_a_default() -> None:
    text = (ROOT / "compose.yaml").read_text()
    for variable in ("SECRET_KEY", "TOKEN_KEYS", "POSTGRES_PASSWORD"):
        uses = re.findall(rf"\$\{{{variable}[^}}]*\}}", text)
        assert uses
        assert all(":?" in use for use in uses)
    assert all(service["cap_drop"] == ["ALL"] for service in OURS.values())


def test_only_this_machine_reaches_the_page_until_a_proxy_is_there() -> None:
    published = [port for service in COMPOSE["services"].values() for port in service.get("ports", [])]
    assert published == ["127.0.0.1:8000:8000"]


def test_the_image_runs_what_exists_as_nobody() -> None:
    assert re.search(r"^USER dexter$", DOCKERFILE, re.MULTILINE)
    assert DOCKERFILE.count("FROM ") == 2
    start = shlex.split(re.findall(r'^CMD \["sh", "-c", "exec (.*)"\]$', DOCKERFILE, re.MULTILINE)[0])
    assert importlib.util.find_spec(start[0])
    assert importlib.util.find_spec(start[1].partition(":")[0])
    assert 'CMD ["python", "-m", "dexter.run.health"]' in DOCKERFILE
    copied = re.findall(r"^COPY (\S+) ", DOCKERFILE, re.MULTILINE)
    assert copied == ["requirements.txt", "--from=build", "."]


def test_secrets_and_data_stay_out_of_the_image() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".env", "var", ".git", ".venv"} <= set(ignored)
