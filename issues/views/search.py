"""Completion of the search field."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dexter.web.request import Request, number_in
from issues.queries.completion import existing_values
from issues.search import SearchError, parse
from issues.search.completion import Suggestion
from issues.search.completion import suggest as suggestions


@require_GET
def suggest(request: Request) -> HttpResponse:
    """Options for the place of the cursor: `q` is the text of the field, `at` the offset of the cursor."""
    text = request.GET.get("q", "")[:1000]
    at = number_in(request.GET.get("at", ""))
    cursor = len(text) if at is None else at
    found = suggestions(text, cursor, values=existing_values)
    options = [_option(text, suggestion) for suggestion in found]
    return render(request, "issues/_suggestions.html", {"options": options})


def _option(text: str, suggestion: Suggestion) -> tuple[Suggestion, str, bool]:
    """With what the field holds when it is taken, and whether it is a search then: a list may be open."""
    after = _after(text, suggestion)
    return suggestion, after, suggestion.kind != "key" and _can_be_read(after)


def _can_be_read(text: str) -> bool:
    try:
        parse(text)
    except SearchError:
        return False
    return True


def _after(text: str, suggestion: Suggestion) -> str:
    """The field when the suggestion is taken: ready to go on typing behind a value, at the end of a key."""
    inserted = suggestion.insert_text + ("" if suggestion.kind == "key" else " ")
    return text[: suggestion.start] + inserted + text[suggestion.end :].lstrip()
