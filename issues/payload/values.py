"""Every value of an event that a page shows, with an address, so that a masked one can be asked for again.

An address (`exceptions.1.frames.3.vars.payer.email`) is never walked: whoever looks a value up enumerates
what the page shows and takes the one that has the address. So a page and a look-up always agree, and there
is nothing in the address that could lead elsewhere.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from dexter.pii import CUT, Kind, Segment, path_below, segments_of
from dexter.pii.places import Place, text_of
from issues.payload.breadcrumbs import Crumb, read_breadcrumbs
from issues.payload.contexts import Context, ScrubNote, read_contexts, read_extra
from issues.payload.event import EventHeader, User, read_header, read_user
from issues.payload.frames import Frame
from issues.payload.request import Pairs, Request, read_request
from issues.payload.shape import Event, normalise
from issues.payload.stacktrace import ExceptionRecord, read_chain, read_threads

# Characters of a value that a page shows; the whole is a link away.
LONGEST = 10_000


@dataclass(frozen=True)
class Value:
    """A value and where it stands: `key` is its name, `path` the names above, as `dexter.pii` wants them."""

    address: str
    value: object
    key: object = None
    path: tuple[object, ...] = ()

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """What may be shown; the n-th masked one hides `hidden[n]`."""
        return segments_of(self.value, self.key, self.path)

    @cached_property
    def opening(self) -> tuple[Segment, ...]:
        """The segments of its first LONGEST characters, and CUT where there is more."""
        return segments_of(self.value, self.key, self.path, LONGEST)

    @property
    def masked(self) -> int:
        """How many pieces of what a page shows of it are masked."""
        return sum(segment.is_masked and segment is not CUT for segment in self.opening)

    @property
    def text(self) -> str:
        """All of it as text, masked."""
        return as_text(self.segments)

    @property
    def length(self) -> int | None:
        """How many characters there are, about; None where JSON cannot write it."""
        try:
            return len(self.value) if isinstance(self.value, str) else len(json.dumps(self.value, indent=2))
        except (TypeError, ValueError):
            return None

    @property
    def hidden(self) -> tuple[str, ...]:
        """The texts behind the masks, in their order."""
        return tuple(_hidden(self.value, Place(self.key, self.path)))


def as_text(segments: Iterable[Segment]) -> str:
    """Segments as one masked text, "…" where it is cut."""
    return "".join(_marked(segment) if segment.text is None else segment.text for segment in segments)


def _marked(segment: Segment) -> str:
    return f"[{segment.kind.value}]" if segment.kind else "…"


def _hidden(value: object, place: Place) -> Iterator[str]:
    if isinstance(value, dict):
        if not place.is_too_deep:
            for name, item, below in place.members(value):
                yield from _hidden(str(name), Place(depth=below.depth))
                yield from _hidden(item, below)
    elif isinstance(value, list | tuple):
        if not place.is_too_deep:
            for item, below in place.items(value):
                yield from _hidden(item, below)
    elif value is not None and not isinstance(value, bool):
        text = text_of(value)
        for finding in place.findings(text):
            if finding.kind is not Kind.FILTERED:
                yield text[finding.start : finding.end]


def value_at(payload: object, address: str) -> Value:
    """The value with this address. Raises LookupError when the event shows none, Unreadable as readers do."""
    event = normalise(payload)
    section = address.partition(".")[0]
    if section not in _SECTIONS:
        raise LookupError(address)
    found = (value for value in _SECTIONS[section](event) if value.address == address)
    value = next(found, None)
    if value is None:
        raise LookupError(address)
    return value


def named(prefix: str, pairs: Iterable[tuple[str, object]], path: tuple[object, ...] = ()) -> Iterator[Value]:
    """Named values; of two with one name (headers, parameters) the second is addressed as `name~2`."""
    seen: set[str] = set()
    for name, value in pairs:
        unique, number = name, 1
        while unique in seen:
            number += 1
            unique = f"{name}~{number}"
        seen.add(unique)
        yield Value(f"{prefix}.{unique}", value, name, path)


def header_values(header: EventHeader) -> dict[str, Value]:
    """Title, message, culprit, transaction, location: those that the event has."""
    texts = ("title", "message", "culprit", "transaction", "location")
    return {
        name: Value(f"header.{name}", found) for name in texts if (found := getattr(header, name)) is not None
    }


def user_values(user: User) -> tuple[Value, ...]:
    """What is known of the user; an object among it (`geo`) is one value."""
    facts = (*user.facts, *user.others)
    return tuple(named("user", facts, path_below([name for name, _ in facts], "user")))


def tag_values(header: EventHeader) -> tuple[Value, ...]:
    return tuple(named("tags", header.tags))


def tag_slug(key: str) -> str:
    """A tag's name as part of the id of its row, to which the citations of an answer lead."""
    return "".join(char if char.isalnum() and char.isascii() else "-" for char in key.lower())


def exception_value(exception: ExceptionRecord) -> Value:
    return Value(f"exceptions.{exception.position}.value", exception.value or "")


def frame_prefix(exception: ExceptionRecord, *, raw: bool = False) -> str:
    """What the addresses of an exception's frames begin with, up to the frame's index."""
    return f"exceptions.{exception.position}.{'raw_frames' if raw else 'frames'}"


def local_values(prefix: str, frame: Frame) -> tuple[Value, ...]:
    """The local variables of a frame; `key` is the last part of a name, the address holds all of it."""
    seen = named(f"{prefix}.{frame.index}.vars", ((local.name, local) for local in frame.locals))
    return tuple(
        Value(value.address, local.value, local.key, local.path)
        for value, local in zip(seen, frame.locals, strict=True)
    )


def source_value(prefix: str, frame: Frame) -> Value:
    """The source around the line as one text: what is to be masked may reach over several lines."""
    return Value(f"{prefix}.{frame.index}.source", "\n".join(line.text for line in frame.context))


def crumb_text(crumb: Crumb) -> Value:
    return Value(f"breadcrumbs.{crumb.index}.text", crumb.text)


def crumb_data(crumb: Crumb) -> tuple[Value, ...]:
    path = path_below([name for name, _ in crumb.data], "data")
    return tuple(named(f"breadcrumbs.{crumb.index}.data", crumb.data, path))


def request_url(request: Request) -> Value:
    """The URL without its query, which `request_values` lists by name."""
    return Value("request.url", (request.url or "") + (f"#{request.fragment}" if request.fragment else ""))


def request_values(request: Request) -> dict[str, tuple[Value, ...]]:
    """Query, headers, cookies and environment of the server, by these names; empty ones are left out."""
    # A cookie is secret whatever its name.
    cookies = ((name, value) for name, value in request.cookies)
    parts: dict[str, tuple[Value, ...]] = {
        "query": tuple(named("request.query", request.query)),
        "headers": tuple(named("request.headers", request.headers, ("headers",))),
        "cookies": tuple(named("request.cookies", cookies, ("cookies",))),
        "env": tuple(named("request.env", request.env, ("env",))),
    }
    parts["cookies"] = tuple(
        Value(value.address, value.value, "cookie", ("cookies",)) for value in parts["cookies"]
    )
    return {name: values for name, values in parts.items() if values}


def removed_values(parts: Mapping[str, tuple[Value, ...]], notes: Iterable[ScrubNote]) -> dict[str, str]:
    """What happened to the `request_values` that are empty, as far as Sentry says so, by their addresses.

    Its notes name a part and a place in it: `entries.2.data.headers.6.1`.
    """
    said = {note.path[-3:-1]: note.text for note in notes if note.path[-1:] == ("1",)}
    return {
        value.address: said[name, str(place)]
        for name, values in parts.items()
        for place, value in enumerate(values)
        if (name, str(place)) in said
    }


def request_body(request: Request) -> Value | None:
    """The body; JSON that came as text is read, so that its names count in masking."""
    body = request.body
    if body in (None, "", [], {}):
        return None
    if isinstance(body, str) and body.lstrip()[:1] in ("{", "["):
        try:
            body = json.loads(body)
        except (ValueError, RecursionError):
            body = request.body
    return Value("request.body", body)


def context_values(context: Context) -> tuple[Value, ...]:
    path = path_below([name for name, _ in context.items], context.name)
    return tuple(named(f"contexts.{context.name}", context.items, path))


def extra_values(extra: Pairs) -> tuple[Value, ...]:
    return tuple(named("extra", extra, path_below([name for name, _ in extra], None)))


def _of_exceptions(event: Event) -> Iterator[Value]:
    for exception in read_chain(event).exceptions:
        yield exception_value(exception)
        yield from _of_frames(frame_prefix(exception), exception.frames)
        yield from _of_frames(frame_prefix(exception, raw=True), exception.raw_frames)


def _of_threads(event: Event) -> Iterator[Value]:
    for number, thread in enumerate(read_threads(event)):
        yield from _of_frames(f"threads.{number}.frames", thread.frames)


def _of_frames(prefix: str, frames: Iterable[Frame]) -> Iterator[Value]:
    for frame in frames:
        yield source_value(prefix, frame)
        yield from local_values(prefix, frame)


def _of_breadcrumbs(event: Event) -> Iterator[Value]:
    for crumb in read_breadcrumbs(event).items:
        yield crumb_text(crumb)
        yield from crumb_data(crumb)


def _of_request(event: Event) -> Iterator[Value]:
    request = read_request(event)
    if request is None:
        return
    yield request_url(request)
    for values in request_values(request).values():
        yield from values
    body = request_body(request)
    if body is not None:
        yield body


_SECTIONS: dict[str, Callable[[Event], Iterable[Value]]] = {
    "header": lambda event: header_values(read_header(event)).values(),
    "user": lambda event: user_values(read_user(event)),
    "tags": lambda event: tag_values(read_header(event)),
    "exceptions": _of_exceptions,
    "threads": _of_threads,
    "breadcrumbs": _of_breadcrumbs,
    "request": _of_request,
    "contexts": lambda event: (v for context in read_contexts(event) for v in context_values(context)),
    "extra": lambda event: extra_values(read_extra(event)),
}
