"""Single points of failure: what several live flows hang on alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from leadline.blueprint.graph.build import Graph, Node, NodeKind, Relation, of_kind
from leadline.blueprint.graph.flow import Live
from leadline.blueprint.graph.questions import never_starts
from leadline.blueprint.graph.walk import steps_that_run


@dataclass(frozen=True, slots=True)
class SinglePoint:
    """One thing on which several live flows hang alone."""

    node: Node
    flows: tuple[Node, ...]
    why: str


def single_points(graph: Graph, at_least: int = 2) -> tuple[SinglePoint, ...]:
    """What ``at_least`` live flows hang on, the most first: a field, list, event or flow without
    which none of their ways in works, the only flow that fills a field they read, a system that
    they work through, a person who alone answers for them.
    """
    found = [
        *_ways_in(graph, at_least),
        *_only_writers(graph, at_least),
        *_worked_through(graph, at_least),
        *_answered_for(graph, at_least),
    ]
    return tuple(sorted(found, key=lambda point: -len(point.flows)))


def _live(graph: Graph) -> Iterator[str]:
    return (name for name, flow in graph.flows.items() if flow.live is not Live.OFF)


def _ways_in(graph: Graph, at_least: int) -> Iterator[SinglePoint]:
    hang: dict[str, list[Node]] = {}
    for name in _live(graph):
        flow = graph.flows[name]
        callers = {x.source for x in graph.into.get(name, ()) if x.relation is Relation.ENROLS}
        for source in dict.fromkeys(link.source for link in graph.into.get(name, ())):
            if never_starts(flow, {source}, len(callers - {source}), graph):
                hang.setdefault(source, []).append(graph.nodes[name])
    for name, flows in hang.items():
        if len(flows) >= at_least:
            yield SinglePoint(graph.nodes[name], tuple(flows), "no other way in")


def _only_writers(graph: Graph, at_least: int) -> Iterator[SinglePoint]:
    for node in of_kind(graph, NodeKind.FIELD):
        feeds = [
            link
            for link in graph.into.get(node.id, ())
            if link.relation in {Relation.WRITES, Relation.COPIES}
        ]
        readers = dict.fromkeys(
            link.target for link in graph.out.get(node.id, ()) if link.target in graph.flows
        )
        live = [graph.nodes[r] for r in readers if graph.flows[r].live is not Live.OFF]
        if len(feeds) == 1 and feeds[0].source in graph.flows:
            writer = graph.nodes[feeds[0].source]
            others = tuple(flow for flow in live if flow is not writer)
            if len(others) >= at_least:
                yield SinglePoint(writer, others, f"alone fills {node.name}")


def _worked_through(graph: Graph, at_least: int) -> Iterator[SinglePoint]:
    """Systems that flows of another system work through."""
    through: dict[str, dict[str, None]] = {}
    steps: dict[str, int] = {}
    for name in _live(graph):
        flow = graph.flows[name]
        for step in steps_that_run(flow):
            if step.system not in {"", flow.system} and step.system in graph.nodes:
                through.setdefault(step.system, {})[name] = None
                steps[step.system] = steps.get(step.system, 0) + 1
    for system, names in through.items():
        if len(names) >= at_least:
            flows = tuple(graph.nodes[name] for name in names)
            yield SinglePoint(graph.nodes[system], flows, f"{steps[system]:,} steps need it")


def _answered_for(graph: Graph, at_least: int) -> Iterator[SinglePoint]:
    for node in of_kind(graph, NodeKind.OWNER):
        owned = [link.target for link in graph.out.get(node.id, ())]
        flows = tuple(graph.nodes[name] for name in owned if name in graph.flows)
        if len(flows) >= at_least:
            others = len(owned) - len(flows)
            beside = f" and for {others:,} system{'' if others == 1 else 's'}" if others else ""
            yield SinglePoint(node, flows, f"alone answers for them{beside}")
