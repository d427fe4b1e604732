"""What every test of the project needs: a Valkey of its own, when no Redis was named for the run."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from dexter.embedded import Server


@pytest.fixture(scope="session", autouse=True)
def valkey() -> Iterator[None]:
    """A fresh server behind the scratch socket of `dexter/settings_test.py`; one for each xdist worker."""
    listen = Path(settings.SCRATCH) / "valkey.sock"
    if f"unix://{listen}" != settings.REDIS_URL:
        yield
        return
    with Server(listen):
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The one Chromium of all browser tests: Playwright runs once in a process, whichever app asks first."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - no other test loads it

    from dexter.web.tests.e2e.shots import launch  # noqa: PLC0415

    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the contract suite alone unless asked for: its cases come from a document not everybody has."""
    asked = config.option.markexpr.replace("not contract", "")
    return True if "contract" in collection_path.parts and "contract" not in asked else None
