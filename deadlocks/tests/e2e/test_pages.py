"""A report is pasted, a log is given, queries are shown: in a browser, with axe, in both schemes."""

import pytest

from deadlocks.services.reading import read_events
from deadlocks.tests.queries import make_asking_event
from deadlocks.tests.test_history import make_deadlock
from deadlocks.tests.test_logs import report, server_log
from dexter.web.tests.e2e.test_accessibility import DESKTOP, PHONE, violations

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
ADDRESS = "/deadlocks/analyze/"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.LOGS_DIR = tmp_path / "logs"


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_pasted_report(open_list, scheme, size, shoot):
    page = open_list(ADDRESS, color_scheme=scheme, viewport=size)
    page.fill("#text", report())
    page.get_by_role("button", name="Analyze").click()
    page.wait_for_selector("article.deadlock")
    assert page.locator(".graph .proc").count() == 2
    assert page.input_value("#text") == report()
    shoot(page, f"analyze-{scheme}-{size['width']}")
    assert violations(page) == []
    assert fits(page)
    assert page.problems == []


def test_no_deadlock(open_list, shoot):
    page = open_list(ADDRESS)
    page.fill("#text", "ERROR:  canceling statement due to lock timeout")
    page.get_by_role("button", name="Analyze").click()
    page.get_by_role("alert").wait_for()
    shoot(page, "analyze-none")
    assert violations(page) == []


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_log_is_read_and_kept(open_list, tmp_path, scripts, shoot):
    (tmp_path / "postgresql.log").write_bytes(server_log(2))
    page = open_list(ADDRESS, java_script_enabled=scripts)
    page.set_input_files("#file", tmp_path / "postgresql.log")
    page.get_by_role("button", name="Analyze").click()
    page.wait_for_selector("article.deadlock")
    assert page.locator("article.deadlock").count() == 2
    page.fill("#name", "November")
    page.get_by_role("button", name="Keep").click()
    page.wait_for_selector("h1:has-text('November')")
    shoot(page, f"log-{scripts}")
    if scripts:
        assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_queries_on_the_issue_page(open_list, scheme, size, shoot):
    event = make_asking_event(milliseconds=600)
    read_events([event.pk])
    page = open_list(f"/issues/{event.issue_id}/", color_scheme=scheme, viewport=size)
    page.wait_for_selector("#panel-queries table")
    shoot(page, f"queries-{scheme}-{size['width']}")
    assert violations(page) == []
    assert fits(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_history(open_list, scheme, size, shoot):
    rows = [make_deadlock(days) for days in (0.5, 3, 3.2, 9)]
    make_deadlock(12, key="b")
    page = open_list("/deadlocks/history/", color_scheme=scheme, viewport=size)
    page.get_by_role("button", name="Mark as done").first.click()
    page.wait_for_selector("text=0 in the day since")
    shoot(page, f"history-{scheme}-{size['width']}")
    assert violations(page) == []
    assert fits(page)
    page.goto(page.url.replace("history", str(rows[0].pk)))
    page.wait_for_selector("text=0 in the day since")
    shoot(page, f"report-{scheme}-{size['width']}")
    assert violations(page) == []
    assert fits(page)
