"""What comes into people's inboxes, is read there, and goes out as e-mail."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from issues.models import Comment, InboxEntry, Issue, IssueAction
from issues.queries.mentions import label_of, meant_by
from issues.services.watching import watch_unless_refused, watchers
from issues.signals import inbox_changed

Kind = InboxEntry.Kind
# A note that is found in Sentry much later is no news.
NEWS = timedelta(days=1)


def tell_of_comment(comment: Comment, *, before: str | None = None) -> None:
    """Those whom a comment names, their teams, and who watches the issue; never its author.

    `before` is the text before an edit: then only those named anew hear of it.
    """
    if comment.created_at < timezone.now() - NEWS and before is None:
        return
    meant = meant_by([comment.text], comment.connection_id)
    people = dict.fromkeys(meant.people, Kind.MENTION)
    people = dict.fromkeys(meant.team_people, Kind.TEAM) | people
    if before is None:
        people = dict.fromkeys(watchers(comment.issue), Kind.COMMENT) | people
    else:
        earlier = meant_by([before], comment.connection_id)
        people = {
            key: kind for key, kind in people.items() if key not in earlier.people | earlier.team_people
        }
    people.pop(comment.user_id, None)  # type: ignore[arg-type]
    for user_id in meant.people:
        watch_unless_refused([comment.issue_id], user_id)
    _deliver(
        [
            InboxEntry(
                user_id=user_id,
                issue_id=comment.issue_id,
                comment=comment,
                kind=kind,
                actor_name=comment.author_name,
            )
            for user_id, kind in people.items()
        ]
    )


def tell_assigned(actions: Sequence[IssueAction]) -> None:
    """The person whom issues were assigned to, unless they did it themselves, hears of it and watches."""
    by_person: dict[int, list[IssueAction]] = {}
    for row in actions:
        assignee = row.issue.assignee
        if assignee and assignee.user_id:
            by_person.setdefault(assignee.user_id, []).append(row)
    entries: list[InboxEntry] = []
    for user_id, rows in by_person.items():
        watch_unless_refused([row.issue_id for row in rows], user_id)
        entries += [
            InboxEntry(
                user_id=user_id,
                issue_id=row.issue_id,
                kind=Kind.ASSIGNED,
                actor_name=label_of(row.user) if row.user else "",
            )
            for row in rows
            if row.user_id != user_id
        ]
    _deliver(entries)


def _deliver(entries: list[InboxEntry]) -> None:
    if not entries:
        return
    wanting = set(
        User.objects.filter(pk__in=[entry.user_id for entry in entries], is_active=True)
        .exclude(email="")
        .filter(Q(preference=None) | Q(preference__email=True))
        .values_list("pk", flat=True)
    )
    for entry in entries:
        if entry.user_id in wanting:
            entry.email = InboxEntry.Email.DUE
    InboxEntry.objects.bulk_create(entries, ignore_conflicts=True, batch_size=500)
    _announce({entry.user_id for entry in entries}, has_mail=bool(wanting))


def _announce(user_ids: Iterable[int], *, has_mail: bool = False) -> None:
    told = sorted(user_ids)
    transaction.on_commit(
        lambda: inbox_changed.send(InboxEntry, user_ids=told, has_mail=has_mail), robust=True
    )


def mark_read(user: User, *, ids: Iterable[int] | None = None, issue: Issue | None = None) -> int:
    """Mark entries of the person as read: those named, those of an issue, or all; answers how many."""
    entries = InboxEntry.objects.filter(user=user, read_at=None)
    if ids is not None:
        entries = entries.filter(pk__in=list(ids))
    if issue is not None:
        entries = entries.filter(issue=issue)
    count = entries.update(read_at=timezone.now())
    if count:
        _announce([user.pk])
    return count


def mark_unread(user: User, ids: Iterable[int]) -> int:
    count = InboxEntry.objects.filter(user=user, pk__in=list(ids)).update(read_at=None)
    if count:
        _announce([user.pk])
    return count
