"""Where the boxes of a diagram stand: layers by igraph's Sugiyama, then sizes in pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

CHARACTERS = 28
"""Characters of a line in a box."""
LINES = 3
"""Lines of a box at most; what is longer is cut and stands whole in its tooltip."""
LINE_HEIGHT = 16.0
WIDTH = 220.0
PADDING = 10.0
GAP_ACROSS = 36.0
GAP_ALONG = 56.0


@dataclass(frozen=True, slots=True)
class Place:
    """A box: its middle and its height; all boxes have the same width."""

    x: float
    y: float
    height: float

    @property
    def top(self) -> float:
        """Its upper edge."""
        return self.y - self.height / 2

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height / 2


def wrapped(text: str, width: int = CHARACTERS, most: int = LINES) -> tuple[str, ...]:
    """A text in lines; a word longer than a line is cut into pieces."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        for piece in (word[i : i + width] for i in range(0, len(word), width)):
            if line and len(line) + 1 + len(piece) > width:
                lines.append(line)
                line = piece
            else:
                line = f"{line} {piece}" if line else piece
    lines.append(line)
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1][: width - 1]}…"]
    return tuple(lines)


def layered(
    names: Sequence[str], edges: Sequence[tuple[str, str]], layers: Mapping[str, int] | None
) -> list[tuple[float, float]]:
    """Positions in units of boxes, across and layer, with few lines that cross."""
    import igraph  # noqa: PLC0415  (only who draws needs it)

    number = {name: n for n, name in enumerate(names)}
    pairs = list(dict.fromkeys((number[a], number[b]) for a, b in edges if a != b))
    graph = igraph.Graph(n=len(names), edges=pairs, directed=True)
    wanted = [layers[name] for name in names] if layers is not None else None
    found = graph.layout_sugiyama(  # pyright: ignore[reportUnknownMemberType]  # the library has no types
        layers=wanted, hgap=1, vgap=1
    )
    coordinates = cast("list[list[float]]", found.coords)  # pyright: ignore[reportUnknownMemberType]  # the library has no types
    return [(x, y) for x, y in coordinates]


def downwards(
    heights: Mapping[str, float], edges: Sequence[tuple[str, str]]
) -> Mapping[str, Place]:
    """Boxes from top to bottom, each layer as high as its highest box."""
    if not heights:
        return {}
    spots = dict(zip(heights, layered(list(heights), edges, None), strict=True))
    left = min(x for x, _ in spots.values())
    highest: dict[float, float] = {}
    for name, (_, layer) in spots.items():
        highest[layer] = max(highest.get(layer, 0.0), heights[name])
    middle: dict[float, float] = {}
    y = PADDING
    for layer in sorted(highest):
        middle[layer] = y + highest[layer] / 2
        y += highest[layer] + GAP_ALONG
    step = WIDTH + GAP_ACROSS
    return {
        name: Place(PADDING + WIDTH / 2 + (x - left) * step, middle[layer], heights[name])
        for name, (x, layer) in spots.items()
    }


def sideways(
    heights: Mapping[str, float], edges: Sequence[tuple[str, str]], layers: Mapping[str, int]
) -> Mapping[str, Place]:
    """Boxes from left to right in the columns given."""
    spots = dict(zip(heights, layered(list(heights), edges, layers), strict=True))
    top = min(x for x, _ in spots.values())
    tall = max(heights.values()) + GAP_ACROSS / 2
    step = WIDTH + 2 * GAP_ALONG
    return {
        name: Place(
            PADDING + WIDTH / 2 + layer * step,
            PADDING + tall / 2 + (x - top) * tall,
            heights[name],
        )
        for name, (x, layer) in spots.items()
    }
