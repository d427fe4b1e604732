"""The daily triage in a real browser against a sandbox Sentry: by mouse, by key alone, without a script."""

import re

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from dexter.web.tests.e2e.shots import sign_in
from issues.models import InboxEntry, Issue, IssueAction, Member, SyncRun
from issues.sync.run import sync
from issues.tests.conftest import connect_to
from issues.tests.factories import make_user

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

LIST = "/?query=is:unresolved&sort=last_seen"


@pytest.fixture
def sentry(live_server, transactional_db, sandbox_factory):
    """A sandbox with some hundred issues, synced; the person `demo` is a member of it."""
    cache.clear()
    server = sandbox_factory(issues=200, events=2)
    connection = connect_to(server)
    sync(connection, kind=SyncRun.Kind.FULL, report=lambda *_: None)
    person = make_user("demo", first_name="Priya", last_name="Nair")
    Member.objects.filter(pk=Member.objects.first().pk).update(user=person)
    return server


@pytest.fixture
def open_page(sentry, live_server, contexts):
    """Opens a page, signed in; `page.loads` counts full page loads from then on, `page.problems` errors."""

    def open_(path, **options):
        page = contexts(**options).new_page()
        sign_in(page, live_server.url, "demo", "secret")
        page.goto(f"{live_server.url}{path}")
        page.wait_for_load_state("networkidle")
        page.loads, page.problems = [], []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("request", lambda request: request.is_navigation_request() and page.loads.append(request.url))
        return page

    return open_


def first_row(page):
    return page.locator(".issues tbody tr").first


def short_id(row):
    return row.locator(".id").inner_text()


def truth(sentry, short):
    return sentry.state(Issue.objects.get(short_id=short).sentry_id)


def test_a_day_s_triage_needs_two_page_loads(open_page, sentry):
    page = open_page(LIST)
    # find
    page.fill("#q", "level:error")
    page.keyboard.press("Enter")
    expect(page.locator("#query .token")).to_have_count(2)
    # read in the panel
    row = first_row(page)
    short = short_id(row)
    row.locator(".c-ev").click()
    expect(page.locator("#peek .mono").first).to_have_text(short)
    # assign
    page.click("#do-assign")
    page.fill("#ask-assign [name=who]", "no")
    chosen = page.locator("#people button").first
    expect(page.locator("#people")).not_to_contain_text("Elif")
    name = chosen.locator("span").last.evaluate("e => e.firstChild.textContent")
    chosen.click()
    expect(page.locator("#dialog")).to_be_hidden()
    expect(page.locator("#toasts .toast").last).to_contain_text(f"Assigned to {name}")
    assert truth(sentry, short)["assignedTo"] == f"user:{Member.objects.get(name=name).sentry_id}"
    # resolve, undo
    page.click("#m-do-resolve")
    expect(row).to_contain_text("Resolved")
    assert truth(sentry, short)["status"] == "resolved"
    page.locator("[data-undo]").last.click()
    expect(row).not_to_contain_text("Resolved")
    assert truth(sentry, short)["status"] == "unresolved"
    # all that match, as a job
    page.locator("[data-select-page]").check()
    page.locator("[data-select-all]").check()
    page.click("#b-do-archive")
    card = page.locator(".toast.job")
    expect(card).to_contain_text("Done. Sentry has it.", timeout=30_000)
    assert page.loads == []
    done = int(re.search(r"([\d,]+) done", card.inner_text())[1].replace(",", ""))
    assert done > 60
    archived = {
        key for key, state in sentry.states().items() if state["substatus"] == "archived_until_escalating"
    }
    mine = IssueAction.objects.filter(bulk__isnull=False, state="done").values_list(
        "issue__sentry_id", flat=True
    )
    assert set(mine) <= archived
    # the receipt, and all of it back
    card.get_by_role("link", name="Receipt").click()
    page.wait_for_url("**/jobs/*/")
    page.get_by_role("button", name="Undo all").click()
    expect(page.locator(".toast.job")).to_contain_text("Done. Sentry has it.", timeout=30_000)
    assert len(page.loads) == 1
    assert not page.problems


def test_the_same_by_keys_alone(open_page, sentry):
    page = open_page(LIST)
    keys = page.keyboard
    keys.press("j")
    keys.press("j")
    row = page.locator(".issues tr[aria-current]")
    short = short_id(row)
    keys.press("e")
    expect(row).to_contain_text("Resolved")
    assert page.evaluate("document.activeElement.classList.contains('ttl')")
    keys.press("u")
    expect(row).not_to_contain_text("Resolved")
    keys.press("p")
    expect(page.locator("#ask-priority")).to_be_visible()
    keys.press("Tab")
    keys.press("Enter")
    expect(page.locator("#dialog")).to_be_hidden()
    assert truth(sentry, short)["priority"] == "medium"
    keys.press("a")
    expect(page.locator("#ask-assign input[type=search]")).to_be_focused()
    keys.type("you")
    keys.press("Escape")  # the browser empties a search field first
    expect(page.locator("#ask-assign input[type=search]")).to_have_value("")
    keys.press("Escape")
    expect(page.locator("#dialog")).to_be_hidden()
    assert short_id(row) == short
    keys.press("x")
    keys.press("j")
    keys.press("x")
    keys.press("i")
    expect(page.locator("#toasts .toast").last).to_contain_text("Archived until it escalates: 2 issues.")
    assert truth(sentry, short)["status"] == "ignored"
    keys.press("u")
    expect(page.locator("#toasts .toast").last).to_contain_text("Taken back")
    assert truth(sentry, short)["status"] == "unresolved"
    assert page.loads == []
    keys.press("Control+k")
    expect(page.locator("#palette-q")).to_be_focused()
    keys.type(short)
    expect(page.locator("#palette-results")).to_contain_text(short)
    page.locator("#palette-results [data-href]", has_text=short).first.click()
    page.wait_for_url("**/issues/*/")
    keys.press("e")
    expect(page.locator("#issue-state")).to_contain_text("Resolved")
    keys.press("g")
    keys.press("i")
    page.wait_for_url("**/")
    assert len(page.loads) == 2
    assert not page.problems


def test_keys_are_off_while_typing_and_the_browser_s_stay_its_own(open_page):
    page = open_page(LIST)
    page.keyboard.press("j")
    page.focus("#q")
    page.keyboard.type("eia")
    assert page.input_value("#q") == "eia"
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    first_row(page).locator(".ttl").focus()
    for keys in ("Control+e", "Alt+e", "Meta+i"):
        page.keyboard.press(keys)
    assert not IssueAction.objects.exists()


def test_the_palette_acts_on_what_is_selected(open_page, sentry):
    page = open_page(LIST)
    row = first_row(page)
    short = short_id(row)
    row.locator("input").check()
    page.keyboard.press("Control+k")
    page.keyboard.type("archive good")
    expect(page.locator("#palette-results [aria-selected=true]")).to_contain_text("Archive for good")
    page.keyboard.press("Enter")
    expect(row).to_contain_text("Archived")
    assert truth(sentry, short)["substatus"] == "archived_forever"


def test_the_palette_finds_issues_as_one_types_and_keeps_to_itself(open_page):
    page = open_page(LIST)
    word = Issue.objects.filter(gone="", error_type="IntegrityError").first().error_type
    page.keyboard.press("Control+k")
    page.keyboard.type(word[:6].lower())
    expect(page.locator("#palette-results")).to_contain_text(word)
    page.keyboard.press("Escape")
    expect(page.locator("#dialog")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("Search or run a command")
    assert not page.problems


def test_a_dialog_is_left_by_its_button(open_page):
    page = open_page(LIST)
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("l")
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.keyboard.press("?")  # has a button of its own
    expect(page.get_by_role("dialog").get_by_role("button", name="Close")).to_have_count(1)


def test_labels_and_comments_by_key_from_the_list_and_on_the_issue(open_page, sentry):
    page = open_page(LIST)
    page.keyboard.press("x")  # no row yet: nothing
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("l")
    expect(page.locator("#ask-labels")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    page.keyboard.press("c")
    page.wait_for_url("**/issues/*/?tab=activity*")
    expect(page.locator("#comment-text")).to_be_focused()
    page.locator('[data-tab="stack"]').click()
    expect(page.locator("#stack")).to_be_visible()
    page.keyboard.press("c")
    expect(page.locator("#comment-text")).to_be_focused()
    page.keyboard.type("elia")  # in a field, keys are letters
    assert page.input_value("#comment-text") == "elia"
    # What was read meanwhile does not take the text away.
    with page.expect_response(lambda answer: "tab=activity" in answer.url):
        page.evaluate("htmx.trigger(document.body, 'issue-fetched')")
    page.wait_for_timeout(300)
    assert page.input_value("#comment-text") == "elia"
    page.fill("#comment-text", "")
    page.locator('[data-tab="stack"]').click()
    expect(page.locator("#stack")).to_be_visible()
    page.keyboard.type("celia")  # as fast as it goes: nothing of it is a shortcut
    expect(page.locator("#comment-text")).to_have_value("elia")
    assert not IssueAction.objects.exists()
    page.locator("h1").click()
    page.keyboard.press("l")
    expect(page.locator("#ask-labels")).to_be_visible()
    assert len(page.loads) == 1
    assert not page.problems


def test_a_comment_from_mention_to_deletion(open_page, sentry):
    make_user("mateo", first_name="Mateo", last_name="Ruiz")
    issue = Issue.objects.filter(gone="", status="unresolved").first()
    page = open_page(f"/issues/{issue.pk}/?tab=activity")
    page.keyboard.press("c")
    page.keyboard.type("Looks like **hold time**, @mat")
    expect(page.locator("#mentions [role=option]")).to_contain_text("Mateo Ruiz")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+Enter")
    comment = page.locator("article.comment").last
    expect(comment.locator("strong")).to_have_text("hold time")
    expect(comment.locator(".mention")).to_have_text("@Mateo Ruiz")
    assert InboxEntry.objects.get().user.username == "mateo"
    comment.get_by_title("Edit").click()
    page.locator("form.edit textarea").fill("It is the pool")
    page.keyboard.press("Control+Enter")
    expect(comment.locator(".said")).to_have_text("It is the pool")
    page.once("dialog", lambda asked: asked.dismiss())
    comment.get_by_title("Delete").click()
    expect(comment).to_be_visible()
    page.once("dialog", lambda asked: asked.accept())
    comment.get_by_title("Delete").click()
    expect(page.locator("article.comment")).to_have_count(0)
    assert not InboxEntry.objects.exists()
    assert page.loads == []
    assert not page.problems


def test_the_places_after_g(open_page):
    page = open_page(LIST)
    for key, path in (
        ("n", "/inbox/"),
        ("o", "/outbox/"),
        ("w", "/recommendations/"),
        ("d", "/deadlocks/"),
        ("s", "/settings/"),
        ("i", "/"),
    ):
        page.keyboard.press("g")
        page.keyboard.press(key)
        page.wait_for_url(re.compile(rf"//[^/]+{path}($|\?)"))
    assert not page.problems


def test_toasts_do_not_pile_up(open_page):
    page = open_page(LIST)
    page.keyboard.press("j")
    said = page.locator("#toasts .toast")
    for number in range(5):
        page.keyboard.press("ei"[number % 2])
        expect(said.last).to_contain_text(("Resolved", "Archived", "Reopened")[(0, 1, 2, 1, 2)[number]])
    expect(said).to_have_count(3)


def test_on_the_page_of_an_issue_the_menus_work(open_page, sentry):
    issue = Issue.objects.filter(status="unresolved", gone="").order_by("pk").first()
    page = open_page(f"/issues/{issue.pk}/")
    page.click("[popovertarget=m-resolve]")
    page.get_by_role("button", name="In the next release").click()
    expect(page.locator("#issue-state")).to_contain_text("Resolved")
    assert sentry.state(issue.sentry_id)["statusDetails"] == {"inNextRelease": True}
    page.click("[popovertarget=m-more]")
    page.get_by_role("button", name="Labels").click()
    page.fill("[name=new_label]", "vendor")
    page.get_by_role("button", name="Save labels").click()
    expect(page.locator("#issue-state")).to_contain_text("vendor")
    page.click("[popovertarget=m-archive]")
    page.get_by_role("button", name="For a time").click()
    page.get_by_label("How many events").fill("0")
    page.locator("#ask-archive input[value=events]").check()
    page.get_by_role("button", name="Archive", exact=True).last.click()
    expect(page.locator("#ask-archive .err")).to_contain_text("Give a whole number above 0.")
    page.get_by_label("How many events").fill("50")
    page.get_by_role("button", name="Archive", exact=True).last.click()
    expect(page.locator("#issue-state")).to_contain_text("Archived")
    assert sentry.state(issue.sentry_id)["statusDetails"]["ignoreCount"] == 50
    assert page.loads == []
    assert not page.problems


def test_without_a_script(open_page, sentry):
    page = open_page(LIST, java_script_enabled=False)
    short = short_id(first_row(page))
    first_row(page).locator("input").check()
    page.click("#b-do-resolve")
    expect(page.locator("#toasts .toast")).to_contain_text(f"Resolved: {short}.")
    assert truth(sentry, short)["status"] == "resolved"
    page.locator("[data-undo]").click()
    expect(page.locator("#toasts .toast")).to_contain_text("Taken back")
    assert truth(sentry, short)["status"] == "unresolved"
    first_row(page).locator("input").check()
    page.click("#b-do-assign")
    page.locator("#people button").first.click()
    expect(page.locator("#toasts .toast")).to_contain_text("Assigned to")
