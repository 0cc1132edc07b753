"""The map of systems, fields and flows, as the page draws it: one node and its neighbours."""

from __future__ import annotations

from typing import Any

from leadline.blueprint.graph.build import Graph, NodeKind, Relation
from leadline.blueprint.graph.flow import Live
from leadline.blueprint.graph.questions import impact
from leadline.inspection.masks import Shown

# What is drawn. A system holds everything, so its neighbours would tell nothing.
_DRAWN = frozenset(NodeKind) - {NodeKind.SYSTEM, NodeKind.OBJECT}


def map_data(graph: Graph, shown: Shown) -> dict[str, Any]:
    """The nodes that something is tied to, their links, and what stops when each goes.

    A node is ``[id, label, kind, system, live]``, a link ``[source, target, relation, steps]`` and
    a stop ``[node, why, sure]``, all by the places of nodes. ``start`` is where the map opens.
    """
    links = [link for link in graph.links if link.relation is not Relation.HOLDS]
    ends = dict.fromkeys(name for link in links for name in (link.source, link.target))
    flows = [node.id for node in graph.nodes.values() if node.kind is NodeKind.FLOW]
    drawn = [n for n in dict.fromkeys([*ends, *flows]) if graph.nodes[n].kind in _DRAWN]
    places = {name: place for place, name in enumerate(drawn)}
    degrees = dict.fromkeys(drawn, 0)
    for link in links:
        for end in (link.source, link.target):
            degrees[end] = degrees.get(end, 0) + 1
    fields = [name for name in drawn if graph.nodes[name].kind is NodeKind.FIELD]
    first = max(fields or drawn, key=lambda name: degrees[name], default=None)
    return {
        "nodes": [_node(graph, name, shown) for name in drawn],
        "links": [
            [
                places[link.source],
                places[link.target],
                link.relation.value,
                [
                    shown.text(words)
                    for words in _steps(graph, link.source, link.target, link.steps)
                ],
            ]
            for link in links
            if link.source in places and link.target in places
        ],
        "stops": [
            [
                [places[stop.node.id], shown.text(stop.why), stop.sure]
                for stop in impact(graph, name).stops
                if stop.node.id in places
            ]
            for name in drawn
        ],
        "start": 0 if first is None else places[first],
    }


def _node(graph: Graph, name: str, shown: Shown) -> list[Any]:
    node = graph.nodes[name]
    # A field's id holds its object, without which two fields of one name look alike.
    label = name.partition(".")[2] if node.kind is NodeKind.FIELD else node.name
    return [
        shown.text(name),
        shown.text(label),
        node.kind.value,
        node.system,
        node.live is not Live.OFF,
    ]


def _steps(graph: Graph, source: str, target: str, steps: tuple[str, ...]) -> list[str]:
    """The steps of a link in words, two at most."""
    flow = graph.flows.get(source) or graph.flows.get(target)
    if flow is None:
        return []
    return [flow.steps[step].words for step in steps if step in flow.steps][:2]
