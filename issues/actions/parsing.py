"""An action out of a form or of the body of an API request."""

from collections.abc import Mapping
from typing import Any

from issues.actions.values import Action, InvalidAction, Kind

PRIORITIES = ("low", "medium", "high")
MAX_WINDOW = 10_080  # minutes, Sentry's own limit of ignoreWindow


def parse(kind: str, arguments: Mapping[str, Any]) -> Action:
    """An action out of what a form or an API body says. Raises InvalidAction."""
    try:
        found = Kind(kind)
    except ValueError:
        known = ", ".join(Kind)
        raise InvalidAction("action", f"There is no action “{kind}”. There are: {known}.") from None
    return Action(found, _PARSERS[found](arguments))


def _parse_resolve(given: Mapping[str, Any]) -> dict[str, Any]:
    if given.get("in"):
        if given["in"] != "next_release":
            raise InvalidAction("in", "`in` can only be next_release.")
        return {"in": "next_release"}
    if given.get("release"):
        return {"release": _text(given, "release", 250)}
    if given.get("commit") or given.get("repository"):
        return {"repository": _text(given, "repository", 200), "commit": _text(given, "commit", 64)}
    return {}


def _parse_archive(given: Mapping[str, Any]) -> dict[str, Any]:
    for name in ("minutes", "events", "users"):
        if given.get(name):
            found = {name: _number(given, name, 525_600 if name == "minutes" else 10**9)}
            if name == "minutes" and given.get("window"):
                break
            if given.get("window"):
                found["window"] = _number(given, "window", MAX_WINDOW)
            return found
    if given.get("window"):
        raise InvalidAction("window", "`window` goes with a number of events or users.")
    until = given.get("until") or "escalating"
    if until not in ("forever", "escalating"):
        raise InvalidAction("until", "`until` is forever or escalating; or give minutes, events or users.")
    return {"until": until}


def _parse_assign(given: Mapping[str, Any]) -> dict[str, Any]:
    if given.get("member") and given.get("team"):
        raise InvalidAction("member", "An issue is assigned to a member or to a team, not to both.")
    for name in ("member", "team"):
        if given.get(name):
            return {name: _text(given, name, 40)}
    return {}


def _parse_priority(given: Mapping[str, Any]) -> dict[str, Any]:
    if given.get("priority") not in PRIORITIES:
        raise InvalidAction("priority", "`priority` is low, medium or high.")
    return {"priority": given["priority"]}


def _parse_flag(given: Mapping[str, Any]) -> dict[str, Any]:
    on = given.get("on", True)
    return {"on": on if isinstance(on, bool) else str(on).lower() not in ("", "0", "false", "off", "no")}


def _parse_merge(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"with": _texts(given, "with", "Name the issues to merge with this one.")}


def _parse_unmerge(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"hashes": _texts(given, "hashes", "Name the hashes to take out of this issue.")}


def _text(given: Mapping[str, Any], name: str, limit: int) -> str:
    value = str(given.get(name) or "").strip()
    if not value or len(value) > limit:
        raise InvalidAction(name, f"`{name}` is a text of 1 to {limit} characters.")
    return value


def _texts(given: Mapping[str, Any], name: str, message: str) -> list[str]:
    values = given.get(name)
    values = [values] if isinstance(values, str) else list(values or [])
    if not values or len(values) > 1000:
        raise InvalidAction(name, message)
    return [str(value) for value in values]


def _number(given: Mapping[str, Any], name: str, limit: int) -> int:
    try:
        number = int(given[name])
    except (TypeError, ValueError):
        number = 0
    if not 1 <= number <= limit:
        raise InvalidAction(name, f"`{name}` is a whole number from 1 to {limit:,}.")
    return number


_PARSERS = {
    Kind.RESOLVE: _parse_resolve,
    Kind.UNRESOLVE: lambda given: {},
    Kind.ARCHIVE: _parse_archive,
    Kind.ASSIGN: _parse_assign,
    Kind.PRIORITY: _parse_priority,
    Kind.BOOKMARK: _parse_flag,
    Kind.SEEN: _parse_flag,
    Kind.SUBSCRIBE: _parse_flag,
    Kind.SHARE: _parse_flag,
    Kind.DELETE: lambda given: {},
    Kind.MERGE: _parse_merge,
    Kind.UNMERGE: _parse_unmerge,
}
