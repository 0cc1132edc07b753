"""One flow, and one node with its neighbours, as SVG that can stand in any page.

Colours are ``currentColor`` and CSS variables (``--leadline-blocking``, ``--leadline-warning``,
``--leadline-note``, ``--leadline-paper``), so it is legible on light and dark. No script, no style
element, no outside request; every text of the files is escaped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from zlib import crc32

from leadline.blueprint.finding import Finding, Severity
from leadline.blueprint.graph.as_mermaid import edge_words
from leadline.blueprint.graph.build import Graph, Link, Node
from leadline.blueprint.graph.flow import EdgeKind, Flow, Step, StepKind, Understanding
from leadline.blueprint.graph.layout import (
    LINE_HEIGHT,
    PADDING,
    WIDTH,
    Place,
    downwards,
    sideways,
    wrapped,
)
from leadline.blueprint.graph.walk import own_node
from leadline.blueprint.graph.words import one_line, way_in

MOST_NEIGHBOURS = 24
"""Neighbours drawn on each side of a node; the rest is counted in one box."""
_COLOURS = {
    Severity.BLOCKING: "var(--leadline-blocking, #d1242f)",
    Severity.WARNING: "var(--leadline-warning, #bf6a02)",
    Severity.NOTE: "var(--leadline-note, #4078c8)",
}
_ORDER = (Severity.BLOCKING, Severity.WARNING, Severity.NOTE)
_ARROW = "\x00arrow"
_ROUND = {StepKind.WAIT: 18.0, StepKind.STOP: 18.0, StepKind.BRANCH: 2.0}


@dataclass(frozen=True, slots=True)
class _Box:
    """What stands in a box: a small head line, the words, and what was found there."""

    head: str
    lines: tuple[str, ...]
    whole: str
    corner: float = 6.0
    dashed: bool = False
    strong: bool = False
    marks: tuple[Finding, ...] = ()

    @property
    def height(self) -> float:
        return 2 * PADDING + LINE_HEIGHT * (len(self.lines) + 1)


@dataclass(frozen=True, slots=True)
class _Line:
    source: str
    target: str
    label: str = ""
    dashed: bool = False


def _box(head: str, text: str, *, corner: float = 6.0, dashed: bool = False, strong: bool = False,
         marks: tuple[Finding, ...] = ()) -> _Box:  # fmt: skip
    whole = one_line(text)
    return _Box(head, wrapped(whole), whole, corner, dashed, strong, marks)


def of_flow(flow: Flow, findings: Sequence[Finding] = ()) -> str:
    """One flow from top to bottom; findings about it are marked at their steps."""
    marks = _marks(flow, findings)
    boxes: dict[str, _Box] = {}
    lines: list[_Line] = []
    for number, trigger in enumerate(flow.triggers):
        node = own_node(flow, trigger)
        name = f"way in {number}" if node is None else f"step {node.id}"
        found = (*marks.get(None, ()), *(marks.get(node.id, ()) if node is not None else ()))
        off = node is not None and not node.enabled
        head = "would start, switched off" if off else "starts"
        words = way_in(trigger, flow.object)
        boxes[name] = _box(head, words, corner=18.0, dashed=off, marks=found)
        start = trigger.starts_at or flow.start
        if node is None and start is not None and start in flow.steps:
            lines.append(_Line(name, f"step {start}"))
    for step in flow.steps.values():
        boxes.setdefault(f"step {step.id}", _step_box(step, marks.get(step.id, ())))
    for step in flow.steps.values():
        for number, edge in enumerate(step.edges):
            target = f"step {edge.to}"
            if edge.to is None or edge.to not in flow.steps:
                if edge.kind is EdgeKind.NEXT:
                    continue
                target = f"end {step.id} {number}"
                boxes[target] = _box("end", "leaves here", corner=18.0, dashed=True)
            apart = edge.kind in {EdgeKind.ERROR, EdgeKind.JUMP}
            lines.append(_Line(f"step {step.id}", target, edge_words(flow, edge), apart))
    places = downwards(
        {name: box.height for name, box in boxes.items()},
        [(line.source, line.target) for line in lines],
    )
    drawn = [_down(line, places) for line in lines]
    return _svg(f"Flow {one_line(flow.name or flow.id)}", boxes, places, drawn)


def _step_box(step: Step, marks: tuple[Finding, ...]) -> _Box:
    opaque = step.understanding is Understanding.OPAQUE
    head = "not known here" if opaque else str(step.kind)
    head = head if step.enabled else f"{head}, switched off"
    words = step.words or step.source_type
    corner = _ROUND.get(step.kind, 6.0)
    return _box(head, words, corner=corner, dashed=opaque or not step.enabled, marks=marks)


def _marks(flow: Flow, findings: Sequence[Finding]) -> Mapping[str | None, tuple[Finding, ...]]:
    found: dict[str | None, tuple[Finding, ...]] = {}
    for finding in findings:
        if finding.flow == flow.key:
            steps: list[str | None] = [finding.step]
            told = finding.facts.get("steps", "")
            steps.extend(name for name in told.split("\n") if name in flow.steps)
        else:
            steps = [broken.step for broken in finding.breaks if broken.flow == flow.key]
        for step in dict.fromkeys(steps):
            found[step] = (*found.get(step, ()), finding)
    return found


def around(graph: Graph, node: str) -> str:
    """One node in the middle, what leads to it left, what it leads to right.

    KeyError for an unknown id.
    """
    middle = graph.nodes[node]
    boxes = {node: _node_box(middle, strong=True)}
    layers = {node: 1}
    lines: list[_Line] = []
    sides = ((0, graph.into.get(node, ())), (2, graph.out.get(node, ())))
    for layer, links in sides:
        for name, other, label in _neighbours(graph, node, layer, links):
            boxes[name] = other
            layers[name] = layer
            lines.append(_Line(name, node, label) if layer == 0 else _Line(node, name, label))
    heights = {name: box.height for name, box in boxes.items()}
    places = sideways(heights, [(line.source, line.target) for line in lines], layers)
    drawn = [_across(line, places, node) for line in lines]
    return _svg(f"What hangs on {one_line(middle.name)}", boxes, places, drawn)


def _neighbours(
    graph: Graph, node: str, layer: int, links: Sequence[Link]
) -> Iterator[tuple[str, _Box, str]]:
    by_name: dict[str, dict[str, None]] = {}
    for link in links:
        other = link.source if layer == 0 else link.target
        by_name.setdefault(other, {})[str(link.relation)] = None
    for name in list(by_name)[:MOST_NEIGHBOURS]:
        if name == node:
            continue
        yield f"{layer} {name}", _node_box(graph.nodes[name]), ", ".join(by_name[name])
    rest = len(by_name) - MOST_NEIGHBOURS
    if rest > 0:
        yield f"{layer} rest", _box("more", f"{rest:,} more", dashed=True), ""


def _node_box(node: Node, *, strong: bool = False) -> _Box:
    system = f"{one_line(node.system, 20)} " if node.system and node.system != node.name else ""
    return _box(f"{system}{node.kind}", node.name, strong=strong)


def _down(line: _Line, places: Mapping[str, Place]) -> tuple[str, str]:
    a, b = places[line.source], places[line.target]
    if b.top > a.bottom:
        bend = (b.top - a.bottom) / 2
        path = f"M{a.x:.1f} {a.bottom:.1f}C{a.x:.1f} {a.bottom + bend:.1f} "
        path += f"{b.x:.1f} {b.top - bend:.1f} {b.x:.1f} {b.top:.1f}"
        return _path(path, line, (a.x + b.x) / 2, (a.bottom + b.top) / 2)
    right = max(a.x, b.x) + WIDTH / 2 + 24.0
    path = f"M{a.x + WIDTH / 2:.1f} {a.y:.1f}C{right:.1f} {a.y:.1f} {right:.1f} {b.y:.1f} "
    path += f"{b.x + WIDTH / 2:.1f} {b.y:.1f}"
    return _path(path, line, right - 10.0, (a.y + b.y) / 2)


def _across(line: _Line, places: Mapping[str, Place], middle: str) -> tuple[str, str]:
    """A line whose label stands at the neighbour's end, where the lines have parted."""
    a, b = places[line.source], places[line.target]
    start, end = a.x + WIDTH / 2, b.x - WIDTH / 2
    bend = (end - start) / 2
    path = f"M{start:.1f} {a.y:.1f}C{start + bend:.1f} {a.y:.1f} {end - bend:.1f} {b.y:.1f} "
    path += f"{end:.1f} {b.y:.1f}"
    if line.target == middle:
        return _path(path, line, start + 8.0, a.y - 5.0, "start")
    return _path(path, line, end - 12.0, b.y - 5.0, "end")


def _path(path: str, line: _Line, x: float, y: float, anchor: str = "middle") -> tuple[str, str]:
    dash = ' stroke-dasharray="5 4"' if line.dashed else ""
    drawn = f'<path d="{path}"{dash} marker-end="url(#{_ARROW})"/>'
    if not line.label:
        return drawn, ""
    label = xml(wrapped(one_line(line.label), most=1)[0])
    words = (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="11" text-anchor="{anchor}" '
        'paint-order="stroke" stroke="var(--leadline-paper, Canvas)" stroke-width="4" '
        f'fill="currentColor">{label}'
        f"<title>{xml(one_line(line.label))}</title></text>"
    )
    return drawn, words


def _svg(
    title: str,
    boxes: Mapping[str, _Box],
    places: Mapping[str, Place],
    lines: Sequence[tuple[str, str]],
) -> str:
    # Markers are found by id in the whole page: one of a diagram that is hidden is not drawn.
    arrow = f"leadline-arrow-{crc32(repr((title, list(boxes))).encode()):08x}"
    width = max((p.x for p in places.values()), default=0.0) + WIDTH / 2 + 40.0
    height = max((p.bottom for p in places.values()), default=0.0) + PADDING
    drawn = [_drawn(box, places[name]) for name, box in boxes.items()]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="leadline-diagram" role="img" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}" '
        f'font-family="system-ui, sans-serif" font-size="12" color="inherit">'
        f"<title>{xml(title)}</title>"
        f'<defs><marker id="{arrow}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
        'markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" fill="currentColor"/></marker>'
        '</defs><g fill="none" stroke="currentColor" stroke-opacity=".55">'
        f"{''.join(line for line, _ in lines).replace(_ARROW, arrow)}</g>{''.join(drawn)}"
        f"{''.join(label for _, label in lines)}</svg>\n"
    )


def _drawn(box: _Box, place: Place) -> str:
    worst = next((s for s in _ORDER if any(f.weight is s for f in box.marks)), None)
    colour = "currentColor" if worst is None else _COLOURS[worst]
    wide = 2.5 if worst is not None or box.strong else 1.2
    dash = ' stroke-dasharray="5 4"' if box.dashed else ""
    left, top = place.x - WIDTH / 2, place.top
    words = "".join(
        f'<tspan x="{place.x:.1f}" dy="{LINE_HEIGHT:g}">{xml(line)}</tspan>' for line in box.lines
    )
    return (
        f'<g><title>{xml(box.whole)}</title><rect x="{left:.1f}" y="{top:.1f}" width="{WIDTH:g}" '
        f'height="{box.height:g}" rx="{box.corner:g}" fill="var(--leadline-paper, Canvas)" '
        f'stroke="{colour}" stroke-width="{wide}"{dash}/>'
        f'<text x="{place.x:.1f}" y="{top + PADDING + 8:.1f}" text-anchor="middle" '
        f'fill="currentColor"><tspan font-size="10" fill-opacity=".7">{xml(box.head)}</tspan>'
        f"{words}</text></g>{_badge(box.marks, colour, left + WIDTH, top)}"
    )


def _badge(marks: Sequence[Finding], colour: str, x: float, y: float) -> str:
    if not marks:
        return ""
    said = "\n".join(f"{finding.weight}: {finding.message}" for finding in marks)
    return (
        f'<g class="leadline-mark"><title>{xml(said)}</title>'
        f'<circle cx="{x - 4:.1f}" cy="{y + 4:.1f}" r="10" fill="{colour}"/>'
        f'<text x="{x - 4:.1f}" y="{y + 8:.1f}" text-anchor="middle" font-size="11" '
        f'fill="#fff">{len(marks)}</text></g>'
    )


def xml(text: str) -> str:
    """A text as XML may hold it: escaped, without characters that XML forbids."""
    return escape("".join(c for c in text if c.isprintable() or c == "\n"))
