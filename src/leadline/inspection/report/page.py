"""The page: template, style and script become one HTML text that asks the network for nothing."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from leadline import __version__
from leadline.audit.stack import Stack
from leadline.blueprint.graph.build import Graph, build
from leadline.blueprint.picture.neighbours import map_data
from leadline.blueprint.picture.self_contained import (
    PARTS,
    joined,
    policy,
    script_data,
    templates,
)
from leadline.inspection.facts import inventory_of
from leadline.inspection.masks import Shown
from leadline.inspection.outcome import Inspection, Standing
from leadline.inspection.report.cards import Cards
from leadline.inspection.report.dictionary import DescribedTable, dictionary
from leadline.inspection.report.flow_views import flow_views
from leadline.inspection.report.tables import file_rows, table_views
from leadline.inspection.summary import counted

HERE = Path(__file__).parent
MOST_PLAIN = 1_000_000  # characters of flows that stand as they are; more are kept packed
REASONS_SHOWN = 3  # reasons beside a verdict; the others stand at the flow
_MAP_WORDS = {
    "without": "If I delete",
    "nothing": "Nothing of the files given.",
    "unharmed": "No live flow of the files given notices. What is outside of them (reports, forms, "
    "people) is not known.",
}
_MASKED = "Values of people are masked."
_UNMASKED = "It shows values of people: pass it on with care."


def page(inspection: Inspection, shown: Shown) -> str:
    """The whole report as one self-contained HTML page.

    Everything that was read is escaped; style and script are allowed by their hashes alone, so
    that nothing else that might slip in could run or load.
    """
    template, css, js = _parts()
    cards = Cards(inspection, shown)
    stack = inspection.reading.stack
    described = dictionary(stack)
    return template.render(
        headline=inspection.headline,
        lead=_lead(inspection),
        taken_at=f"{inspection.reading.stack.taken_at:%d %B %Y}".lstrip("0"),
        version=__version__,
        privacy=_UNMASKED if shown.values else _MASKED,
        policy=policy(css, js),
        css=css,
        js=js,
        **_standing(inspection),
        first_title=_first_title(len(inspection.worst)),
        first=[cards.cards[number] for number in inspection.worst],
        verdicts=_verdicts(inspection, cards),
        groups=cards.groups(),
        weights=[(str(k), v) for k, v in inspection.figures.findings.items()],
        most=MOST_PLAIN,
        flows=flow_views(inspection, cards, shown),
        understanding=_understanding(inspection),
        map_json=script_data(map_data(_graph(stack, described), shown.text, _MAP_WORDS)),
        tables=table_views(described, cards),
        unjudged=[
            {"what": shown.text(u.what), "why": shown.text(u.why), "fix": u.fix}
            for u in inspection.unjudged
        ],
        files=file_rows(inspection.reading.files),
    )


@cache
def _parts() -> tuple[Any, Markup, Markup]:
    environment = templates(HERE)
    environment.filters["packed"] = packed
    css = joined(HERE / "page.css", PARTS / "neighbours.css")
    js = joined(PARTS / "neighbours.js", HERE / "page.js")
    return environment.get_template("page.html.j2"), css, js


def packed(text: str) -> str:
    """Text that says much the same a thousand times, as a browser can unpack it: gzip, base64."""
    return base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode()


def _graph(stack: Stack, tables: Iterable[DescribedTable]) -> Graph:
    filled = {
        (each.table.name, column.column.name): column.filled
        for each in tables
        for column in each.columns
    }
    return build(stack.flows, inventory_of(stack, filled))


def _lead(inspection: Inspection) -> str:
    figures = inspection.figures
    parts = [
        f"{figures.files:,} file{'' if figures.files == 1 else 's'}",
        f"{figures.people:,} people",
        f"{figures.flows:,} flow{'' if figures.flows == 1 else 's'}",
    ]
    found = figures.findings
    told = ", ".join(counted(weight, count) for weight, count in found.items() if count)
    return f"Read: {', '.join(parts)}. Found: {told or 'nothing'}."


def _standing(inspection: Inspection) -> dict[str, Any]:
    counts = [(s.value, inspection.figures.standing[s]) for s in reversed(Standing)]
    total = sum(count for _, count in counts)
    bar: list[dict[str, Any]] = []
    left = 0.0
    for word, count in counts:
        width = 100 * count / total if total else 0
        bar.append({"kind": word.replace(" ", "-"), "x": f"{left:.2f}", "width": f"{width:.2f}"})
        left += width
    words = ", ".join(f"{count} {word}" for word, count in counts)
    legend = [{"word": word, "count": count} for word, count in counts if count]
    return {"bar": bar if total else [], "bar_words": words, "legend": legend}


def _first_title(count: int) -> str:
    if count < 2:
        return "Mend this first"
    named = {2: "Two", 3: "Three", 4: "Four", 5: "Five"}
    return f"{named[count]} things to mend first"


def _verdicts(inspection: Inspection, cards: Cards) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for verdict in inspection.verdicts:
        numbers = list(dict.fromkeys(reason.finding for reason in verdict.reasons))
        reasons = [cards.cards[number] for number in numbers[:REASONS_SHOWN]]
        found.append(
            {
                "name": cards.flow_name(verdict.flow),
                "anchor": cards.flow_anchor(verdict.flow),
                "system": verdict.system,
                "standing": verdict.standing.value,
                "reasons": reasons,
                "more": len(numbers) - len(reasons),
            }
        )
    return found


def _understanding(inspection: Inspection) -> str:
    opaque = inspection.figures.opaque_steps
    if not opaque:
        return "Every step was understood, or read by its kind."
    return (
        f"{opaque:,} of {inspection.figures.steps:,} steps are of a kind that Leadline does not "
        "know; they are shown, and nothing is guessed about them."
    )
