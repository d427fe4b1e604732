"""What other apps found out about issues, kept on the issue so that lists show it without a query."""

from typing import Literal

from issues.models import Issue

Mark = Literal["has_deadlock", "has_n_plus_one", "has_slow_query"]


def mark(column: Mark, issue_ids: set[int], *, having: set[int]) -> None:
    """Of `issue_ids`, those in `having` have it and the others have not; two queries."""
    Issue.objects.filter(pk__in=issue_ids & having, **{column: False}).update(**{column: True})
    Issue.objects.filter(pk__in=issue_ids - having, **{column: True}).update(**{column: False})


def marked(column: Mark) -> set[int]:
    """The issues that have it; an index of these alone serves it."""
    return set(Issue.objects.filter(gone="", **{column: True}).values_list("pk", flat=True))
