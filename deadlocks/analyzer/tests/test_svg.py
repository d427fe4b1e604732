import re
from xml.etree import ElementTree

import pytest

from deadlocks.analyzer import analyze_event, analyze_log
from deadlocks.analyzer.render import svg

from . import reports

RINGS = ("update", "ring-3", "ring-7", "ring-12")


def drawn(name, **more):
    case = next(c for c in reports.provoked() if c["name"] == name)
    return svg(next(analyze_log((case["logs"]["csvlog"].encode(),))), **more)


@pytest.mark.parametrize("name", RINGS)
def test_everything_is_inside_the_picture(name):
    text = drawn(name)
    width, height = map(float, re.search(r'viewBox="0 0 (\S+) (\S+)"', text).groups())
    for rect in ElementTree.fromstring(text).iter("{http://www.w3.org/2000/svg}rect"):
        x, y, w, h = (float(rect.get(k)) for k in ("x", "y", "width", "height"))
        assert x >= 0
        assert y >= 0
        assert x + w <= width
        assert y + h <= height


@pytest.mark.parametrize("name", RINGS)
def test_boxes_do_not_touch(name):
    rects = re.findall(r'<rect x="(\S+)" y="(\S+)" width="204"', drawn(name))
    boxes = [(float(x), float(y)) for x, y in rects]
    assert all(
        abs(a[0] - b[0]) > 204 or abs(a[1] - b[1]) > 90 for a in boxes for b in boxes if a is not b and a != b
    )


@pytest.mark.parametrize("name", RINGS)
def test_it_is_never_wider_than_a_page(name):
    width, height = map(int, re.search(r'width="(\d+)" height="(\d+)"', drawn(name)).groups())
    assert width <= 900
    assert height <= 1100


def test_a_box_says_what_its_process_waits_for():
    labels = re.findall(r'aria-label="(Process \d+[^"]*)"', drawn("ring-3"))
    assert len(labels) == 3
    assert all(", waits for ShareLock on transaction " in label and ", held by " in label for label in labels)


def test_text_is_escaped_and_ids_take_a_prefix():
    case = next(c for c in reports.provoked() if c["name"] == "update")
    text = case["logs"]["csvlog"].replace("accounts", "<b>&amp;")
    picture = svg(next(analyze_log((text.encode(),))), ids="two")
    ElementTree.fromstring(picture)
    assert 'id="two-title"' in picture
    assert "<b>" not in picture


def test_only_a_download_has_a_style_of_its_own():
    assert "<style>" not in drawn("update")
    assert "style=" not in drawn("update")
    assert "<style>" in drawn("update", standalone=True)


def test_a_report_without_detail_is_one_box():
    (report,) = analyze_event({"exception": {"values": [{"type": "X", "value": "deadlock detected"}]}})
    assert svg(report).count('class="proc') == 1
