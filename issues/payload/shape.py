"""One shape for events from three sources.

Sentry's Web API answers in camelCase with `entries`. GlitchTip's list of an issue's events answers in
snake_case. A raw event, as an SDK sends it or a webhook carries it, has interfaces at its top
(`exception`, `breadcrumbs`, `request`) and keeps release, environment and level out of its tags.
"""

from collections.abc import Iterator, Mapping

from issues.payload.errors import wrong_type
from issues.payload.fields import first, first_text, mapping, mappings, text

_CAMEL = {
    "event_id": "eventID",
    "group_id": "groupID",
    "issue_id": "groupID",
    "project_id": "projectID",
    "date_created": "dateCreated",
    "datetime": "dateCreated",
    "date_received": "dateReceived",
    "received": "dateReceived",
    "next_event_id": "nextEventID",
    "previous_event_id": "previousEventID",
    "user_report": "userReport",
    "crash_file": "crashFile",
    "grouping_config": "groupingConfig",
    "sdk_updates": "sdkUpdates",
    "resolved_with": "resolvedWith",
    "start_timestamp": "startTimestamp",
    "fingerprint": "fingerprints",
    "extra": "context",
    "modules": "packages",
}
# Interfaces of a raw event and the type of the entry that the Web API makes of each.
_INTERFACES = {
    "exception": "exception",
    "stacktrace": "stacktrace",
    "threads": "threads",
    "logentry": "message",
    "breadcrumbs": "breadcrumbs",
    "request": "request",
    "csp": "csp",
    "spans": "spans",
}
_RAW_TAGS = ("level", "environment", "transaction", "server_name", "logger", "dist")


class Event(dict[str, object]):
    """An event that `normalise` has brought into shape; it is not shaped twice."""


def normalise(payload: object) -> Event:
    """The event in the Web API's shape: camelCase at the top, `entries`, tags as `[{key, value}]`.

    What the event held under other names moves, nothing is lost, and the payload itself stays as it was.
    Raises Unreadable when the payload is no JSON object.
    """
    if isinstance(payload, Event):
        return payload
    if not isinstance(payload, Mapping):
        raise wrong_type("event", "an object", payload)
    event = Event()
    for name, value in mapping(payload).items():
        camel = _CAMEL.get(name, name)
        if event.get(camel) is None:
            event[camel] = value
    if not isinstance(event.get("entries"), list):
        _shape_raw(event)
    _shape_identity(event)
    event["tags"] = list(_tags(event))
    return event


def _shape_identity(event: Event) -> None:
    for name, other in (("id", "eventID"), ("eventID", "id"), ("dateCreated", "timestamp")):
        if event.get(name) is None and event.get(other) is not None:
            event[name] = event[other]
    release = text(event.get("release"))
    if release:
        event["release"] = {"version": release}


def _shape_raw(event: Event) -> None:
    """Entries out of interfaces. An `entries` that is no list stays, for the readers to complain about."""
    if event.get("entries") is not None:
        return
    entries = []
    for interface, kind in _INTERFACES.items():
        data = event.get(interface)
        if data is not None:
            entries.append({"type": kind, "data": {"values": data} if isinstance(data, list) else data})
    message = event.get("message")
    if isinstance(message, str) and message and "logentry" not in event:
        entries.append({"type": "message", "data": {"formatted": message}})
    elif isinstance(message, Mapping):
        entries.append({"type": "message", "data": message})
        event["message"] = first(mapping(message), "formatted", "message")
    event["entries"] = entries


def _tags(event: Event) -> Iterator[dict[str, object]]:
    """Tags as the Web API lists them; a raw event's own fields count as tags too."""
    seen = set()
    for key, value in _raw_pairs(event.get("tags")):
        seen.add(key)
        yield {"key": key, "value": value}
    for name in _RAW_TAGS:
        if name not in seen and text(event.get(name)):
            yield {"key": name, "value": text(event.get(name))}
    version = text(mapping(event.get("release")).get("version"))
    if version and "release" not in seen:
        yield {"key": "release", "value": version}


def _raw_pairs(tags: object) -> Iterator[tuple[str, object]]:
    if isinstance(tags, Mapping):
        yield from mapping(tags).items()
        return
    for item in tags if isinstance(tags, list | tuple) else ():
        if isinstance(item, list | tuple) and len(item) == 2 and text(item[0]):
            yield text(item[0]) or "", item[1]
        elif isinstance(item, Mapping) and (key := first_text(mapping(item), "key", "name")):
            yield key, item.get("value")


def tag(event: Event, key: str) -> str | None:
    """The value of a tag, None when the event has no such tag."""
    found = (item for item in mappings(event.get("tags")) if item.get("key") == key)
    return next((value for item in found if (value := text(item.get("value")))), None)


def entry(event: Event, kind: str) -> object:
    """The data of the first entry of this type; None when there is none.

    Raises Unreadable when the entries are no list.
    """
    entries = event.get("entries")
    if entries is not None and not isinstance(entries, list):
        raise wrong_type(kind, "a list of entries", entries)
    for item in mappings(entries):
        if item.get("type") == kind:
            return item.get("data")
    return None
