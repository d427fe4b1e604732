"""An action as Sentry is told of it: https://docs.sentry.io/api/events/update-an-issue/"""

from collections.abc import Mapping
from typing import Any

from issues.actions.values import FLAGS, Action, Kind


def body(action: Action) -> dict[str, Any]:
    """The PUT body for the kinds that have one. Raises KeyError for delete, merge and unmerge."""
    given = action.arguments
    if action.kind == Kind.RESOLVE:
        return {"status": "resolved", "statusDetails": resolve_details(given)}
    if action.kind == Kind.UNRESOLVE:
        return {"status": "unresolved", **given}
    if action.kind == Kind.ARCHIVE:
        # Always with a substatus: what a bare "ignored" becomes differs between servers.
        return {
            "status": "ignored",
            "substatus": archive_substatus(given),
            "statusDetails": archive_details(given),
        }
    if action.kind == Kind.ASSIGN:
        kind, key = ("team", given["team"]) if given.get("team") else ("user", given.get("member"))
        return {"assignedTo": f"{kind}:{key}" if key else ""}
    if action.kind == Kind.PRIORITY:
        return {"priority": given["priority"]}
    return {FLAGS[action.kind][1]: given["on"]}


def resolve_details(given: Mapping[str, Any]) -> dict[str, Any]:
    if given.get("in"):
        return {"inNextRelease": True}
    if given.get("release"):
        return {"inRelease": given["release"]}
    if given.get("commit"):
        return {"inCommit": {"repository": given["repository"], "commit": given["commit"]}}
    return {}


def archive_substatus(given: Mapping[str, Any]) -> str:
    found = {"forever": "archived_forever", "escalating": "archived_until_escalating"}
    return found.get(given.get("until", ""), "archived_until_condition_met")


def archive_details(given: Mapping[str, Any]) -> dict[str, Any]:
    window = given.get("window")
    if given.get("minutes"):
        return {"ignoreDuration": given["minutes"]}
    if given.get("events"):
        return {"ignoreCount": given["events"], **({"ignoreWindow": window} if window else {})}
    if given.get("users"):
        return {"ignoreUserCount": given["users"], **({"ignoreUserWindow": window} if window else {})}
    return {}
