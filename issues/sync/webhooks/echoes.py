"""Dexter's own changes come back as webhooks; they are marked and cause no work."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from issues.actions import Action, Kind
from issues.models import Connection, IssueAction
from issues.sync.mapping import Unmappable
from issues.sync.outcome import has_happened
from issues.sync.webhooks import claims
from issues.sync.webhooks.received import Received, Work

# How long after a change its echo may come.
WITHIN = timedelta(hours=1)
# The actor of what Sentry does by itself.
SENTRY_ITSELF = ("", "sentry")


def mark_echoes(work: Work, received: list[Received]) -> list[Received]:
    """Mark the echoes among the deliveries; answers the others.

    An echo names this connection's integration as its actor. Of an issue it also shows what an action of the
    last hour wanted: the same integration may serve another program. As long as nobody has told Dexter the
    integration's uuid, the first such delivery does.
    """
    maybe = [each for each in received if _is_candidate(work, each)]
    own = _own_actions(work, maybe)
    echoes = [each for each in maybe if _is_comment(work, each) or _is_echo(each, own.get(each.issue_id, []))]
    for each in echoes:
        each.row.is_echo = True
        claims.ignore(each.row, "Dexter's own change came back.")
    if echoes and not work.connection.app_uuid:
        work.connection.app_uuid = echoes[0].hook.actor_id[:40]
        Connection.objects.filter(pk=work.connection.pk).update(app_uuid=work.connection.app_uuid)
    return [each for each in received if not each.row.is_echo]


def _is_candidate(work: Work, each: Received) -> bool:
    hook = each.hook
    if hook.actor_type != "application" or hook.actor_id in SENTRY_ITSELF or not each.issue_id:
        return False
    return not work.connection.app_uuid or hook.is_echo_of(work.connection.app_uuid)


def _is_comment(work: Work, each: Received) -> bool:
    """Dexter's comments are no actions on the issue: the uuid alone tells, once it is known."""
    return each.hook.resource == "comment" and bool(work.connection.app_uuid)


def _own_actions(work: Work, received: list[Received]) -> dict[str, list[IssueAction]]:
    """Recent actions that reached Sentry or are on their way, by the issue's Sentry id."""
    if not received:
        return {}
    recent = Q(state=IssueAction.State.DONE, finished_at__gte=timezone.now() - WITHIN)
    rows = IssueAction.objects.filter(
        recent | Q(state=IssueAction.State.SENDING),
        connection=work.connection,
        issue__sentry_id__in={each.issue_id for each in received},
    ).select_related("issue")
    found: dict[str, list[IssueAction]] = {}
    for row in rows:
        found.setdefault(row.issue.sentry_id, []).append(row)
    return found


def _is_echo(each: Received, actions: list[IssueAction]) -> bool:
    payload = each.hook.data.get("issue")
    if not isinstance(payload, dict):
        return False
    try:
        return any(has_happened(Action(Kind(row.kind), row.arguments), payload) for row in actions)
    except Unmappable:
        return False
