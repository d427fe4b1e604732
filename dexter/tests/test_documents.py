"""What the documents name exists."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

from dexter.sentry.probe import SCOPES

ROOT = Path(settings.BASE_DIR)
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
TARGETS = set(re.findall(r"^([a-z0-9]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.fixture(params=DOCUMENTS, ids=lambda path: path.name)
def document(request: pytest.FixtureRequest) -> Path:
    return request.param


def test_links_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text())
    own = [link for link in links if "://" not in link and "screenshots/" not in link]
    assert [link for link in own if not (document.parent / link).exists()] == []


def test_make_targets_exist(document: Path) -> None:
    named = set(re.findall(r"(?:^|`|\s)make ([a-z0-9]+)\b(?=[^a-z]|$)", _code(document)))
    assert named - TARGETS == set()


def test_commands_exist(document: Path) -> None:
    named = set(re.findall(r"manage\.py ([a-z_]+)", _code(document)))
    assert named - get_commands().keys() == set()


def test_source_files_exist(document: Path) -> None:
    named = set(
        re.findall(r"`((?:dexter|issues|deadlocks|templates|static)/[\w/.-]+)`", document.read_text())
    )
    assert [name for name in named if not (ROOT / name).exists()] == []


def _code(document: Path) -> str:
    """What stands in code spans and blocks: prose may well "make sure"."""
    blocks = re.findall(r"```.*?```|`[^`]+`", document.read_text(), re.DOTALL)
    return "\n".join(blocks)


def test_every_target_of_make_is_explained() -> None:
    helped = set(re.findall(r"^([a-z0-9]+):.*## \w", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert helped == TARGETS


def test_the_readme_knows_every_scope() -> None:
    assert set(re.findall(r"`([a-z]+:[a-z]+)`", (ROOT / "README.md").read_text())) >= set(SCOPES)


def test_every_check_is_documented() -> None:
    source = (ROOT / "dexter/ops/checks.py").read_text()
    text = (
        (ROOT / "docs/operations.md").read_text().replace("to `dexter.W005`", "`dexter.W004` `dexter.W005`")
    )
    named = set(re.findall(r"`(dexter\.[EW]\d{3})`", text))
    assert named == set(re.findall(r'"(dexter\.[EW]\d{3})"', source))


def test_make_says_what_it_does_on_standard_error() -> None:
    # `make secrets >> .env` keeps the rest.
    said = re.findall(r'echo "[^"]*"(?! >&2).*', (ROOT / "Makefile").read_text())
    assert not said
