"""A JSON value as text for a page, cut into plain and masked pieces."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from dexter.pii.kinds import Kind
from dexter.pii.masking import Segment, cut
from dexter.pii.places import TOO_DEEP, Place, text_of

# The last segment of a value of which only the beginning was asked for, and there is more.
CUT = Segment(None)
# So much more of a text is searched than is shown, as what is to be masked may reach over the end.
_AHEAD = 20_000
_OF_A_MASK = 20  # characters that a mask counts for


def segments_of(
    value: object, key: object = None, path: Sequence[object] = (), longest: int | None = None
) -> tuple[Segment, ...]:
    """The segments of a value that stands under `key`, below `path`; containers as indented JSON.

    `"".join(segment.text or "…")` is what a reader sees. Of what is longer than `longest` characters the
    rest is not even read, and CUT stands for it. Never raises.
    """
    place = Place(key, tuple(path))
    pieces = _pieces(value, place, longest)
    return _joined(pieces if longest is None else _beginning(pieces, longest))


def _beginning(pieces: Iterable[Segment], longest: int) -> Iterator[Segment]:
    for piece in pieces:
        size = _OF_A_MASK if piece.text is None else len(piece.text)
        if piece is CUT or size > longest:
            if piece.text:
                yield Segment(piece.text[:longest], piece.kind)
            yield CUT
            return
        yield piece
        longest -= size


def _joined(found: Iterable[Segment]) -> tuple[Segment, ...]:
    pieces: list[Segment] = []
    for piece in found:
        if pieces and _is_plain(pieces[-1]) and _is_plain(piece):
            pieces[-1] = Segment(f"{pieces[-1].text}{piece.text}")
        elif piece.text != "":
            pieces.append(piece)
    return tuple(pieces)


def _is_plain(piece: Segment) -> bool:
    return piece.kind is None and piece.text is not None


def _pieces(value: object, place: Place, longest: int | None = None) -> Iterator[Segment]:
    if not isinstance(value, dict | list | tuple):
        yield from _scalar(value, place, longest)
    elif value and place.is_too_deep:
        yield Segment(TOO_DEEP)
    elif isinstance(value, dict):
        yield from _dict(value, place, longest)
    else:
        yield from _list(value, place, longest)


def _dict(value: Mapping[object, object], place: Place, longest: int | None) -> Iterator[Segment]:
    comma = ""
    yield Segment("{")
    for name, item, below in place.members(value):
        yield Segment(f"{comma}\n{'  ' * below.depth}")
        yield from _scalar(str(name), Place(depth=below.depth), longest)
        yield Segment(": ")
        yield from _pieces(item, below, longest)
        comma = ","
    yield Segment(f"\n{'  ' * place.depth}}}" if value else "}")


def _list(value: Sequence[object], place: Place, longest: int | None) -> Iterator[Segment]:
    comma = ""
    yield Segment("[")
    for item, below in place.items(value):
        yield Segment(f"{comma}\n{'  ' * below.depth}")
        yield from _pieces(item, below, longest)
        comma = ","
    yield Segment(f"\n{'  ' * place.depth}]" if value else "]")


def _scalar(value: object, place: Place, longest: int | None) -> Iterator[Segment]:
    """A text is quoted inside a container and bare when it stands alone."""
    whole = text_of(value)
    text = whole if longest is None else whole[: longest + _AHEAD]
    quoted = isinstance(value, str) and place.depth > 0
    found = () if value is None or isinstance(value, bool) else place.findings(text)
    is_whole = len(found) == 1 and found[0].length == len(text) and found[0].kind is not Kind.FILTERED
    marks = Segment('"' if quoted and not is_whole else "")
    end = marks
    if longest is not None and len(whole) > longest and not is_whole:
        end = CUT
        found = tuple(finding for finding in found if finding.start < longest)
        text = text[: max([longest, *(finding.end for finding in found)])]
    yield marks
    for segment in cut(text, found):
        yield (
            Segment(json.dumps(segment.text, ensure_ascii=False)[1:-1], segment.kind)
            if (quoted and segment.text is not None)
            else segment
        )
    yield end
