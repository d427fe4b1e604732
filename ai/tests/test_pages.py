"""The panel on the issue page and the pages of explanations."""

import re

import pytest
from django.urls import reverse

from ai.llm.fakes import Behaviour
from ai.models import Explanation
from ai.services import asking
from ai.tests.factories import make_explanation, make_model, make_provider
from issues.tests.factories import make_event, make_issue
from issues.tests.issue_page import SECRETS

pytestmark = pytest.mark.django_db(transaction=True)

HTMX = {"HX-Request": "true"}


@pytest.fixture
def page(browser_of):
    def get(name, *args, **parameters):
        return browser_of.get(reverse(f"ai:{name}", args=args), parameters)

    return get


@pytest.fixture
def post(browser_of):
    def post_(name, *args, htmx=False, **given):
        return browser_of.post(reverse(f"ai:{name}", args=args), given, headers=HTMX if htmx else {})

    return post_


def text_of(answer):
    return answer.content.decode()


def test_the_issue_page_has_the_panel(browser_of, event):
    html = text_of(browser_of.get(f"/issues/{event.issue_id}/"))
    assert f'hx-get="/ai/issues/{event.issue_id}/?event={event.event_id}"' in html


def test_without_a_model_the_panel_shows_what_rules_find(page, event):
    html = text_of(page("panel", event.issue_id))
    assert "By rules, no model" in html
    assert "No language model is connected" in html
    assert "<textarea" not in html
    assert [secret for secret in SECRETS if secret in html] == []


def test_asking_from_the_panel(post, event, model, user):
    html = text_of(post("ask", event.issue_id, htmx=True, event=event.event_id))
    assert "It waits for a connection." in html
    assert "Not grounded" in html
    assert html.strip().startswith("{#") is False
    row = Explanation.objects.get()
    assert (row.state, row.asked_by) == ("done", user)


def test_asking_without_a_script_leads_to_a_page_of_its_own(post, event, model):
    answer = post("ask", event.issue_id, event=event.event_id, question="Why?")
    row = Explanation.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/ai/explanations/{row.pk}/")


def test_what_was_not_taken_is_said(post, event, model, settings):
    settings.AI_DAILY_LIMIT = 1
    post("ask", event.issue_id)
    answer = post("ask", event.issue_id, htmx=True, question="My long question")
    assert answer.status_code == 422
    assert "AI_DAILY_LIMIT" in text_of(answer)
    assert "My long question" in text_of(answer)


def test_a_follow_up_is_kept_with_the_issue(post, event, model):
    post("ask", event.issue_id)
    first = Explanation.objects.get()
    html = text_of(post("ask", event.issue_id, htmx=True, follows=first.pk, question="And then?"))
    second = Explanation.objects.latest("pk")
    assert (second.follows, second.question) == (first, "And then?")
    assert "And then?" in html
    assert f"/ai/explanations/{first.pk}/" in html
    assert "How can I reproduce this?" in html


def test_the_same_with_another_model_beside_each_other(page, post, event, model, ollama):
    post("ask", event.issue_id)
    ollama.behaviours = [Behaviour("The larger one says this.")]
    larger = make_model(provider=model.provider, name="fake-large")
    first = Explanation.objects.get()
    post("ask", event.issue_id, model=larger.pk, retry_of=first.pk, fresh="1")
    second = Explanation.objects.latest("pk")
    assert (second.model, second.retry_of) == (larger, first)
    html = text_of(page("compare", a=first.pk, b=second.pk))
    assert "It waits for a connection." in html
    assert "The larger one says this." in html


@pytest.mark.parametrize("query", ["", "?a=1", "?a=x&b=y", "?a=1&b=999999"])
def test_two_answers_are_needed_to_compare(browser_of, query):
    assert browser_of.get(f"/ai/compare/{query}").status_code == 404


def test_thumbs_with_a_reason(post, event, model, user):
    post("ask", event.issue_id)
    row = Explanation.objects.get()
    html = text_of(post("feedback", row.pk, htmx=True, helpful="0", reason="wrong file"))
    assert 'value="wrong file"' in html
    assert 'value="0" title="No" aria-pressed="true"' in html
    kept = row.feedback.get()
    assert (kept.user, kept.is_helpful, kept.reason) == (user, False, "wrong file")
    post("feedback", row.pk, helpful="2")
    assert row.feedback.count() == 1


def test_stopping(post, event, model, monkeypatch):
    monkeypatch.setattr("dexter.jobs.runner.send", lambda job, **_: None)
    html = text_of(post("ask", event.issue_id, htmx=True))
    row = Explanation.objects.get()
    assert "number 1 in the queue" in html
    assert f'data-stream="/ai/explanations/{row.pk}/stream/"' in html
    html = text_of(post("stop", row.pk, htmx=True))
    assert "Stopped" in html
    assert "data-stream" not in html


def test_while_it_is_written_the_page_shows_the_text_so_far(page, event, model):
    row = make_explanation(issue=event.issue, event=event, state="running", text="Half an ans", model=model)
    html = text_of(page("explanation", row.pk))
    assert "Half an ans" in html
    assert "Reload the page" in html
    assert '<noscript><meta http-equiv="refresh"' in html
    assert 'aria-busy="true"' in html


def test_a_failure_says_what_to_do_and_shows_what_rules_find(page, event, model):
    row = make_explanation(
        issue=event.issue, event=event, state="failed", text="", error="Nothing answers.", advice="Start it."
    )
    html = text_of(page("explanation", row.pk))
    assert "Nothing answers." in html
    assert "Start it." in html
    assert "By rules, no model" in html


def test_what_was_sent_is_shown_and_holds_nothing_personal(page, post, event, model, ollama):
    post("ask", event.issue_id)
    row = Explanation.objects.get()
    html = text_of(page("explanation", row.pk))
    assert "What was sent" in html
    for text in (html, ollama.texts, text_of(page("preview", event.issue_id))):
        assert [secret for secret in SECRETS if secret in text] == []


def test_the_answer_as_markdown(page, post, event, model):
    post("ask", event.issue_id)
    answer = page("markdown", Explanation.objects.get().pk)
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert "It waits for a connection." in text_of(answer)
    assert "Written by fake-small" in text_of(answer)


NASTY = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)> [click](javascript:alert(1)) "
    '[x](http://a.example/[F1]"onmouseover=alert(1)) ada@example.com'
)


def test_an_answer_is_rendered_safely(page, event):
    sent = {"markers": {"[F1]": {"label": 'a "quoted" <label>', "tab": "stack", "anchor": "frame-1"}}}
    row = make_explanation(issue=event.issue, event=event, text=f"{NASTY} and [F1]", sent=sent)
    html = text_of(page("explanation", row.pk)).partition('id="ai-out"')[2].partition("</div></div>")[0]
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert "%EE" not in html
    assert " onmouseover" not in html
    assert '"onmouseover' not in html
    assert "ada@example.com" not in html
    assert 'title="a &quot;quoted&quot; &lt;label&gt;"' in html


def test_citations_lead_to_their_place_and_invented_ones_are_struck_out(page, event):
    sent = {"markers": {"[F1]": {"label": "cart.py, line 12", "tab": "stack", "anchor": "frame-exc-0-3"}}}
    row = make_explanation(
        issue=event.issue, event=event, event_ref=event.event_id, sent=sent, is_grounded=True,
        text="It is here [F1], and there [F9].", invented=["[F9]"], citations=[{"marker": "[F1]"}],
    )  # fmt: skip
    html = text_of(page("explanation", row.pk))
    place = f"/issues/{event.issue_id}/events/{event.event_id}/?tab=stack#frame-exc-0-3"
    assert f'<a class="cite" href="{place}" title="cart.py, line 12">F1</a>' in html
    assert '<s class="cite invented"' in html
    assert "1 made up" in html
    assert "Not grounded" not in html


def test_the_figures(page, event, model, user):
    row = asking.ask(event=event, user=user)
    asking.ask(event=event, user=user)
    asking.give_feedback(row, user=user, is_helpful=True)
    html = text_of(page("metrics"))
    assert "1 answered from the cache (50 %)" in html
    assert "fake-small" in html
    assert text_of(page("metrics", days="7"))


def test_the_figures_of_nothing(page):
    assert "Nobody has asked a model yet" in text_of(page("metrics"))


def test_the_number_of_queries_does_not_grow(page, event, model, django_assert_max_num_queries):
    for _ in range(12):
        make_explanation(issue=event.issue, event=event, model=model)
    for _ in range(3):
        make_model(provider=make_provider(), name=f"model {_}")
    page("panel", event.issue_id)  # what is cached for a while
    with django_assert_max_num_queries(14):
        page("panel", event.issue_id)
    with django_assert_max_num_queries(14):
        page("explanation", Explanation.objects.first().pk)
    with django_assert_max_num_queries(8):
        page("metrics")


def test_what_is_not_there_is_404(page, post, event, model):
    assert page("panel", 999).status_code == 404
    assert page("explanation", 999).status_code == 404
    assert post("ask", event.issue_id, event="f" * 32).status_code == 404
    assert post("stop", 999).status_code == 404
    empty = make_issue()
    assert "no event in the cache" in text_of(page("panel", empty.pk))
    assert page("preview", empty.pk).status_code == 404
    assert make_event(empty)


def test_everything_needs_a_sign_in(client, event):
    row = make_explanation(issue=event.issue)
    for name, args in (
        ("panel", [event.issue_id]),
        ("explanation", [row.pk]),
        ("stream", [row.pk]),
        ("metrics", []),
    ):
        answer = client.get(reverse(f"ai:{name}", args=args))
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/login/")


@pytest.mark.parametrize(
    ("text", "headings"),
    [
        ("## A\n\ntext\n\n### B", ["h3", "h4"]),
        ("# A\n\n## B", ["h3", "h4"]),
        ("```\n# no heading\n```\n\n### A", ["h3"]),
        ("no heading", []),
    ],
)
def test_headings_follow_those_of_the_page(page, event, text, headings):
    row = make_explanation(issue=event.issue, event=event, text=text)
    html = text_of(page("explanation", row.pk)).partition('id="ai-out"')[2].partition("<form")[0]
    assert re.findall(r"<(h\d)>", html) == headings
