"""What people ask of the map: what reads this, what writes it, what stops if it goes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from leadline.blueprint.graph.asking import fields_read
from leadline.blueprint.graph.build import (
    LEADS,
    NO_TERMS,
    Graph,
    Link,
    Node,
    NodeKind,
    Relation,
    event_node,
    list_node,
)
from leadline.blueprint.graph.flow import (
    Condition,
    Every,
    Failure,
    Flow,
    Happened,
    Live,
    Membership,
    Neither,
    Some,
    Step,
    Trigger,
    TriggerKind,
)
from leadline.blueprint.graph.walk import steps_that_run
from leadline.blueprint.graph.words import policy_words


@dataclass(frozen=True, slots=True)
class Use:
    """One flow (or system, or field by a sync) that touches a node, with its steps."""

    node: Node
    how: Relation
    steps: tuple[str, ...]
    words: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """What ends when the node goes. ``sure`` False: it may still be fed or started by hand.
    ``steps`` are those of a flow at which it is missed."""

    node: Node
    why: str
    sure: bool = True
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fails:
    """Steps of a flow that cannot do their work without the node, and what its file says then."""

    node: Node
    steps: tuple[str, ...]
    then: str


@dataclass(frozen=True, slots=True)
class Name:
    """One field as a system calls it; ``every_s`` and ``lag_s`` of what is read from there,
    ``leads``: where the names clash, its value counts."""

    node: Node
    every_s: float | None = None
    lag_s: float | None = None
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Impact:
    """The answer to "what hangs on this"; ``names`` are those of the same field elsewhere."""

    node: Node
    reads: tuple[Use, ...]
    writes: tuple[Use, ...]
    stops: tuple[Stop, ...]
    fails: tuple[Fails, ...] = ()
    names: tuple[Name, ...] = ()
    owners: tuple[Node, ...] = ()


_FRAME = frozenset({Relation.HOLDS, Relation.NAMED, Relation.OWNS})
"""Relations that say what belongs together; neither data nor a start runs along them."""
_FEEDS = frozenset(
    {Relation.WRITES, Relation.COPIES, Relation.SENDS, Relation.ENROLS, Relation.POSTS}
    | {Relation.CALLS, Relation.LISTS}
)
"""Relations whose source fills, sends or starts its target."""


def impact(graph: Graph, node: str) -> Impact:
    """What reads a node, what writes it, what stops if it goes. KeyError for an unknown id."""
    held = _held(graph, node)
    reads = [
        Use(graph.nodes[link.target], link.relation, link.steps, link.words)
        for name in held
        for link in graph.out.get(name, ())
        if link.relation not in _FRAME - {Relation.OWNS} and link.target not in held
    ]
    writes = [
        Use(graph.nodes[link.source], link.relation, link.steps, link.words)
        for name in held
        for link in graph.into.get(name, ())
        if link.relation not in _FRAME and link.source not in held
    ]
    own = [
        Stop(graph.nodes[name], "it runs there")
        for name, flow in graph.flows.items()
        if name in held and name != node and flow.live is not Live.OFF
    ]
    stops = (*own, *_stops(graph, held))
    return Impact(
        graph.nodes[node], _once(reads), _once(writes), stops, _fails(graph, node, held),
        tuple(_named(graph, node)), tuple(_owners(graph, held)),
    )  # fmt: skip


def family(graph: Graph, node: str) -> tuple[str, ...]:
    """A field by all of its names, ours first; another node alone."""
    named = [x.source for x in graph.into.get(node, ()) if x.relation is Relation.NAMED]
    first = named[0] if named else node
    others = (x.target for x in graph.out.get(first, ()) if x.relation is Relation.NAMED)
    return tuple(dict.fromkeys((first, *others)))


def _named(graph: Graph, node: str) -> Iterator[Name]:
    for name in family(graph, node):
        if name != node:
            copied = [x for x in graph.out.get(name, ()) if x.relation is Relation.COPIES]
            terms = copied[0].terms if copied else NO_TERMS
            named = (x for x in graph.into.get(name, ()) if x.relation is Relation.NAMED)
            leads = any(link.words == LEADS for link in named)
            yield Name(graph.nodes[name], terms.every_s, terms.lag_s, leads)


def _owners(graph: Graph, held: Iterable[str]) -> Iterator[Node]:
    into = (link for name in held for link in graph.into.get(name, ()))
    names = dict.fromkeys(link.source for link in into if link.relation is Relation.OWNS)
    yield from (graph.nodes[name] for name in names)


def _held(graph: Graph, node: str) -> dict[str, None]:
    """A node with all that it holds, in the order of the map; a system holds its flows, lists,
    messages and events too, a field is one thing under all of its names."""
    kind = graph.nodes[node].kind
    if kind is NodeKind.SYSTEM:
        return {n.id: None for n in graph.nodes.values() if n.system == node}
    if kind is NodeKind.FIELD:
        return dict.fromkeys(family(graph, node))
    found: dict[str, None] = {node: None}
    waiting = [node]
    while waiting:
        for link in graph.out.get(waiting.pop(), ()):
            if link.relation is Relation.HOLDS and link.target not in found:
                found[link.target] = None
                waiting.append(link.target)
    return found


def _once(uses: Iterable[Use]) -> tuple[Use, ...]:
    """One entry for each node and relation, its steps together."""
    found: dict[tuple[str, Relation], list[Use]] = {}
    for use in uses:
        found.setdefault((use.node.id, use.how), []).append(use)
    return tuple(
        Use(one[0].node, one[0].how, _steps_of(one), one[0].words) for one in found.values()
    )


def _steps_of(uses: Iterable[Use]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(step for use in uses for step in use.steps))


def _fails(graph: Graph, node: str, held: Mapping[str, None]) -> tuple[Fails, ...]:
    """The steps that work through what is gone, by flow and by what follows."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for flow, step in _through(graph, node, held):
        if step.failure is not Failure.CANNOT:
            found.setdefault((flow.key, policy_words(step)), {})[step.id] = None
    return tuple(Fails(graph.nodes[flow], tuple(s), then) for (flow, then), s in found.items())


def _through(graph: Graph, node: str, held: Mapping[str, None]) -> Iterator[tuple[Flow, Step]]:
    if graph.nodes[node].kind is NodeKind.SYSTEM:
        for flow in graph.flows.values():
            if flow.system != node and flow.live is not Live.OFF:
                yield from ((flow, s) for s in steps_that_run(flow) if s.system == node)
        return
    for name in held:
        for link in graph.into.get(name, ()):
            flow = graph.flows.get(link.source)
            if flow is not None and link.relation in _FEEDS and flow.live is not Live.OFF:
                steps = (flow.steps[step] for step in link.steps)
                yield from ((flow, step) for step in steps if step.policy is not None)


def _stops(graph: Graph, gone: Iterable[str]) -> tuple[Stop, ...]:
    """Follow what is gone, wave by wave, until nothing more stops.

    How many still feed a node is counted down, and a node is judged once a wave: so a thousand
    flows that send one message cost a thousand steps and not a million.
    """
    dead = set(gone)
    alive: dict[str, int] = {}
    stops: dict[str, Stop] = {}
    wave = list(gone)
    while wave:
        touched: dict[str, Link] = {}
        for link in (link for here in wave for link in graph.out.get(here, ())):
            if link.target in dead or link.relation in _FRAME:
                continue
            if link.relation in _FEEDS:
                fed = alive.get(link.target)
                alive[link.target] = (_feeds(graph, link.target) if fed is None else fed) - 1
            known = touched.get(link.target)
            if known is None or _weight(link) < _weight(known):
                touched[link.target] = link
        wave.clear()
        for name, link in touched.items():
            stop = _stop(graph, link, dead, alive)
            if stop is not None:
                stops[name] = stop
                if stop.sure:
                    dead.add(name)
                    wave.append(name)
    return tuple(stops.values())


def _feeds(graph: Graph, node: str) -> int:
    return sum(link.relation in _FEEDS for link in graph.into.get(node, ()))


_MISSED = {
    Relation.STARTS: "one of its ways in asks for {}",
    Relation.WAKES: "it waits for {} in vain",
    Relation.READS: "it asks for {}",
    Relation.ENDS: "{} ends it no longer",
    Relation.COUNTS: "{} is not counted as its success any more",
}


def _weight(link: Link) -> int:
    """Of several ties of one flow, the worst to miss comes first."""
    return _ORDER.get(link.relation, len(_ORDER))


_ORDER = {relation: number for number, relation in enumerate(_MISSED)}


def _stop(graph: Graph, link: Link, dead: set[str], alive: Mapping[str, int]) -> Stop | None:
    node = graph.nodes[link.target]
    fed = alive.get(node.id)
    if node.kind is NodeKind.FLOW:
        flow = graph.flows.get(node.id)
        if flow is None or flow.live is Live.OFF:
            return None
        if never_starts(flow, dead, _feeds(graph, node.id) if fed is None else fed, graph):
            return Stop(node, "nothing can start it any more")
        missed = _MISSED.get(link.relation)
        if missed is None:
            return None
        source = graph.nodes[link.source]
        waits = source.kind is NodeKind.SYSTEM
        why = "it waits to see its write there" if waits else missed.format(source.name)
        return Stop(node, why, sure=False, steps=link.steps)
    if fed is None or fed > 0:
        return None
    if node.kind is NodeKind.FIELD:
        return Stop(node, "no flow or sync fills it any more", sure=False)
    if node.kind is NodeKind.MESSAGE:
        return Stop(node, "nothing sends it any more")
    return None


def never_starts(flow: Flow, dead: set[str], callers: int, graph: Graph) -> bool:
    """Whether nothing starts a flow without what is gone; ``callers``: how many flows that still
    run enrol into it."""
    if callers > 0:
        return False
    ways = [t for t in flow.triggers if t.kind not in {TriggerKind.MANUAL, TriggerKind.CALLED}]
    if not ways:
        return any(x.relation is Relation.ENROLS for x in graph.into.get(flow.key, ()))
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
    fields that it is taken from, followed as far as the map goes; ``steps`` those that write it."""

    node: Node
    by: Node | None = None
    words: str = ""
    values: tuple[str, ...] = ()
    sources: tuple[Origin, ...] = ()
    steps: tuple[str, ...] = ()


def origin(graph: Graph, node: str) -> tuple[Origin, ...]:
    """Every flow or sync that fills a field, under any of its names, and what that is taken from.

    Circles end.
    """
    names = family(graph, node)
    return tuple(one for name in names for one in _origin(graph, name, frozenset(names)))


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
    steps = graph.flows[source.id].steps
    for write in (write for step in link.steps for write in steps[step].writes):
        if str(write.field) == node:
            only = f" (only {write.only})" if write.only else ""
            values.update({f"{write.value}{only}": None} if write.value is not None else {})
            taken.update(dict.fromkeys(str(ref) for ref in write.source))
    sources = tuple(
        Origin(graph.nodes[one], sources=_origin(graph, one, seen | {one}))
        for one in taken
        if one not in seen
    )
    return Origin(graph.nodes[node], source, "", tuple(values), sources, link.steps)
