"""What apps add to the frame: areas, panels, freshness; and how templates are written."""

import re

import pytest
from django.conf import settings

from dexter.web import panels, portal
from dexter.web.panels import Panel, add_panel, panels_for

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))


@pytest.fixture
def own_panels(monkeypatch):
    monkeypatch.setattr(panels, "_panels", [])


def test_panels_apply_to_an_event_in_the_order_of_registration(own_panels) -> None:
    first = Panel("issue_main", "a", "A", "a:panel", applies=lambda event: event["deadlock"])
    second = Panel("issue_main", "b", "B", "b:panel", applies=lambda event: True)
    for panel in (first, second, first):
        add_panel(panel)
    assert panels_for("issue_main", {"deadlock": True}) == [first, second]
    assert panels_for("issue_main", {"deadlock": False}) == [second]
    assert panels_for("issue_side", {"deadlock": True}) == []


def test_a_panel_for_no_slot_is_refused(own_panels) -> None:
    with pytest.raises(ValueError, match="no page has a slot"):
        add_panel(Panel("cellar", "a", "A", "a:panel", applies=bool))


def test_an_area_is_added_once() -> None:
    before = list(portal.AREAS)
    portal.add_area(before[0])
    assert before == portal.AREAS


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_inline_style_script_or_handler(path) -> None:
    source = path.read_text()
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style", source)
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", source)


@pytest.mark.parametrize("path", [p for p in TEMPLATES if p.name.startswith("_")], ids=lambda path: path.name)
def test_fragments_extend_nothing(path) -> None:
    assert "{% extends" not in path.read_text()


def test_every_stylesheet_is_linked_once_in_the_order_of_the_cascade() -> None:
    linked = re.findall(r"css/([\w-]+)\.css", (settings.BASE_DIR / "templates/_styles.html").read_text())
    files = {path.stem for path in (settings.BASE_DIR / "static/css").glob("*.css")}
    assert sorted(linked) == sorted(files)
    assert linked[0] == "tokens"
    assert linked[-1] == "utilities"


def test_scripts_stay_small() -> None:
    lines = sum(len(path.read_text().splitlines()) for path in (settings.BASE_DIR / "static/js").glob("*.js"))
    assert lines < 1000
