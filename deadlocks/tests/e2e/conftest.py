"""The browser, the filled cache and the person of the list's tests."""

import os
from pathlib import Path

import pytest

from dexter.web.tests.e2e.conftest import contexts, open_list, site  # noqa: F401


@pytest.fixture
def shoot():
    """Takes a screenshot into the folder that SHOTS names; without it, none."""

    def shoot_(page, name: str) -> None:
        if folder := os.environ.get("SHOTS"):
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    return shoot_
