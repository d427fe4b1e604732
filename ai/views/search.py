"""A search described in words: shown as a query, run by whoever asked."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from ai.prompts.searching import NotTranslated, translate
from dexter.web.htmx import render_page
from dexter.web.request import Request


@require_GET
def describe(request: Request) -> HttpResponse:
    words = request.GET.get("words", "")
    context: dict[str, object] = {"words": words, "error": "", "found": None}
    if "words" in request.GET:
        try:
            context["found"] = translate(words)
        except NotTranslated as error:
            context["error"] = str(error)
    status = 422 if context["error"] else 200
    return render_page(request, "ai/describe.html", "ai/_describe.html", context, status=status)
