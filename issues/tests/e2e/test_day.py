"""A day of triage, from the first look to the export: where a fragment will do, no page is loaded."""

import csv
import io

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from dexter.web.tests.e2e.shots import sign_in
from issues.models import Bulk, Comment, Export, InboxEntry, Issue, IssueAction, Member, SyncRun
from issues.sync.run import sync
from issues.tests.conftest import connect_to
from issues.tests.factories import make_user

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

ISSUES = 950  # of which some 570 are unresolved
BULK = 500
PATIENCE = 120_000  # milliseconds: in a test the job runs within the request


@pytest.fixture
def sentry(live_server, transactional_db, sandbox_factory, settings):
    """A sandbox with many issues, synced without their events; `demo` and `mateo` may sign in."""
    cache.clear()
    settings.SYNC_EVENT_ISSUES = 0
    server = sandbox_factory(issues=ISSUES, events=1)
    sync(connect_to(server), kind=SyncRun.Kind.FULL, report=lambda *_: None)
    person = make_user("demo", first_name="Priya", last_name="Nair")
    Member.objects.filter(pk=Member.objects.first().pk).update(user=person)
    make_user("mateo", first_name="Mateo", last_name="Ruiz")
    return server


@pytest.fixture
def page(sentry, live_server, contexts):
    """The list, signed in; `page.loads` holds the address of every page that is loaded from then on."""
    page = contexts().new_page()
    sign_in(page, live_server.url, "demo", "secret")
    page.goto(f"{live_server.url}/?query=is:unresolved&sort=last_seen")
    page.wait_for_load_state("networkidle")
    page.loads, page.problems = [], []
    page.on("domcontentloaded", lambda shown: page.loads.append(shown.url))
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    return page


def test_a_day(page, sentry):
    short = find_and_read(page)
    assign_resolve_undo(page, sentry, short)
    archive_all(page, sentry)
    assert page.loads == []
    comment(page, short)
    assert len(page.loads) == 1  # the page of the issue
    export(page)
    assert len(page.loads) == 2  # back to the list
    assert not page.problems


def find_and_read(page):
    page.fill("#q", "level:error")
    page.keyboard.press("Enter")
    expect(page.locator("#query .token")).to_have_count(2)
    page.locator(".issues tbody tr .c-ev").first.click()
    row = page.locator(".issues tr[aria-current]")
    short = row.locator(".id").inner_text()
    expect(page.locator("#peek .mono").first).to_have_text(short)
    return short


def assign_resolve_undo(page, sentry, short):
    key = Issue.objects.get(short_id=short).sentry_id
    page.keyboard.press("a")
    page.fill("#ask-assign [name=who]", Member.objects.first().name)
    chosen = page.locator("#people button").first
    expect(chosen).to_contain_text(Member.objects.first().name)
    page.keyboard.press("Enter")
    expect(page.locator("#dialog")).to_be_hidden()
    expect(page.locator("#toasts .toast").last).to_contain_text("Assigned to")
    assert sentry.state(key)["assignedTo"] == f"user:{Member.objects.first().sentry_id}"
    row = page.locator(".issues tr[aria-current]")
    page.keyboard.press("e")
    expect(row).to_contain_text("Resolved")
    assert sentry.state(key)["status"] == "resolved"
    page.keyboard.press("u")
    expect(row).not_to_contain_text("Resolved")
    assert sentry.state(key)["status"] == "unresolved"


def archive_all(page, sentry):
    """Everything unresolved, which is more than a page, as a job whose card lives in this page."""
    page.locator("#query .token", has_text="level").get_by_role("link").click()
    expect(page.locator("#query .token")).to_have_count(1)
    page.locator("[data-select-page]").check()
    page.locator("[data-select-all]").check()
    expect(page.locator("[data-selected]")).to_contain_text("All ")
    page.click("#b-do-archive")
    card = page.locator(".toast.job")
    expect(card).to_contain_text("Done. Sentry has it.", timeout=PATIENCE)
    mine = IssueAction.objects.filter(bulk=Bulk.objects.get().job_id)
    assert mine.count() >= BULK
    there = sentry.states()
    assert {row.state for row in mine} == {"done"}
    found = {there[row.issue.sentry_id]["substatus"] for row in mine.select_related("issue")}
    assert found == {"archived_until_escalating"}


def comment(page, short):
    page.keyboard.press("Control+k")
    page.keyboard.type(short)
    line = page.locator("#palette-results [data-href]", has_text=short).first
    line.click()
    page.wait_for_url("**/issues/*/")
    page.keyboard.press("c")
    expect(page.locator("#comment-text")).to_be_focused()
    page.keyboard.type("Archived with the rest, @mat")
    expect(page.locator("#mentions [role=option]")).to_contain_text("Mateo Ruiz")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+Enter")
    expect(page.locator("article.comment .mention")).to_have_text("@Mateo Ruiz")
    assert Comment.objects.get().text.startswith("Archived with the rest, @mateo")
    assert InboxEntry.objects.get().user.username == "mateo"


def export(page):
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url("**/")
    page.locator("#query .token", has_text="unresolved").get_by_role("link").click()
    expect(page.locator("#query .token")).to_have_count(0)
    page.get_by_title("Export what matches").click()
    expect(page.locator("#export-form")).to_be_visible()
    with page.expect_download() as begun:
        page.locator("#export-form").get_by_role("button", name="Export").click()
    rows = list(csv.DictReader(io.StringIO(begun.value.path().read_text())))
    assert len(rows) == Export.objects.get().rows > BULK
    expect(page.locator("#dialog")).to_be_hidden()
