"""What other apps found out about issues, kept on the issue so that lists show it without a query."""

from issues.models import Issue


def mark_deadlocks(issue_ids: set[int], *, having: set[int]) -> None:
    """Of `issue_ids`, those in `having` have a deadlock report and the others have none; two queries."""
    Issue.objects.filter(pk__in=issue_ids & having, has_deadlock=False).update(has_deadlock=True)
    Issue.objects.filter(pk__in=issue_ids - having, has_deadlock=True).update(has_deadlock=False)
