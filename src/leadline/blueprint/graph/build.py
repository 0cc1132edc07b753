"""The map: systems, objects, fields, lists, messages, hosts, events and flows, and what ties them.

Links run the way in which data or a start runs: field → flow (reads), flow → field (writes),
list → flow (starts), flow → flow (enrols). Only steps that a record can come to make links; every
flow stands on the map with the number of its steps that were not understood.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from leadline.blueprint.graph.asking import fields_read, leaves, lists_asked
from leadline.blueprint.graph.flow import (
    Comparison,
    Condition,
    FieldRef,
    Flow,
    Happened,
    Live,
    Membership,
    Step,
    StepKind,
    Trigger,
    TriggerKind,
    Understanding,
)
from leadline.blueprint.graph.inventory import Inventory, ObjectSeen
from leadline.blueprint.graph.walk import steps_that_run


class NodeKind(StrEnum):
    """What a node of the map is."""

    SYSTEM = "system"
    OBJECT = "object"
    FIELD = "field"
    LIST = "list"
    EVENT = "event"
    FLOW = "flow"
    MESSAGE = "message"
    HOST = "host"


class Relation(StrEnum):
    """What a link says, read from its source to its target."""

    HOLDS = "holds"
    READS = "is read by"
    STARTS = "starts"
    WRITES = "writes"
    COPIES = "is copied to"
    ENROLS = "enrols into"
    SENDS = "sends"
    CALLS = "calls"
    LISTS = "changes"


@dataclass(frozen=True, slots=True)
class Node:
    """One thing on the map. ``live`` is told of flows only; ``opaque`` counts its steps that
    were not understood; ``records`` filled values of a field or records of an object."""

    id: str
    kind: NodeKind
    name: str
    system: str = ""
    live: Live | None = None
    opaque: int = 0
    records: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """One tie between two nodes. ``steps`` are ids in the flow at one of its ends."""

    source: str
    target: str
    relation: Relation
    steps: tuple[str, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class Graph:
    """The map of a stack. ``out`` and ``into`` hold the links by source and by target."""

    nodes: Mapping[str, Node]
    links: tuple[Link, ...]
    flows: Mapping[str, Flow]
    out: Mapping[str, tuple[Link, ...]]
    into: Mapping[str, tuple[Link, ...]]

    def around(self, node: str) -> tuple[Link, ...]:
        """Every link at a node."""
        return (*self.into.get(node, ()), *self.out.get(node, ()))


def list_node(system: str, list_id: str) -> str:
    """The id of a list's node."""
    return f"{system}/list/{list_id}"


def event_node(system: str, event: str) -> str:
    """The id of the node of something that happens."""
    return f"{system}/event/{event}"


def build(flows: Sequence[Flow], inventory: Inventory | None = None) -> Graph:
    """Draw the map of all flows and of what the tables hold."""
    draft = _Draft()
    for seen in inventory.objects if inventory else ():
        draft.object_seen(seen)
    for flow in flows:
        draft.nodes[flow.key] = Node(
            flow.key, NodeKind.FLOW, flow.name or flow.id, flow.system, flow.live,
            sum(s.understanding is Understanding.OPAQUE for s in flow.steps.values()),
        )  # fmt: skip
    for flow in flows:
        draft.system(flow.system)
        for trigger in flow.triggers:
            draft.way_in(flow, trigger)
        for condition in (flow.keeps_out, flow.goal, flow.checked_at_each_step):
            draft.asks(flow, condition, "")
        for list_id in flow.lists_kept_out:
            draft.tie(draft.list(flow.system, list_id), flow.key, Relation.READS, "")
        for step in steps_that_run(flow):
            draft.step(flow, step)
    for sync in inventory.syncs if inventory else ():
        source, target = draft.field(sync.source), draft.field(sync.target)
        draft.tie(source, target, Relation.COPIES, "", sync.name)
    return draft.graph({flow.key: flow for flow in flows})


_Tie = tuple[str, str, Relation]


@dataclass(slots=True)
class _Draft:
    """The map while it is drawn; it never leaves this module."""

    nodes: dict[str, Node] = field(default_factory=dict[str, Node])
    ties: dict[_Tie, list[str]] = field(default_factory=dict[_Tie, list[str]])
    said: dict[_Tie, dict[str, None]] = field(default_factory=dict[_Tie, dict[str, None]])
    known: dict[FieldRef, str] = field(default_factory=dict[FieldRef, str])

    def tie(self, source: str, target: str, relation: Relation, step: str, words: str = "") -> None:
        key = (source, target, relation)
        steps = self.ties.get(key)
        if steps is None:
            self.ties[key] = [step]
        elif steps[-1] != step:  # a flow's steps come one after the other
            steps.append(step)
        if words:
            self.said.setdefault(key, {})[words] = None

    def add(self, node: Node) -> str:
        if node.id not in self.nodes:
            self.nodes[node.id] = node
        return node.id

    def system(self, name: str) -> str:
        return self.add(Node(name, NodeKind.SYSTEM, name, name))

    def object(self, system: str, name: str, records: int | None = None) -> str:
        self.system(system)
        node = f"{system}.{name or '?'}"
        if node not in self.nodes:
            self.add(Node(node, NodeKind.OBJECT, name or "?", system, records=records))
            self.tie(system, node, Relation.HOLDS, "")
        return node

    def field(self, ref: FieldRef, label: str = "", filled: int | None = None) -> str:
        node = self.known.get(ref)
        if node is None:
            node = self.known[ref] = str(ref)
            name = label or ref.name
            self.add(Node(node, NodeKind.FIELD, name, ref.system, records=filled))
            self.tie(self.object(ref.system, ref.object), node, Relation.HOLDS, "")
        return node

    def object_seen(self, seen: ObjectSeen) -> None:
        self.object(seen.system, seen.object, seen.records)
        for one in seen.fields:
            self.field(one.ref, one.label, one.filled)

    def list(self, system: str, list_id: str) -> str:
        return self.add(Node(list_node(system, list_id), NodeKind.LIST, f"list {list_id}", system))

    def event(self, system: str, name: str) -> str:
        return self.add(Node(event_node(system, name), NodeKind.EVENT, name, system))

    def way_in(self, flow: Flow, trigger: Trigger) -> None:
        for ref in (*trigger.reads, *fields_read(trigger.condition)):
            self.tie(self.field(ref), flow.key, Relation.STARTS, "", trigger.words)
        for asked in lists_asked(trigger.condition):
            node = self.list(flow.system, asked.list_id)
            relation = Relation.STARTS if asked.inside else Relation.READS
            self.tie(node, flow.key, relation, "", trigger.words)
        for leaf in leaves(trigger.condition):
            if isinstance(leaf, Happened):
                relation = Relation.STARTS if leaf.happened else Relation.READS
                self.tie(self.event(flow.system, leaf.event), flow.key, relation, "", leaf.words)
        if trigger.condition is None and not trigger.reads and trigger.kind in _HAPPENS:
            node = self.event(flow.system, trigger.words)
            self.tie(node, flow.key, Relation.STARTS, "", trigger.words)

    def asks(self, flow: Flow, condition: Condition | None, step: str) -> None:
        for leaf in leaves(condition):
            match leaf:
                case Comparison(field=one, others=others):
                    self.tie(self.field(one), flow.key, Relation.READS, step)
                    reads = others
                case Membership(list_id=list_id):
                    self.tie(self.list(flow.system, list_id), flow.key, Relation.READS, step)
                    continue
                case Happened(event=event, reads=reads):
                    self.tie(self.event(flow.system, event), flow.key, Relation.READS, step)
                case _:
                    reads = tuple(fields_read(leaf))
            for ref in reads:
                self.tie(self.field(ref), flow.key, Relation.READS, step)

    def step(self, flow: Flow, step: Step) -> None:
        here = flow.key
        for edge in step.edges:
            if edge.condition is not None:
                self.asks(flow, edge.condition, step.id)
        for ref in step.reads:
            self.tie(self.field(ref), here, Relation.READS, step.id)
        for write in step.writes:
            words = write.value or ""
            self.tie(here, self.field(write.field), Relation.WRITES, step.id, words)
            for ref in write.source:
                self.tie(self.field(ref), here, Relation.READS, step.id)
        for send in step.sends:
            system = send.system or step.system or flow.system
            name = send.content or f"{send.channel} without a name"
            node = Node(f"{system}/message/{name}", NodeKind.MESSAGE, name, system, send.live)
            self.tie(here, self.add(node), Relation.SENDS, step.id, send.channel)
        for other in step.calls_flows:
            self.tie(here, self.called(flow.system, other), Relation.ENROLS, step.id)
        for list_id in step.lists:
            self.tie(here, self.list(flow.system, list_id), Relation.LISTS, step.id, step.words)
        if step.call is not None:
            host = step.call.host or "an address made while it runs"
            node = Node(f"host/{host}", NodeKind.HOST, host, step.system)
            self.tie(here, self.add(node), Relation.CALLS, step.id, step.call.method)
        elif step.system not in {"", flow.system} and step.kind not in _SHOWN_BY_FIELDS:
            self.tie(here, self.system(step.system), Relation.CALLS, step.id, step.words)

    def called(self, system: str, flow_id: str) -> str:
        node = f"{system}/{flow_id}"
        return self.add(Node(node, NodeKind.FLOW, f"{flow_id} (no file)", system, Live.UNSAID))

    def graph(self, flows: Mapping[str, Flow]) -> Graph:
        links = tuple(
            Link(*key, tuple(filter(None, steps)), _together(self.said.get(key, {})))
            for key, steps in self.ties.items()
        )
        nodes = MappingProxyType(self.nodes)
        by_source = _grouped((link.source, link) for link in links)
        by_target = _grouped((link.target, link) for link in links)
        return Graph(nodes, links, MappingProxyType(dict(flows)), by_source, by_target)


_HAPPENS = frozenset(
    {TriggerKind.EVENT, TriggerKind.FORM, TriggerKind.WEBHOOK, TriggerKind.SCHEDULE}
)
_SHOWN_BY_FIELDS = frozenset({StepKind.WAIT, StepKind.BRANCH, StepKind.STOP, StepKind.JOINT})


def _together(said: Mapping[str, None]) -> str:
    """What is said of a link, by all of its steps ("lead, customer")."""
    words = list(said)
    rest = len(words) - _MOST_WORDS
    return ", ".join(words[:_MOST_WORDS]) + (f" and {rest:,} more" if rest > 0 else "")


_MOST_WORDS = 4


def _grouped(pairs: Iterable[tuple[str, Link]]) -> Mapping[str, tuple[Link, ...]]:
    found: dict[str, list[Link]] = {}
    for name, link in pairs:
        found.setdefault(name, []).append(link)
    return MappingProxyType({name: tuple(several) for name, several in found.items()})


def of_kind(graph: Graph, *kinds: NodeKind) -> Iterator[Node]:
    """The nodes of these kinds, in the order of the map."""
    for node in graph.nodes.values():
        if node.kind in kinds:
            yield node
