"""The picture of a workflow as Mermaid text.

Every text of the files stands quoted and escaped; ids are numbers of our own, so no name can be
read as Mermaid.
"""

from __future__ import annotations

from collections.abc import Iterator

from leadline.blueprint.diagram.chart import Box, Chart, Shape
from leadline.blueprint.graph.as_mermaid import escaped
from leadline.blueprint.graph.layout import wrapped

_SHAPES = {
    Shape.TERMINAL: ("([", "])"),
    Shape.ACT: ("[", "]"),
    Shape.WAIT: ("(", ")"),
    Shape.CHOICE: ("{{", "}}"),
    Shape.WAY: ("[/", "/]"),
    Shape.FAILED: ("[[", "]]"),
}


def as_mermaid(chart: Chart) -> str:
    """A flowchart from top to bottom; dotted arrows are taken when something did not work."""
    numbers = {name: f"n{number}" for number, name in enumerate(chart.boxes)}
    lines = ["flowchart TD", f"  accTitle: {_plain(chart.title)}"]
    lines.extend(f"  {numbers[name]}{_box(box)}" for name, box in chart.boxes.items())
    for arrow in chart.arrows:
        line = "-.->" if arrow.failed else "-->"
        lines.append(f"  {numbers[arrow.source]} {line} {numbers[arrow.target]}")
    return "".join(f"{line}\n" for line in lines)


def _box(box: Box) -> str:
    left, right = _SHAPES[box.shape]
    return f'{left}"{"<br>".join(_lines(box))}"{right}'


def _lines(box: Box) -> Iterator[str]:
    for text in (box.head, box.words, box.failure):
        if text:
            yield from map(escaped, wrapped(text, 50, 8))


def _plain(text: str) -> str:
    """A text that ends at the end of its line; what has a meaning to Mermaid is left out."""
    return "".join(c for c in text if c.isalnum() or c in " -_.()")
