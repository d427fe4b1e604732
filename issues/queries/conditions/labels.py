"""label: Dexter's own labels."""

from django.db.models import Q

from issues.models import IssueLabel
from issues.queries.conditions.columns import text_is
from issues.queries.conditions.context import Context, any_of
from issues.search import Filter


def label(asked: Filter, context: Context) -> Q:
    """Issues with a label of one of these names, in any case, with wildcards; has: with any."""
    named = Q() if asked.op == "has" else any_of([text_is("label__name", value) for value in asked.values])
    return Q(pk__in=IssueLabel.objects.order_by().filter(named).values("issue"))
