"""The list in a real browser: by key, by mouse, with a script and without."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
CURSOR = ".issues tr[aria-current] .id"


def row_id(page, number: int) -> str:
    return page.locator(".issues tbody .id").nth(number).inner_text()


def test_cursor_panel_and_page_by_key(open_list):
    page = open_list()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(CURSOR)).to_have_text(row_id(page, 1))
    expect(page.locator("#peek .mono").first).to_have_text(row_id(page, 1))
    page.keyboard.press("k")
    expect(page.locator("#peek .mono").first).to_have_text(row_id(page, 0))
    href = page.locator(".issues .ttl").first.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{href}")
    assert not [problem for problem in page.problems if "404" not in problem]


def test_panel_by_mouse(open_list):
    page = open_list()
    page.locator(".issues tbody tr .id").nth(2).click()
    expect(page.locator("#peek .mono").first).to_have_text(row_id(page, 2))
    page.get_by_role("button", name="Next issue").click()
    expect(page.locator("#peek .mono").first).to_have_text(row_id(page, 3))
    page.get_by_role("button", name="Do not show issues beside the list").click()
    page.wait_for_selector("#explorer")
    expect(page.locator("#peek")).to_have_count(0)


def test_fast_keys_load_one_panel_only(open_list):
    page = open_list()
    asked = []
    page.on("request", lambda request: "/peek/" in request.url and asked.append(request.url))
    for _ in range(6):
        page.keyboard.press("j")
    expect(page.locator("#peek .mono").first).to_have_text(row_id(page, 5))
    assert len(asked) == 1


def test_selection_by_key(open_list):
    page = open_list()
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-selected]")).to_have_text("1 selected")
    for _ in range(3):
        page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(page.locator("[data-selected]")).to_have_text("4 selected")
    page.locator("[data-select-all]").check()
    expect(page.locator("[data-selected]")).to_have_text("All 54 selected")
    bar, last = page.locator("#bulk").bounding_box(), page.locator('#bulk [type="reset"]').bounding_box()
    assert last["x"] + last["width"] < bar["x"] + bar["width"]
    page.keyboard.press("Escape")
    expect(page.locator("#bulk")).to_be_hidden()
    expect(page.locator('.issues tr[aria-current="true"] .ttl')).to_be_focused()


def test_selection_by_mouse(open_list):
    page = open_list()
    boxes = page.locator('.issues input[name="issue"]')
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    expect(page.locator("[data-selected]")).to_have_text("4 selected")
    page.locator("[data-select-page]").check()
    expect(page.locator("[data-selected]")).to_have_text("25 selected")


def test_copying_a_selection(open_list):
    page = open_list(permissions=["clipboard-read", "clipboard-write"])
    page.locator('.issues input[name="issue"]').first.check()
    page.locator("[data-select-all]").check()
    page.locator("#bulk").get_by_role("button", name="More").last.click()
    page.get_by_role("button", name="Copy ids").click()
    expect(page.locator("#toasts .toast")).to_have_text(re.compile("Copied 54 lines"))
    assert len(page.evaluate("navigator.clipboard.readText()").split()) == 54


def test_keys_lead_to_the_next_page_and_back(open_list):
    page = open_list()
    first = row_id(page, 0)
    page.keyboard.press("]")
    expect(page.locator(".issues tbody .id").first).not_to_have_text(first)
    page.keyboard.press("[")
    expect(page.locator(".issues tbody .id").first).to_have_text(first)
    page.locator(".issues tbody tr .id").last.click()
    page.keyboard.press("j")
    expect(page.locator(".issues tr[aria-current]")).to_have_count(1)
    expect(page.locator(".issues tbody .id").first).not_to_have_text(first)


def test_search_with_completion(open_list):
    page = open_list()
    page.keyboard.press("/")
    page.keyboard.type("lev")
    expect(page.locator("#suggestions [role=option]").first).to_contain_text("level:")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#q")).to_have_value("level:")
    page.keyboard.type("fat")
    expect(page.locator("#suggestions [role=option]").first).to_contain_text("fatal")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#query .token")).to_have_count(2)
    assert "query=is%3Aunresolved+level%3Afatal" in page.url
    expect(page.locator(".issues .level.t-error")).to_have_count(0)
    page.keyboard.press("Backspace")
    expect(page.locator("#q")).to_have_value("level:fatal")
    expect(page.locator("#query .token")).to_have_count(1)
    expect(page.locator("#suggestions [role=option]").first).to_contain_text("fatal")
    assert not page.problems


def test_tab_takes_the_marked_suggestion_and_else_leads_on(open_list):
    page = open_list()
    page.keyboard.press("/")
    page.keyboard.type("level:[error,fat")
    expect(page.locator("#suggestions [role=option]").first).to_contain_text("fatal")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    # The list is open yet: nothing is searched, and no mistake is said.
    expect(page.locator("#q")).to_have_value("level:[error,fatal ")
    expect(page.locator("#q")).to_be_focused()
    expect(page.locator("#query-error")).to_have_count(0)
    page.keyboard.press("Tab")
    expect(page.locator("#q")).not_to_be_focused()


def test_a_wrong_search_keeps_the_list(open_list):
    page = open_list()
    rows = page.locator(".issues tbody tr").count()
    page.fill("#q", "users:>many")
    page.keyboard.press("Escape")
    page.locator("#q").press("Enter")
    expect(page.locator("#query-error")).to_contain_text("still shows your last search")
    assert page.locator(".issues tbody tr").count() == rows
    page.fill("#q", "level:fatal")
    page.locator("#q").press("Enter")
    expect(page.locator("#query-error")).to_have_count(0)


def test_menus_change_the_list_without_a_page_load(open_list):
    page = open_list()
    page.evaluate("window.stayed = true")
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("link", name="Fatal", exact=True).click()
    expect(page.locator("#query .token")).to_have_count(2)
    page.get_by_role("button", name="All projects").click()
    page.locator("#scope-projects").get_by_role("link", name="search-indexer").click()
    expect(page.locator("#scope")).to_contain_text("search-indexer")
    expect(page.locator(".seg a", has_text="7d")).to_have_attribute("href", re.compile("search-indexer"))
    page.locator(".issues thead").get_by_role("link", name="7d").click()
    expect(page.locator(".seg [aria-current]")).to_have_text("7d")
    assert page.evaluate("window.stayed")
    page.go_back()
    page.wait_for_load_state("networkidle")
    expect(page.locator(".seg [aria-current]")).to_have_text("24h")


def test_a_message_comes_as_a_toast_and_goes(open_list):
    page = open_list()
    page.evaluate("htmx.ajax('GET', '/?cursor=made-up', {target: '#explorer', swap: 'outerHTML'})")
    expect(page.locator("#toasts .toast")).to_contain_text("not one that Dexter made")
    page.get_by_role("button", name="Dismiss").click()
    expect(page.locator("#toasts .toast")).to_have_count(0)


def test_why_a_priority(open_list):
    page = open_list("/?sort=score")
    page.locator(".score").first.click()
    expect(page.locator("#why")).to_be_visible()
    expect(page.locator("#why tbody tr")).to_have_count(6)
    points = [int(text) for text in page.locator("#why tbody b").all_inner_texts()]
    assert f"Priority {sum(points)} " in page.locator("#why h2").inner_text()
    page.keyboard.press("Escape")
    expect(page.locator("#why")).to_be_hidden()


def test_help_and_going_places_by_key(open_list):
    page = open_list()
    page.keyboard.press("?")
    expect(page.locator("dialog#dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog#dialog")).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url("**/settings/")
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_selector("#explorer")


def test_keys_are_only_letters_while_typing(open_list):
    page = open_list()
    page.keyboard.press("/")
    page.keyboard.type("jx?")
    expect(page.locator("#q")).to_have_value("jx?")
    expect(page.locator(CURSOR)).to_have_count(0)


def test_density_changes_at_once_and_stays(open_list):
    page = open_list()
    page.get_by_role("button", name="Density and page").click()
    with page.expect_response("**/settings/preferences/"):
        page.get_by_label("Compact, 50 on a screen").check()
    assert page.evaluate("document.documentElement.dataset.density") == "compact"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.density") == "compact"


def test_the_whole_list_without_a_script(open_list):
    page = open_list(java_script_enabled=False)
    page.fill("#q", "level:fatal")
    page.locator("#q").press("Enter")
    expect(page.locator("#query .token")).to_have_count(2)
    page.locator("#query .token a").last.click()
    expect(page.locator("#query .token")).to_have_count(1)
    first = row_id(page, 0)
    page.locator(".pager a").last.click()
    assert row_id(page, 0) != first
    page.locator(".tabs a", has_text="Regressed").click()
    expect(page.locator(".tabs [aria-current]")).to_contain_text("Regressed")
    page.get_by_role("button", name="Sort:").click()
    page.locator("#m-sort").get_by_role("link", name="Users Most").click()
    expect(page.locator("th[aria-sort]")).to_contain_text("Users")
    page.locator(".score").first.click()
    expect(page.locator(".terms tbody tr")).to_have_count(6)
    page.go_back()
    page.locator('.issues input[name="issue"]').first.check()
    page.locator("#bulk").get_by_role("button", name="More").last.click()
    page.get_by_role("button", name="Copy ids").click()
    assert len(page.locator("body").inner_text().split()) == 1
