"""The overview of a project as SVG: a file of its own, or a part of the page."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from leadline.blueprint.graph.as_svg import xml
from leadline.blueprint.graph.build import Graph
from leadline.blueprint.graph.words import counted
from leadline.blueprint.picture.overview import (
    EVENT_X,
    GROUP_WIDTH,
    GROUP_X,
    HEAD,
    SYSTEM_WIDTH,
    SYSTEM_X,
    WIDTH,
    Box,
    Group,
    Overview,
    Row,
    Tie,
    overview,
)

STYLE = Path(__file__).parent / "overview.css"
_LETTER = 7.0  # pixels of a letter at 13 pixels, in a wide sans serif
_SMALL = 6.5  # the same at 12 pixels
_LEGEND = (
    ("starts", "starts"),
    ("enrols", "enrolls in"),
    ("writes", "writes records"),
    ("sends", "sends mail"),
    ("posts", "posts"),
)


def overview_svg(graph: Graph, title: str) -> str:
    """The picture as a file; it follows the light and the dark of who looks at it."""
    style = f"<style>{STYLE.read_text(encoding='utf-8')}</style>"
    return drawn(overview(graph), f"Map of {title}", style=style)


def drawn(
    picture: Overview, title: str, places: Mapping[str, int] | None = None, style: str = ""
) -> str:
    """The picture; ``places`` numbers the nodes that can be pressed, by their ids."""
    named = places or {}
    parts = [
        *(_tie(tie, named) for tie in picture.ties),
        *_titles(picture),
        *(_row(row, "event", named) for row in picture.events),
        *(part for group in picture.groups for part in _group(group, named)),
        *(_box(box, named) for box in picture.systems),
        *_legend(picture.height),
    ]
    height = picture.height + 34.0
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="leadline-overview" role="group" '
        f'aria-label="{xml(title)}" viewBox="0 0 {WIDTH:.0f} {height:.0f}" '
        f'width="{WIDTH:.0f}" height="{height:.0f}"><title>{xml(title)}</title>{style}'
        f"{''.join(parts)}</svg>\n"
    )


def _titles(picture: Overview) -> Iterator[str]:
    flows = sum(len(group.rows) for group in picture.groups)
    idle = f", {picture.idle:,} more start nothing" if picture.idle else ""
    columns = (
        (EVENT_X, f"{counted(len(picture.events), 'event')}{idle}"),
        (GROUP_X, counted(flows, "workflow")),
        (SYSTEM_X, counted(len(picture.systems), "system")),
    )
    for x, words in columns:
        yield f'<text class="title" x="{x:.0f}" y="20">{words}</text>'


def _row(row: Row, kind: str, places: Mapping[str, int]) -> str:
    top = row.y - 12.0
    name = row.node.name
    return (
        f'<g class="node {kind}"{_number(row.node.id, places)}><title>{xml(name)}</title>'
        f'<rect x="{row.x + 6 * (kind == "flow"):.1f}" y="{top:.1f}" '
        f'width="{row.width - 12 * (kind == "flow"):.1f}" height="24" rx="{_ROUND[kind]}"/>'
        f'<text x="{row.x + 14:.1f}" y="{row.y + 4.5:.1f}">{_cut(name, row.width - 24)}</text></g>'
    )


_ROUND = {"event": "12", "flow": "5"}


def _group(group: Group, places: Mapping[str, int]) -> Iterator[str]:
    through = _cut(f"through {', '.join(group.systems) or 'no system'}", GROUP_WIDTH - 8, _SMALL)
    yield (
        f'<g class="group"><rect x="{GROUP_X:.1f}" y="{group.top:.1f}" width="{GROUP_WIDTH:.1f}" '
        f'height="{group.height:.1f}" rx="8"/><text class="small" x="{GROUP_X + 10:.1f}" '
        f'y="{group.top + HEAD - 9:.1f}">{through}</text></g>'
    )
    yield from (_row(row, "flow", places) for row in group.rows)


def _box(box: Box, places: Mapping[str, int]) -> str:
    x = SYSTEM_X + 12.0
    lines = "".join(
        f'<text class="small" x="{x:.1f}" y="{box.top + HEAD + 12 + 17 * n:.1f}">'
        f"<title>{xml(line)}</title>{_cut(line, SYSTEM_WIDTH - 14, _SMALL)}</text>"
        for n, line in enumerate(box.lines)
    )
    return (
        f'<g class="node system"{_number(box.node.id, places)}><title>{xml(box.node.name)}</title>'
        f'<rect x="{SYSTEM_X:.1f}" y="{box.top:.1f}" width="{SYSTEM_WIDTH:.1f}" '
        f'height="{box.height:.1f}" rx="8"/>'
        f'<text class="name" x="{x:.1f}" y="{box.top + HEAD - 6:.1f}">'
        f"{_cut(box.node.name, SYSTEM_WIDTH - 24)}</text>{lines}</g>"
    )


def _number(node: str, places: Mapping[str, int]) -> str:
    return f' data-node="{places[node]}"' if node in places else ""


def _tie(tie: Tie, places: Mapping[str, int]) -> str:
    (x, y), (to_x, to_y) = tie.start, tie.end
    if tie.way == "enrols":
        out = x - min(74.0, 22.0 + abs(to_y - y) / 12)
        path = f"M{x:.1f} {y:.1f}C{out:.1f} {y:.1f} {out:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"
    else:
        bend = (to_x - x) / 2
        path = f"M{x:.1f} {y:.1f}C{x + bend:.1f} {y:.1f} {to_x - bend:.1f} {to_y:.1f} "
        path += f"{to_x:.1f} {to_y:.1f}"
    ends = " ".join(str(places[end]) for end in tie.ends if end in places)
    tied = f' data-ends="{ends}"' if ends else ""
    width = 1.2 if tie.weight == 1 else 1.2 + 1.1 * math.log2(tie.weight)
    said = "" if tie.weight == 1 else f"<title>{counted(tie.weight, 'workflow')}</title>"
    return (
        f'<g class="tie {tie.way}"{tied}><path d="{path}" stroke-width="{width:.1f}">{said}</path>'
        f'<circle cx="{to_x:.1f}" cy="{to_y:.1f}" r="2.6"/></g>'
    )


def _legend(top: float) -> Iterator[str]:
    x, y = EVENT_X, top + 16.0
    for way, words in _LEGEND:
        yield (
            f'<g class="tie {way}"><path d="M{x:.0f} {y:.0f}h26" stroke-width="2"/></g>'
            f'<text class="small" x="{x + 33:.0f}" y="{y + 4:.0f}">{words}</text>'
        )
        x += 56.0 + _LETTER * len(words)


def _cut(text: str, width: float, letter: float = _LETTER) -> str:
    letters = int(width / letter)
    return xml(text if len(text) <= letters else f"{text[: letters - 1].rstrip()}…")
