"""A simple map of a project: what starts each workflow, and in which systems it acts."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from leadline.blueprint.documents.blocks import Drawing
from leadline.blueprint.graph.layout import WIDTH, Place, sideways, wrapped
from leadline.blueprint.uses import connections
from leadline.project.project import Project
from leadline.project.triggers import all_steps
from leadline.project.workflow import EnrollStep

_EVENT, _WORKFLOW, _SYSTEM = 0, 1, 2
_HEIGHT = 44.0
Box = tuple[int, str]


def simple_map(project: Project) -> Drawing:
    """Events to the left, workflows in the middle, systems to the right."""
    lines: list[tuple[Box, Box]] = []
    for workflow in project.workflows.values():
        me = (_WORKFLOW, workflow.name)
        lines += [((_EVENT, event), me) for event in workflow.starts.when]
        lines += [(me, (_SYSTEM, name)) for name in connections(workflow)]
        lines += [
            (me, (_WORKFLOW, step.workflow))
            for step in all_steps(workflow.steps)
            if isinstance(step, EnrollStep)
        ]
    lines = list(dict.fromkeys(lines))
    boxes = dict.fromkeys([(_WORKFLOW, name) for name in project.workflows])
    boxes |= dict.fromkeys(box for line in lines for box in line)
    boxes |= dict.fromkeys((_SYSTEM, name) for name in project.systems)
    return Drawing(_svg(list(boxes), lines), _mermaid(list(boxes), lines))


def _mermaid(boxes: list[Box], lines: list[tuple[Box, Box]]) -> str:
    number = {box: f"n{n}" for n, box in enumerate(boxes)}
    shapes = {_EVENT: ('(["', '"])'), _WORKFLOW: ('["', '"]'), _SYSTEM: ('[("', '")]')}
    drawn = ["flowchart LR"]
    for (layer, name), box in number.items():
        begin, end = shapes[layer]
        drawn.append(f"  {box}{begin}{escape(name).replace('#', '&num;')}{end}")
    drawn += [f"  {number[a]} --> {number[b]}" for a, b in lines]
    return "\n".join(drawn)


def _svg(boxes: list[Box], lines: list[tuple[Box, Box]]) -> str:
    names = {box: f"{box[0]} {box[1]}" for box in boxes}
    # Inside one column nothing can lie between: hand-overs are drawn, and do not move boxes.
    apart = [(names[a], names[b]) for a, b in lines if a[0] != b[0]]
    layers = {name: box[0] for box, name in names.items()}
    places: Mapping[str, Place] = {}
    if boxes:
        places = sideways(dict.fromkeys(layers, _HEIGHT), apart, layers)
    width = max((p.x for p in places.values()), default=0.0) + WIDTH / 2 + 60.0
    height = max((p.bottom for p in places.values()), default=0.0) + 10.0
    drawn = [_path(places[names[a]], places[names[b]]) for a, b in lines]
    drawn += [_box(box, places[name]) for box, name in names.items()]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width:.0f} '
        f'{height:.0f}" width="{width:.0f}" height="{height:.0f}" font-size="12" '
        f'font-family="system-ui, sans-serif"><title>System map</title>{"".join(drawn)}</svg>'
    )


def _path(a: Place, b: Place) -> str:
    start, end = a.x + WIDTH / 2, b.x - WIDTH / 2
    bend = (end - start) / 2
    if a.x == b.x:
        end, bend = start, 40.0
        curve = f"C{start + bend:.0f} {a.y:.0f} {end + bend:.0f} {b.y:.0f} {end:.0f} {b.y:.0f}"
    else:
        curve = f"C{start + bend:.0f} {a.y:.0f} {end - bend:.0f} {b.y:.0f} {end:.0f} {b.y:.0f}"
    return (
        f'<path d="M{start:.0f} {a.y:.0f}{curve}" fill="none" stroke="currentColor" '
        'stroke-opacity=".5"/>'
    )


def _box(box: Box, place: Place) -> str:
    layer, name = box
    corner = {_EVENT: 20, _WORKFLOW: 4, _SYSTEM: 10}[layer]
    text = wrapped(name, most=1)[0]
    kind = ("event", "workflow", "system")[layer]
    return (
        f'<g><title>{escape(name)}</title><rect x="{place.x - WIDTH / 2:.0f}" y="{place.top:.0f}" '
        f'width="{WIDTH:.0f}" height="{_HEIGHT:.0f}" rx="{corner}" '
        'fill="var(--leadline-paper, Canvas)" stroke="currentColor"/>'
        f'<text x="{place.x:.0f}" y="{place.y - 5:.0f}" text-anchor="middle" font-size="10" '
        f'fill="currentColor" fill-opacity=".7">{kind}</text>'
        f'<text x="{place.x:.0f}" y="{place.y + 12:.0f}" text-anchor="middle" '
        f'fill="currentColor">{escape(text)}</text></g>'
    )
