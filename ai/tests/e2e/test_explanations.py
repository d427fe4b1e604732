"""Explaining in a browser: asked, watched, stopped, asked again, cited, judged, without a model."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from ai.llm.fakes import Behaviour

pytestmark = pytest.mark.e2e

ANSWER = (
    "## What happened\n\nThe pool is empty [F1], as the query says [Q1].\n\n## Why\n\nSee [T1] and [F99]."
)


@pytest.fixture(autouse=True)
def plain(ollama):
    ollama.behaviours = [Behaviour(ANSWER, pause=0.02)]


def explain(page, button="Explain"):
    page.locator("#panel-ai").get_by_role("button", name=button, exact=True).first.click()


def done(page):
    expect(page.locator("#panel-ai .judge")).to_be_visible(timeout=20_000)


def test_an_answer_is_written_into_the_page(open_page, ollama):
    ollama.behaviours = [Behaviour("Slowly written words. " * 20, pause=0.05)]
    page = open_page("/issues/1/")
    expect(page.locator("#panel-ai")).to_contain_text("By rules, no model")
    explain(page)
    out = page.locator("#ai-out")
    expect(out).to_contain_text("Slowly written", timeout=5000)
    expect(out).to_have_attribute("aria-busy", "true")
    some = len(out.inner_text())
    page.reload()  # the text so far is there again, and it goes on
    expect(page.locator("#ai-out")).to_contain_text("Slowly written", timeout=5000)
    done(page)
    assert len(page.locator("#ai-out").inner_text()) > some
    assert page.problems == []


def test_stopping(open_page, ollama):
    ollama.behaviours = [Behaviour("word " * 3000, pause=0.05)]
    page = open_page("/issues/2/")
    explain(page)
    expect(page.locator("#ai-out")).to_contain_text("word word", timeout=5000)
    page.locator("#panel-ai").get_by_role("button", name="Stop").click()
    expect(page.locator("#panel-ai .about")).to_contain_text("Stopped", timeout=5000)
    assert page.locator("#ai-out").inner_text().startswith("word word")


def test_following_a_citation(open_page):
    page = open_page("/issues/3/")
    explain(page)
    done(page)
    expect(page.locator("#ai-out s.cite")).to_have_text("[F99]")
    expect(page.locator("#panel-ai .about")).to_contain_text("1 made up")
    page.locator("#ai-out a.cite", has_text="Q1").click()
    expect(page.locator("tr:target")).to_be_visible()
    assert "tab=breadcrumbs#crumb-" in page.url
    page.locator("#ai-out a.cite", has_text="F1").click()
    expect(page.locator("details.frame:target")).to_be_visible()
    assert page.problems == []


def test_again_with_another_model_beside_the_first(open_page, ollama):
    page = open_page("/issues/4/")
    explain(page)
    done(page)
    ollama.behaviours = [Behaviour("The larger model says this.")]
    explain(page, "Again")
    expect(page.locator("#ai-out")).to_contain_text("The larger model says this.", timeout=10_000)
    done(page)
    expect(page.locator("#panel-ai .about")).to_contain_text("fake-large")
    page.get_by_text("Other answers about this issue").click()
    page.get_by_role("link", name="Compare").click()
    expect(page.locator(".beside > .card")).to_have_count(2)
    expect(page.locator(".beside")).to_contain_text("The pool is empty")


def test_thumbs_and_a_follow_up(open_page, ollama):
    page = open_page("/issues/5/")
    explain(page)
    done(page)
    page.fill("#panel-ai .judge input[name=reason]", "the right frame")
    page.locator("#panel-ai .judge button[title=Yes]").click()
    expect(page.locator("#panel-ai .judge button[title=Yes]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#panel-ai .judge input[name=reason]")).to_have_value("the right frame")
    ollama.behaviours = [Behaviour("Send two orders at once.")]
    page.get_by_role("button", name="How can I reproduce this?").click()
    expect(page.locator("#panel-ai .question")).to_contain_text("reproduce", timeout=10_000)
    expect(page.locator("#ai-out")).to_contain_text("Send two orders", timeout=10_000)


def test_when_no_model_answers_the_rules_do(open_page, ollama):
    ollama.behaviours = [Behaviour(status=500, body={"error": "out of memory"})]
    page = open_page("/issues/6/")
    explain(page)
    expect(page.locator("#panel-ai [role=alert]")).to_contain_text("out of memory", timeout=10_000)
    expect(page.locator("#panel-ai")).to_contain_text("By rules, no model")


def test_without_a_script_the_page_shows_how_to_go_on(open_page, ollama):
    ollama.behaviours = [Behaviour("All of it.", delay=6)]
    page = open_page("/ai/issues/7/", java_script_enabled=False)
    explain(page)
    expect(page.locator("#panel-ai, #explanation")).to_contain_text("fake-small is writing")
    page.wait_for_timeout(7000)
    page.reload()
    expect(page.locator("#ai-out")).to_contain_text("All of it.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_pages_are_accessible_and_fit(open_page, scheme, width):
    page = open_page("/issues/8/", color_scheme=scheme, viewport={"width": width, "height": 900})
    expect(page.locator("#panel-ai .ask")).to_be_visible()
    if page.locator("#panel-ai").get_by_role("button", name="Explain", exact=True).count():
        explain(page)
    done(page)
    row = page.locator("[data-explanation]").get_attribute("data-explanation")
    for path in ("", f"/ai/explanations/{row}/", "/ai/issues/8/sent/", "/ai/models/", "/ai/metrics/",
                 f"/ai/compare/?a={row}&b={row}"):  # fmt: skip
        if path:
            page.goto(page.url.split("/issues/")[0].split("/ai/")[0] + path)
            page.wait_for_load_state("networkidle")
        found = Axe().run(page).response["violations"]
        assert [(item["id"], [node["target"] for node in item["nodes"]]) for item in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
