"""A JSON value as text for a page, cut into plain and masked pieces."""

import json
from collections.abc import Iterator, Mapping, Sequence

from dexter.pii.kinds import Kind
from dexter.pii.masking import Segment, cut
from dexter.pii.places import TOO_DEEP, Place, text_of


def segments_of(value: object, key: object = None, path: Sequence[object] = ()) -> tuple[Segment, ...]:
    """The segments of a value that stands under `key`, below `path`; containers as indented JSON.

    `"".join(segment.text or "…")` is what a reader sees. Never raises.
    """
    pieces: list[Segment] = []
    for piece in _pieces(value, Place(key, tuple(path))):
        if pieces and pieces[-1].kind is None and piece.kind is None:
            pieces[-1] = Segment(f"{pieces[-1].text}{piece.text}")
        elif piece.text != "":
            pieces.append(piece)
    return tuple(pieces)


def _pieces(value: object, place: Place) -> Iterator[Segment]:
    if not isinstance(value, dict | list | tuple):
        yield from _scalar(value, place)
    elif value and place.is_too_deep:
        yield Segment(TOO_DEEP)
    elif isinstance(value, dict):
        yield from _dict(value, place)
    else:
        yield from _list(value, place)


def _dict(value: Mapping[object, object], place: Place) -> Iterator[Segment]:
    comma = ""
    yield Segment("{")
    for name, item, below in place.members(value):
        yield Segment(f"{comma}\n{'  ' * below.depth}")
        yield from _scalar(str(name), Place(depth=below.depth))
        yield Segment(": ")
        yield from _pieces(item, below)
        comma = ","
    yield Segment(f"\n{'  ' * place.depth}}}" if value else "}")


def _list(value: Sequence[object], place: Place) -> Iterator[Segment]:
    comma = ""
    yield Segment("[")
    for item, below in place.items(value):
        yield Segment(f"{comma}\n{'  ' * below.depth}")
        yield from _pieces(item, below)
        comma = ","
    yield Segment(f"\n{'  ' * place.depth}]" if value else "]")


def _scalar(value: object, place: Place) -> Iterator[Segment]:
    """A text is quoted inside a container and bare when it stands alone."""
    text = text_of(value)
    quoted = isinstance(value, str) and place.depth > 0
    found = () if value is None or isinstance(value, bool) else place.findings(text)
    is_whole = len(found) == 1 and found[0].length == len(text) and found[0].kind is not Kind.FILTERED
    marks = '"' if quoted and not is_whole else ""
    yield Segment(marks)
    for segment in cut(text, found):
        yield (
            Segment(json.dumps(segment.text, ensure_ascii=False)[1:-1], segment.kind)
            if (quoted and segment.text is not None)
            else segment
        )
    yield Segment(marks)
