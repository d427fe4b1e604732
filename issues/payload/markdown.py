"""An event as Markdown, to paste into a ticket or a chat; everything personal is masked."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from dexter.pii import mask_text, mask_value
from issues.payload.breadcrumbs import Crumb, read_breadcrumbs
from issues.payload.errors import Unreadable
from issues.payload.event import EventHeader, read_header
from issues.payload.fields import clean, text
from issues.payload.frames import Frame, SourceLine
from issues.payload.request import masked_url, read_request
from issues.payload.shape import Event, normalise
from issues.payload.stacktrace import ExceptionRecord, read_chain

MAX_LENGTH = 20_000
MAX_FRAMES = 5
MAX_BREADCRUMBS = 10
MAX_TAGS = 30
MAX_CELL = 300
MAX_VALUE = 2_000
MAX_LINE = 160
LINES_AROUND = 5
ROOM_FOR_EXCEPTIONS = 14_000
CUT = "\n\n_Cut here: the rest is in the portal._\n"

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#])")


def as_markdown(issue_fields: Mapping[str, object], payload: object, link: str) -> str:
    """The event as Markdown of at most MAX_LENGTH characters.

    `issue_fields` are shown first in the table of facts, by their names ("Issue", "Events", "Priority");
    `link` leads back to the event's page. A section that cannot be read says so. Raises Unreadable only
    when the payload is no object.
    """
    event = normalise(payload)
    header = read_header(event)
    parts = [_head(header, issue_fields, link)]
    for title, section in _SECTIONS:
        body = _readable(section, event)
        if body:
            parts.append(f"## {title}\n\n{body}")
    written = "\n\n".join(parts) + "\n"
    return written if len(written) <= MAX_LENGTH else _shortened(parts)


def _shortened(parts: Sequence[str]) -> str:
    """As many whole sections as there is room for, so that no code block is left open."""
    kept = parts[0][: MAX_LENGTH - len(CUT)]
    for part in parts[1:]:
        if len(kept) + len(part) + 2 + len(CUT) > MAX_LENGTH:
            break
        kept = f"{kept}\n\n{part}"
    return kept + CUT


def _readable(section: Callable[[Event], str], event: Event) -> str:
    try:
        return section(event)
    except Unreadable as error:
        return f"_Could not be read: {_escaped(error.reason)}_"


def _head(header: EventHeader, issue_fields: Mapping[str, object], link: str) -> str:
    rows = [*issue_fields.items(), *_facts(header)]
    table = "\n".join(f"| {_cell(name)} | {_cell(_masked(value, None))} |" for name, value in rows)
    table = f"| | |\n|---|---|\n{table}" if rows else ""
    return "\n\n".join(
        part for part in (f"# {_cell(mask_text(header.title))}", table, f"<{_link(link)}>") if part
    )


def _link(link: str) -> str:
    return re.sub(r"[\s<>]", "", link)


def _facts(header: EventHeader) -> Iterator[tuple[str, object]]:
    facts = (
        ("Event", header.id),
        ("Time", header.date_created.strftime("%Y-%m-%d %H:%M:%S UTC") if header.date_created else None),
        ("Level", header.level),
        ("Handled", {True: "yes", False: "no"}.get(header.handled) if header.handled is not None else None),
        ("Where", header.culprit or header.location),
        ("Platform", header.platform),
        ("Environment", header.environment),
        ("Release", header.release),
        ("SDK", str(header.sdk) or None),
        ("Trace", header.trace_id),
    )
    return ((name, value) for name, value in facts if value)


def _exceptions(event: Event) -> str:
    chain = read_chain(event)
    count = len(chain.exceptions)
    written = ""
    for exception in reversed(chain.exceptions):
        block = _exception(exception, count)
        if written and len(written) + len(block) > ROOM_FOR_EXCEPTIONS:
            return f"{written}\n\n_{exception.position} more in the portal._"
        written = f"{written}\n\n{block}" if written else block
    return written


def _exception(exception: ExceptionRecord, count: int) -> str:
    notes = [f"{exception.position} of {count}"] if count > 1 else []
    notes += ["root cause"] if exception.is_root_cause else []
    notes += ["not handled"] if exception.mechanism.handled is False else []
    title = f"**{_cell(mask_text(exception.qualified_type))}**" + (f" ({', '.join(notes)})" if notes else "")
    value = mask_text(exception.value)[:MAX_VALUE] if exception.value else ""
    own = [frame for frame in reversed(exception.frames) if frame.in_app] or list(exception.frames[-1:])
    frames = [_frame(frame) for frame in own[:MAX_FRAMES]]
    return "\n\n".join(part for part in (title, _fenced(value) if value else "", *frames) if part)


def _frame(frame: Frame) -> str:
    place = f"`{_code(frame.location)}`" + (f" in `{_code(frame.function)}`" if frame.function else "")
    source = "\n".join(_source_line(line) for line in _around(frame.context))
    # As one text: a key block reaches over many lines.
    return f"{place}\n\n{_fenced(mask_text(source))}" if source else place


def _around(lines: Sequence[SourceLine]) -> Sequence[SourceLine]:
    at = next((place for place, line in enumerate(lines) if line.current), 0)
    return lines[max(0, at - LINES_AROUND) : at + LINES_AROUND + 1]


def _source_line(line: SourceLine) -> str:
    written = line.text if len(line.text) <= MAX_LINE else f"{line.text[:MAX_LINE]}…"
    return f"{'>' if line.current else ' '} {line.number or '':>4}  {written}".rstrip()


def _breadcrumbs(event: Event) -> str:
    items = read_breadcrumbs(event).items
    rows = "\n".join(_crumb(crumb) for crumb in items[-MAX_BREADCRUMBS:])
    return f"| When | Kind | What |\n|---|---|---|\n{rows}" if rows else ""


def _crumb(crumb: Crumb) -> str:
    when = "" if crumb.offset is None else f"{crumb.offset:.1f} s"
    return f"| {when} | {_cell(mask_text(crumb.category or crumb.type))} | {_cell(mask_text(crumb.text))} |"


def _request(event: Event) -> str:
    request = read_request(event)
    if request is None:
        return ""
    return _fenced(" ".join(part for part in (request.method, masked_url(request)) if part)[:MAX_VALUE])


def _tags(event: Event) -> str:
    tags = read_header(event).tags[:MAX_TAGS]
    return "\n".join(f"- {_cell(mask_text(key))}: {_cell(_masked(value, key))}" for key, value in tags)


_SECTIONS: tuple[tuple[str, Callable[[Event], str]], ...] = (
    ("Exceptions, newest first", _exceptions),
    ("Request", _request),
    ("Last breadcrumbs", _breadcrumbs),
    ("Tags", _tags),
)


def _masked(value: object, key: str | None) -> str:
    masked = mask_value(value, key)
    return text(masked) or ("" if masked is None else clean(str(masked)))


def _cell(value: str) -> str:
    """One line that Markdown shows as it is."""
    line = " ".join(clean(value).split())
    return _escaped(line if len(line) <= MAX_CELL else f"{line[:MAX_CELL]}…")


def _escaped(value: str) -> str:
    return _SPECIAL.sub(r"\\\1", value)


def _code(value: str) -> str:
    return mask_text(" ".join(value.split())).replace("`", "'")[:MAX_CELL]


def _fenced(value: str) -> str:
    """A code block whose fence is longer than any run of backticks in it."""
    longest = max((len(run) for run in re.findall(r"`+", value)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{value}\n{fence}"
