"""A search described in words: shown as a query, run by whoever asked."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ai.models import Description
from ai.prompts.searching import NotTranslated, translate
from ai.queries.explanations import place_in_queue
from ai.queries.models import usable_models
from ai.services import asking, describing
from ai.services.asking import NotAsked
from dexter.web.htmx import render_page
from dexter.web.request import Request, number_in


@require_http_methods(["GET", "POST"])
def describe(request: Request) -> HttpResponse:
    """GET: by rules, at once. POST: by a model, in the background."""
    given = request.POST if request.method == "POST" else request.GET
    words = given.get("words", "")
    context: dict[str, object] = {"words": words, "error": "", "found": None, "models": list(usable_models())}
    try:
        if request.method == "POST":
            return _ask(request, words, given.get("model", ""))
        if "words" in given:
            context["found"] = translate(words)
    except (NotTranslated, NotAsked) as error:
        context["error"] = str(error)
    status = 422 if context["error"] else 200
    return render_page(request, "ai/describe.html", "ai/_describe.html", context, status=status)


def _ask(request: Request, words: str, model: str) -> HttpResponse:
    row = describing.describe(words, user=request.user, model_id=number_in(model))
    address = reverse("ai:described", args=[row.pk])
    return HttpResponse(headers={"HX-Redirect": address}) if request.htmx else redirect(address)


@require_http_methods(["GET", "POST"])
def described(request: Request, pk: int) -> HttpResponse:
    """A description and what became of it, for who asked; POST stops it."""
    row = _found(request, pk)
    if request.method == "POST":
        asking.cancel(row)
        row = _found(request, pk)
    context = {"row": row, "place": place_in_queue(row)}
    return render_page(request, "ai/described.html", "ai/_described.html", context)


def _found(request: Request, pk: int) -> Description:
    row = Description.objects.select_related("job").filter(pk=pk, asked_by=request.user.pk).first()
    if row is None:
        raise Http404("no such description")
    return row
