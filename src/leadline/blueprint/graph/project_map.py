"""The map of a project: its flows and all that it declares, each tie with what holds for it.

Owner, interval, lag, limit and volume stand where they are known. A flow's volume is an upper
bound: everybody for whom one of the events behind it comes, before conditions and once_per.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from leadline.blueprint.graph.build import (
    NO_TERMS,
    TO_FLOWS,
    Graph,
    Limit,
    Link,
    Node,
    NodeKind,
    Relation,
    Terms,
    Volume,
    drawn,
    tied,
)
from leadline.blueprint.graph.flow import OURS, FieldRef
from leadline.blueprint.graph.inventory import (
    EventSeen,
    FieldSeen,
    Inventory,
    MessageSeen,
    ObjectSeen,
    Same,
    Sync,
    SystemSeen,
)
from leadline.blueprint.graph.of_project import (
    CONTACT,
    contact_field,
    flows_of,
    property_of,
)
from leadline.blueprint.graph.of_step import message_name
from leadline.ledger.budget import Concurrency, Fixed
from leadline.ledger.vendor_limits import PublishedWindow
from leadline.project.project import Project
from leadline.project.systems import System
from leadline.project.triggers import project_triggers
from leadline.project.windows import windows_of

_CALLS = {NodeKind.FIELD: "batch", NodeKind.OBJECT: "batch", NodeKind.CHANNEL: "post"}
"""How ``ledger.vendor_limits`` names the calls that go to what kind of thing."""


def project_map(project: Project, environment: str) -> Graph:
    """The map of a project; limits are those of ``environment``."""
    flows = flows_of(project)
    bare, links = drawn(flows, inventory_of(project))
    told = _Told(project, environment)
    nodes = {name: told.node(node) for name, node in bare.items()}
    by_key = {flow.key: flow for flow in flows}
    return tied(nodes, tuple(told.link(nodes, link) for link in links), by_key)


def inventory_of(project: Project) -> Inventory:
    """What a project declares beside its workflows."""
    ours = tuple(
        FieldSeen(contact_field(name), filled=_filled(project, name)) for name in project.fields
    )
    people = None if project.known is None else project.known.contacts
    return Inventory(
        objects=(ObjectSeen(OURS, CONTACT, people, ours),),
        syncs=tuple(_syncs(project)),
        events=tuple(
            EventSeen(OURS, event.name, tuple(property_of(event.name, p) for p in event.properties))
            for event in project.events.values()
        ),
        systems=tuple(SystemSeen(system.name, system.owner) for system in project.systems.values()),
        messages=tuple(MessageSeen(OURS, message_name(name), (name,)) for name in project.messages),
        names=tuple(_names(project)),
    )


def _filled(project: Project, field: str) -> int | None:
    seen = None if project.known is None else project.known.fields.get(field)
    return None if seen is None else seen.of - seen.empty


def _names(project: Project) -> Iterator[Same]:
    for field in project.fields.values():
        ours = contact_field(field.name)
        for system, name in field.names.items():
            yield Same(ours, FieldRef(system, CONTACT, name), field.system_of_record == system)


def _syncs(project: Project) -> Iterator[Sync]:
    """What is read from systems: every field that has a name there, as often as they say."""
    for same in _names(project):
        system = project.systems[same.theirs.system]
        every = system.reads.get(CONTACT)
        if every is not None:
            lag = None if system.lag is None else system.lag.total_seconds()
            name = f"{system.name} {CONTACT}"
            yield Sync(same.theirs, same.ours, name, every.total_seconds(), lag)


class _Told:
    """What the project says of each node and link; made once for a map."""

    def __init__(self, project: Project, environment: str) -> None:
        self._project = project
        self._contact = {str(contact_field(name)) for name in project.fields}
        self._limits = {
            name: tuple(_limit(one) for one in windows_of(system, environment))
            for name, system in project.systems.items()
        }
        self._reading = {name: self._allowed(name, "search") for name in project.systems}
        self._known: dict[tuple[str, str, NodeKind, Relation], Terms] = {}
        self._events = {name: _volume(project, name) for name in project.events}
        self._flows = {
            name: together([self._events[event] for event in events if event in self._events])
            for name, events in project_triggers(project).items()
        }

    def node(self, node: Node) -> Node:
        """A node with what is further known of it: other names, and what holds for it."""
        project = self._project
        match node.kind:
            case NodeKind.SYSTEM if node.id in project.systems:
                system = project.systems[node.id]
                limits = self._limits[node.id]
                terms = Terms(system.owner, _every(system), _lag(system), limits)
                return replace(node, terms=terms)
            case NodeKind.FLOW:
                name = node.id.removeprefix(f"{OURS}/")
                workflow = project.workflows[name]
                terms = Terms(workflow.owner, volume=self._flows[name])
                return replace(node, terms=terms, also=(f"workflows/{name}", workflow.where.file))
            case NodeKind.EVENT:
                return replace(node, terms=Terms(volume=self._events.get(node.name)))
            case NodeKind.FIELD if node.system == OURS and node.id not in self._contact:
                return replace(node, also=(f"event.{node.name}",))
            case _:
                return node

    def link(self, nodes: Mapping[str, Node], link: Link) -> Link:
        """A link with what holds for it."""
        source, target = nodes[link.source], nodes[link.target]
        if link.relation is Relation.COPIES:
            system = self._project.systems[source.system]
            limits = self._reading[source.system]
            terms = Terms(system.owner, _every(system), _lag(system), limits)
        elif link.relation in TO_FLOWS and target.kind is NodeKind.FLOW:
            terms = self._to_flow(source, target)
        elif source.kind is NodeKind.FLOW:
            key = (source.id, target.system, target.kind, link.relation)
            if key not in self._known:
                self._known[key] = self._out(source, target, link.relation)
            terms = self._known[key]
        else:
            return link
        return replace(link, terms=terms) if terms != NO_TERMS else link

    def _to_flow(self, source: Node, flow: Node) -> Terms:
        """An event comes as often as it does; a system is asked whether it shows a write."""
        owner = flow.terms.owner
        if source.kind is NodeKind.EVENT:
            return Terms(owner, volume=source.terms.volume)
        system = self._project.systems.get(source.id)
        if system is None:
            return Terms(owner)
        return Terms(owner, None, _lag(system), self._allowed(source.id, "read"))

    def _out(self, flow: Node, target: Node, relation: Relation) -> Terms:
        system = self._project.systems.get(target.system)
        if system is None or relation is Relation.ENROLS:
            return Terms(flow.terms.owner, volume=flow.terms.volume)
        limits = self._allowed(system.name, _CALLS.get(target.kind))
        lag = _lag(system) if relation is Relation.WRITES else None
        return Terms(flow.terms.owner, None, lag, limits, flow.terms.volume)

    def _allowed(self, system: str, call: str | None) -> tuple[Limit, ...]:
        """The limits that one kind of call meets; None = whatever is called."""
        return tuple(
            replace(one, source="")
            for one in self._limits[system]
            if call is None or one.calls in {"all", call}
        )


def _every(system: System) -> float | None:
    every = system.reads.get(CONTACT)
    return None if every is None else every.total_seconds()


def _lag(system: System) -> float | None:
    return None if system.lag is None else system.lag.total_seconds()


def _limit(published: PublishedWindow) -> Limit:
    window = published.window
    if isinstance(window, Concurrency):
        length = None
    else:
        length = (window.every if isinstance(window, Fixed) else window.span).total_seconds()
    source = published.source.text
    return Limit(window.name, window.limit, length, window.scope, published.calls, source)


def _volume(project: Project, event: str) -> Volume | None:
    """What was counted of an event, else what is expected of it."""
    seen = project.known.events.get(event) if project.known is not None else None
    expected = project.events[event].expect
    if seen is None and expected is None:
        return None
    if expected is not None:
        most, within = expected.count, expected.within
    else:
        assert seen is not None
        most, within = seen.burst, seen.within
    return Volume(None if seen is None else seen.per_day, most, within.total_seconds())


def together(volumes: list[Volume | None]) -> Volume | None:
    """The volume of several events; a figure that one of them lacks, or that is told for another
    span, is not known for all.

    >>> together([Volume(10.0, 5, 60.0), Volume(2.0, 7, 60.0)])
    Volume(per_day=12.0, most=12, in_s=60.0)
    >>> together([Volume(10.0, 5, 60.0), None])
    """
    if not volumes or any(one is None for one in volumes):
        return None
    known = [one for one in volumes if one is not None]
    per_day = [one.per_day for one in known if one.per_day is not None]
    peaks = [one.most for one in known if one.most is not None]
    same = len({one.in_s for one in known}) == 1 and len(peaks) == len(known)
    found = Volume(
        sum(per_day) if len(per_day) == len(known) else None,
        sum(peaks) if same else None,
        known[0].in_s if same else None,
    )
    return None if found == Volume() else found
