"""What is stored beside a payload: the columns that pages filter by, and the words that search finds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from issues.payload.breadcrumbs import read_breadcrumbs
from issues.payload.errors import Unreadable
from issues.payload.event import EventHeader, read_header
from issues.payload.frames import Frame
from issues.payload.shape import Event, normalise
from issues.payload.stacktrace import Chain, read_chain, read_threads

MAX_TAGS = 200
MAX_TAG_VALUE = 200
MAX_PARTS = 2_000


@dataclass(frozen=True, slots=True)
class EventFacts:
    """The columns of an event. `user_key` tells users apart ("id:42") and is personal: hash it to show it.

    `function`, `filename` and `line` are of the newest in-app call, else of the newest call of all.
    """

    event_id: str | None
    date: datetime | None
    title: str
    message: str | None
    level: str | None
    platform: str | None
    environment: str | None
    release: str | None
    user_key: str | None
    exception_types: tuple[str, ...]
    handled: bool | None
    function: str | None
    filename: str | None
    line: int | None
    culprit: str | None
    trace_id: str | None
    transaction: str | None
    tags: tuple[tuple[str, str], ...]


def facts(payload: object) -> EventFacts:
    """The columns of an event in any of the shapes; raises Unreadable only when the payload is no object."""
    event = normalise(payload)
    header = read_header(event)
    chain = _chain(event)
    frame = chain.culprit_frame or _newest_frame(event, chain)
    return EventFacts(
        event_id=header.id,
        date=header.date_created or header.date_received,
        title=header.title,
        message=header.message,
        level=header.level,
        platform=header.platform,
        environment=header.environment,
        release=header.release,
        user_key=header.user.identity,
        exception_types=tuple(dict.fromkeys(item.type for item in chain.exceptions if item.type)),
        handled=header.handled,
        function=frame.function if frame else None,
        filename=frame.path if frame else None,
        line=frame.line if frame else None,
        culprit=header.culprit,
        trace_id=header.trace_id,
        transaction=header.transaction,
        tags=_tags(header),
    )


def _chain(event: Event) -> Chain:
    try:
        return read_chain(event)
    except Unreadable:
        return Chain((), None)


def _newest_frame(event: Event, chain: Chain) -> Frame | None:
    outermost = chain.outermost
    if outermost and outermost.frames:
        return outermost.frames[-1]
    try:
        threads = read_threads(event)
    except Unreadable:
        return None
    chosen = next((thread for thread in threads if thread.crashed or thread.current), None)
    return chosen.frames[-1] if chosen and chosen.frames else None


def _tags(header: EventHeader) -> tuple[tuple[str, str], ...]:
    """The tags, and what Sentry lets people search like tags: level, environment, release, the user."""
    found = list(header.tags)
    named = (
        ("level", header.level),
        ("environment", header.environment),
        ("release", header.release),
        ("transaction", header.transaction),
        ("dist", header.dist),
        ("user.id", header.user.id),
        ("user.email", header.user.email),
        ("user.username", header.user.username),
        ("user.ip", header.user.ip_address),
    )
    keys = {key for key, _ in found}
    found += [(key, value) for key, value in named if value and key not in keys]
    return tuple(dict.fromkeys((key[:MAX_TAG_VALUE], value[:MAX_TAG_VALUE]) for key, value in found))[
        :MAX_TAGS
    ]


def search_parts(payload: object) -> list[str]:
    """The texts in which search looks, the most telling first, each once, at most MAX_PARTS of them.

    Title, message, culprit, exceptions, frames from the newest on, breadcrumbs. A section that cannot be read
    is left out. Raises Unreadable only when the payload is no object.
    """
    event = normalise(payload)
    return list(dict.fromkeys(part for part in _parts(event) if part))[:MAX_PARTS]


def _parts(event: Event) -> Iterator[str | None]:
    header = read_header(event)
    yield from (header.title, header.message, header.culprit, header.transaction)
    chain = _chain(event)
    for exception in reversed(chain.exceptions):
        yield from (exception.type, exception.module, exception.value)
    for exception in reversed(chain.exceptions):
        for frame in reversed(exception.frames):
            yield from (frame.function, frame.filename, frame.module)
    try:
        yield from (crumb.message for crumb in reversed(read_breadcrumbs(event).items))
    except Unreadable:
        return
