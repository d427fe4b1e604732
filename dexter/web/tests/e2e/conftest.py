"""A browser, a server with the real middleware and a filled cache, and a person who is signed in."""

import os
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from playwright.sync_api import BrowserContext, Page

from dexter.web.tests.e2e.data import fill
from dexter.web.tests.e2e.shots import sign_in
from issues.tests.factories import make_user

# Playwright's synchronous interface runs an event loop in the test's thread, where Django refuses the ORM.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture
def site(live_server, transactional_db) -> str:
    """The address of a server whose cache holds 60 issues."""
    cache.clear()
    make_user("demo", first_name="Priya", last_name="Nair")
    fill(issues=60)
    return str(live_server.url)


@pytest.fixture
def contexts(browser) -> Iterator[object]:
    """Makes browser contexts: `contexts(viewport=..., color_scheme=..., java_script_enabled=...)`."""
    made: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        options = {"viewport": {"width": 1440, "height": 900}, **options}
        made.append(browser.new_context(**options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for context in made:
        context.close()


@pytest.fixture
def open_list(site, contexts):
    """Opens the list, signed in, in a new context; the errors of the page end up in `page.problems`."""

    def open_(path: str = "/", **options: object) -> Page:
        page = contexts(**options).new_page()
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("console", lambda line: line.type == "error" and page.problems.append(line.text))
        sign_in(page, site, "demo", "secret")
        page.goto(f"{site}{path}")
        page.wait_for_load_state("networkidle")
        return page

    return open_
