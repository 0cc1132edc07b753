"""What a name means on the map: one resolver for the vendor's names, ours, and everything else."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from leadline.blueprint.graph.build import Graph, Node, NodeKind, Relation, of_kind
from leadline.blueprint.graph.flow import OURS

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
    A field of a project is one thing, whichever of its names is asked for. A whole name goes
    before one that is a part of others: "webinar" is the workflow, not a property called so.
    """
    exact = _exact(graph, name)
    if exact:
        return Resolved(name, _one_each(graph, exact))
    wanted = _spelt(aliases.get(name, name))
    whole: dict[str, list[str]] = {}
    part: dict[str, list[str]] = {}
    for node in graph.nodes.values():
        for said in _names(graph, node):
            whole.setdefault(said, []).append(node.id)
        if node.kind is NodeKind.FIELD:
            for said in (_spelt(node.name), _spelt(node.id.rpartition(".")[2])):
                part.setdefault(said, []).append(node.id)
    found = whole.get(wanted) or part.get(wanted)
    if found:
        return Resolved(name, _one_each(graph, found))
    near = difflib.get_close_matches(wanted, [*whole, *part], n=3, cutoff=0.6)
    nodes = [graph.nodes[(whole.get(each) or part[each])[0]] for each in near]
    return Resolved(name, (), tuple(dict.fromkeys(node.title for node in nodes)))


def _exact(graph: Graph, name: str) -> tuple[str, ...]:
    """The nodes whose id the name is, without a need to respell a large map."""
    if name in graph.nodes:
        return (name,)
    if f"{OURS}.{name}" in graph.nodes:
        return (f"{OURS}.{name}",)
    systems = (node.id for node in of_kind(graph, NodeKind.SYSTEM))
    return tuple(node for system in systems if (node := f"{system}.{name}") in graph.nodes)


def _one_each(graph: Graph, found: Iterable[str]) -> tuple[str, ...]:
    """Each thing once: a field by our name for it, where we have one."""
    return tuple(dict.fromkeys(_own_name(graph, name) for name in found))


def _own_name(graph: Graph, name: str) -> str:
    named = (x.source for x in graph.into.get(name, ()) if x.relation is Relation.NAMED)
    return next(named, name)


def _spelt(name: str) -> str:
    return _SPELLING.sub("", name.lower())


def _names(graph: Graph, node: Node) -> Iterator[str]:
    yield _spelt(node.id)
    yield from map(_spelt, node.also)
    if node.kind is NodeKind.FIELD:
        rest = node.id.removeprefix(f"{node.system}.")
        object_name, _, field_name = rest.rpartition(".")
        yield _spelt(f"{object_name}.{field_name}")
        return
    yield _spelt(node.name)
    if node.kind is NodeKind.FLOW and node.id in graph.flows:
        yield _spelt(graph.flows[node.id].id)
