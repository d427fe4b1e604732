"""The chain of exceptions of an event, and its threads.

Sentry keeps a chain with the root cause first and the exception that ended the program last; the frames of
each oldest call first. That order is kept here; `reversed` and `frames.grouped` turn it for reading.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from issues.payload.errors import wrong_type
from issues.payload.fields import (
    first_text,
    integer,
    mapping,
    mappings,
    required_array,
    required_mapping,
    text,
    truth,
)
from issues.payload.frames import Frame, read_frames, top_in_app
from issues.payload.shape import Event, entry, normalise

SECTION = "stack trace"


@dataclass(frozen=True, slots=True)
class Mechanism:
    """How the SDK caught an exception. `source` is the attribute that linked it (`__cause__`)."""

    type: str | None = None
    handled: bool | None = None
    synthetic: bool = False
    source: str | None = None
    is_group: bool = False
    description: str | None = None
    data: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ExceptionRecord:
    """One exception of the chain. `position` counts from 1, the root cause.

    `raw_frames` are the frames before source maps or symbols were applied, empty when there were none.
    """

    position: int
    type: str | None
    value: str | None
    module: str | None
    mechanism: Mechanism
    frames: tuple[Frame, ...]
    raw_frames: tuple[Frame, ...]
    omitted: tuple[int, int] | None
    thread_id: str | None
    is_root_cause: bool

    @property
    def qualified_type(self) -> str:
        """`psycopg.errors.DeadlockDetected`; built-in exceptions go without their module."""
        if self.module and self.module not in ("builtins", "__builtins__", "exceptions", "__main__"):
            return f"{self.module}.{self.type or '?'}"
        return self.type or "?"

    @property
    def title(self) -> str:
        """ "ValueError: not a date", or what there is of it."""
        return ": ".join(part for part in (self.type, self.value) if part) or "?"


@dataclass(frozen=True, slots=True)
class Chain:
    """The exceptions, root cause first. `omitted` is the range of positions that the SDK left out."""

    exceptions: tuple[ExceptionRecord, ...]
    platform: str | None
    omitted: tuple[int, int] | None = None

    def __bool__(self) -> bool:
        return bool(self.exceptions)

    @property
    def root_cause(self) -> ExceptionRecord | None:
        return next((exception for exception in self.exceptions if exception.is_root_cause), None)

    @property
    def outermost(self) -> ExceptionRecord | None:
        """The exception that was raised last, which gives the event its title."""
        return self.exceptions[-1] if self.exceptions else None

    @property
    def has_raw_frames(self) -> bool:
        return any(exception.raw_frames for exception in self.exceptions)

    @property
    def culprit_frame(self) -> Frame | None:
        """The newest in-app frame of the outermost exception that has one."""
        found = (top_in_app(exception.frames) for exception in reversed(self.exceptions))
        return next((frame for frame in found if frame), None)


@dataclass(frozen=True, slots=True)
class Thread:
    id: str | None
    name: str | None
    current: bool
    crashed: bool
    state: str | None
    frames: tuple[Frame, ...]


def read_chain(payload: object) -> Chain:
    """The chain of exceptions; an empty one for an event without. Raises Unreadable("stack trace", ...)."""
    event = normalise(payload)
    data = required_mapping(SECTION, entry(event, "exception"))
    values = _values(data)
    return Chain(
        exceptions=tuple(_record(place, len(values), value) for place, value in enumerate(values, start=1)),
        platform=text(event.get("platform")),
        omitted=_range(data.get("excOmitted", data.get("exc_omitted"))),
    )


def _values(data: Mapping[str, object]) -> tuple[dict[str, object], ...]:
    values = data.get("values")
    if values is None and isinstance(data.get("value"), Mapping):
        return (mapping(data["value"]),)
    if values is None and (data.get("type") or data.get("stacktrace")):
        return (dict(data),)
    found = mappings(required_array(SECTION, values))
    if values and not found:
        raise wrong_type(SECTION, "a list of exceptions", next(iter(required_array(SECTION, values))))
    return found


def _record(position: int, count: int, value: Mapping[str, object]) -> ExceptionRecord:
    stacktrace = required_mapping(SECTION, value.get("stacktrace"))
    required_array(SECTION, stacktrace.get("frames"))
    return ExceptionRecord(
        position=position,
        type=text(value.get("type")),
        value=text(value.get("value")),
        module=text(value.get("module")),
        mechanism=_mechanism(value.get("mechanism")),
        frames=read_frames(stacktrace),
        raw_frames=read_frames(value.get("rawStacktrace", value.get("raw_stacktrace"))),
        omitted=_range(stacktrace.get("framesOmitted", stacktrace.get("frames_omitted"))),
        thread_id=first_text(value, "threadId", "thread_id"),
        is_root_cause=position == 1 and count > 1,
    )


def _mechanism(value: object) -> Mechanism:
    given = mapping(value)
    data = mapping(given.get("data"))
    return Mechanism(
        type=text(given.get("type")),
        handled=truth(given.get("handled")),
        synthetic=truth(given.get("synthetic")) is True,
        source=text(given.get("source")),
        is_group=truth(given.get("is_exception_group")) is True,
        description=text(given.get("description")),
        data=tuple((name, found) for name in data if (found := text(data[name]))),
    )


def _range(value: object) -> tuple[int, int] | None:
    if not isinstance(value, list | tuple) or len(value) != 2:
        return None
    first, last = integer(value[0]), integer(value[1])
    return None if first is None or last is None else (first, last)


def read_threads(payload: object) -> tuple[Thread, ...]:
    """The threads, and as one more thread a bare stack trace, such as a message with its place carries.

    Raises Unreadable("threads", ...).
    """
    event = normalise(payload)
    data = required_mapping("threads", entry(event, "threads"))
    threads = tuple(_thread(value) for value in mappings(required_array("threads", data.get("values"))))
    return threads + _bare_stack(event)


def _thread(value: Mapping[str, object]) -> Thread:
    return Thread(
        id=text(value.get("id")),
        name=text(value.get("name")),
        current=truth(value.get("current")) is True,
        crashed=truth(value.get("crashed")) is True,
        state=text(value.get("state")),
        frames=read_frames(value.get("stacktrace")),
    )


def _bare_stack(event: Event) -> tuple[Thread, ...]:
    frames = read_frames(entry(event, "stacktrace"))
    return (Thread(None, None, current=True, crashed=False, state=None, frames=frames),) if frames else ()
