"""Explanations on the issue page and on pages of their own: asking, watching, stopping, judging."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from ai.models import Explanation, PromptTemplate
from ai.queries.context import example_of, readable_events
from ai.queries.explanations import explanations, feedback_on, of_issue, place_in_queue
from ai.queries.models import usable_models
from ai.services import asking
from ai.services.prompting import prepare, rule_summary
from ai.services.quick import QUICK
from ai.services.rendering import as_markdown, render_answer
from dexter.web.htmx import render_fragment, render_page, wants_fragment
from dexter.web.request import Request, number_in
from issues.models import Event, Issue

TEXT = "text/plain; charset=utf-8"
ASKED_AT_ONCE = 2
TEMPLATE_BUDGET = 6000  # tokens of a preview


def issue_or_404(pk: int) -> Issue:
    found = Issue.objects.select_related("project").filter(pk=pk, gone="").first()
    if found is None:
        raise Http404("no such issue")
    return found


def event_of(issue: Issue, event_id: str) -> Event | None:
    """The event with Sentry's id, else the newest in the cache."""
    rows = readable_events().filter(issue=issue)
    if event_id:
        rows = rows.filter(event_id=event_id)
    return rows.order_by("-date", "-id").first()


def explanation_or_404(pk: int) -> Explanation:
    found = explanations().filter(pk=pk).first()
    if found is None:
        raise Http404("no such explanation")
    return found


def card_context(request: Request, row: Explanation) -> dict[str, Any]:
    """What `_explanation.html` shows."""
    thumbs = feedback_on(row)
    return {
        "explanation": row,
        "html": render_answer(row),
        "issue": row.issue,
        "event": row.event,
        "place": place_in_queue(row),
        "own_feedback": next((item for item in thumbs if item.user_id == request.user.pk), None),
        "thumbs": thumbs,
        "models": list(usable_models()),
        "quick": QUICK,
        "rules": rule_summary(row.event) if row.state == Explanation.State.FAILED and row.event else None,
        "later": [item for item in _thread(row) if item.pk != row.pk],
    }


def _thread(row: Explanation) -> list[Explanation]:
    return of_issue(row.issue_id) if row.issue_id else []


def panel_context(request: Request, issue: Issue, event: Event | None, **more: Any) -> dict[str, Any]:
    """What `_panel.html` shows: the newest explanation of the issue, or how to have one."""
    rows = of_issue(issue.pk)
    newest = rows[0] if rows else None
    models = list(usable_models())
    card = card_context(request, newest) if newest else {}
    shown = {"issue": issue, "event": event, "models": models, "quick": QUICK, "in_panel": True}
    context = {**card, **shown, **more}
    if newest is None and event is not None:
        context["rules"] = rule_summary(event)
    return context


@require_GET
def panel(request: Request, pk: int) -> HttpResponse:
    """The panel of the issue page; without a script a page of its own."""
    issue = issue_or_404(pk)
    event = event_of(issue, request.GET.get("event", ""))
    return render_page(request, "ai/panel.html", "ai/_panel.html", panel_context(request, issue, event))


@require_POST
def ask(request: Request, pk: int) -> HttpResponse:
    """Ask about an event of the issue. What was not taken comes back as 422 with the reason."""
    issue = issue_or_404(pk)
    event = event_of(issue, request.POST.get("event", ""))
    if event is None:
        raise Http404("this event is not in the cache")
    given = request.POST
    try:
        row = asking.ask(
            event=event,
            user=request.user,
            question=given.get("question", ""),
            model_id=number_in(given.get("model", "")),
            follows=_of_issue(issue, given.get("follows", "")),
            retry_of=_of_issue(issue, given.get("retry_of", "")),
            left_out=tuple(given.getlist("leave_out")),
            fresh="fresh" in given,
        )
    except asking.NotAsked as error:
        context = panel_context(request, issue, event, refused=error, asked=given.get("question", ""))
        return render_page(request, "ai/panel.html", "ai/_panel.html", context, status=422)
    if wants_fragment(request) and "page" not in given:
        return render_fragment(request, "ai/_panel.html", panel_context(request, issue, event))
    address = reverse("ai:explanation", args=[row.pk])
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


def _of_issue(issue: Issue, text: str) -> Explanation | None:
    number = number_in(text)
    return Explanation.objects.filter(pk=number, issue=issue).first() if number else None


@require_GET
def preview(request: Request, pk: int) -> HttpResponse:
    """Exactly what would be sent, and a tick for each part."""
    issue = issue_or_404(pk)
    event = event_of(issue, request.GET.get("event", ""))
    if event is None:
        raise Http404("this event is not in the cache")
    models = list(usable_models())
    chosen = number_in(request.GET.get("model", ""))
    model = next((item for item in models if item.pk == chosen), models[0] if models else None)
    left_out = tuple(request.GET.getlist("leave_out"))
    question = request.GET.get("question", "")[: Explanation.LONGEST_QUESTION]
    prepared = prepare(event, question=question, left_out=left_out, budget=model.budget if model else 6000)
    context = {
        "issue": issue,
        "event": event,
        "models": models,
        "model": model,
        "question": question,
        "sent": prepared.as_json(),
        "tokens": prepared.estimated_tokens,
        "template": prepared.template_version,
        "left_out": left_out,
        "issue_url": reverse("issues:event", args=[issue.pk, event.event_id]),
    }
    return render(request, "ai/preview.html", context)


@require_GET
def template(request: Request, pk: int) -> HttpResponse:
    """What a template makes of a real event: of the newest of its category among recent ones."""
    if not request.user.is_staff:
        raise Http404("templates are for administrators")
    row = get_object_or_404(PromptTemplate, pk=pk)
    event = example_of(row.category)
    if event is None:
        raise Http404("there is no event in the cache")
    prepared = prepare(event, budget=TEMPLATE_BUDGET, template=row.as_template())
    sent = {"sent": prepared.as_json(), "tokens": prepared.estimated_tokens}
    return render(request, "ai/template.html", {"template": row, "event": event, **sent})


@require_GET
def explanation(request: Request, pk: int) -> HttpResponse:
    """The page of an explanation; for HTMX its card."""
    row = explanation_or_404(pk)
    context = card_context(request, row)
    return render_page(request, "ai/explanation.html", "ai/_explanation.html", context)


@require_GET
def markdown(request: Request, pk: int) -> HttpResponse:
    """The answer as Markdown, to paste into a ticket or to hand to a coding agent."""
    return HttpResponse(as_markdown(explanation_or_404(pk)), content_type=TEXT)


@require_POST
def stop(request: Request, pk: int) -> HttpResponse:
    row = explanation_or_404(pk)
    asking.cancel(row)
    return _card(request, row.pk)


@require_POST
def feedback(request: Request, pk: int) -> HttpResponse:
    """Named buttons `helpful` with 1 or 0; `reason` is a text."""
    row = explanation_or_404(pk)
    helpful = request.POST.get("helpful")
    if helpful in ("0", "1") and not row.is_open:
        reason = request.POST.get("reason", "")
        asking.give_feedback(row, user=request.user, is_helpful=helpful == "1", reason=reason)
    return _card(request, pk)


def _card(request: Request, pk: int) -> HttpResponse:
    row = explanation_or_404(pk)
    if wants_fragment(request):
        context = {**card_context(request, row), "in_panel": "in_panel" in request.POST}
        return render_fragment(request, "ai/_explanation.html", context)
    return redirect("ai:explanation", pk)


@require_GET
def compare(request: Request) -> HttpResponse:
    """Two answers beside each other."""
    asked = [number_in(request.GET.get(name, "")) for name in ("a", "b")]
    rows = [explanation_or_404(pk) for pk in asked if pk is not None]
    if len(rows) != ASKED_AT_ONCE:
        raise Http404("name two explanations")
    answers = [{"row": row, "html": render_answer(row), "thumbs": feedback_on(row)} for row in rows]
    return render(request, "ai/compare.html", {"answers": answers})
