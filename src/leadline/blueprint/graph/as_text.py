"""The map and its answers as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from leadline.blueprint.graph.build import Graph, Node, NodeKind, Relation, of_kind
from leadline.blueprint.graph.flow import Flow
from leadline.blueprint.graph.questions import Impact, Origin, SinglePoint, Use
from leadline.blueprint.graph.sentences import as_lines, tell
from leadline.blueprint.graph.words import SWITCH, one_line

_MANY = 12
"""Names shown of a kind before the rest is counted."""


def whole(graph: Graph) -> str:
    """The whole map: each system with its objects, and what its flows touch."""
    lines: list[str] = []
    for system in of_kind(graph, NodeKind.SYSTEM):
        lines.append(one_line(system.name))
        for kind in (NodeKind.OBJECT, NodeKind.LIST, NodeKind.EVENT, NodeKind.MESSAGE):
            names = [_name(graph, n) for n in of_kind(graph, kind) if n.system == system.id]
            if names:
                lines.append(f"  {_plural(kind, len(names))}: {_row(names)}")
        for flow in (n for n in of_kind(graph, NodeKind.FLOW) if n.system == system.id):
            lines.append(f"  flow {_name(graph, flow)}")
            lines.extend(f"    {line}" for line in _touches(graph, flow))
    hosts = [one_line(node.name) for node in of_kind(graph, NodeKind.HOST)]
    if hosts:
        lines.append(f"addresses called: {_row(hosts)}")
    return "".join(f"{line}\n" for line in lines)


def of_flow(flow: Flow) -> str:
    """One flow in sentences."""
    return as_lines(tell(flow))


def of_node(answer: Impact) -> str:
    """What reads a node, what writes it, and what stops if it goes."""
    lines = [f"{answer.node.kind} {_title(answer.node)}"]
    lines.extend(_uses("read or started by", answer.reads))
    lines.extend(_uses("written, filled or sent by", answer.writes))
    lines.append(f"if it goes: {'nothing stops.' if not answer.stops else ''}".rstrip())
    for stop in sorted(answer.stops, key=lambda stop: not stop.sure):
        verb = "stops" if stop.sure else "may suffer"
        lines.append(f"  {stop.node.kind} {_title(stop.node)} {verb}: {one_line(stop.why)}.")
    return "".join(f"{line}\n" for line in lines)


def of_origin(name: str, origins: Sequence[Origin]) -> str:
    """Where the values of a field come from, indented by how far back."""
    if not origins:
        return f"{one_line(name)}: no flow or sync among the files fills it.\n"
    lines = [f"{one_line(name)} is filled by", *_origins(origins, 1)]
    return "".join(f"{line}\n" for line in lines)


def of_single_points(points: Iterable[SinglePoint]) -> str:
    """What several live flows hang on alone."""
    return "".join(
        f"{point.node.kind} {_title(point.node)}: {len(point.flows):,} flows hang on it "
        f"({one_line(point.why)})\n"
        for point in points
    )


def _origins(origins: Sequence[Origin], depth: int) -> Iterator[str]:
    pad = "  " * depth
    for one in origins:
        if one.by is not None:
            values = f" as {_row(one.values)}" if one.values else ""
            yield f"{pad}flow {_title(one.by)}{values}"
        elif one.words:
            yield f"{pad}the sync {one_line(one.words)}"
        for source in one.sources:
            yield f"{pad}  from {source.node.id}"
            yield from _origins(source.sources, depth + 2)


def _uses(title: str, uses: Sequence[Use]) -> Iterator[str]:
    yield f"{title}: {'nothing' if not uses else ''}".rstrip()
    for use in uses:
        steps = f" (step {_row(use.steps)})" if use.steps else ""
        yield f"  {use.node.kind} {_title(use.node)}: {_verb(use)}{steps}"


def _verb(use: Use) -> str:
    words = f" {one_line(use.words, 60)}" if use.words and use.how is Relation.WRITES else ""
    return f"{use.how}{words}"


def _title(node: Node) -> str:
    if node.kind is NodeKind.FLOW:
        state = "" if node.live is None else f" ({SWITCH[node.live]})"
        return f'"{one_line(node.name)}"{state}'
    return one_line(node.id if node.kind in {NodeKind.FIELD, NodeKind.OBJECT} else node.name)


def _name(graph: Graph, node: Node) -> str:
    if node.kind is NodeKind.OBJECT:
        fields = sum(link.relation is Relation.HOLDS for link in graph.out.get(node.id, ()))
        records = f", {node.records:,} records" if node.records is not None else ""
        return f"{one_line(node.name)} ({fields:,} fields{records})"
    return _title(node)


def _touches(graph: Graph, flow: Node) -> Iterator[str]:
    wanted = (
        ("starts on", graph.into, Relation.STARTS),
        ("reads", graph.into, Relation.READS),
        ("writes", graph.out, Relation.WRITES),
        ("sends", graph.out, Relation.SENDS),
        ("enrols into", graph.out, Relation.ENROLS),
        ("changes", graph.out, Relation.LISTS),
        ("calls", graph.out, Relation.CALLS),
    )
    for title, side, relation in wanted:
        links = [link for link in side.get(flow.id, ()) if link.relation is relation]
        ends = [link.source if side is graph.into else link.target for link in links]
        if ends:
            yield f"{title} {_row([_title(graph.nodes[end]) for end in ends])}"
    if flow.opaque:
        yield f"{flow.opaque:,} steps that are not known here"


def _plural(kind: NodeKind, number: int) -> str:
    return f"{number:,} {kind}{'' if number == 1 else 's'}"


def _row(names: Sequence[str]) -> str:
    shown = ", ".join(one_line(name, 60) for name in names[:_MANY])
    rest = len(names) - _MANY
    return f"{shown} and {rest:,} more" if rest > 0 else shown
