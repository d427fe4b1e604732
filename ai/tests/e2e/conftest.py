"""A whole Dexter with a worker and a fake model server, and a browser that is signed in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from ai.llm.fakes import FakeOllama
from dexter.web.tests.e2e.conftest import contexts  # noqa: F401 - a fixture
from dexter.web.tests.e2e.shots import sign_in
from issues.bench.installation import Installation

SEED = """
from django.utils import timezone
from ai.models import LanguageModel, Provider
from issues.models import Connection
from issues.tests.factories import make_user
from issues.tests.issue_page import make_shown_issue
make_user("demo", first_name="Priya", last_name="Nair")
LanguageModel.objects.create(provider=Provider.objects.get(), name="fake-large", is_fallback=False)
for number in range(8):
    make_shown_issue(short_id=f"STOREFRONT-PAYMENTS-API-{number}")
Connection.objects.update(enabled=False)
"""


@pytest.fixture(scope="module")
def ollama() -> Iterator[FakeOllama]:
    with FakeOllama() as server:
        yield server


@pytest.fixture(scope="module")
def dexter(tmp_path_factory: pytest.TempPathFactory, ollama: FakeOllama) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("dexter")
    environment = {
        "DATABASE_URL": f"sqlite:///{folder}/dexter.sqlite3",
        "REDIS_URL": settings.REDIS_URL,
        "DEXTER_EMBEDDED": "1",
        "DEXTER_VAR_DIR": str(folder),
        "STATIC_ROOT": str(Path(folder) / "static"),
        "LOG_LEVEL": "ERROR",
        "SYNC_EVERY": "86400",
        "OLLAMA_BASE_URL": ollama.url,
        "OLLAMA_MODEL": "fake-small",
    }
    made = Installation(environment)
    made.manage("migrate", "--verbosity", "0")
    made.manage("collectstatic", "--no-input", "--verbosity", "0")
    made.manage("shell", "-c", SEED)
    with made:
        yield made


@pytest.fixture
def open_page(dexter, contexts):  # noqa: F811
    """Opens an address, signed in; the errors of the page end up in `page.problems`."""

    def open_(path: str, **options: object):
        page = contexts(**options).new_page()
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("console", lambda line: line.type == "error" and page.problems.append(line.text))
        sign_in(page, dexter.url(), "demo", "secret")
        page.goto(f"{dexter.url()}{path}")
        page.wait_for_load_state("domcontentloaded")
        return page

    return open_
