"""The map, one node with its neighbours, or one flow, as Mermaid text.

Every name of the files stands quoted and escaped; ids are numbers of our own, so no name can be
read as Mermaid.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from leadline.blueprint.graph.as_text import limit_words, pace_words
from leadline.blueprint.graph.build import Graph, Link, Node, NodeKind, Relation, Terms
from leadline.blueprint.graph.flow import Edge, EdgeKind, Flow, Step, StepKind
from leadline.blueprint.graph.walk import own_node
from leadline.blueprint.graph.words import one_line, said, way_in

_LONGEST = 80
_SHAPES = {
    NodeKind.SYSTEM: ("[[", "]]"),
    NodeKind.OBJECT: ("[(", ")]"),
    NodeKind.FIELD: ("(", ")"),
    NodeKind.LIST: ("[/", "/]"),
    NodeKind.EVENT: ("([", "])"),
    NodeKind.FLOW: ("[", "]"),
    NodeKind.MESSAGE: (">", "]"),
    NodeKind.CHANNEL: ("[\\", "\\]"),
    NodeKind.HOST: ("{{", "}}"),
    NodeKind.OWNER: ("((", "))"),
}
_STEPS = {
    StepKind.BRANCH: ("{", "}"),
    StepKind.WAIT: ("([", "])"),
    StepKind.STOP: ("((", "))"),
}
_ENTITIES = {
    '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "#": "#35;", "`": "#96;",
    "\\": "#92;", "{": "#123;", "}": "#125;", "[": "#91;", "]": "#93;", "|": "#124;",
}  # fmt: skip


def escaped(text: str, longest: int = _LONGEST) -> str:
    """A text as it may stand between quotes in Mermaid."""
    return "".join(_ENTITIES.get(c, c) for c in one_line(text, longest))


def whole(graph: Graph) -> str:
    """The whole map, fields folded into their objects so that it can be read."""
    fold = {
        link.target: link.source
        for link in graph.links
        if link.relation is Relation.HOLDS and graph.nodes[link.target].kind is NodeKind.FIELD
    }
    links = {
        (
            fold.get(link.source, link.source),
            fold.get(link.target, link.target),
            link.relation,
        ): link
        for link in graph.links
        if link.relation not in _FRAME
    }
    ends = dict.fromkeys(name for source, target, _ in links for name in (source, target))
    numbers = {name: f"n{number}" for number, name in enumerate(ends)}
    lines = ["flowchart LR"]
    systems = dict.fromkeys(graph.nodes[name].system for name in ends)
    for number, system in enumerate(systems):
        inside = [name for name in ends if graph.nodes[name].system == system]
        lines.append(f'  subgraph s{number}["{escaped(system or "addresses")}"]')
        lines.extend(f"    {_node(graph.nodes[name], numbers[name])}" for name in inside)
        lines.append("  end")
    lines.extend(_arrow(numbers, *ends, link.terms) for ends, link in links.items())
    return "".join(f"{line}\n" for line in lines)


_FRAME = frozenset({Relation.HOLDS, Relation.NAMED, Relation.OWNS})


def around(graph: Graph, node: str) -> str:
    """One node with its neighbours. KeyError for an unknown id."""
    links = graph.around(node)
    ends = dict.fromkeys((node, *(end for link in links for end in (link.source, link.target))))
    numbers = {name: f"n{number}" for number, name in enumerate(ends)}
    lines = ["flowchart LR", *(f"  {_node(graph.nodes[n], numbers[n])}" for n in ends)]
    lines.extend(_arrow(numbers, x.source, x.target, x.relation, x.terms) for x in _distinct(links))
    lines.append("  style n0 stroke-width:3px")
    return "".join(f"{line}\n" for line in lines)


def of_flow(flow: Flow) -> str:
    """One flow with its ways in, steps and branches."""
    numbers = {name: f"n{number}" for number, name in enumerate(flow.steps)}
    lines = ["flowchart TD"]
    for number, trigger in enumerate(flow.triggers):
        if own_node(flow, trigger) is not None:
            continue  # its node tells it
        lines.append(f'  t{number}(["{escaped(way_in(trigger, flow.object))}"])')
        start = trigger.starts_at or flow.start
        if start is not None and start in numbers:
            lines.append(f"  t{number} --> {numbers[start]}")
    for step in flow.steps.values():
        lines.append(f"  {_step(step, numbers[step.id])}")
        lines.extend(_edges(flow, step, numbers))
    return "".join(f"{line}\n" for line in lines)


def _node(node: Node, number: str) -> str:
    left, right = _SHAPES[node.kind]
    told = ", ".join((one_line(node.name, _LONGEST), *map(limit_words, node.terms.limits)))
    return f'{number}{left}"{escaped(told, 4 * _LONGEST)}"{right}'


def _distinct(links: Iterable[Link]) -> Iterator[Link]:
    yield from {(x.source, x.target, x.relation): x for x in links}.values()


def _arrow(
    numbers: Mapping[str, str], source: str, target: str, relation: Relation, terms: Terms
) -> str:
    label = ", ".join((relation, *map(escaped, pace_words(terms))))
    return f'  {numbers[source]} -->|"{label}"| {numbers[target]}'


def _step(step: Step, number: str) -> str:
    left, right = _STEPS.get(step.kind, ("[", "]"))
    words = step.words or f"{step.kind}: {step.source_type}"
    return f'{number}{left}"{escaped(words)}"{right}'


def _edges(flow: Flow, step: Step, numbers: Mapping[str, str]) -> Iterator[str]:
    for edge in step.edges:
        if edge.to is not None and edge.to in numbers:
            arrow = "-.->" if edge.kind in {EdgeKind.ERROR, EdgeKind.JUMP} else "-->"
            label = escaped(edge_words(flow, edge))
            middle = f'|"{label}"|' if label else ""
            yield f"  {numbers[step.id]} {arrow}{middle} {numbers[edge.to]}"


def edge_words(flow: Flow, edge: Edge) -> str:
    """What stands at an edge of a diagram: its label, its condition, or why it is taken."""
    if edge.label:
        return edge.label
    if edge.condition is not None:
        return said(edge.condition, flow.object)
    if edge.kind is EdgeKind.ELSE:
        return "otherwise"
    return "on failure" if edge.kind is EdgeKind.ERROR else ""
