"""The picture of a workflow as one self-contained SVG, legible on light and dark.

A workflow reads from top to bottom; ways of a choice stand side by side and meet again. No
script, no outside request; every text of the files is escaped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from zlib import crc32

from leadline.blueprint.diagram.chart import DEAD, Arrow, Box, Chart, Column, Row, Shape
from leadline.blueprint.graph.layout import LINE_HEIGHT, PADDING, wrapped

WIDTH = 260.0
CHARACTERS = 38
"""Characters of a line in a box of that width."""
LINES = 5
"""Lines of a box at most; what is longer is cut and stands whole in its tooltip."""
GAP_DOWN = 30.0
GAP_ACROSS = 40.0
MARGIN = 24.0
_CORNERS = {Shape.TERMINAL: 18.0, Shape.WAIT: 18.0, Shape.CHOICE: 2.0}
_DASH = ' stroke-dasharray="5 4"'


@dataclass(frozen=True, slots=True)
class _Lines:
    head: str
    words: tuple[str, ...]
    failure: tuple[str, ...]

    @property
    def height(self) -> float:
        rows = bool(self.head) + len(self.words) + len(self.failure)
        return 2 * PADDING + LINE_HEIGHT * rows + (PADDING if self.failure else 0)


@dataclass(slots=True)
class _Sheet:
    """Where boxes stand: the middle of the upper edge of each."""

    chart: Chart
    lines: dict[str, _Lines]
    at: dict[str, tuple[float, float]] = field(default_factory=dict[str, tuple[float, float]])

    def height(self, name: str) -> float:
        return self.lines[name].height

    def bottom(self, name: str) -> float:
        return self.at[name][1] + self.height(name)


def as_svg(chart: Chart) -> str:
    """Draw a chart."""
    sheet = _Sheet(chart, {name: _lines(box) for name, box in chart.boxes.items()})
    widths: dict[int, float] = {}
    _measure(chart.column, widths)
    width = widths[id(chart.column)]
    height = _place(sheet, chart.column, MARGIN + width / 2, MARGIN, widths) + MARGIN
    bulges = any(a.failed and a.target != DEAD for a in chart.arrows)
    wide = width + 2 * MARGIN + (80.0 if bulges or DEAD in chart.boxes else 0.0)
    arrow = f"leadline-way-{crc32(repr((chart.title, list(chart.boxes))).encode()):08x}"
    drawn = "".join(_line(sheet, each, wide, arrow) for each in chart.arrows)
    boxes = "".join(_box(sheet, box) for box in chart.boxes.values())
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" class="leadline-workflow" role="img" '
        f'aria-labelledby="{arrow}-title {arrow}-text" viewBox="0 0 {wide:.0f} {height:.0f}" '
        f'width="{wide:.0f}" height="{height:.0f}" font-family="system-ui, sans-serif" '
        'font-size="12" color="CanvasText" style="color-scheme: light dark">'
        f'<title id="{arrow}-title">{_xml(chart.title)}</title>'
        f'<desc id="{arrow}-text">{_xml(chart.described)}</desc>'
        f'<defs><marker id="{arrow}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
        'markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" fill="context-stroke"/></marker>'
        '</defs><rect width="100%" height="100%" fill="var(--leadline-paper, Canvas)"/>'
        f"{drawn}{boxes}</svg>\n"
    )


def _lines(box: Box) -> _Lines:
    words = wrapped(box.words, CHARACTERS, LINES)
    return _Lines(box.head, words, wrapped(box.failure, CHARACTERS, 3) if box.failure else ())


def _measure(column: Column, widths: dict[int, float]) -> float:
    """How wide a column is: its widest row."""
    width = max((_row_width(row, widths) for row in column.rows), default=WIDTH)
    widths[id(column)] = width
    return width


def _row_width(row: Row, widths: dict[int, float]) -> float:
    inner = sum(_measure(way, widths) for way in row.ways) + GAP_ACROSS * (len(row.ways) - 1)
    return max(WIDTH, inner)


def _place(sheet: _Sheet, column: Column, x: float, y: float, widths: dict[int, float]) -> float:
    """Place a column below ``y`` around ``x``; return where it ends."""
    for row in column.rows:
        sheet.at[row.box] = (x, y)
        y = sheet.bottom(row.box)
        if row.ways:
            y += GAP_DOWN
            inner = sum(widths[id(way)] for way in row.ways) + GAP_ACROSS * (len(row.ways) - 1)
            left, lowest = x - inner / 2, y
            for way in row.ways:
                width = widths[id(way)]
                lowest = max(lowest, _place(sheet, way, left + width / 2, y, widths))
                left += width + GAP_ACROSS
            y = lowest - GAP_DOWN
        y += GAP_DOWN
    return y


def _line(sheet: _Sheet, arrow: Arrow, wide: float, marker: str) -> str:
    x, _ = sheet.at[arrow.source]
    tx, top = sheet.at[arrow.target]
    if arrow.failed:
        # Beside all boxes, so that what goes well and what does not stay apart.
        y, ty = sheet.bottom(arrow.source) - 12, top + 12
        lane = wide - MARGIN / 2 - (0 if arrow.target == DEAD else 18)
        path = (
            f"M{x + WIDTH / 2:.1f} {y:.1f}H{lane - 8:.1f}Q{lane:.1f} {y:.1f} {lane:.1f} "
            f"{y + (8 if ty > y else -8):.1f}V{ty - (8 if ty > y else -8):.1f}"
            f"Q{lane:.1f} {ty:.1f} {lane - 8:.1f} {ty:.1f}H{tx + WIDTH / 2:.1f}"
        )
        colour, dash = "var(--leadline-blocking, light-dark(#b3261e, #ff8a80))", _DASH
    else:
        bottom = sheet.bottom(arrow.source)
        bend = min(GAP_DOWN, top - bottom) / 2
        if x == tx:
            path = f"M{x:.1f} {bottom:.1f}V{top:.1f}"
        else:
            path = (
                f"M{x:.1f} {bottom:.1f}V{top - 2 * bend:.1f}C{x:.1f} {top - bend:.1f} "
                f"{tx:.1f} {top - bend:.1f} {tx:.1f} {top:.1f}"
            )
        colour, dash = "currentColor", ""
    return (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-opacity=".7"{dash} '
        f'marker-end="url(#{marker})"/>'
    )


def _box(sheet: _Sheet, box: Box) -> str:
    (x, y), lines = sheet.at[box.id], sheet.lines[box.id]
    dash = _DASH if box.shape is Shape.WAY else ""
    heavy = 2.0 if box.shape is Shape.CHOICE else 1.2
    return (
        f"<g><title>{_xml(box.whole or box.words)}</title>"
        f'<rect x="{x - WIDTH / 2:.1f}" y="{y:.1f}" width="{WIDTH:g}" height="{lines.height:g}" '
        f'rx="{_CORNERS.get(box.shape, 6.0):g}" fill="var(--leadline-paper, Canvas)" '
        f'stroke="currentColor" stroke-width="{heavy:g}"{dash}/>'
        f"{''.join(_text(lines, x, y))}</g>"
    )


def _text(lines: _Lines, x: float, y: float) -> Iterator[str]:
    at = y + PADDING + 11
    if lines.head:
        yield _row(lines.head, x, at, ' font-weight="600"')
        at += LINE_HEIGHT
    for line in lines.words:
        yield _row(line, x, at)
        at += LINE_HEIGHT
    if lines.failure:
        rule = at - 6
        yield (
            f'<path d="M{x - WIDTH / 2:.1f} {rule:.1f}h{WIDTH:g}" stroke="currentColor" '
            'stroke-opacity=".4" stroke-dasharray="2 3"/>'
        )
        at += PADDING
        for line in lines.failure:
            yield _row(line, x, at, ' font-size="11" font-style="italic"')
            at += LINE_HEIGHT


def _row(line: str, x: float, y: float, style: str = "") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" fill="currentColor"{style}>'
        f"{_xml(line)}</text>"
    )


def _xml(text: str) -> str:
    """A text as XML may hold it: escaped, without characters that XML forbids."""
    return escape("".join(c for c in text if c.isprintable() or c == "\n"))
