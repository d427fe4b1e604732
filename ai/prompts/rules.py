"""What rules find in an event, for where there is no model. Everything is masked."""

from collections.abc import Iterator

from ai.prompts.values import Context, RuleSummary
from dexter.pii import mask_text
from issues.payload.breadcrumbs import read_breadcrumbs
from issues.payload.errors import Unreadable
from issues.payload.event import read_header
from issues.payload.request import masked_url, read_request
from issues.payload.shape import Event, normalise
from issues.payload.stacktrace import read_chain

LONGEST = 300


def summary(context: Context) -> RuleSummary:
    """The error, where it came from, what came before it, the request and the release."""
    event = normalise(context.payload)
    points: list[tuple[str, str]] = []
    for find in (_cause, _place, _before, _request, _release):
        try:
            points += [(label, mask_text(text)[:LONGEST]) for label, text in find(event)]
        except (Unreadable, ValueError, TypeError):
            continue
    return RuleSummary(mask_text(read_header(event).title)[:LONGEST], tuple(points))


def _cause(event: Event) -> Iterator[tuple[str, str]]:
    exceptions = read_chain(event).exceptions
    if len(exceptions) > 1:
        yield "Root cause", exceptions[0].title
    if exceptions and exceptions[-1].mechanism.handled is False:
        yield "Handled", "Nothing caught it: the request or job ended with it."


def _place(event: Event) -> Iterator[tuple[str, str]]:
    for record in reversed(read_chain(event).exceptions):
        own = [frame for frame in record.frames if frame.in_app]
        if own:
            frame = own[-1]
            code = next((line.text.strip() for line in frame.context if line.current), "")
            place = f"{frame.filename or frame.module}, line {frame.line or '?'} in {frame.function or '?'}"
            yield "Deepest frame of your code", f"{place}{f': {code}' if code else ''}"
            return


def _before(event: Event) -> Iterator[tuple[str, str]]:
    crumbs = read_breadcrumbs(event).items
    loud = [crumb for crumb in crumbs if crumb.level in ("warning", "error", "fatal")]
    if loud:
        yield "Last warning before it", loud[-1].text
    elif crumbs:
        yield "Last step before it", f"{crumbs[-1].category or crumbs[-1].type}: {crumbs[-1].text}"


def _request(event: Event) -> Iterator[tuple[str, str]]:
    request = read_request(event)
    if request is not None:
        yield "Request", f"{request.method or ''} {masked_url(request)}".strip()


def _release(event: Event) -> Iterator[tuple[str, str]]:
    header = read_header(event)
    if header.release:
        yield "Release", f"{header.release}{f', {header.environment}' if header.environment else ''}"
