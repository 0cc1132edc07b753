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
    OURS,
    Comparison,
    Condition,
    FieldRef,
    Flow,
    Happened,
    Live,
    Membership,
    Send,
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
    CHANNEL = "channel"
    HOST = "host"
    OWNER = "owner"


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
    POSTS = "posts to"
    ENDS = "ends"
    WAKES = "is awaited by"
    COUNTS = "counts as success of"
    NAMED = "is called"
    OWNS = "answers for"


LEADS = "its value counts"
"""Words of a link NAMED to the field of a system of record."""
TO_FLOWS = frozenset(
    {Relation.READS, Relation.STARTS, Relation.ENDS, Relation.WAKES, Relation.COUNTS}
)
"""Relations that run from what is there to a flow; they fill nothing."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` in ``in_s`` seconds; None = at once. ``each`` what it is counted for
    (connection, channel), ``calls`` which calls it counts (all, or one kind of them), ``source``
    where the figure was read (told at the system, not at each link)."""

    name: str
    most: int
    in_s: float | None
    each: str
    calls: str = "all"
    source: str = ""


@dataclass(frozen=True, slots=True)
class Volume:
    """How much comes: counted ``per_day``, and the ``most`` expected in ``in_s`` seconds."""

    per_day: float | None = None
    most: int | None = None
    in_s: float | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a node or a link beside its kind; what is not known is None or empty.

    ``every_s``: seconds between two runs of a sync; ``lag_s``: seconds until a change shows;
    ``volume`` is an upper bound where it is that of the events behind a flow.
    """

    owner: str | None = None
    every_s: float | None = None
    lag_s: float | None = None
    limits: tuple[Limit, ...] = ()
    volume: Volume | None = None


NO_TERMS = Terms()


@dataclass(frozen=True, slots=True)
class Node:
    """One thing on the map. ``live`` is told of flows only; ``opaque`` counts its steps that
    were not understood; ``records`` filled values of a field or records of an object; ``also``
    further names that mean it."""

    id: str
    kind: NodeKind
    name: str
    system: str = ""
    live: Live | None = None
    opaque: int = 0
    records: int | None = None
    also: tuple[str, ...] = ()
    terms: Terms = NO_TERMS

    @property
    def title(self) -> str:
        """How people call it: what is ours without a system before it, other fields whole."""
        if self.kind in {NodeKind.FIELD, NodeKind.OBJECT}:
            return self.id.removeprefix(f"{OURS}.")
        return self.name


@dataclass(frozen=True, slots=True)
class Link:
    """One tie between two nodes. ``steps`` are ids in the flow at one of its ends."""

    source: str
    target: str
    relation: Relation
    steps: tuple[str, ...] = ()
    words: str = ""
    terms: Terms = NO_TERMS


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


def message_node(system: str, name: str) -> str:
    """The id of the node of a message."""
    return f"{system}/message/{name}"


def build(flows: Sequence[Flow], inventory: Inventory | None = None) -> Graph:
    """Draw the map of all flows and of what the tables hold."""
    return tied(*drawn(flows, inventory), {flow.key: flow for flow in flows})


def drawn(
    flows: Sequence[Flow], inventory: Inventory | None = None
) -> tuple[Mapping[str, Node], tuple[Link, ...]]:
    """The nodes by id and the links of a map."""
    draft = _Draft()
    beside = inventory or Inventory()
    for seen in beside.objects:
        draft.object_seen(seen)
    draft.declared(beside)
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
        draft.asks(flow, flow.stops, "", Relation.ENDS)
        draft.asks(flow, flow.success, "", Relation.COUNTS)
        if flow.once_per is not None:
            draft.tie(draft.field(flow.once_per), flow.key, Relation.READS, "")
        for list_id in flow.lists_kept_out:
            draft.tie(draft.list(flow.system, list_id), flow.key, Relation.READS, "")
        for step in steps_that_run(flow):
            draft.step(flow, step)
        if flow.owner is not None:
            draft.tie(draft.add(_person(flow.owner)), flow.key, Relation.OWNS, "")
    for sync in beside.syncs:
        source, target = draft.field(sync.source), draft.field(sync.target)
        draft.tie(source, target, Relation.COPIES, "", sync.name)
    return draft.nodes, draft.links()


def _person(address: str) -> Node:
    return Node(f"owner/{address}", NodeKind.OWNER, address)


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

    def declared(self, beside: Inventory) -> None:
        for event in beside.events:
            node = self.event(event.system, event.name)
            for ref in event.properties:
                self.known[ref] = self.add(Node(str(ref), NodeKind.FIELD, ref.name, ref.system))
                self.tie(node, str(ref), Relation.HOLDS, "")
        for system in beside.systems:
            self.system(system.name)
            if system.owner is not None:
                self.tie(self.add(_person(system.owner)), system.name, Relation.OWNS, "")
        for message in beside.messages:
            node = message_node(message.system, message.name)
            also = message.also
            self.add(Node(node, NodeKind.MESSAGE, message.name, message.system, also=also))
        for one in beside.names:
            words = LEADS if one.leads else ""
            self.tie(self.field(one.ours), self.field(one.theirs), Relation.NAMED, "", words)

    def list(self, system: str, list_id: str) -> str:
        return self.add(Node(list_node(system, list_id), NodeKind.LIST, f"list {list_id}", system))

    def event(self, system: str, name: str) -> str:
        return self.add(Node(event_node(system, name), NodeKind.EVENT, name, system))

    def way_in(self, flow: Flow, trigger: Trigger) -> None:
        # Where an event or another flow starts it, a condition only says who is let in.
        lets_in = trigger.kind in {TriggerKind.EVENT, TriggerKind.CALLED}
        asked = Relation.READS if lets_in else Relation.STARTS
        for ref in trigger.reads:
            self.tie(self.field(ref), flow.key, Relation.STARTS, "", trigger.words)
        for ref in fields_read(trigger.condition):
            self.tie(self.field(ref), flow.key, asked, "", trigger.words)
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

    def asks(
        self,
        flow: Flow,
        condition: Condition | None,
        step: str,
        happened: Relation = Relation.READS,
    ) -> None:
        for leaf in leaves(condition):
            match leaf:
                case Comparison(field=one, others=others):
                    self.tie(self.field(one), flow.key, Relation.READS, step)
                    reads = others
                case Membership(list_id=list_id):
                    self.tie(self.list(flow.system, list_id), flow.key, Relation.READS, step)
                    continue
                case Happened(event=event, reads=reads):
                    self.tie(self.event(flow.system, event), flow.key, happened, step)
                case _:
                    reads = tuple(fields_read(leaf))
            for ref in reads:
                self.tie(self.field(ref), flow.key, Relation.READS, step)

    def step(self, flow: Flow, step: Step) -> None:
        here = flow.key
        for edge in step.edges:
            if edge.condition is not None:
                waits = step.kind is StepKind.WAIT
                how = Relation.WAKES if waits else Relation.READS
                self.asks(flow, edge.condition, step.id, how)
        for ref in step.reads:
            self.tie(self.field(ref), here, Relation.READS, step.id)
        for write in step.writes:
            words = write.value or ""
            self.tie(here, self.field(write.field), Relation.WRITES, step.id, words)
            for ref in write.source:
                self.tie(self.field(ref), here, Relation.READS, step.id)
        for send in step.sends:
            self.sends(flow, step, send)
        for other in step.calls_flows:
            self.tie(here, self.called(flow.system, other), Relation.ENROLS, step.id)
        for list_id in step.lists:
            self.tie(here, self.list(flow.system, list_id), Relation.LISTS, step.id, step.words)
        if step.call is not None:
            host = step.call.host or "an address made while it runs"
            node = Node(f"host/{host}", NodeKind.HOST, host, step.system)
            self.tie(here, self.add(node), Relation.CALLS, step.id, step.call.method)
        elif step.sees:
            self.tie(self.system(step.system), here, Relation.READS, step.id, step.words)
        elif step.system not in {"", flow.system} and step.kind not in _SHOWN_BY_FIELDS:
            self.tie(here, self.system(step.system), Relation.CALLS, step.id, step.words)

    def sends(self, flow: Flow, step: Step, send: Send) -> None:
        system = send.system or step.system or flow.system
        name = send.content or f"{send.channel} without a name"
        node = Node(message_node(system, name), NodeKind.MESSAGE, name, system, send.live)
        self.tie(flow.key, self.add(node), Relation.SENDS, step.id, send.channel)
        for ref in send.reads:
            self.tie(self.field(ref), node.id, Relation.READS, "")
        if step.channel:
            place = f"{step.system}/channel/{step.channel}"
            self.add(Node(place, NodeKind.CHANNEL, step.channel, step.system))
            self.tie(self.system(step.system), place, Relation.HOLDS, "")
            self.tie(flow.key, place, Relation.POSTS, step.id, name)

    def called(self, system: str, flow_id: str) -> str:
        node = f"{system}/{flow_id}"
        return self.add(Node(node, NodeKind.FLOW, f"{flow_id} (no file)", system, Live.UNSAID))

    def links(self) -> tuple[Link, ...]:
        return tuple(
            Link(*key, tuple(filter(None, steps)), _together(self.said.get(key, {})))
            for key, steps in self.ties.items()
        )


def tied(nodes: Mapping[str, Node], links: tuple[Link, ...], flows: Mapping[str, Flow]) -> Graph:
    """A map of these nodes and links."""
    by_source = _grouped((link.source, link) for link in links)
    by_target = _grouped((link.target, link) for link in links)
    fixed = MappingProxyType(dict(nodes)), links, MappingProxyType(dict(flows))
    return Graph(*fixed, by_source, by_target)


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
