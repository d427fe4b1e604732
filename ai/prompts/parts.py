"""The parts of a prompt from a stored event: masked texts, each with the markers that stand in it.

Names count in masking as they do on the pages (dexter.pii); one value has one name in a prompt, `<email-1>`.
A part that cannot be read is left out, and nothing else depends on it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from ai.prompts.people import People
from ai.prompts.values import Context, Line, Marker
from dexter.pii import Pseudonyms, mask_text, mask_value
from issues.payload.breadcrumbs import Crumb, read_breadcrumbs
from issues.payload.errors import Unreadable
from issues.payload.event import read_header
from issues.payload.frames import Frame
from issues.payload.request import masked_url, read_request
from issues.payload.shape import Event, normalise
from issues.payload.stacktrace import ExceptionRecord, read_chain, read_threads
from issues.payload.values import (
    Value,
    crumb_data,
    frame_prefix,
    local_values,
    request_body,
    request_values,
    source_value,
    tag_slug,
    tag_values,
)

MAX_FRAMES, MAX_CRUMBS, MAX_TAGS, MAX_LOCALS = 12, 30, 40, 25
MAX_VALUE, MAX_TEXT = 300, 2000
LINES_AROUND = 5


@dataclass
class Draft:
    """Texts by name in the order of their worth, with the markers that each brings."""

    names: Pseudonyms = field(default_factory=Pseudonyms)
    people: People = field(default_factory=People)
    texts: list[tuple[str, str, str]] = field(default_factory=list)
    markers: dict[str, dict[str, Marker]] = field(default_factory=dict)

    def text(self, value: str, limit: int = MAX_TEXT) -> str:
        masked = self.hidden(value)
        return masked if len(masked) <= limit else f"{masked[:limit]}…"

    def hidden(self, text: str) -> str:
        """The text without anything personal: what has the form of it, and names that are known."""
        return self.people.hide(mask_text(text, pseudonyms=self.names), self.names)

    def value(self, value: Value, limit: int = MAX_VALUE) -> str:
        masked = mask_value(value.value, value.key, path=value.path, pseudonyms=self.names)
        # A second look at the whole: what stands in several pieces is whole only now.
        return self.text(masked if isinstance(masked, str) else str(masked), limit)

    def mark(self, part: str, letter: str, marker: Marker) -> str:
        number = sum(name.startswith(f"[{letter}") for found in self.markers.values() for name in found) + 1
        name = f"[{letter}{number}]"
        self.markers.setdefault(part, {})[name] = marker
        return name


def draft(context: Context) -> Draft:
    """All parts that the event has something for."""
    made, event = Draft(people=People(context.people)), normalise(context.payload)
    for name, label, write in PARTS:
        try:
            text = write(event, made)
        except (Unreadable, ValueError, TypeError):
            continue
        if text:
            made.texts.append((name, label, text))
    facts = "\n".join(f"{name}: {made.text(str(value), MAX_VALUE)}" for name, value in context.facts)
    if facts:
        made.texts.insert(1, ("facts", "About the issue", facts))
    for extra in context.others:
        text = "\n".join(_line(extra.name, line, made) for line in extra.lines)
        if text:
            made.texts.append((extra.name, extra.label, text))
    return made


def _line(part: str, line: Line, made: Draft) -> str:
    text = made.text(line.text)
    if not line.letter:
        return text
    label = made.text(line.label) if line.label else text
    marker = Marker(line.kind, label[:120], line.tab, line.anchor, line.url)
    return f"{made.mark(part, line.letter, marker)} {text}"


def _error(event: Event, made: Draft) -> str:
    header, chain = read_header(event), read_chain(event)
    lines = [f"Title: {made.text(header.title)}"]
    if header.message and header.message != header.title:
        lines.append(f"Message: {made.text(header.message)}")
    for exception in chain.exceptions:
        notes = " (root cause)" if exception.is_root_cause and len(chain.exceptions) > 1 else ""
        value = made.text(exception.value or "")
        lines.append(f"Exception {exception.position}: {exception.qualified_type}{notes}: {value}")
    facts = (
        ("Where", header.culprit),
        ("Platform", header.platform),
        ("Level", header.level),
        ("Environment", header.environment),
        ("Handled", header.handled),
    )
    lines += [f"{name}: {made.text(str(value), MAX_VALUE)}" for name, value in facts if value is not None]
    return "\n".join(lines)


def _frames(event: Event, made: Draft) -> str:
    """In-app frames of the chain, the newest call first; without any, the last frame of each."""
    blocks = [_frame(prefix, frame, made) for prefix, frame in _chosen(event)]
    return "\n\n".join(blocks)


def _chosen(event: Event) -> Iterator[tuple[str, Frame]]:
    stacks: list[tuple[str, Sequence[Frame]]] = [
        (frame_prefix(record), record.frames) for record in reversed(_records(event))
    ] or [(f"threads.{number}.frames", thread.frames) for number, thread in enumerate(read_threads(event))]
    left = MAX_FRAMES
    for prefix, frames in stacks:
        own = [frame for frame in reversed(frames) if frame.in_app] or list(frames[-1:])
        for frame in own[: max(1, left)]:
            if left <= 0:
                return
            left -= 1
            yield prefix, frame


def _records(event: Event) -> tuple[ExceptionRecord, ...]:
    return read_chain(event).exceptions


def _frame(prefix: str, frame: Frame, made: Draft) -> str:
    place = f"{frame.filename or frame.module or '?'}, line {frame.line or '?'} in {frame.function or '?'}"
    label = made.text(place, MAX_VALUE)
    anchor = f"frame-{prefix.replace('.', '-')}-{frame.index}"
    name = made.mark("frames", "F", Marker("frame", label, "stack", anchor))
    lines = [f"{name} {label}"]
    if frame.context:
        # Masked as one text, as a key can reach over many lines; then cut around the failing one.
        source = made.hidden(str(source_value(prefix, frame).value)).split("\n")
        at = next((number for number, line in enumerate(frame.context) if line.current), 0)
        first = max(0, at - LINES_AROUND)
        is_whole = len(source) == len(frame.context)
        shown = source[first : at + LINES_AROUND + 1] if is_whole else source
        lines += [
            f"{'>' if is_whole and first + number == at else ' '} {line[:200]}"
            for number, line in enumerate(shown)
        ]
    for local, value in zip(frame.locals[:MAX_LOCALS], local_values(prefix, frame), strict=False):
        lines.append(f"  {made.text(local.name, 80)} = {made.value(value)}")
    return "\n".join(lines)


def _breadcrumbs(event: Event, made: Draft) -> str:
    """The last ones before the error, oldest first; what warns or fails is kept when there are many."""
    crumbs = list(read_breadcrumbs(event).items)
    recent = crumbs[-MAX_CRUMBS:]
    loud = [crumb for crumb in crumbs[:-MAX_CRUMBS] if crumb.level in ("warning", "error", "fatal")]
    return "\n".join(_crumb(crumb, made) for crumb in [*loud[-5:], *recent])


def _crumb(crumb: Crumb, made: Draft) -> str:
    text = made.text(crumb.text, MAX_VALUE)
    data = ", ".join(
        f"{made.text(str(value.key), 80)}={made.value(value, 120)}"
        for value in crumb_data(crumb)[:8]
        if str(value.key) not in ("url", "method", "status_code")
    )
    what = f"{crumb.category or crumb.type}: {text}"
    letter, kind = ("Q", "query") if crumb.kind == "query" else ("B", "breadcrumb")
    marker = Marker(kind, what[:120], "breadcrumbs", f"crumb-{crumb.index}")
    name = made.mark("breadcrumbs", letter, marker)
    when = "" if crumb.offset is None else f" {crumb.offset:.2f} s"
    took = "" if crumb.duration is None else f", took {crumb.duration:.0f} ms"
    return f"{name}{when} {crumb.level} {what}{took}{f' ({data})' if data else ''}"


def _request(event: Event, made: Draft) -> str:
    request = read_request(event)
    if request is None:
        return ""
    lines = [f"{request.method or ''} {made.text(masked_url(request), MAX_VALUE)}".strip()]
    for name, values in request_values(request).items():
        if name in ("headers", "query"):
            lines += [f"{name} {made.text(str(v.key), 80)}: {made.value(v, 160)}" for v in values[:20]]
    body = request_body(request)
    if body is not None:
        lines.append(f"body: {made.value(body, 600)}")
    return "\n".join(line for line in lines if line)


def _tags(event: Event, made: Draft) -> str:
    lines = []
    for value in tag_values(read_header(event))[:MAX_TAGS]:
        key = made.text(str(value.key), 80)
        shown = made.value(value, 120)
        name = made.mark(
            "tags", "T", Marker("tag", f"{key} = {shown}", "tags", f"tag-{tag_slug(str(value.key))}")
        )
        lines.append(f"{name} {key} = {shown}")
    return "\n".join(lines)


def _release(event: Event, made: Draft) -> str:
    release = read_header(event).release
    if not release:
        return ""
    shown = made.text(release, MAX_VALUE)
    name = made.mark("release", "R", Marker("release", f"release {shown}", "tags", "release"))
    return f"{name} {shown}"


# Name, label and writer, the most telling first: what does not fit is left out from the end.
PARTS: tuple[tuple[str, str, Callable[[Event, Draft], str]], ...] = (
    ("error", "The error", _error),
    ("frames", "Frames with source and locals", _frames),
    ("breadcrumbs", "Breadcrumbs", _breadcrumbs),
    ("request", "Request", _request),
    ("release", "Release", _release),
    ("tags", "Tags", _tags),
)
