"""A deadlock of ten processes in a browser: legible, by keyboard, by a screen reader, larger at will."""

import pytest

from deadlocks.services import logs
from deadlocks.tests import ten
from deadlocks.tests.e2e.test_pages import fits
from deadlocks.tests.test_joined import WHEN
from deadlocks.tests.test_reports import TEXT, make_deadlock
from dexter.web.tests.e2e.test_accessibility import DESKTOP, PHONE, violations

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

# Boxes of the texts and of the rectangle around them, as the browser lays them out.
OUTSIDE = """() => [...document.querySelectorAll('.graph :is(.proc, .elabel)')].flatMap((group) => {
  const box = group.querySelector('rect').getBoundingClientRect();
  return [...group.querySelectorAll('text')].filter((text) => {
    const own = text.getBoundingClientRect();
    return own.left < box.left || own.right > box.right;
  }).map((text) => text.textContent);
})"""
SMALLEST = """() => Math.min(...[...document.querySelectorAll('.graph text')].map((text) => {
  const scale = text.getScreenCTM().a;
  return parseFloat(getComputedStyle(text).fontSize) * scale;
}))"""
TOUCHING = """() => {
  const boxes = [...document.querySelectorAll('.graph .proc > rect')].map((r) => r.getBoundingClientRect());
  return boxes.filter((a, i) => boxes.some((b, j) => j > i
    && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)).length;
}"""


@pytest.fixture
def row(transactional_db):
    logs.keep_text(ten.server_log(), name="db1", owner=None)
    return make_deadlock(text=ten.client_text(), date=WHEN)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_ten_processes_are_legible(open_list, row, scheme, size, shoot):
    page = open_list(row.get_absolute_url(), color_scheme=scheme, viewport=size)
    assert page.locator(".graph .proc").count() == 10
    assert page.evaluate(SMALLEST) >= 11.5
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate(TOUCHING) == 0
    assert page.locator(".locks .wait").count() == 10
    shoot(page, f"ten-{scheme}-{size['width']}")
    assert violations(page) == []
    assert fits(page)
    assert page.problems == []


def test_the_graph_is_read_and_walked_by_keyboard(open_list, row):
    page = open_list(row.get_absolute_url())
    boxes = page.get_by_role("img", name="Process 48")
    assert boxes.count() == 10
    page.locator(".graph .proc").first.focus()
    named = []
    for _ in ten.PIDS:
        named.append(page.evaluate("document.activeElement.getAttribute('aria-label')"))
        page.keyboard.press("Tab")
    assert named[0].startswith(
        "Process 48213, victim, rolled back, waits for ShareLock on transaction 91544207"
    )
    assert [name.split()[1].rstrip(",") for name in named] == [str(pid) for pid in ten.PIDS]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_zoom_and_pan_need_no_script(open_list, row, scripts):
    page = open_list(row.get_absolute_url(), java_script_enabled=scripts, viewport=PHONE)
    region = page.get_by_role("region", name="Wait-for graph")

    def width() -> float:
        return page.locator(".graph").bounding_box()["width"]

    natural = width()
    page.get_by_role("radio", name="100 %").focus()
    page.keyboard.press("ArrowRight")
    assert width() == pytest.approx(natural * 1.5, rel=0.02)
    page.get_by_role("radio", name="Fit").check(force=True)
    assert width() <= region.bounding_box()["width"]
    page.get_by_role("radio", name="200 %").check(force=True)
    assert width() == pytest.approx(natural * 2, rel=0.02)
    if scripts:
        region.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(400)
        assert region.evaluate("element => element.scrollLeft") > 0


def test_two_processes_are_seen_whole_on_a_phone(open_list, person):
    row = make_deadlock(text=TEXT, date=WHEN)
    page = open_list(row.get_absolute_url(), viewport=PHONE)
    region = page.get_by_role("region", name="Wait-for graph")
    assert page.locator(".graph").bounding_box()["width"] <= region.bounding_box()["width"]
