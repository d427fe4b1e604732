"""What happens when something was stored: a task is enqueued or open pages are told, nothing else."""

from contextlib import suppress
from typing import Any

from django.core.cache import cache
from django.dispatch import receiver
from redis.exceptions import RedisError

from dexter import live
from dexter.jobs.signals import job_changed
from dexter.web.context import forget_unread
from issues.models import IssueAction
from issues.signals import (
    actions_waiting,
    comments_changed,
    inbox_changed,
    issues_changed,
    notes_waiting,
)
from issues.tasks import SYNC, enqueue_notes, enqueue_push, send_inbox_mail, take_over_notes


@receiver(actions_waiting)
def carry_to_sentry(sender: object, connection_ids: list[int], **_: Any) -> None:
    for connection_id in connection_ids:
        enqueue_push(connection_id)


@receiver(issues_changed)
def tell_open_pages(sender: object, issue_ids: list[int], created_ids: list[int], **_: Any) -> None:
    topics = [f"issue:{key}" for key in issue_ids]
    if sender is IssueAction:
        topics = ["outbox", *topics]
        _look_again_at_freshness()
    live.publish(topics, {"new": created_ids} if created_ids else None)


def _look_again_at_freshness() -> None:
    """What the freshness line says is kept for seconds, which is too long when something happened."""
    with suppress(RedisError):
        cache.delete("portal:freshness")


@receiver(job_changed)
def tell_of_jobs(sender: object, job_id: int, kind: str, is_progress: bool, **_: Any) -> None:
    topics = [f"job:{job_id}"]
    if kind == SYNC and not is_progress:
        _look_again_at_freshness()
        topics.append("freshness")
    live.publish(topics)


@receiver(notes_waiting)
def carry_notes_to_sentry(sender: object, connection_ids: list[int], **_: Any) -> None:
    for connection_id in connection_ids:
        enqueue_notes(connection_id)


@receiver(comments_changed)
def take_notes_over(sender: object, issue_ids: list[int], **_: Any) -> None:
    take_over_notes.delay(issue_ids)


@receiver(inbox_changed)
def tell_inboxes(sender: object, user_ids: list[int], has_mail: bool, **_: Any) -> None:
    """The count at the bell of open pages, and the mails."""
    forget_unread(user_ids)
    live.publish([f"inbox:{user_id}" for user_id in user_ids])
    if has_mail:
        send_inbox_mail.delay()
