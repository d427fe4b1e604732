"""Event n of a stream, whole: from the captured event of its program, its names, its time and its phase."""

import json
from typing import TYPE_CHECKING, Any

from dexter.sentry.sandbox.clock import iso, iso_seconds
from dexter.sentry.sandbox.events.naming import Person, event_words, issue_words, renamed
from dexter.sentry.sandbox.events.shaping import entries_of, meta_of
from dexter.sentry.sandbox.events.templates import Template, head_of_event
from dexter.sentry.sandbox.events.variation import (
    BROWSERS,
    SYSTEM_OF_BROWSER,
    SYSTEMS,
    browser_of,
    phase_tags,
)
from dexter.sentry.sandbox.world.streams import Stream, mix

if TYPE_CHECKING:
    from dexter.sentry.sandbox.world.store import World

_ID_KEY = 0x5E47A9B1C3D2F801


def event_id(seed: int, stream: Stream, n: int) -> str:
    """32 hex digits that `find_event_id` can read back: a hash, and the place masked by it."""
    check = mix(seed, stream.key, n, 9)
    return f"{check:016x}{((stream.key << 32) | n) ^ check ^ _ID_KEY:016x}"


def read_event_id(seed: int, text: str) -> tuple[int, int] | None:
    """(stream key, n) of an id, None when this server never made it."""
    if len(text) != 32:
        return None
    try:
        check, masked = int(text[:16], 16), int(text[16:], 16)
    except ValueError:
        return None
    place = masked ^ check ^ _ID_KEY
    key, n = place >> 32, place & 0xFFFFFFFF
    return (key, n) if mix(seed, key, n, 9) == check else None


def raw_event(world: "World", stream: Stream, n: int) -> dict[str, Any]:
    """The event as the SDK would have sent it, with the stream's names, this event's time and person."""
    template = world.templates[stream.kind]
    words = issue_words(stream) | event_words(stream, n)
    event: dict[str, Any] = json.loads(renamed(template.text, words))
    moment = stream.time_of(n)
    chance = mix(world.seed, stream.key, n, 3)
    phase = stream.phase(n)
    _move_breadcrumbs(event, moment)
    tags = tags_of(world, stream, n, template)
    event |= {
        "event_id": event_id(world.seed, stream, n),
        "timestamp": moment,
        "environment": tags["environment"],
        "release": tags.get("release"),
        "server_name": tags.get("server_name"),
        "user": user_of(stream, n),
        "contexts": _contexts(event.get("contexts") or {}, template, phase, chance, event.get("transaction")),
    }
    return event


def tags_of(world: "World", stream: Stream, n: int, template: Template | None = None) -> dict[str, str]:
    """All tags of event n, by key."""
    template = template or world.templates[stream.kind]
    words = issue_words(stream)
    tags = {key: renamed(value, words) for key, value in template.static_tags.items()}
    if "7001002" in tags.get("url", ""):
        tags["url"] = renamed(tags["url"], event_words(stream, n))
    tags |= phase_tags(stream.phase(n), stream.environments, template.is_web, template.is_browser)
    release = world.release_at(world.project_of_stream(stream), stream.time_of(n))
    if release is not None:
        tags["release"] = release.version
    if (person := stream.user_of(n)) is not None:
        tags["user"] = f"id:{person}"
    return dict(sorted(tags.items()))


def user_of(stream: Stream, n: int) -> dict[str, Any] | None:
    number = stream.user_of(n)
    if number is None:
        return None
    person = Person(number)
    return {
        "id": str(number),
        "email": person.email,
        "username": person.username,
        "ip_address": person.ip,
        "name": person.name,
        "geo": None,
        "data": {"plan": ("free", "team", "business")[number % 3]},
    }


def _move_breadcrumbs(event: dict[str, Any], moment: float) -> None:
    """Their times follow the event's: the last a few milliseconds before it, one after the other."""
    crumbs = (event.get("breadcrumbs") or {}).get("values") or []
    for place, crumb in enumerate(reversed(crumbs)):
        given = crumb.get("timestamp")
        early = -given if isinstance(given, (int, float)) and given < 0 else 0.004 + 0.037 * place
        crumb["timestamp"] = moment - early


def _contexts(
    given: dict[str, Any], template: Template, phase: int, chance: int, transaction: str | None
) -> dict[str, Any]:
    contexts = dict(given)
    contexts["trace"] = {
        **contexts.get("trace", {}),
        "trace_id": f"{mix(chance, 1):016x}{mix(chance, 2):016x}",
        "span_id": f"{mix(chance, 3):016x}",
        "status": "internal_error",
        "type": "trace",
    }
    contexts["trace"].pop("dynamic_sampling_context", None)
    if template.is_web or template.is_browser:
        browser = BROWSERS[browser_of(phase)]
        system = SYSTEMS[SYSTEM_OF_BROWSER[browser_of(phase)]]
        contexts["browser"] = {"name": browser[0], "version": browser[1], "type": "browser"}
        kind = "os" if template.is_browser else "client_os"
        contexts[kind] = {"name": system[0], "version": system[1], "type": "os"}
    if not template.is_browser:
        contexts["runtime"] = {
            "name": "CPython",
            "version": "3.12.11",
            "build": "3.12.11 (main)",
            "type": "runtime",
        }
    return {name: {"type": "default", **value} for name, value in contexts.items()}


def list_event(world: "World", stream: Stream, n: int, group_id: str) -> dict[str, Any]:
    """The short form that event lists have without `full`."""
    template = world.templates[stream.kind]
    head = template.head_of(stream)
    identity = event_id(world.seed, stream, n)
    return {
        "id": identity,
        "event.type": head["type"],
        "groupID": group_id,
        "eventID": identity,
        "projectID": world.project_of_stream(stream).id,
        "message": head["message"],
        "title": head["title"],
        "location": head["location"],
        "culprit": head["culprit"],
        "user": user_of(stream, n),
        "tags": [{"key": key, "value": value} for key, value in tags_of(world, stream, n, template).items()],
        "platform": template.platform,
        "dateCreated": iso_seconds(stream.time_of(n)),
        "crashFile": None,
        "metadata": head["metadata"],
    }


def full_event(world: "World", stream: Stream, n: int, group_id: str) -> dict[str, Any]:
    """The long form, without what only a single event has: neighbours, release, resolution."""
    event = raw_event(world, stream, n)
    head = head_of_event(event)
    entries = entries_of(event)
    moment = stream.time_of(n)
    sdk = event.get("sdk") or {}
    extra = event.get("extra") or {}
    return {
        "id": event["event_id"],
        "groupID": group_id,
        "eventID": event["event_id"],
        "projectID": world.project_of_stream(stream).id,
        "size": len(json.dumps(event)),
        "entries": entries,
        "dist": None,
        "message": head["message"],
        "title": head["title"],
        "location": head["location"],
        "culprit": head["culprit"],
        "user": event["user"],
        "contexts": event["contexts"],
        "sdk": {"name": sdk.get("name"), "version": sdk.get("version")} if sdk else None,
        "context": extra,
        "packages": event.get("modules") or {},
        "type": head["type"],
        "metadata": head["metadata"],
        "tags": [{"key": key, "value": value} for key, value in tags_of(world, stream, n).items()],
        "platform": world.templates[stream.kind].platform,
        "dateCreated": iso_seconds(moment),
        "dateReceived": iso(moment + 0.4),
        "errors": [],
        "occurrence": None,
        "_meta": meta_of(event, entries),
        "crashFile": None,
        "fingerprints": [world.hash_of(stream)],
        "groupingConfig": {"id": "newstyle:2023-01-11", "enhancements": ""},
    }
