"""The wait-for graph as SVG: an arrow from each waiter to the one it waits for, in the order of the cycle.

Up to four processes stand on a ring; more stand in two columns, down the right and up the left, so that the
drawing is never wider than a page and its text keeps its size whatever their number. Elements carry classes
(``proc victim``, ``edges``, ``elabel``) and no colours, so a page's style sheet draws them in light and
dark; ``standalone`` adds a style of its own for a download. Text is escaped, ids take a prefix so that
several graphs fit on one page. Each box can be focused and says what it waits for; the graph has a title
and a description.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from deadlocks.analyzer.values import Edge, Process, Report

from . import words

BOX_WIDTH, BOX_HEIGHT = 204, 90
_LABEL_WIDTH, _LABEL_HEIGHT = 196, 40
_MARGIN = 16
_LONGEST_LABEL = 31  # characters
_MOST_ON_RING = 4
_ROW, _GAP = 178, 276  # between two rows, between two columns
Place = tuple[float, float]
_STYLE = """
.graph{font:13px system-ui,sans-serif;background:#fff;color:#1c2024}
.graph text{fill:#1c2024}.graph .proc rect{fill:#fff;stroke:#6b7280;stroke-width:1.5}
.graph .proc.victim rect{stroke:#c62a2f;stroke-width:2.5}.graph .proc.victim .role{fill:#c62a2f}
.graph .pid{font-weight:700;font-family:ui-monospace,monospace}.graph
.sql{font-family:ui-monospace,monospace;font-size:12px}
.graph .role{text-anchor:end;font-size:12px}.graph .edges path{fill:none;stroke:#6b7280;stroke-width:2}
.graph .head{fill:#6b7280}.graph .elabel rect{fill:#fff;stroke:#d1d5db}.graph .elabel text,.graph
.mid{text-anchor:middle}
.graph .elabel .sub,.graph .mid{font-size:12px}.graph .loop{fill:none;stroke:none}
@media (prefers-color-scheme:dark){.graph{background:#16181a}.graph text{fill:#edeef0}
.graph .proc rect,.graph .elabel rect{fill:#212428}.graph .proc.victim rect{stroke:#ff6369}.graph .proc.victim
.role{fill:#ff6369}}
"""


def svg(report: Report, *, standalone: bool = False, ids: str = "dl") -> str:
    """The drawing of a report; one box when only the victim is known."""
    processes = report.processes or (Process(report.victim.pid if report.victim else None, "victim"),)
    drawn = _placed(report, processes)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="graph" viewBox="0 0 {drawn.width} {drawn.height}" '
        f'width="{drawn.width}" height="{drawn.height}" role="group" '
        f'aria-labelledby="{ids}-title {ids}-desc">'
    )
    parts = [
        head,
        f'<title id="{ids}-title">{escape(words.title(report))}</title>',
        f'<desc id="{ids}-desc">{escape(_description(report))}</desc>',
    ]
    if standalone:
        parts.append(f"<style>{_STYLE}</style>")
    parts.append(
        f'<defs><marker id="{ids}-ar" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" '
        'orient="auto-start-reverse"><path class="head" d="M0 .5 10 5 0 9.5z"/></marker></defs>'
    )
    waits = {edge.waiter: edge for edge, _ in drawn.arrows}
    parts += _arrows(drawn, ids)
    parts += [
        _box(process, waits.get(process.pid or 0), *drawn.boxes[n]) for n, process in enumerate(processes)
    ]
    if report.cycle:
        x, y = drawn.middle
        parts.append(f'<text class="mid" x="{x:g}" y="{y:g}">cycle of {len(report.cycle)}</text>')
    return "\n".join([*parts, "</svg>"])


@dataclass(frozen=True, slots=True)
class _Arrow:
    """From border to border of two boxes, by way of ``bend``; its label is around ``label``."""

    start: Place
    bend: Place
    end: Place

    @property
    def label(self) -> Place:
        (a, b), (c, d), (e, f) = self.start, self.bend, self.end
        return (a + 2 * c + e) / 4, (b + 2 * d + f) / 4


@dataclass(frozen=True, slots=True)
class _Drawn:
    boxes: list[Place]
    arrows: list[tuple[Edge, _Arrow]]
    middle: Place
    width: int
    height: int


def _placed(report: Report, processes: Sequence[Process]) -> _Drawn:
    """Where everything stands: as laid out, moved so that the drawing begins at 0, 0 and holds it all."""
    on_ring = len(processes) <= _MOST_ON_RING
    boxes = _ring(len(processes)) if on_ring else _columns(len(processes))
    left, top, right, bottom = _bounds(boxes, _edges(report, processes, boxes, bent=on_ring))
    boxes = [(x - left, y - top) for x, y in boxes]
    arrows = _edges(report, processes, boxes, bent=on_ring)
    middle = (0.0 - left, 0.0 - top)
    return _Drawn(boxes, arrows, middle, math.ceil(right - left), math.ceil(bottom - top))


def _bounds(
    boxes: Sequence[Place], arrows: Sequence[tuple[Edge, _Arrow]]
) -> tuple[float, float, float, float]:
    sizes = [(*box, BOX_WIDTH / 2, BOX_HEIGHT / 2) for box in boxes]
    sizes += [(*arrow.label, _LABEL_WIDTH / 2, _LABEL_HEIGHT / 2) for _, arrow in arrows]
    return (
        min(x - width for x, _, width, _ in sizes) - _MARGIN,
        min(y - height for _, y, _, height in sizes) - _MARGIN,
        max(x + width for x, _, width, _ in sizes) + _MARGIN,
        max(y + height for _, y, _, height in sizes) + _MARGIN,
    )


def _description(report: Report) -> str:
    return ". ".join(words.edge(e) for e in report.edges) or "Who waits for whom is not known."


def _ring(count: int) -> list[Place]:
    """Centres of the boxes around 0, 0, the first on top and then clockwise."""
    if count == 1:
        return [(0.0, 0.0)]
    turns = [2 * math.pi * n / count - math.pi / 2 for n in range(count)]
    across = 290.0 if count == 3 else 330.0
    return [(across * math.cos(turn), 150 * math.sin(turn)) for turn in turns]


def _columns(count: int) -> list[Place]:
    """The same in two columns: the first on top of the left one, then down the right and up the left."""
    right = (count + 1) // 2
    left = count - right
    x, height = (BOX_WIDTH + _GAP) / 2, (right - 1) * _ROW
    rows = [height * n / (left - 1) for n in range(left)]
    places = [
        (-x, 0.0),
        *((x, n * float(_ROW)) for n in range(right)),
        *((-x, y) for y in reversed(rows[1:])),
    ]
    return [(x, y - height / 2) for x, y in places]


def _edges(
    report: Report, processes: Sequence[Process], boxes: Sequence[Place], *, bent: bool
) -> list[tuple[Edge, _Arrow]]:
    places = {process.pid: box for process, box in zip(processes, boxes, strict=True)}
    middle = (sum(x for x, _ in boxes) / len(boxes), sum(y for _, y in boxes) / len(boxes))
    found = []
    for edge in report.edges:
        if edge.waiter in places and edge.blocker in places:
            start, end = places[edge.waiter], places[edge.blocker]
            bend = _bend(start, end, middle, len(boxes) == 2) if bent else _halfway(start, end)
            found.append((edge, _Arrow(_border(start, bend), bend, _border(end, bend))))
    return found


def _arrows(drawn: _Drawn, ids: str) -> list[str]:
    paths = [
        f'<path d="M{arrow.start[0]:.1f} {arrow.start[1]:.1f} Q{arrow.bend[0]:.1f} {arrow.bend[1]:.1f} '
        f'{arrow.end[0]:.1f} {arrow.end[1]:.1f}" marker-end="url(#{ids}-ar)"/>'
        for _, arrow in drawn.arrows
    ]
    labels = [_label(edge.lock_mode, edge.text, *arrow.label) for edge, arrow in drawn.arrows]
    return ['<g class="edges" aria-hidden="true">', *paths, "</g>", *labels]


def _halfway(start: Place, end: Place) -> Place:
    return (start[0] + end[0]) / 2, (start[1] + end[1]) / 2


def _bend(start: Place, end: Place, middle: Place, pair: bool) -> Place:
    """The control point: outwards from the ring; two processes get one arc on each side."""
    x, y = _halfway(start, end)
    if pair:
        return x + (end[1] - start[1]) * 0.9, y - (end[0] - start[0]) * 0.9
    return x + (x - middle[0]) * 0.22, y + (y - middle[1]) * 0.22


def _border(centre: Place, towards: Place) -> Place:
    """Where the line from a box's centre leaves the box."""
    dx, dy = towards[0] - centre[0], towards[1] - centre[1]
    scale = min(
        (BOX_WIDTH / 2 + 3) / abs(dx) if dx else math.inf, (BOX_HEIGHT / 2 + 3) / abs(dy) if dy else math.inf
    )
    if not math.isfinite(scale):
        return centre
    return centre[0] + dx * min(scale, 1), centre[1] + dy * min(scale, 1)


def _label(mode: str, text: str, x: float, y: float) -> str:
    left, top = x - _LABEL_WIDTH / 2, y - _LABEL_HEIGHT / 2
    return (
        f'<g class="elabel" aria-hidden="true"><title>{escape(mode)} on {escape(text)}</title>'
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{_LABEL_WIDTH}" height="{_LABEL_HEIGHT}" rx="6"/>'
        f'<text x="{x:.1f}" y="{top + 17:.1f}">{escape(mode)}</text>'
        f'<text class="sub" x="{x:.1f}" y="{top + 32:.1f}">{escape(_short(text))}</text></g>'
    )


def _box(process: Process, wait: Edge | None, x: float, y: float) -> str:
    left, top = x - BOX_WIDTH / 2, y - BOX_HEIGHT / 2
    victim = process.role == "victim"
    role = "victim, rolled back" if victim else process.role
    name = process.application or process.user or ""
    does = escape(_cut(words.summary(process), 25))
    waits = f", waits for {wait.lock_mode} on {wait.text}, held by {wait.blocker}" if wait else ""
    label = escape(f"Process {process.pid or 'unknown'}, {role}{waits}: {words.shown(process, 200)}")
    called = f'<text x="{left + 14:.1f}" y="{top + 49:.1f}">{escape(_cut(name, 26))}</text>' if name else ""
    return (
        f'<g class="proc{" victim" if victim else ""}" tabindex="0" role="img" '
        f'aria-label="{label}">'
        f"<title>{escape(words.shown(process, 400))}</title>"
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="9"/>'
        f'<text class="pid" x="{left + 14:.1f}" y="{top + 24:.1f}">{process.pid or "?"}</text>'
        f'<text class="role" x="{left + BOX_WIDTH - 12:.1f}" y="{top + 24:.1f}">{role}</text>'
        f'{called}<text class="sql" x="{left + 14:.1f}" y="{top + 71:.1f}">{does}</text></g>'
    )


def _short(text: str) -> str:
    """A lock's object without the database, which is the same for all, so that the rest has room."""
    return _cut(_DATABASE.sub("", text), _LONGEST_LABEL)


_DATABASE = re.compile(r" of database \d+$")


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
