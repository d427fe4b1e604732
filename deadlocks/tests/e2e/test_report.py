"""The list of deadlocks and the page of a report with what a log adds: in a browser, with axe."""

import pytest

from deadlocks.services import logs
from deadlocks.tests.e2e.test_pages import fits
from deadlocks.tests.test_joined import LOST, WHEN
from deadlocks.tests.test_lanes import with_waits
from deadlocks.tests.test_reports import make_deadlock
from dexter.web.tests.e2e.test_accessibility import DESKTOP, PHONE, violations

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_list_and_report(open_list, scheme, size, shoot):
    row = make_deadlock(text=LOST, date=WHEN)
    logs.keep_text(with_waits(), name="db1", owner=None)
    page = open_list("/deadlocks/", color_scheme=scheme, viewport=size)
    shoot(page, f"deadlocks-{scheme}-{size['width']}")
    assert violations(page) == []
    assert fits(page)
    page.locator(f"a[href='/deadlocks/{row.pk}/']").first.click()
    page.wait_for_selector("#report")
    shoot(page, f"report-{scheme}-{size['width']}")
    assert page.locator(".graph .proc").count() == 2
    assert "SET n = 2 WHERE id = 5" in page.locator("section[aria-labelledby=statements-title]").inner_text()
    assert page.locator("section[aria-labelledby=origins-title] a[href$='/?from=0']").count()
    assert page.locator(".locks .wait").count() == 2
    assert page.locator(".original pre").inner_text().startswith("deadlock detected")
    page.locator(".graph .proc").first.focus()
    assert page.evaluate("document.activeElement.matches('.proc')")
    assert violations(page) == []
    assert fits(page)
    assert page.problems == []
