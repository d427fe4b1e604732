"""What the fragments of triage ask for by themselves, so that any page can include them."""

from typing import Any

from django import template
from django.template.context import RequestContext

from issues.models import Issue
from issues.queries.offers import Triage, triage_of

register = template.Library()


@register.simple_tag(takes_context=True, name="triage_of")
def triage_tag(context: RequestContext, issue: Issue) -> Triage:
    """The open changes, labels and possible actions of `issue`, asked for once a page."""
    # On the request: an included template has a render context of its own.
    known: dict[int, Any] = context["request"].__dict__.setdefault("_triage", {})
    if issue.pk not in known:
        known[issue.pk] = triage_of(issue, context["user"])
    return known[issue.pk]
