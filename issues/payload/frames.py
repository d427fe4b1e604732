"""Stack frames: the source around the line, the local variables, and the folding of library code."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from dexter.pii import path_below
from issues.payload.fields import array, clean, first, first_text, integer, mapping, plain, text, truth

MAX_LOCALS = 200
MAX_LOCAL_DEPTH = 3
_DIRECTORIES_SHOWN = 2


@dataclass(frozen=True, slots=True)
class SourceLine:
    number: int | None
    text: str
    current: bool


@dataclass(frozen=True, slots=True)
class Local:
    """One row of the table of locals: `payer.email`, its value, and what masking needs to know.

    `value` is mostly a text (the Python SDK sends reprs), else JSON; `key` is the last part of the name and
    `path` holds the names above it, both for `dexter.pii.segments_of(value, key, path)`.
    """

    name: str
    value: object
    key: str
    path: tuple[object, ...] = ()

    @property
    def text(self) -> str:
        return self.value if isinstance(self.value, str) else _written(self.value)


@dataclass(frozen=True, slots=True)
class Frame:
    """One call. `line` and `column` count from 1; `index` is the place in the payload, 0 the oldest call.

    Source and locals are read out of `given` when asked for: whoever stores an event needs neither.
    """

    index: int
    function: str | None
    module: str | None
    filename: str | None
    abs_path: str | None
    line: int | None
    column: int | None
    in_app: bool
    given: Mapping[str, object] = field(repr=False, compare=False)
    package: str | None = None
    platform: str | None = None

    @property
    def context(self) -> tuple[SourceLine, ...]:
        """The source around the line; empty when the SDK sent none."""
        return tuple(_context(self.given, self.line))

    @property
    def locals(self) -> tuple[Local, ...]:
        """The local variables as rows; see `flatten`."""
        return tuple(flatten(self.given.get("vars")))

    @property
    def path(self) -> str | None:
        """The name of the file that says most in a narrow place."""
        return self.filename or self.module or self.abs_path or self.package

    @property
    def location(self) -> str:
        """`shop/cart.py:118`; only what is known of it."""
        return ":".join(str(part) for part in (self.path, self.line) if part is not None) or "?"

    @property
    def current_line(self) -> str | None:
        return next((line.text for line in self.context if line.current), None)


@dataclass(frozen=True, slots=True)
class FrameGroup:
    """Frames shown together: one frame, or a run of library frames that starts folded."""

    frames: tuple[Frame, ...]
    folded: bool

    @property
    def label(self) -> str:
        """Where the folded frames lie: "django/core/handlers, django/views"."""
        places = list(dict.fromkeys(_directory(frame) for frame in self.frames))
        shown = ", ".join(places[:_DIRECTORIES_SHOWN])
        return (
            f"{shown} and {len(places) - _DIRECTORIES_SHOWN} more"
            if len(places) > _DIRECTORIES_SHOWN
            else shown
        )


def _directory(frame: Frame) -> str:
    if frame.filename and "/" in frame.filename:
        return str(PurePosixPath(frame.filename).parent)
    return frame.module or frame.path or "?"


def read_frames(stacktrace: object) -> tuple[Frame, ...]:
    """The frames of a stack trace, oldest call first as Sentry keeps them; what is no frame is left out."""
    frames = array(mapping(stacktrace).get("frames"))
    return tuple(
        _frame(index, mapping(frame)) for index, frame in enumerate(frames) if isinstance(frame, Mapping)
    )


def _frame(index: int, given: Mapping[str, object]) -> Frame:
    line = integer(first(given, "lineNo", "lineno"))
    return Frame(
        index=index,
        function=_function(given),
        module=text(given.get("module")),
        filename=text(given.get("filename")),
        abs_path=first_text(given, "absPath", "abs_path"),
        line=line,
        column=integer(first(given, "colNo", "colno")),
        in_app=truth(first(given, "inApp", "in_app")) is True,
        given=given,
        package=text(given.get("package")),
        platform=text(given.get("platform")),
    )


def _function(given: Mapping[str, object]) -> str | None:
    """The name of the function; SDKs write "?" where there is none."""
    found = first_text(given, "function", "rawFunction", "raw_function", "symbol")
    return None if found == "?" else found


def _context(given: Mapping[str, object], line: int | None) -> Iterator[SourceLine]:
    """The source from `context` ([[number, text]], the Web API) or from pre/context/post lines (an SDK)."""
    rows = array(given.get("context"))
    if rows:
        for row in rows:
            if isinstance(row, list | tuple) and len(row) == 2 and isinstance(row[1], str):
                number = integer(row[0])
                yield SourceLine(number, clean(row[1]), number is not None and number == line)
        return
    current = given.get("context_line")
    if not isinstance(current, str) or not current:
        return
    before = [item for item in array(given.get("pre_context")) if isinstance(item, str)]
    after = [item for item in array(given.get("post_context")) if isinstance(item, str)]
    for offset, source in enumerate([*before, current, *after], start=-len(before)):
        yield SourceLine(None if line is None else line + offset, clean(source), offset == 0)


def flatten(variables: object, *, depth: int = MAX_LOCAL_DEPTH) -> Iterator[Local]:
    """The variables as rows, nested objects as `cart.total`; at most MAX_LOCALS of them.

    An object deeper than `depth` is one row, itself cut off below MAX_LOCAL_DEPTH.
    """
    rows = _rows(mapping(variables), "", (), depth)
    for _, row in zip(range(MAX_LOCALS), rows, strict=False):
        yield row


def _rows(
    variables: Mapping[str, object], above: str, path: tuple[object, ...], depth: int
) -> Iterator[Local]:
    for key, value in variables.items():
        name = clean(f"{above}.{key}" if above else key)
        if isinstance(value, Mapping) and value and depth > 1:
            inner = mapping(value)
            yield from _rows(inner, name, path_below(inner, key, path), depth - 1)
        else:
            yield Local(name, plain(value, MAX_LOCAL_DEPTH), clean(key), path)


def _written(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except ValueError:  # an int of more than 4,300 digits
        return "?"


def grouped(frames: Sequence[Frame], *, newest_first: bool = True) -> tuple[FrameGroup, ...]:
    """The frames in the order of reading, runs of two or more library frames folded into one group.

    The frame that raised is never folded away: it says where the error is, even when it is library code.
    """
    if not frames:
        return ()
    ordered = list(reversed(frames)) if newest_first else list(frames)
    raising = frames[-1]
    groups: list[FrameGroup] = []
    run: list[Frame] = []
    for frame in ordered:
        if frame.in_app or frame is raising:
            groups += [*_run(run), FrameGroup((frame,), folded=False)]
            run = []
        else:
            run.append(frame)
    return (*groups, *_run(run))


def _run(frames: list[Frame]) -> list[FrameGroup]:
    return [FrameGroup(tuple(frames), folded=len(frames) > 1)] if frames else []


def top_in_app(frames: Sequence[Frame]) -> Frame | None:
    """The newest call of the application's own code."""
    return next((frame for frame in reversed(frames) if frame.in_app), None)
