"""The page of an issue in a real browser: by mouse and by key, with a script and without."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from dexter.jobs.models import Job
from dexter.web import panels
from dexter.web.panels import Panel
from issues.models import Event, Issue, Reveal
from issues.queries.fetching import ATTACHMENTS
from issues.tests.factories import make_member

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
TABS = ("stack", "breadcrumbs", "request", "tags", "events", "activity")
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}


def violations(page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{item['impact']} {item['id']}: {item['nodes'][0]['html'][:160]}" for item in found]


def settled(page) -> None:
    """New links are htmx's own a moment after they were swapped in; before, they lead like any other."""
    expect(page.locator(".htmx-added, .htmx-settling, .htmx-request")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_on_any_tab(open_issue, scheme, size):
    page = open_issue(color_scheme=scheme, viewport=size)
    for tab in TABS:
        page.locator(f'[data-tab="{tab}"]').click()
        page.wait_for_selector(f'[data-tab="{tab}"][aria-current="page"]')
        page.wait_for_load_state("networkidle")
        assert violations(page) == [], tab
    assert page.problems == []


def test_nothing_scrolls_sideways(open_issue):
    page = open_issue()
    for tab in TABS:
        page.locator(f'[data-tab="{tab}"]').click()
        page.wait_for_selector(f'[data-tab="{tab}"][aria-current="page"]')
        for width in (320, 390, 768, 1024, 1440):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (tab, width)
        page.set_viewport_size(DESKTOP)


def test_a_long_address_in_a_failure_stays_within_a_phone(open_issue):
    said = f"NotFound: The requested resource does not exist (GET projects/acme/shop/events/{'2917' * 9}/)"
    for event in Event.objects.all():
        Job.objects.create(
            kind=ATTACHMENTS, key=f"attachments:{event.pk}", state=Job.State.FAILED, error=said
        )
    page = open_issue("?tab=tags", viewport=PHONE)
    expect(page.locator("#attachments")).to_contain_text("could not be read")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_long_words_stay_within_the_page_and_within_their_buttons(open_issue, shown):
    assignee = make_member(shown.connection, name="Maximiliane von Hohenlohe-Waldenburg-Schillingsfürst")
    long = {"error_type": "Unbroken" * 30, "error_value": "word" * 300, "assignee": assignee}
    Issue.objects.filter(pk=shown.pk).update(**long)
    for size in (DESKTOP, PHONE):
        page = open_issue(viewport=size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        name = page.locator("#do-assign .clip")
        assert name.evaluate(
            "(e) => e.getBoundingClientRect().right < e.parentElement.getBoundingClientRect().right"
        )


def test_right_to_left_titles_run_so(open_issue, shown):
    Issue.objects.filter(pk=shown.pk).update(error_type="خطأ", error_value="تعذر (timeout=30) الاتصال")
    page = open_issue()
    assert page.locator("h1 > span").last.evaluate("(e) => getComputedStyle(e).direction") == "rtl"
    page.goto(page.url.split("/issues/")[0] + f"/?query=issue:{shown.short_id}")
    assert page.locator(".ttl").evaluate("(e) => getComputedStyle(e).direction") == "rtl"


def test_the_current_tab_is_in_sight_on_a_phone(open_issue):
    within = (
        "(e) => { const box = e.getBoundingClientRect(); return box.left >= 0 && box.right <= innerWidth; }"
    )
    page = open_issue("?tab=activity", viewport=PHONE)
    assert page.locator('[data-tab="activity"]').evaluate(within)
    page.locator('[data-tab="similar"]').click()
    page.wait_for_selector('[data-tab="similar"][aria-current="page"]')
    settled(page)
    assert page.locator('[data-tab="similar"]').evaluate(within)


def test_tabs_change_without_a_page_load_and_keep_the_focus(open_issue):
    page = open_issue()
    page.evaluate("window.stayed = true")
    page.locator('[data-tab="request"]').click()
    expect(page.locator("#request")).to_be_visible()
    assert "tab=request" in page.url
    expect(page.locator('[data-tab="request"]')).to_be_focused()
    page.go_back()
    page.wait_for_selector("#stack")
    page.locator('[data-tab="breadcrumbs"]').click()
    page.get_by_role("link", name="Queries 1").click()
    expect(page.locator(".trail tbody tr")).to_have_count(2)


def test_events_by_key(open_issue, shown):
    page = open_issue()
    ids = list(Event.objects.filter(issue=shown).order_by("-date").values_list("event_id", flat=True))
    page.evaluate("window.stayed = true")
    for expected in (ids[1], ids[2]):
        page.keyboard.press("o")
        expect(page.locator(f'.eventbar code[title="{expected}"]')).to_be_visible()
        settled(page)
    assert f"/events/{ids[2]}/" in page.url
    page.keyboard.press("n")
    expect(page.locator(f'.eventbar code[title="{ids[1]}"]')).to_be_visible()
    assert page.evaluate("window.stayed")


def test_a_value_is_revealed_and_recorded(open_issue):
    page = open_issue()
    chip = page.locator(".locals tr", has_text="payer.email").locator(".mask")
    expect(chip).to_contain_text("email")
    chip.get_by_role("button").click()
    expect(page.locator(".mask.shown")).to_contain_text("ada@example.com")
    expect(page.locator(".mask.shown")).to_be_focused()
    assert Reveal.objects.get().path == "exceptions.2.frames.1.vars.payer.email#0"
    assert page.problems == []


def test_markdown_and_trace_are_copied(open_issue):
    page = open_issue(permissions=["clipboard-read", "clipboard-write"])
    page.keyboard.press("y")
    expect(page.locator("#toasts .toast")).to_contain_text("Copied as Markdown")
    text = page.evaluate("navigator.clipboard.readText()")
    assert "## Exceptions, newest first" in text
    assert "ada@example.com" not in text
    page.get_by_role("link", name="Copy trace").click()
    expect(page.locator("#toasts .toast").last).to_contain_text("Copied the trace")
    assert "Traceback" in page.evaluate("navigator.clipboard.readText()")


def test_folded_frames_load_when_opened(open_issue):
    page = open_issue()
    group = page.locator("details.frame.lib", has_text="3 library frames")
    group.locator("> summary").click()
    expect(group.locator("details.frame")).to_have_count(3)
    group.locator("details.frame > summary").first.click()
    expect(group.locator(".code").first).to_be_visible()
    assert page.problems == []


def test_the_mode_of_the_trace_is_remembered(open_issue):
    page = open_issue()
    page.get_by_role("button", name="Raw").click()
    expect(page.locator("#stack pre")).to_contain_text("Traceback")
    page.reload()
    expect(page.locator("#stack pre")).to_contain_text("Traceback")


def test_the_timeline_changes_its_period_and_keys_jump_between_releases(open_issue):
    page = open_issue()
    page.locator("#timeline").get_by_role("link", name="7d").click()
    expect(page.locator("#timeline [aria-current]")).to_have_text("7d")
    expect(page.locator("#timeline [aria-current]")).to_be_focused()
    assert "range=7d" in page.url
    page.locator("#timeline").get_by_role("link", name="24h").click()
    expect(page.locator("#timeline [aria-current]")).to_have_text("24h")
    page.keyboard.press("]")
    first = page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("]")
    second = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert "shop@1.2" in first
    assert "shop@1.1" in second


def test_why_this_priority(open_issue):
    page = open_issue()
    page.get_by_role("link", name="Priority").click()
    expect(page.locator("#why")).to_be_visible()
    expect(page.locator("#why")).to_contain_text("Recency")
    page.keyboard.press("Escape")
    expect(page.locator("#why")).to_be_hidden()


def test_from_the_list_to_the_next_issue_by_key(open_list):
    page = open_list("/?query=is:unresolved&sort=score")
    names = page.locator(".issues tbody .id").all_inner_texts()
    page.locator(".issues .ttl").first.click()
    expect(page.locator("#walk")).to_contain_text("1 of ")
    page.keyboard.press("j")
    expect(page.locator("#crumbs [aria-current]")).to_have_text(names[1])
    page.keyboard.press("k")
    expect(page.locator("#crumbs [aria-current]")).to_have_text(names[0])


def test_without_a_script(open_issue, shown):
    page = open_issue(java_script_enabled=False)
    page.locator('[data-tab="request"]').click()
    expect(page.locator("#request")).to_be_visible()
    page.locator('[title="Older event (O)"]').click()
    expect(page.locator("#request")).to_be_visible()
    page.locator('[data-tab="stack"]').click()
    page.get_by_role("button", name="All 6 frames").click()
    expect(page.locator("details.frame")).to_have_count(6)
    page.locator("#timeline").get_by_role("link", name="7d").click()
    expect(page.locator("#timeline [aria-current]")).to_have_text("7d")
    page.locator(".mask button").first.click()
    expect(page.locator("main")).to_contain_text("That you looked at it is recorded.")
    assert Reveal.objects.count() == 1
    page.get_by_role("link", name="Back to the issue").click()
    page.get_by_role("link", name="Copy as Markdown").click()
    expect(page.locator("body")).to_contain_text("## Exceptions, newest first")


@pytest.fixture
def two_panels(settings):
    """Panels of another app, for the length of a test."""
    settings.ROOT_URLCONF = "issues.tests.panel_urls"
    before = list(panels._panels)
    for name, slot in (("good", "issue_main"), ("bad", "issue_side")):
        panels.add_panel(Panel(slot, name, f"Panel {name}", f"panels:{name}", applies=lambda event: True))
    yield
    panels._panels[:] = before


def test_a_panel_that_fails_says_so_and_leaves_the_rest(two_panels, open_issue, shown):
    page = open_issue()
    newest = Event.objects.filter(issue=shown).latest("date")
    expect(page.locator("#panel-good")).to_have_text(f"Issue {shown.pk}, event {newest.event_id[:4]}.")
    failed = page.locator("#panel-bad [role=alert]")
    expect(failed).to_contain_text("This part could not be loaded.")
    expect(page.locator("#stack")).to_be_visible()
    asked = []
    page.on("request", lambda request: "/panels/bad/" in request.url and asked.append(request.url))
    failed.get_by_role("button", name="Try again").click()
    expect(failed).to_contain_text("This part could not be loaded.")
    assert len(asked) == 1
