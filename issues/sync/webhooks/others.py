"""Webhooks that are about no issue, and kinds that Sentry has added since: kept, and what they say noted."""

from issues.models import Connection
from issues.sync.mapping import text_of
from issues.sync.webhooks import claims
from issues.sync.webhooks.received import Received, Work


def take_installations(work: Work, received: list[Received]) -> None:
    """Note on the connection that the integration was installed or removed, and which one it is."""
    for each in received:
        installation = each.hook.data.get("installation")
        app = installation.get("app") if isinstance(installation, dict) else None
        uuid = text_of(app.get("uuid"), 40) if isinstance(app, dict) else ""
        when = f"{each.row.received_at:%d %B %Y, %H:%M} UTC"
        if each.hook.action == "deleted":
            note = f"The integration was removed in Sentry on {when}: no more webhooks will come."
            changes = {"webhook_note": note}
        else:
            changes = {"webhook_note": f"The integration was installed on {when}."}
            changes |= {"app_uuid": uuid} if uuid else {}
        Connection.objects.filter(pk=work.connection.pk).update(**changes)
        claims.done(each.row, changes["webhook_note"])


def take_others(received: list[Received]) -> None:
    for each in received:
        claims.ignore(each.row, _said(each))


def _said(each: Received) -> str:
    """A metric alert has a title; of the others the kind is all there is to say."""
    title = text_of(each.hook.data.get("description_title"), 200)
    if title:
        return title
    known = "Dexter does nothing with this kind" if each.hook.known else "Dexter does not know this kind"
    return f"{known}; it is kept to look at."
