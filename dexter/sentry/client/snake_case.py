"""GlitchTip answers some calls with snake_case keys where Sentry has camelCase."""

from __future__ import annotations

from dexter.sentry.client.values import Row

_SPECIAL = {
    "event_id": "eventID",
    "group_id": "groupID",
    "project_id": "projectID",
    "next_event_id": "nextEventID",
    "previous_event_id": "previousEventID",
    "_meta": "_meta",
}


def camel_keys(row: Row) -> Row:
    """The row with its own keys (not those further inside, which are user data) as Sentry writes them."""
    return {camel(key): value for key, value in row.items()}


def camel(key: str) -> str:
    if key in _SPECIAL:
        return _SPECIAL[key]
    first, *rest = key.split("_")
    return first + "".join(part.capitalize() for part in rest)
