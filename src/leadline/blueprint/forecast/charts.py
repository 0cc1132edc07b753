"""The charts of a forecast as SVG: axes with units, no script, nothing asked of the network."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

from leadline.blueprint.forecast.words import span

WIDTH, HEIGHT = 640, 260
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 12, 40
ROW = 58
STROKES = ("", "7 4", "2 3", "10 3 2 3", "1 5")
"""Lines differ by dashes as well as by colour."""

Points = Sequence[tuple[float, float]]


def lines(series: Mapping[str, Points], begins: float, ends: float, unit: str, what: str) -> str:
    """Draw lines over time; ``unit`` is what stands at the upright axis."""
    most = max((y for points in series.values() for _, y in points), default=0.0) or 1.0
    top = _round_up(most)
    width = ends - begins or 1.0

    def place(x: float, y: float) -> str:
        across = LEFT + (x - begins) / width * (WIDTH - LEFT - RIGHT)
        return f"{across:.1f},{TOP + (1 - y / top) * (HEIGHT - TOP - BOTTOM):.1f}"

    parts = [_opening(HEIGHT, what)]
    for n in range(5):
        at = TOP + n / 4 * (HEIGHT - TOP - BOTTOM)
        parts.append(
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>'
        )
        parts.append(_text(LEFT - 6, at + 4, f"{top * (1 - n / 4):,.4g}", "end"))
        across = LEFT + n / 4 * (WIDTH - LEFT - RIGHT)
        anchor = ("start", "middle", "middle", "middle", "end")[n]
        parts.append(_text(across, HEIGHT - BOTTOM + 18, span(width * n / 4), anchor))
    parts.append(_text(LEFT, HEIGHT - 4, f"{unit} over time", "start"))
    for number, points in enumerate(series.values()):
        if not any(y for _, y in points):
            continue
        path = " ".join(place(x, y) for x, y in points)
        dash = STROKES[number % len(STROKES)]
        parts.append(
            f'<polyline class="line c{number % 5}" stroke-dasharray="{dash}" points="{path}"/>'
        )
    return "".join([*parts, "</svg>"])


def legend(series: Mapping[str, Points]) -> str:
    """Say which line is which; one that never leaves the ground is left out, here as there."""
    parts = ['<ul class="legend">']
    for number, (name, points) in enumerate(series.items()):
        if not any(y for _, y in points):
            continue
        dash = STROKES[number % len(STROKES)]
        parts.append(
            f'<li><svg width="34" height="10" aria-hidden="true"><line class="line c{number % 5}" '
            f'stroke-dasharray="{dash}" x1="0" x2="34" y1="5" y2="5"/></svg>{escape(name)}</li>'
        )
    return "".join([*parts, "</ul>"])


def bars(rows: Sequence[tuple[str, float]], what: str) -> str:
    """Draw one bar a row, its length in time."""
    most = max((value for _, value in rows), default=0.0) or 1.0
    height = ROW * len(rows) + 4
    parts = [_opening(height, what)]
    for number, (name, value) in enumerate(rows):
        top = number * ROW
        length = max(1.0, value / most * (WIDTH - 110))
        parts.append(_text(0, top + 18, name, "start"))
        parts.append(
            f'<rect class="bar c{1 if number else 0}" x="0" y="{top + 27:.1f}" '
            f'width="{length:.1f}" height="16"/>'
        )
        parts.append(_text(length + 6, top + 42, span(value), "start"))
    return "".join([*parts, "</svg>"])


def _opening(height: float, what: str) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{escape(what)}" '
        'class="chart">'
    )


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _round_up(most: float) -> float:
    """The next number whose quarters are plain ones."""
    power = 10.0 ** math.floor(math.log10(most))
    found = next(
        n * power for n in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10) if n * power >= most * 0.999
    )
    return max(found, 4.0)
