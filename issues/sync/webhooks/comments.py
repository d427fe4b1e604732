"""Webhooks of comments: Sentry's notes are entries of the activity, so each is stored as one."""

from issues.models import Activity, Issue
from issues.signals import comments_changed, issues_changed
from issues.sync import mapping
from issues.sync.store import upsert
from issues.sync.webhooks import claims
from issues.sync.webhooks.received import Received, Work


def take_comments(work: Work, received: list[Received]) -> None:
    """Store or delete the notes of known issues; the rest of their activity is read when it is next shown."""
    known = work.issues(received)
    touched: set[int] = set()
    for each in received:
        issue = known.get(each.issue_id)
        if not each.issue_id or not each.hook.data.get("comment_id"):
            claims.fail(each.row, "It names no issue and comment.")
        elif issue is None or issue.gone:
            claims.leave_to_sentry(each.row)
        else:
            _take(issue, each)
            touched.add(issue.pk)
    if touched:
        Issue.objects.filter(pk__in=touched).update(detail_synced_at=None)
        issues_changed.send(Issue, issue_ids=sorted(touched), created_ids=[])
        comments_changed.send(Issue, issue_ids=sorted(touched))


def _take(issue: Issue, each: Received) -> None:
    data = each.hook.data
    sentry_id = str(data["comment_id"])[:40]
    if each.hook.action == "deleted":
        Activity.objects.filter(issue=issue, sentry_id=sentry_id).delete()
        claims.done(each.row, "Comment removed.")
        return
    note = Activity(
        issue=issue,
        sentry_id=sentry_id,
        type="note",
        user_name=mapping.text_of(each.hook.actor_name, 200),
        data={"text": mapping.text_of(data.get("comment"), 20_000)},
        date=mapping.time_of(data.get("timestamp")) or each.row.received_at,
    )
    # An edit says neither who wrote it first nor when.
    columns = ["data"] if each.hook.action == "updated" else ["type", "user_name", "data", "date"]
    upsert(Activity, [note], ["issue", "sentry_id"], columns)
    claims.done(each.row, "Comment stored.")
