"""axe on the list and the other pages, in both schemes and on a phone; nothing scrolls sideways."""

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}


def violations(page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{item['impact']} {item['id']}: {item['nodes'][0]['html'][:160]}" for item in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_list(open_list, scheme, size):
    page = open_list(color_scheme=scheme, viewport=size)
    page.locator('.issues input[name="issue"]').first.check()
    if size is DESKTOP:
        page.keyboard.press("j")
        page.wait_for_selector("#peek-title")
    assert violations(page) == []
    assert page.problems == []


@pytest.mark.parametrize(
    "opener", ["Filter", "Sort:", "Density and page", "All projects", "Save this search as a view"]
)
def test_open_menus(open_list, opener):
    page = open_list()
    page.get_by_role("button", name=opener).click()
    assert violations(page) == []


def test_suggestions_and_mistake(open_list):
    page = open_list()
    page.fill("#q", "users:>many")
    page.locator("#q").press("Enter")
    page.wait_for_selector("#query-error")
    assert violations(page) == []
    page.fill("#q", "le")
    page.wait_for_selector("#suggestions [role=option]")
    assert violations(page) == []


@pytest.mark.parametrize(
    "path", ["/settings/", "/help/keys/", "/?query=level:debug+level:fatal", "/nothing/here/"]
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_other_pages(open_list, path, scheme):
    assert violations(open_list(path, color_scheme=scheme)) == []


def test_sign_in(site, contexts):
    page = contexts().new_page()
    page.goto(f"{site}/login/")
    assert violations(page) == []


def test_nothing_scrolls_sideways(open_list):
    page = open_list()
    for path in (
        "/",
        "/?view=1&period=30d&query=is:unresolved+release:latest+assigned:[me,none]",
        "/settings/",
    ):
        page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2] + path)
        for width in (320, 360, 390, 600, 768, 900, 1024, 1199, 1200, 1440, 1920):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
