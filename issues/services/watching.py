"""Who hears of an issue: whoever said so, took part in it, or has it assigned, and did not say otherwise."""

from django.contrib.auth.models import User

from issues.models import Issue, Watch


def watch(issue: Issue, user: User) -> None:
    """The person hears of the issue from now on."""
    Watch.objects.update_or_create(issue=issue, user=user, defaults={"is_on": True})


def watch_unless_refused(issue_ids: list[int], user_id: int) -> None:
    """Taking part in something makes one watch it, but not against what one said before."""
    rows = [Watch(issue_id=issue_id, user_id=user_id) for issue_id in issue_ids]
    Watch.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def unwatch(issue: Issue, user: User) -> None:
    """The person does not hear of the issue any more, except when named."""
    Watch.objects.update_or_create(issue=issue, user=user, defaults={"is_on": False})


def is_watching(issue: Issue, user: User) -> bool:
    return user.pk in watchers(issue)


def watchers(issue: Issue) -> set[int]:
    """Ids of the active people who hear of the issue; one query for the watching, one for the assignee."""
    said = dict(Watch.objects.filter(issue=issue, user__is_active=True).values_list("user", "is_on"))
    assignee = issue.assignee.user_id if issue.assignee else None
    found = {user_id for user_id, is_on in said.items() if is_on}
    return found | ({assignee} if assignee and assignee not in said else set())
