"""The head of an event: what it is, when, where, of whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from issues.payload.fields import clean, first_text, integer, mapping, mappings, moment, plain, text, truth
from issues.payload.shape import Event, entry, normalise, tag

UNTITLED = "(No title)"


@dataclass(frozen=True, slots=True)
class User:
    """Who met the error, as far as the SDK was told. Everything here is personal."""

    id: str | None = None
    email: str | None = None
    username: str | None = None
    name: str | None = None
    ip_address: str | None = None
    others: tuple[tuple[str, object], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.facts or self.others)

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """The known fields with their names, as Sentry calls them."""
        fields = ("id", "email", "username", "name", "ip_address")
        return tuple((field, value) for field in fields if (value := getattr(self, field)))

    @property
    def label(self) -> str | None:
        """The one field that says most to a person."""
        return self.email or self.username or self.name or self.id or self.ip_address

    @property
    def identity(self) -> str | None:
        """A string that tells users apart as Sentry's `user` tag does: `id:42`, `email:...`, `ip:...`."""
        fields = (
            ("id", self.id),
            ("email", self.email),
            ("username", self.username),
            ("ip", self.ip_address),
        )
        return next((f"{name}:{value}" for name, value in fields if value), None)


@dataclass(frozen=True, slots=True)
class Sdk:
    name: str | None = None
    version: str | None = None
    integrations: tuple[str, ...] = ()
    packages: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return " ".join(part for part in (self.name, self.version) if part)


@dataclass(frozen=True, slots=True)
class EventHeader:
    """Times are in UTC; `size` is in bytes, as Sentry counted it; ids are 32 hexadecimal digits."""

    id: str | None
    title: str
    type: str | None
    message: str | None
    culprit: str | None
    location: str | None
    platform: str | None
    date_created: datetime | None
    date_received: datetime | None
    level: str | None
    release: str | None
    environment: str | None
    transaction: str | None
    user: User
    sdk: Sdk
    dist: str | None
    size: int | None
    handled: bool | None
    trace_id: str | None
    next_id: str | None
    previous_id: str | None
    tags: tuple[tuple[str, str], ...]
    errors: tuple[str, ...]


def read_header(payload: object) -> EventHeader:
    """The head of an event in any of the shapes; raises Unreadable when the payload is no object."""
    event = normalise(payload)
    contexts = mapping(event.get("contexts"))
    return EventHeader(
        id=first_text(event, "eventID", "id"),
        title=read_title(event),
        type=first_text(event, "type", "event.type"),
        message=read_message(event),
        culprit=text(event.get("culprit")) or text(event.get("transaction")),
        location=text(event.get("location")) or text(mapping(event.get("metadata")).get("filename")),
        platform=text(event.get("platform")),
        date_created=moment(event.get("dateCreated")),
        date_received=moment(event.get("dateReceived")),
        level=text(event.get("level")) or tag(event, "level"),
        release=read_release(event),
        environment=tag(event, "environment"),
        transaction=text(event.get("transaction")) or tag(event, "transaction"),
        user=read_user(event),
        sdk=read_sdk(event),
        dist=text(event.get("dist")),
        size=integer(event.get("size")),
        handled=read_handled(event),
        trace_id=text(mapping(contexts.get("trace")).get("trace_id")),
        next_id=text(event.get("nextEventID")),
        previous_id=text(event.get("previousEventID")),
        tags=read_tags(event),
        errors=read_errors(event),
    )


def read_title(payload: object) -> str:
    """Sentry's title, else "Type: value" of the error, else the message."""
    event = normalise(payload)
    metadata = mapping(event.get("metadata"))
    kind, value = text(metadata.get("type")), text(metadata.get("value"))
    if not kind and not value:
        kind, value = _of_outermost_exception(event)
    made_up = ": ".join(part for part in (kind, (value or "").partition("\n")[0]) if part)
    found = text(event.get("title")) or text(metadata.get("title")) or made_up or read_message(event)
    return found.partition("\n")[0].strip() or UNTITLED if found else UNTITLED


def _of_outermost_exception(event: Event) -> tuple[str | None, str | None]:
    values = exception_values(event)
    return (text(values[-1].get("type")), text(values[-1].get("value"))) if values else (None, None)


def exception_values(event: Event) -> tuple[dict[str, object], ...]:
    """The exceptions of an event as Sentry keeps them, the root cause first; none when they cannot be read.

    A legacy form holds a single exception in the place of the list, as `data.value`, or as `data` itself.
    """
    data = mapping(_entry_or_none(event, "exception"))
    values = data.get("values")
    if isinstance(values, list):
        return mappings(values)
    inline = data.get("value")
    if isinstance(inline, Mapping):
        return (mapping(inline),)
    return (data,) if data.get("type") or data.get("stacktrace") else ()


def _entry_or_none(event: Event, kind: str) -> object:
    return entry(event, kind) if isinstance(event.get("entries"), list) else None


def read_message(payload: object) -> str | None:
    """The message with its parameters filled in."""
    event = normalise(payload)
    logged = mapping(_entry_or_none(event, "message"))
    return first_text(logged, "formatted") or text(event.get("message")) or first_text(logged, "message")


def read_release(payload: object) -> str | None:
    event = normalise(payload)
    return text(mapping(event.get("release")).get("version")) or tag(event, "release")


def read_user(payload: object) -> User:
    """The user of an event; an empty one when the event names none."""
    given = mapping(normalise(payload).get("user"))
    known = {"id", "email", "username", "name", "ip_address"}
    others = {
        name: value for name, value in given.items() if name not in known and value not in (None, {}, "")
    }
    return User(
        **{field: text(given.get(field)) for field in known},
        others=tuple((clean(name), plain(value)) for name, value in others.items()),
    )


def read_sdk(payload: object) -> Sdk:
    given = mapping(normalise(payload).get("sdk"))
    integrations = given.get("integrations")
    return Sdk(
        name=text(given.get("name")),
        version=text(given.get("version")),
        integrations=tuple(
            name for item in (integrations if isinstance(integrations, list) else ()) if (name := text(item))
        ),
        packages=tuple(
            (name, text(item.get("version")) or "")
            for item in mappings(given.get("packages"))
            if (name := text(item.get("name")))
        ),
    )


def read_handled(payload: object) -> bool | None:
    """False as soon as one exception of the chain was not handled; None when the SDK did not say."""
    event = normalise(payload)
    said = [truth(mapping(value.get("mechanism")).get("handled")) for value in exception_values(event)]
    if False in said:
        return False
    return True if True in said else truth(tag(event, "handled"))


def read_tags(payload: object) -> tuple[tuple[str, str], ...]:
    """The tags in their order, each pair once."""
    given = mappings(normalise(payload).get("tags"))
    return tuple(
        dict.fromkeys(
            (key, value)
            for item in given
            if (key := text(item.get("key"))) and (value := _tag_value(item.get("value"))) is not None
        )
    )


def _tag_value(value: object) -> str | None:
    return str(value).lower() if isinstance(value, bool) else text(value)


def read_errors(payload: object) -> tuple[str, ...]:
    """What Sentry could not process: "js_invalid_sourcemap_location: Invalid location in sourcemap"."""
    found = (
        ": ".join(part for part in (text(item.get("type")), text(item.get("message"))) if part)
        for item in mappings(normalise(payload).get("errors"))
    )
    return tuple(line for line in found if line)
