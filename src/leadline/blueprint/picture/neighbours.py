"""What the page draws of one node and its neighbours, for every node of a map."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from leadline.blueprint.graph.as_text import about, kind_word
from leadline.blueprint.graph.build import Graph, Node, NodeKind, Relation
from leadline.blueprint.graph.flow import OURS, Live
from leadline.blueprint.graph.questions import Impact, family, impact

# A system of other tools holds everything, so its neighbours would tell nothing.
DRAWN = frozenset(NodeKind) - {NodeKind.SYSTEM, NodeKind.OBJECT, NodeKind.OWNER}
OF_PROJECT = frozenset(NodeKind) - {NodeKind.OBJECT}
"""What is drawn of a project: a system has the workflows that work through it, a person what
she answers for."""

_INTO: Mapping[Relation, str] = {
    Relation.READS: "is read",
    Relation.STARTS: "starts it",
    Relation.WRITES: "writes it",
    Relation.SENDS: "sends it",
    Relation.POSTS: "posts to it",
    Relation.ENDS: "ends it",
    Relation.WAKES: "is awaited",
    Relation.COUNTS: "counts as its success",
    Relation.CALLS: "works through it",
    Relation.OWNS: "answers for it",
    Relation.ENROLS: "enrols into it",
}
_OUT: Mapping[Relation, str] = {
    Relation.READS: "reads it",
    Relation.STARTS: "starts by it",
    Relation.ENDS: "is ended by it",
    Relation.WAKES: "waits for it",
    Relation.COUNTS: "counts it as success",
    Relation.CALLS: "works through",
}
WORDS = {
    "into": {relation.value: said for relation, said in _INTO.items()},
    "out": {relation.value: said for relation, said in _OUT.items()},
    "without": "Without",
}
"""How a link is told at its target, and at its source; both are keyed by the relation."""


def map_data(
    graph: Graph,
    text: Callable[[str], str],
    words: Mapping[str, str],
    drawn: frozenset[NodeKind] = DRAWN,
) -> dict[str, Any]:
    """The nodes that something is tied to, their links, and what stops when each goes.

    A node is ``[names, label, kind, system, live]`` and has an id in ``ids``, a link is ``[source,
    target, relation, steps]``, what goes with a node ``[node, sentence]``, all by the places of
    nodes; ``about`` tells owner, limits and volume; ``start`` is where the map opens. ``text``
    masks what must not be shown, ``words`` say what is told where nothing was found (``nothing``,
    ``unharmed``).
    """
    own = {name: family(graph, name)[0] for name in graph.nodes}
    frame = {Relation.HOLDS, Relation.NAMED}
    links = [link for link in graph.links if link.relation not in frame]
    ends = dict.fromkeys(own[name] for link in links for name in (link.source, link.target))
    flows = [node.id for node in graph.nodes.values() if node.kind is NodeKind.FLOW]
    names = [n for n in dict.fromkeys([*ends, *flows]) if graph.nodes[n].kind in drawn]
    places = {name: place for place, name in enumerate(names)}
    degrees = dict.fromkeys(graph.nodes, 0)
    for link in links:
        degrees[own[link.source]] += 1
        degrees[own[link.target]] += 1
    fields = [name for name in names if graph.nodes[name].kind is NodeKind.FIELD]
    first = max(fields or names, key=lambda name: degrees[name], default=None)
    answers = [impact(graph, name) for name in names]
    return {
        "ids": [text(name) for name in names],
        "nodes": [_node(graph, name, text) for name in names],
        "links": [
            [
                places[own[link.source]],
                places[own[link.target]],
                link.relation.value,
                [text(said) for said in _steps(graph, link.source, link.target, link.steps)],
            ]
            for link in links
            if own[link.source] in places
            and own[link.target] in places
            and own[link.source] != own[link.target]
        ],
        "gone": [_gone(answer, places, text) for answer in answers],
        "about": [[text(fact) for fact in about(answer)] for answer in answers],
        "words": {**WORDS, **words},
        "start": 0 if first is None else places[first],
    }


def _node(graph: Graph, name: str, text: Callable[[str], str]) -> list[Any]:
    node = graph.nodes[name]
    return [
        text(" ".join(dict.fromkeys((*family(graph, name), *node.also)))),
        text(_label(node)),
        kind_word(node),
        "" if node.system == OURS else node.system,
        node.live is not Live.OFF,
    ]


def _label(node: Node) -> str:
    """A field's label holds its object, without which two fields of one name look alike."""
    if node.kind is not NodeKind.FIELD:
        return node.name
    return node.id.removeprefix(f"{node.system}.")


def _gone(answer: Impact, places: Mapping[str, int], text: Callable[[str], str]) -> list[list[Any]]:
    """What fails, stops or suffers, as sentence parts behind the names."""
    when = "while it is down, " if answer.node.kind is NodeKind.SYSTEM else "fails: "
    found = [
        [places[x.node.id], text(f"at {', '.join(x.steps[:4])}: {when}{x.then}.")]
        for x in answer.fails
        if x.node.id in places
    ]
    for stop in answer.stops:
        if stop.node.id in places:
            verb = "stops" if stop.sure else "may suffer"
            found.append([places[stop.node.id], text(f"{verb}: {stop.why}.")])
    return found


def _steps(graph: Graph, source: str, target: str, steps: tuple[str, ...]) -> list[str]:
    """The steps of a link in words, two at most."""
    flow = graph.flows.get(source) or graph.flows.get(target)
    if flow is None:
        return []
    return [flow.steps[step].words for step in steps if step in flow.steps][:2]
