"""The stack trace as the page shows it: stacks of frames, folded, with what to open at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from dexter.pii import CUT, Segment, mask_text, segments_of
from issues.payload.frames import Frame, FrameGroup, grouped
from issues.payload.raw_trace import raw_text
from issues.payload.shape import Event
from issues.payload.stacktrace import Chain, ExceptionRecord, Thread, read_chain, read_threads
from issues.payload.values import Value, as_text, exception_value, frame_prefix, local_values, source_value

# In-app frames that start open, and those whose source and locals are on the page; others load when opened.
OPEN_FRAMES = 4
EAGER_FRAMES = 10
# Calls of the same line in a row, as in a recursion, from which on the rest is folded.
REPEATED = 5
SHOWN_OF_REPEATED = 2
LONGEST_RAW = 200_000  # characters of a trace as text on a page


@dataclass(frozen=True)
class FrameView:
    """A frame to show. `eager` frames have source and locals on the page, others load them when opened."""

    prefix: str
    frame: Frame
    open: bool = False
    eager: bool = True

    @property
    def id(self) -> str:
        return f"frame-{self.prefix.replace('.', '-')}-{self.frame.index}"

    @property
    def stack(self) -> str:
        return self.prefix

    @cached_property
    def source(self) -> Value | None:
        return source_value(self.prefix, self.frame) if self.frame.context else None

    @cached_property
    def locals(self) -> tuple[tuple[str, Value], ...]:
        """Names, which may hold something personal only in themselves, and values."""
        names = (local.name for local in self.frame.locals)
        return tuple(zip(names, local_values(self.prefix, self.frame), strict=True))

    @property
    def masked(self) -> int:
        return sum(value.masked for _, value in self.locals)

    @property
    def is_bare(self) -> bool:
        """Nothing to open."""
        return not self.frame.given.get("vars") and self.source is None


@dataclass(frozen=True)
class GroupView:
    """One frame, or several folded ones under one line."""

    frames: tuple[FrameView, ...]
    folded: bool
    label: str = ""

    @property
    def first(self) -> int:
        return min(view.frame.index for view in self.frames)

    @property
    def last(self) -> int:
        return max(view.frame.index for view in self.frames)

    @property
    def stack(self) -> str:
        return self.frames[0].prefix


@dataclass(frozen=True)
class ExceptionView:
    """An exception of the chain with its frames in reading order."""

    record: ExceptionRecord
    value: Value
    groups: tuple[GroupView, ...]
    relation: str


@dataclass(frozen=True)
class ThreadView:
    thread: Thread
    groups: tuple[GroupView, ...]

    @property
    def title(self) -> str:
        return self.thread.name or (f"Thread {self.thread.id}" if self.thread.id else "Where it was logged")


@dataclass(frozen=True)
class StackTrace:
    """`raw` is set instead of the rest in raw mode: the beginning of the trace as text, masked."""

    mode: str
    newest_first: bool
    exceptions: tuple[ExceptionView, ...] = ()
    threads: tuple[ThreadView, ...] = ()
    raw: str | None = None
    raw_is_cut: bool = False
    omitted: tuple[int, int] | None = None
    frame_count: int = 0
    has_raw_frames: bool = False

    def __bool__(self) -> bool:
        return bool(self.exceptions or self.threads or self.raw)


@dataclass
class _Plan:
    """How many frames were opened and filled so far, over all stacks of a page."""

    mode: str
    newest_first: bool
    everything: bool = False
    opened: int = 0
    filled: int = 0

    def view(self, prefix: str, frame: Frame, frames: Sequence[Frame], folded: bool = False) -> FrameView:
        """In-app frames open; without any, the one that raised. What is folded away loads later."""
        if folded:
            return FrameView(prefix, frame, eager=self.everything)
        wanted = frame.in_app or frame is frames[-1]
        opens = frame.in_app or (wanted and not any(other.in_app for other in frames))
        self.opened += opens
        self.filled += wanted
        eager = self.everything or (wanted and self.filled <= EAGER_FRAMES)
        return FrameView(prefix, frame, opens and self.opened <= OPEN_FRAMES, eager)


def stack_trace(event: Event, *, mode: str, newest_first: bool, everything: bool = False) -> StackTrace:
    """Raises Unreadable. `mode` is one of `dexter.web.models.StackMode`.

    With `everything` nothing is left to load later.
    """
    chain, threads = read_chain(event), read_threads(event)
    plan = _Plan(mode, newest_first, everything)
    exceptions = tuple(_exceptions(chain, plan))
    shown = tuple(
        ThreadView(thread, _groups(f"threads.{number}.frames", thread.frames, plan))
        for number, thread in enumerate(threads)
        if thread.frames
    )
    raw = _raw(chain) if mode == "raw" else ()
    return StackTrace(
        mode=mode,
        newest_first=newest_first,
        exceptions=exceptions,
        threads=shown,
        raw=as_text(raw) if mode == "raw" else None,
        raw_is_cut=raw[-1:] == (CUT,),
        omitted=chain.omitted,
        frame_count=sum(len(exception.frames) for exception in chain.exceptions)
        + sum(len(thread.frames) for thread in threads),
        has_raw_frames=chain.has_raw_frames,
    )


def _exceptions(chain: Chain, plan: _Plan) -> Iterator[ExceptionView]:
    if plan.mode == "raw":
        return
    before: ExceptionRecord | None = None
    for record in chain.exceptions:
        groups = _groups(frame_prefix(record), record.frames, plan)
        relation = _relation(record, before)
        yield ExceptionView(record, exception_value(record), groups, relation)
        before = record


def _relation(record: ExceptionRecord, before: ExceptionRecord | None) -> str:
    """What the exception has to do with the one before it in the chain.

    `source` of an exception names the attribute of its parent, the next in the chain, that leads to it.
    """
    if (record.mechanism.source or "").startswith("exceptions["):
        return "in the group"
    if record.mechanism.is_group:
        return "the group"
    if before is None:
        return "root cause" if record.is_root_cause else ""
    return "raised while handling it" if before.mechanism.source == "__context__" else "raised from it"


def _groups(prefix: str, frames: Sequence[Frame], plan: _Plan) -> tuple[GroupView, ...]:
    if plan.mode == "raw":
        return ()
    if plan.mode == "all":
        ordered = reversed(frames) if plan.newest_first else frames
        return tuple(GroupView((plan.view(prefix, frame, frames),), folded=False) for frame in ordered)
    found = _without_repetition(grouped(frames, newest_first=plan.newest_first))
    return tuple(
        GroupView(
            tuple(plan.view(prefix, frame, frames, group.folded) for frame in group.frames),
            group.folded,
            label,
        )
        for group, label in found
    )


def _without_repetition(groups: Sequence[FrameGroup]) -> Iterator[tuple[FrameGroup, str]]:
    """The groups with their labels; the same call many times in a row is folded after its first two."""
    for call, repeated in groupby(groups, key=_call):
        run = list(repeated)
        if call is None or len(run) < REPEATED:
            yield from ((group, _label(group)) for group in run)
            continue
        yield from ((group, "") for group in run[:SHOWN_OF_REPEATED])
        rest = tuple(group.frames[0] for group in run[SHOWN_OF_REPEATED:])
        yield FrameGroup(rest, folded=True), f"{len(rest)} more calls of {call[1] or '?'}, line {call[2]}"


def _call(group: FrameGroup) -> tuple[str | None, str | None, int | None] | None:
    frame = group.frames[0]
    return None if group.folded else (frame.path, frame.function, frame.line)


def _label(group: FrameGroup) -> str:
    return f"{len(group.frames)} library frames: {group.label}" if group.folded else ""


def frames_between(event: Event, stack: str, first: int, last: int) -> tuple[FrameView, ...]:
    """Frames of a stack that were folded, newest call first; LookupError for a stack the event has not."""
    for prefix, frames in _stacks(event):
        if prefix == stack:
            chosen = [frame for frame in reversed(frames) if first <= frame.index <= last]
            return tuple(FrameView(prefix, frame, open=first == last) for frame in chosen)
    raise LookupError(stack)


def _stacks(event: Event) -> Iterator[tuple[str, tuple[Frame, ...]]]:
    for record in read_chain(event).exceptions:
        yield frame_prefix(record), record.frames
    for number, thread in enumerate(read_threads(event)):
        yield f"threads.{number}.frames", thread.frames


def _raw(chain: Chain) -> tuple[Segment, ...]:
    return segments_of(raw_text(chain), longest=LONGEST_RAW)


def trace_text(event: Event) -> str:
    """The chain as its language prints it, masked, for copying; empty without exceptions."""
    return mask_text(raw_text(read_chain(event)))
