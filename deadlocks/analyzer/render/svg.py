"""The wait-for graph as SVG: processes on a ring, an arrow from each waiter to the one it waits for.

Elements carry classes (``proc victim``, ``edges``, ``elabel``) and no colours, so a page's style sheet draws
them in light and dark; ``standalone`` adds a style of its own for a download. Text is escaped, ids take a
prefix so that several graphs fit on one page. The graph is focusable box by box and has a title and a
description for screen readers.
"""

import math
from html import escape

from deadlocks.analyzer.values import Process, Report

from . import words

BOX_WIDTH, BOX_HEIGHT = 204, 90
_LABEL_WIDTH, _LABEL_HEIGHT = 178, 40
_MARGIN = 16
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
    places, width, height = _ring(len(processes))
    by_pid = {p.pid: places[n] for n, p in enumerate(processes)}
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="graph" viewBox="0 0 {width} {height}" role="img" '
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
    parts += _edges(report, by_pid, (width / 2, height / 2), ids)
    parts += [_box(process, *places[n]) for n, process in enumerate(processes)]
    if report.cycle:
        parts.append(
            f'<text class="mid" x="{width / 2:g}" y="{height / 2:g}">cycle of {len(report.cycle)}</text>'
        )
    return "\n".join([*parts, "</svg>"])


def _description(report: Report) -> str:
    return ". ".join(words.edge(e) for e in report.edges) or "Who waits for whom is not known."


def _ring(count: int) -> tuple[list[tuple[float, float]], int, int]:
    """Centres of the boxes, the first on top and then clockwise, and the size of the drawing.

    The ring is as wide as it must be for boxes and the labels between them not to touch.
    """
    if count == 1:
        return (
            [(BOX_WIDTH / 2 + _MARGIN, BOX_HEIGHT / 2 + _MARGIN)],
            BOX_WIDTH + 2 * _MARGIN,
            BOX_HEIGHT + 2 * _MARGIN,
        )
    across = max(300.0, count * (BOX_WIDTH + 120) / math.pi / 1.25)
    down = max(140.0, count * (BOX_HEIGHT + _LABEL_HEIGHT + 60) / math.pi / 1.25)
    beside = _LABEL_WIDTH / 2 if count > 2 else 0  # labels lie outside the ring
    middle_x = across + BOX_WIDTH / 2 + beside + _MARGIN
    middle_y = down + BOX_HEIGHT / 2 + _MARGIN
    turns = [2 * math.pi * n / count - math.pi / 2 for n in range(count)]
    places = [(middle_x + across * math.cos(t), middle_y + down * math.sin(t)) for t in turns]
    return places, round(2 * middle_x), round(2 * middle_y)


def _edges(
    report: Report, places: dict[int | None, tuple[float, float]], middle: tuple[float, float], ids: str
) -> list[str]:
    paths, labels = [], []
    for edge in report.edges:
        if edge.waiter not in places or edge.blocker not in places:
            continue
        start, end = places[edge.waiter], places[edge.blocker]
        bend = _bend(start, end, middle, len(places) == 2)
        begin, finish = _border(start, bend), _border(end, bend)
        paths.append(
            f'<path d="M{begin[0]:.1f} {begin[1]:.1f} '
            f'Q{bend[0]:.1f} {bend[1]:.1f} {finish[0]:.1f} {finish[1]:.1f}" '
            f'marker-end="url(#{ids}-ar)"/>'
        )
        x = (begin[0] + 2 * bend[0] + finish[0]) / 4
        y = (begin[1] + 2 * bend[1] + finish[1]) / 4
        labels.append(_label(edge.lock_mode, edge.text, x, y))
    return ['<g class="edges">', *paths, "</g>", *labels]


def _bend(
    start: tuple[float, float], end: tuple[float, float], middle: tuple[float, float], pair: bool
) -> tuple[float, float]:
    """The control point: outwards from the ring; two processes get one arc on each side."""
    x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    if pair:
        return x + (end[1] - start[1]) * 0.9, y - (end[0] - start[0]) * 0.9
    return x + (x - middle[0]) * 0.22, y + (y - middle[1]) * 0.22


def _border(centre: tuple[float, float], towards: tuple[float, float]) -> tuple[float, float]:
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
        f'<g class="elabel"><title>{escape(mode)} on {escape(text)}</title>'
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{_LABEL_WIDTH}" height="{_LABEL_HEIGHT}" rx="6"/>'
        f'<text x="{x:.1f}" y="{top + 17:.1f}">{escape(mode)}</text>'
        f'<text class="sub" x="{x:.1f}" y="{top + 32:.1f}">{escape(_cut(text, 30))}</text></g>'
    )


def _box(process: Process, x: float, y: float) -> str:
    left, top = x - BOX_WIDTH / 2, y - BOX_HEIGHT / 2
    victim = process.role == "victim"
    role = "victim, rolled back" if victim else process.role
    name = process.application or process.user or ""
    does = escape(_cut(words.summary(process), 25))
    label = escape(f"{process.pid or 'unknown process'}, {role}: {words.shown(process, 200)}")
    return (
        f'<g class="proc{" victim" if victim else ""}" tabindex="0" role="group" '
        f'aria-label="{label}">'
        f"<title>{escape(words.shown(process, 400))}</title>"
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="9"/>'
        f'<text class="pid" x="{left + 14:.1f}" y="{top + 24:.1f}">{process.pid or "?"}</text>'
        f'<text class="role" x="{left + BOX_WIDTH - 12:.1f}" y="{top + 24:.1f}">{role}</text>'
        f'<text x="{left + 14:.1f}" y="{top + 49:.1f}">{escape(_cut(name, 26))}</text>'
        f'<text class="sql" x="{left + 14:.1f}" y="{top + 71:.1f}">{does}</text></g>'
    )


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
