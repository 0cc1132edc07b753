"""Where everything stands in the overview of a project: events, workflows, systems, and lines.

Forty workflows with a line of their own to each of six systems are a knot that nobody can read.
So workflows that work through the same systems stand in one group, and one line leads from the
group to each of them. The order that crosses least is igraph's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from leadline.blueprint.graph.as_text import limit_words
from leadline.blueprint.graph.build import Graph, Node, NodeKind, Relation, of_kind
from leadline.blueprint.graph.flow import OURS
from leadline.blueprint.graph.layout import layered
from leadline.blueprint.graph.walk import steps_that_run
from leadline.blueprint.graph.words import counted, span

EVENT_X, EVENT_WIDTH = 8.0, 204.0
GROUP_X, GROUP_WIDTH = 312.0, 262.0
SYSTEM_X, SYSTEM_WIDTH = 668.0, 250.0
WIDTH = SYSTEM_X + SYSTEM_WIDTH + 8.0
TOP = 40.0
ROW = 30.0
HEAD = 26.0
GAP = 18.0
CHANNELS = 5
"""Channels named in a system's box before the rest is counted."""


@dataclass(frozen=True, slots=True)
class Row:
    """One event or workflow; ``y`` is its middle."""

    node: Node
    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class Group:
    """Workflows that work through the same ``systems``."""

    rows: tuple[Row, ...]
    systems: tuple[str, ...]
    top: float
    height: float

    @property
    def middle(self) -> float:
        """The height at which its lines begin."""
        return self.top + self.height / 2


@dataclass(frozen=True, slots=True)
class Box:
    """One system with what is known of it, a line each."""

    node: Node
    lines: tuple[str, ...]
    top: float
    height: float

    @property
    def middle(self) -> float:
        """The height at which lines to it end."""
        return self.top + self.height / 2


@dataclass(frozen=True, slots=True)
class Tie:
    """One line from a point to another. ``ends`` are the nodes that it ties, ``weight`` how many
    workflows it stands for, ``way`` what it says (starts, enrols, writes, sends, posts)."""

    way: str
    ends: tuple[str, ...]
    start: tuple[float, float]
    end: tuple[float, float]
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Overview:
    """The whole picture, in pixels."""

    events: tuple[Row, ...]
    groups: tuple[Group, ...]
    systems: tuple[Box, ...]
    ties: tuple[Tie, ...]
    height: float
    idle: int = 0
    """Events that start no workflow; they are not drawn."""


def overview(graph: Graph) -> Overview:
    """Lay out a project's map."""
    through = {name: _through(graph, name) for name in graph.flows}
    started = {name: _sources(graph, name, Relation.STARTS) for name in graph.flows}
    by_systems: dict[tuple[str, ...], list[str]] = {}
    for name in graph.flows:
        by_systems.setdefault(tuple(sorted(through[name])), []).append(name)
    events = list(dict.fromkeys(event for found in started.values() for event in found))
    systems = [n.id for n in of_kind(graph, NodeKind.SYSTEM) if n.id != OURS]
    order = _order(events, by_systems, started, systems)
    groups = tuple(_groups(graph, by_systems, started, order))
    rows = {row.node.id: row for group in groups for row in group.rows}
    return _around(graph, groups, rows, {e: _targets(graph, e, rows) for e in events}, systems)


def _around(
    graph: Graph,
    groups: tuple[Group, ...],
    rows: Mapping[str, Row],
    targets: Mapping[str, list[Row]],
    systems: Sequence[str],
) -> Overview:
    """Events and systems beside the workflows that they belong to, and the lines."""
    wanted = {event: _mean(row.y for row in found) for event, found in targets.items()}
    spots = _placed(wanted, dict.fromkeys(wanted, ROW), 0.0)
    events = {e: Row(graph.nodes[e], EVENT_X, y, EVENT_WIDTH) for e, y in spots.items()}
    held = _held(graph)
    lines = {name: tuple(_lines(graph.nodes[name], held.get(name, ()))) for name in systems}
    heights = {name: HEAD + 14.0 + 17.0 * len(lines[name]) for name in systems}
    near = {s: _mean(g.middle for g in groups if s in g.systems) for s in systems}
    boxes = {
        name: Box(graph.nodes[name], lines[name], y - heights[name] / 2, heights[name])
        for name, y in _placed(near, heights, GAP).items()
    }
    ties = (
        *_starts(events, targets),
        *_enrols(graph, rows),
        *(tie for group in groups for tie in _to_systems(graph, group, boxes)),
    )
    ends = [
        TOP,
        *(group.top + group.height for group in groups),
        *(box.top + box.height for box in boxes.values()),
        *(row.y + ROW / 2 for row in events.values()),
    ]
    idle = sum(1 for _ in of_kind(graph, NodeKind.EVENT)) - len(events)
    return Overview(
        tuple(events.values()), groups, tuple(boxes.values()), ties, max(ends) + 10.0, idle
    )


def _through(graph: Graph, flow: str) -> dict[str, None]:
    return {s.system: None for s in steps_that_run(graph.flows[flow]) if s.system in graph.nodes}


def _sources(graph: Graph, node: str, relation: Relation) -> list[str]:
    found = (link.source for link in graph.into.get(node, ()) if link.relation is relation)
    return [name for name in found if graph.nodes[name].kind in {NodeKind.EVENT, NodeKind.FLOW}]


def _order(
    events: Sequence[str],
    by_systems: Mapping[tuple[str, ...], Sequence[str]],
    started: Mapping[str, Sequence[str]],
    systems: Sequence[str],
) -> Mapping[str, float]:
    """Where each event, group and system stands in its column, so that few lines cross."""
    names = [*events, *("/".join(("", *key)) for key in by_systems), *systems]
    layers = dict.fromkeys(names, 1)
    layers.update(dict.fromkeys(events, 0))
    layers.update(dict.fromkeys(systems, 2))
    edges: list[tuple[str, str]] = []
    for key, flows in by_systems.items():
        here = "/".join(("", *key))
        edges.extend((event, here) for flow in flows for event in started[flow])
        edges.extend((here, system) for system in key)
    spots = layered(names, edges, layers) if names else []
    return {name: x for name, (x, _) in zip(names, spots, strict=True)}


def _groups(
    graph: Graph,
    by_systems: Mapping[tuple[str, ...], Sequence[str]],
    started: Mapping[str, Sequence[str]],
    order: Mapping[str, float],
) -> Iterator[Group]:
    top = TOP
    for key in sorted(by_systems, key=lambda key: order["/".join(("", *key))]):
        ranks = {flow: _rank(graph, flow, started, order) for flow in by_systems[key]}
        flows = sorted(ranks, key=lambda flow: ranks[flow])
        rows = tuple(
            Row(graph.nodes[flow], GROUP_X, top + HEAD + ROW * (n + 0.5), GROUP_WIDTH)
            for n, flow in enumerate(flows)
        )
        height = HEAD + ROW * len(rows) + 6.0
        yield Group(rows, key, top, height)
        top += height + GAP


def _rank(
    graph: Graph,
    flow: str,
    started: Mapping[str, Sequence[str]],
    order: Mapping[str, float],
) -> float:
    """A workflow stands where its events do, an enrolled one where those of its caller do."""
    callers = [flow, *_sources(graph, flow, Relation.ENROLS)]
    return _mean(order[event] for caller in callers for event in started.get(caller, ()))


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else 0.0


def _placed(
    wanted: Mapping[str, float], heights: Mapping[str, float], gap: float
) -> Mapping[str, float]:
    """Middles as near to those wanted as they can be without touching."""
    names = sorted(wanted, key=lambda name: wanted[name])
    found: dict[str, float] = {}
    bottom = TOP - gap
    for name in names:
        middle = max(wanted[name], bottom + gap + heights[name] / 2)
        found[name] = middle
        bottom = middle + heights[name] / 2
    # Pushed down too far: what stands in a heap moves up by half of it.
    for upper, name in zip(reversed(names[:-1]), reversed(names[1:]), strict=True):
        over = found[name] - wanted[name]
        if over > 0:
            room = found[name] - heights[name] / 2 - found[upper] - heights[upper] / 2 - gap
            found[name] -= min(room, over)
    return found


def _targets(graph: Graph, event: str, rows: Mapping[str, Row]) -> list[Row]:
    links = (x for x in graph.out.get(event, ()) if x.relation is Relation.STARTS)
    return [rows[link.target] for link in links if link.target in rows]


def _starts(events: Mapping[str, Row], targets: Mapping[str, list[Row]]) -> Iterator[Tie]:
    for name, found in targets.items():
        here = events[name]
        for row in found:
            ends = (name, row.node.id)
            yield Tie("starts", ends, (here.x + here.width, here.y), (row.x, row.y))


def _enrols(graph: Graph, rows: Mapping[str, Row]) -> Iterator[Tie]:
    for name, row in rows.items():
        for caller in _sources(graph, name, Relation.ENROLS):
            if caller in rows:
                ends = (caller, name)
                yield Tie("enrols", ends, (row.x, rows[caller].y), (row.x, row.y))


def _to_systems(graph: Graph, group: Group, boxes: Mapping[str, Box]) -> Iterator[Tie]:
    here = [system for system in boxes if system in group.systems]
    for number, name in enumerate(here):
        box = boxes[name]
        start = (GROUP_X + GROUP_WIDTH, group.top + group.height * (number + 1) / (len(here) + 1))
        flows = tuple(row.node.id for row in group.rows)
        way = _way(graph, flows, name)
        yield Tie(way, (*flows, name), start, (SYSTEM_X, box.middle), len(flows))


def _way(graph: Graph, flows: Iterable[str], system: str) -> str:
    """What a group does in a system: it writes records, posts to channels, or sends mail."""
    links = (link for flow in flows for link in graph.out.get(flow, ()))
    said = {link.relation for link in links if graph.nodes[link.target].system == system}
    if Relation.WRITES in said:
        return "writes"
    return "posts" if Relation.POSTS in said else "sends"


def _held(graph: Graph) -> Mapping[str, Sequence[Node]]:
    """The fields and channels of each system."""
    found: dict[str, list[Node]] = {}
    for node in of_kind(graph, NodeKind.FIELD, NodeKind.CHANNEL):
        found.setdefault(node.system, []).append(node)
    return found


def _lines(system: Node, held: Sequence[Node]) -> Iterator[str]:
    """What a system's box tells: limits, what is read there, its fields and channels, its owner."""
    terms = system.terms
    for limit in terms.limits:
        if limit.calls in {"all", "post"}:
            yield limit_words(replace(limit, calls="all"))
    if terms.every_s is not None:
        yield f"read every {span(terms.every_s)}"
    if terms.lag_s is not None:
        yield f"a change shows after {span(terms.lag_s)}"
    channels = [node.name for node in held if node.kind is NodeKind.CHANNEL]
    if len(held) > len(channels):
        yield counted(len(held) - len(channels), "field")
    if channels:
        yield f"{counted(len(channels), 'channel')}: {', '.join(channels[:CHANNELS])}"
    yield f"owner {terms.owner}" if terms.owner is not None else "no owner"
