"""How n8n's connections join nodes: run order, error outputs, helpers of agents, loose ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from leadline.inspection.flows.document import (
    Unknowns,
    is_list,
    items,
    mapping,
    mappings,
    shown,
    text,
)
from leadline.inspection.flows.n8n.node import Node


@dataclass(slots=True)
class Wires:
    """``outputs`` are, by node, the targets of each main output; ``helpers`` by node whom it
    helps and how (``ai_tool``); ``notes`` what is malformed, of the workflow and by node."""

    outputs: dict[str, list[list[str]]] = field(default_factory=dict[str, list[list[str]]])
    helpers: dict[str, list[tuple[str, str]]] = field(
        default_factory=dict[str, list[tuple[str, str]]]
    )
    parents: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    notes: list[str] = field(default_factory=list[str])
    node_notes: dict[str, dict[str, None]] = field(default_factory=dict[str, dict[str, None]])


def read_wires(connections: object, nodes: Mapping[str, Node], unknowns: Unknowns) -> Wires:
    """Every edge of the file; what leads to no node is noted and leads nowhere."""
    wires = Wires()
    for source, by_type in mapping(connections).items():
        if source not in nodes:
            wires.notes.append(
                f"connections from {shown(source, 40)}, which is no node of the file"
            )
            continue
        for kind, outputs in mapping(by_type).items():
            if kind == "main":
                wires.outputs[source] = [
                    list(_targets(output, source, nodes, wires)) for output in items(outputs)
                ]
            elif kind.startswith("ai_"):
                helped = [t for o in items(outputs) for t in _targets(o, source, nodes, wires)]
                wires.helpers.setdefault(source, []).extend((target, kind) for target in helped)
            else:
                unknowns.add(f"connection: {shown(kind, 40)}")
                _note(wires, source, f"connections of type {shown(kind, 40)} have no effect")
    parents: dict[str, dict[str, None]] = {}
    for source, outputs in wires.outputs.items():
        for target in (t for output in outputs for t in output):
            parents.setdefault(target, {})[source] = None
    wires.parents = {target: tuple(found) for target, found in parents.items()}
    return wires


def _targets(output: object, source: str, nodes: Mapping[str, Node], wires: Wires) -> Iterator[str]:
    if output is not None and not is_list(output):
        _note(wires, source, "an output of it is no list of connections")
    for each in mappings(output):
        target = text(each.get("node"))
        if target in nodes:
            yield target
        else:
            _note(wires, source, f"leads to {shown(target, 40)}, which is no node of the file")


def _note(wires: Wires, node: str, what: str) -> None:
    wires.node_notes.setdefault(node, {})[what] = None
