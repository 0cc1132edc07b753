"""What people ask of the map: what reads this, what writes it, what stops if it goes."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from leadline.blueprint.graph.asking import fields_read
from leadline.blueprint.graph.build import (
    Graph,
    Link,
    Node,
    NodeKind,
    Relation,
    event_node,
    list_node,
    of_kind,
)
from leadline.blueprint.graph.flow import (
    Condition,
    Every,
    Flow,
    Happened,
    Live,
    Membership,
    Neither,
    Some,
    Trigger,
    TriggerKind,
)
from leadline.blueprint.graph.walk import steps_that_run

_SPELLING = re.compile(r"[^a-z0-9./?]")


@dataclass(frozen=True, slots=True)
class Resolved:
    """The nodes that a name means (several where more than one system has it), and, where it
    means none, the nearest names."""

    asked: str
    nodes: tuple[str, ...]
    nearest: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        """What to tell the one who asked, where nothing was found."""
        offer = f' Did you mean "{self.nearest[0]}"?' if self.nearest else ""
        return f'Nothing on the map is called "{self.asked[:60]}".{offer}'


def resolve(graph: Graph, name: str, aliases: Mapping[str, str] = MappingProxyType({})) -> Resolved:
    """Find what a name means: ``hubspot.contact.lifecyclestage``, ``contact.lifecyclestage``,
    a field's own name or label, a flow's name or id, a list, a message, a host, a system.

    Case, spaces and underscores do not matter, so Leadline's ``contact.lifecycle_stage`` finds
    HubSpot's ``lifecyclestage``; ``aliases`` gives the vendor's name for those spelt otherwise.
    """
    if name in graph.nodes:
        return Resolved(name, (name,))
    systems = (node.id for node in of_kind(graph, NodeKind.SYSTEM))
    plain = tuple(node for system in systems if (node := f"{system}.{name}") in graph.nodes)
    if plain:  # "contact.lifecyclestage": no need to respell a large map
        return Resolved(name, plain)
    wanted = _spelt(aliases.get(name, name))
    names: dict[str, list[str]] = {}
    for node in graph.nodes.values():
        for said in _names(graph, node):
            names.setdefault(said, []).append(node.id)
    found = names.get(wanted)
    if found:
        return Resolved(name, tuple(dict.fromkeys(found)))
    near = difflib.get_close_matches(wanted, names, n=3, cutoff=0.6)
    return Resolved(name, (), tuple(dict.fromkeys(names[n][0] for n in near)))


def _spelt(name: str) -> str:
    return _SPELLING.sub("", name.lower())


def _names(graph: Graph, node: Node) -> Iterator[str]:
    yield _spelt(node.id)
    yield _spelt(node.name)
    if node.kind is NodeKind.FIELD:
        rest = node.id.removeprefix(f"{node.system}.")
        object_name, _, field_name = rest.partition(".")
        yield _spelt(f"{object_name}.{field_name}")
        yield _spelt(field_name)
    elif node.kind is NodeKind.FLOW and node.id in graph.flows:
        yield _spelt(graph.flows[node.id].id)


@dataclass(frozen=True, slots=True)
class Use:
    """One flow (or system, or field by a sync) that touches a node, with its steps."""

    node: Node
    how: Relation
    steps: tuple[str, ...]
    words: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """What ends when the node goes. ``sure`` False: it may still be fed or started by hand."""

    node: Node
    why: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Impact:
    """The answer to "what hangs on this"."""

    node: Node
    reads: tuple[Use, ...]
    writes: tuple[Use, ...]
    stops: tuple[Stop, ...]


def impact(graph: Graph, node: str) -> Impact:
    """What reads a node, what writes it, what stops if it goes. KeyError for an unknown id."""
    held = _held(graph, node)
    reads = [
        Use(graph.nodes[link.target], link.relation, link.steps, link.words)
        for name in held
        for link in graph.out.get(name, ())
        if link.relation is not Relation.HOLDS and link.target not in held
    ]
    writes = [
        Use(graph.nodes[link.source], link.relation, link.steps, link.words)
        for name in held
        for link in graph.into.get(name, ())
        if link.relation is not Relation.HOLDS and link.source not in held
    ]
    own = [
        Stop(graph.nodes[name], "it runs there")
        for name, flow in graph.flows.items()
        if name in held and name != node and flow.live is not Live.OFF
    ]
    stops = (*own, *_stops(graph, held))
    return Impact(graph.nodes[node], _once(reads), _once(writes), stops)


def _held(graph: Graph, node: str) -> frozenset[str]:
    """A node with all that it holds; a system holds its flows, lists, messages and events too."""
    if graph.nodes[node].kind is NodeKind.SYSTEM:
        return frozenset(n.id for n in graph.nodes.values() if n.system == node)
    found = {node}
    waiting = [node]
    while waiting:
        for link in graph.out.get(waiting.pop(), ()):
            if link.relation is Relation.HOLDS and link.target not in found:
                found.add(link.target)
                waiting.append(link.target)
    return frozenset(found)


def _once(uses: Iterable[Use]) -> tuple[Use, ...]:
    """One entry for each node and relation, its steps together."""
    found: dict[tuple[str, Relation], Use] = {}
    for use in uses:
        key = (use.node.id, use.how)
        if key in found:
            steps = tuple(dict.fromkeys((*found[key].steps, *use.steps)))
            found[key] = Use(use.node, use.how, steps, found[key].words)
        else:
            found[key] = use
    return tuple(found.values())


def _stops(graph: Graph, gone: frozenset[str]) -> tuple[Stop, ...]:
    """Follow what is gone until nothing more stops."""
    dead = set(gone)
    stops: dict[str, Stop] = {}
    waiting = list(gone)
    while waiting:
        here = waiting.pop()
        for link in graph.out.get(here, ()):
            if link.target in dead:
                continue
            stop = _stop(graph, link, dead)
            if stop is not None:
                stops[link.target] = stop
                if stop.sure:
                    dead.add(link.target)
                    waiting.append(link.target)
    return tuple(stops.values())


def _stop(graph: Graph, link: Link, dead: set[str]) -> Stop | None:
    node = graph.nodes[link.target]
    if node.kind is NodeKind.FLOW:
        flow = graph.flows.get(node.id)
        if flow is None or flow.live is Live.OFF:
            return None
        if _never_starts(graph, flow, dead):
            return Stop(node, "nothing can start it any more")
        if link.relation in {Relation.STARTS, Relation.READS}:
            what = "one of its ways in" if link.relation is Relation.STARTS else "it"
            return Stop(node, f"{what} asks for {graph.nodes[link.source].name}", sure=False)
        return None
    feeds = [
        one
        for one in graph.into.get(node.id, ())
        if one.relation not in {Relation.HOLDS, Relation.READS, Relation.STARTS}
    ]
    if any(one.source not in dead for one in feeds):
        return None
    if node.kind is NodeKind.FIELD:
        return Stop(node, "no flow or sync fills it any more", sure=False)
    if node.kind is NodeKind.MESSAGE:
        return Stop(node, "nothing sends it any more")
    return None


def _never_starts(graph: Graph, flow: Flow, dead: set[str]) -> bool:
    callers = [x.source for x in graph.into.get(flow.key, ()) if x.relation is Relation.ENROLS]
    if any(caller not in dead for caller in callers):
        return False
    ways = [t for t in flow.triggers if t.kind not in {TriggerKind.MANUAL, TriggerKind.CALLED}]
    if not ways:
        return bool(callers)
    return all(_needs(flow, trigger, dead) for trigger in ways)


def _needs(flow: Flow, trigger: Trigger, dead: set[str]) -> bool:
    """Whether a way in is closed; fields that only let people in again do not close it."""
    named = any(str(ref) in dead for ref in trigger.reads)
    if trigger.condition is None:
        return named or event_node(flow.system, trigger.words) in dead
    if named and trigger.kind is not TriggerKind.CRITERIA:
        return True
    return _rests_on(flow, trigger.condition, dead)


def _rests_on(flow: Flow, condition: Condition, dead: set[str]) -> bool:
    """Whether a condition cannot be met, or asked, without what is gone."""
    match condition:
        case Every(parts) | Neither(parts):
            return any(_rests_on(flow, part, dead) for part in parts)
        case Some(parts):
            return bool(parts) and all(_rests_on(flow, part, dead) for part in parts)
        case Membership(list_id=list_id):
            return list_node(flow.system, list_id) in dead
        case Happened(event=event) if event_node(flow.system, event) in dead:
            return True
        case _:
            return any(str(ref) in dead for ref in fields_read(condition))


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a field's value comes from: ``values`` constants that a flow writes; ``sources`` the
    fields that it is taken from, followed as far as the map goes."""

    node: Node
    by: Node | None = None
    words: str = ""
    values: tuple[str, ...] = ()
    sources: tuple[Origin, ...] = ()


def origin(graph: Graph, node: str) -> tuple[Origin, ...]:
    """Every flow or sync that fills a field, and what that is taken from. Circles end."""
    return _origin(graph, node, frozenset({node}))


def _origin(graph: Graph, node: str, seen: frozenset[str]) -> tuple[Origin, ...]:
    found: list[Origin] = []
    for link in graph.into.get(node, ()):
        source = graph.nodes[link.source]
        if link.relation is Relation.COPIES:
            further = _origin(graph, source.id, seen | {source.id}) if source.id not in seen else ()
            taken = Origin(source, sources=further)
            found.append(Origin(graph.nodes[node], None, link.words, (), (taken,)))
        elif link.relation is Relation.WRITES and source.id in graph.flows:
            found.append(_by_flow(graph, node, source, link, seen))
    return tuple(found)


def _by_flow(graph: Graph, node: str, source: Node, link: Link, seen: frozenset[str]) -> Origin:
    values: dict[str, None] = {}
    taken: dict[str, None] = {}
    for step in steps_that_run(graph.flows[source.id]):
        for write in step.writes if step.id in link.steps else ():
            if str(write.field) == node:
                values.update({write.value: None} if write.value is not None else {})
                taken.update(dict.fromkeys(str(ref) for ref in write.source))
    sources = tuple(
        Origin(graph.nodes[one], sources=_origin(graph, one, seen | {one}))
        for one in taken
        if one not in seen
    )
    return Origin(graph.nodes[node], source, "", tuple(values), sources)


@dataclass(frozen=True, slots=True)
class SinglePoint:
    """One thing on which several live flows hang alone."""

    node: Node
    flows: tuple[Node, ...]
    why: str


def single_points(graph: Graph, at_least: int = 2) -> tuple[SinglePoint, ...]:
    """What stops ``at_least`` live flows when it goes, the most first: a field, list, event or
    flow without which none of their ways in works, or the only flow that fills a field they read.
    """
    hang: dict[str, list[Node]] = {}
    for flow in graph.flows.values():
        if flow.live is not Live.OFF:
            for name in dict.fromkeys(link.source for link in graph.into.get(flow.key, ())):
                if _never_starts(graph, flow, {name}):
                    hang.setdefault(name, []).append(graph.nodes[flow.key])
    found = [
        SinglePoint(graph.nodes[name], tuple(flows), "no other way in")
        for name, flows in hang.items()
        if len(flows) >= at_least
    ]
    found.extend(_only_writers(graph, at_least))
    return tuple(sorted(found, key=lambda point: -len(point.flows)))


def _only_writers(graph: Graph, at_least: int) -> Iterator[SinglePoint]:
    for node in graph.nodes.values():
        if node.kind is not NodeKind.FIELD:
            continue
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
