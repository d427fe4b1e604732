"""Open pages in a real browser, while webhooks come in at another server."""

import re

import pytest
from playwright.sync_api import Page, expect

from dexter.web.tests.e2e.conftest import contexts  # noqa: F401 - a fixture
from dexter.web.tests.e2e.shots import sign_in
from issues.tests.running import dexter, send  # noqa: F401 - a fixture

pytestmark = pytest.mark.e2e
WITHIN = 10_000  # milliseconds, on a busy machine; nothing asks again by itself as soon
BANNER = "#news a"


@pytest.fixture
def open_page(dexter, contexts):  # noqa: F811
    """Opens a page as `name` and waits for its stream."""

    def open_(path: str, name: str = "jane", **options: object) -> Page:
        page = contexts(**options).new_page()
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("console", lambda line: line.type == "error" and page.problems.append(line.text))
        sign_in(page, dexter.url(0), name, "secret")
        if not options.get("java_script_enabled", True):
            page.goto(f"{dexter.url(0)}{path}")
            return page
        with page.expect_response(re.compile("/live/")):
            page.goto(f"{dexter.url(0)}{path}")
        return page

    return open_


def test_new_issues_are_announced_above_a_list_that_stays_where_it_is(dexter, open_page):  # noqa: F811
    page = open_page("/?query=is:unresolved&size=25")
    page.keyboard.press("j")
    page.keyboard.press("j")
    row = page.locator(".issues tr[aria-current]")
    before, short_id = row.bounding_box(), row.locator(".id").inner_text()
    for number in (901, 902, 903):
        send(dexter.url(1), number, "unresolved")
    expect(page.locator(BANNER)).to_have_text("3 new", timeout=2 * WITHIN)
    assert row.bounding_box() == before
    assert row.locator(".id").inner_text() == short_id
    page.locator(BANNER).click(trial=True)  # nothing lies over it
    page.keyboard.press("r")
    expect(page.locator("#issue-list, .issues").locator(".id", has_text="SHOP-903")).to_be_visible()
    expect(page.locator(BANNER)).to_have_count(0)
    assert not page.problems


def test_the_state_of_a_row_changes_in_its_place(dexter, open_page):  # noqa: F811
    page = open_page("/?query=&size=50")
    row = page.locator("#issue-5")
    row.locator('input[name="issue"]').check()
    before = row.bounding_box()
    send(dexter.url(1), 5)
    expect(row.locator(".badge", has_text="Resolved")).to_be_visible(timeout=WITHIN)
    assert row.bounding_box() == before
    expect(row.locator('input[name="issue"]')).to_be_checked()
    assert not page.problems


def test_the_panel_beside_the_list_changes_in_its_place(dexter, open_page):  # noqa: F811
    page = open_page("/?query=&size=50")
    page.locator("#issue-8 .c-ev").click()
    expect(page.locator("#peek[data-issue='8']")).to_be_visible()
    send(dexter.url(1), 8)
    expect(page.locator("#peek .badge", has_text="Resolved")).to_be_visible(timeout=WITHIN)
    expect(page.locator(BANNER)).to_have_count(0)


def test_the_head_of_an_issue_changes_in_its_place(dexter, open_page):  # noqa: F811
    page = open_page("/issues/6/")
    send(dexter.url(1), 6)
    expect(page.locator("#issue-state")).to_contain_text("Resolved", timeout=WITHIN)


def test_who_else_looks_at_an_issue(dexter, open_page):  # noqa: F811
    page = open_page("/issues/7/")
    expect(page.locator("#presence")).not_to_contain_text("Joe")
    other = open_page("/issues/7/", "joe")
    expect(page.locator("#presence")).to_contain_text("Joe looks at this too", timeout=WITHIN)
    other.close()
    expect(page.locator("#presence")).not_to_contain_text("Joe", timeout=2 * WITHIN)


def test_without_a_script_the_page_says_how_old_it_is(open_page):
    page = open_page("/", java_script_enabled=False)
    expect(page.locator(".rail noscript .live-state")).to_have_text(
        re.compile(r"This page is of \d\d:\d\d UTC\. Reload it to see what is new\.")
    )
    expect(page.locator(".issues tbody tr").first).to_be_visible()


def test_a_page_whose_stream_is_cut_says_so(dexter, open_page):  # noqa: F811
    page = open_page("/")
    expect(page.locator("#live-state")).to_be_hidden()
    dexter.kill_web(0)
    expect(page.locator("#live-state")).to_contain_text("Not live at the moment", timeout=20_000)
    dexter.start_web(0)
    expect(page.locator("#live-state")).to_be_hidden(timeout=30_000)
