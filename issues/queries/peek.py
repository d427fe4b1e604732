"""What the panel beside the list shows of an issue: few queries, all from the cache."""

from dataclasses import dataclass
from datetime import datetime
from zlib import error as ZlibError  # noqa: N812 - an exception's name

from dexter.pii import mask_text
from dexter.timeseries import Bar, TimeTick, columns, peak, time_ticks
from issues.models import Event, Issue, IssueTag
from issues.payload.errors import Unreadable
from issues.payload.frames import Frame
from issues.payload.highlight import highlight
from issues.payload.stacktrace import read_chain
from issues.queries.rows import RELATED, Row, buckets_of, rows_of

TAGS = ("release", "environment", "transaction", "server_name", "browser")
PLOT = 74  # pixels of the chart that bars may fill
LINES = 3  # of source, before and after the line


@dataclass(frozen=True)
class Chart:
    """Bars of the last 24 hours; `top` is the count that fills the height, 0 without events."""

    bars: tuple[Bar, ...]
    ticks: tuple[TimeTick, ...]
    top: int
    said: str


@dataclass(frozen=True)
class Source:
    """The top in-app frame: where it is, and lines of (number, HTML, whether it is the one)."""

    location: str
    lines: tuple[tuple[int | None, str, bool], ...]


@dataclass(frozen=True)
class TopValue:
    """The most frequent value of a tag, and its share in percent of the cached events that have the tag."""

    key: str
    value: str
    share: int
    others: int


@dataclass(frozen=True)
class Peek:
    issue: Issue
    row: Row
    chart: Chart
    source: Source | None
    tags: tuple[TopValue, ...]
    events_cached: int


def issue_for_peek(pk: int) -> Issue | None:
    """The issue with all that `peek_of` reads beside it; None when there is none, or it is gone."""
    related = (*RELATED, "first_release", "last_release")
    return Issue.objects.select_related(*related).filter(pk=pk, gone="").first()


def peek_of(issue: Issue, now: datetime) -> Peek:
    """Two queries: the newest cached event, the tags."""
    row = rows_of([issue], "24h", now)[0]
    return Peek(issue, row, _chart(issue, now), _source(issue), _tags(issue), issue.events_cached)


def _chart(issue: Issue, now: datetime) -> Chart:
    buckets, trend = buckets_of(issue, "24h", now)
    highest = peak(buckets)
    ticks = time_ticks(buckets[0].start_epoch, buckets[-1].start_epoch + 3600, 5)
    row = rows_of([issue], "24h", now)[0]
    return Chart(columns(buckets, PLOT - 22), ticks, highest.count if highest else 0, row.said)


def _source(issue: Issue) -> Source | None:
    event = (
        Event.objects.filter(issue=issue).select_related("stored_payload").order_by("-date", "-id").first()
    )
    stored = getattr(event, "stored_payload", None)
    if stored is None:
        return None
    try:
        frame = read_chain(stored.unpack()).culprit_frame
    except (Unreadable, ValueError, ZlibError):
        return None  # the page of the issue says what is wrong with the event
    return _lines(frame, issue.platform) if frame else None


def _lines(frame: Frame, platform: str) -> Source:
    at = next((n for n, line in enumerate(frame.context) if line.current), 0)
    near = frame.context[max(0, at - LINES) : at + LINES + 1]
    coloured = highlight([mask_text(line.text) for line in near], filename=frame.filename, platform=platform)
    lines = [(line.number, html, line.current) for line, html in zip(near, coloured, strict=True)]
    return Source(frame.location, tuple(lines))


def _tags(issue: Issue) -> tuple[TopValue, ...]:
    found: dict[str, list[IssueTag]] = {}
    for tag in IssueTag.objects.filter(issue=issue, key__in=TAGS).order_by("-count", "value"):
        found.setdefault(tag.key, []).append(tag)
    return tuple(_top(key, found[key]) for key in TAGS if key in found)


def _top(key: str, values: list[IssueTag]) -> TopValue:
    total = sum(value.count for value in values)
    return TopValue(
        key, values[0].value, round(values[0].count * 100 / total) if total else 0, len(values) - 1
    )
