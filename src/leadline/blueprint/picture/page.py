"""The map of a project as one page: the overview, a search, and each node with its neighbours."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from leadline import __version__
from leadline.blueprint.graph.as_text import kind_word
from leadline.blueprint.graph.build import Graph, NodeKind, of_kind
from leadline.blueprint.graph.flow import OURS
from leadline.blueprint.graph.single_points import single_points
from leadline.blueprint.graph.words import counted
from leadline.blueprint.picture.neighbours import OF_PROJECT, map_data
from leadline.blueprint.picture.overview import overview
from leadline.blueprint.picture.self_contained import (
    PARTS,
    joined,
    policy,
    script_data,
    templates,
)
from leadline.blueprint.picture.svg import STYLE, drawn

POINTS = 3
"""Single points of failure of one kind that the page names."""
_WORDS = {
    "nothing": "Nothing in this project.",
    "unharmed": "No workflow of this project notices.",
}


def page(graph: Graph, title: str) -> str:
    """The whole page; every name of the files is escaped, and nothing is loaded."""
    data = map_data(graph, str, _WORDS, OF_PROJECT)
    places = {name: place for place, name in enumerate(data["ids"])}
    points = [*_points(graph, places)]
    if points:
        data["start"] = points[0]["place"]
    css = joined(PARTS / "map.css", STYLE, PARTS / "neighbours.css")
    js = joined(PARTS / "neighbours.js", PARTS / "map.js")
    picture = drawn(overview(graph), f"Map of {title}", places)
    return (
        templates()
        .get_template("map.html.j2")
        .render(
            title=title,
            lead=_lead(graph),
            version=__version__,
            policy=policy(css, js),
            css=css,
            js=js,
            picture=Markup(picture),  # noqa: S704  (its texts are escaped where it is drawn)
            points=points,
            map_json=script_data(data),
        )
    )


def _points(graph: Graph, places: dict[str, int]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    named: dict[NodeKind, int] = {}
    for point in single_points(graph):
        place = places.get(point.node.id)
        kind = point.node.kind
        named[kind] = named.get(kind, 0) + 1
        if place is not None and named[kind] <= POINTS:
            words = f"{counted(len(point.flows), 'workflow')}: {point.why}"
            name = f"{kind_word(point.node)} {point.node.title}"
            found.append({"name": name, "place": place, "words": words})
    return found


def _lead(graph: Graph) -> str:
    kinds = (
        (NodeKind.FLOW, "workflow"),
        (NodeKind.EVENT, "event"),
        (NodeKind.MESSAGE, "message"),
        (NodeKind.CHANNEL, "channel"),
    )
    parts = [counted(sum(1 for _ in of_kind(graph, kind)), noun) for kind, noun in kinds]
    systems = sum(node.id != OURS for node in of_kind(graph, NodeKind.SYSTEM))
    own = sum(n.id.startswith(f"{OURS}.contact.") for n in of_kind(graph, NodeKind.FIELD))
    return f"{', '.join(parts)}, {counted(systems, 'system')}, {counted(own, 'contact field')}."
