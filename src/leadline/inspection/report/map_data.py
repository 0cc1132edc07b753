"""The map of systems, fields and flows, as the page draws it: one node and its neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from leadline.blueprint.graph.flow import FieldRef, Flow, Step, StepKind
from leadline.inspection.findings import is_live
from leadline.inspection.masks import Shown
from leadline.inspection.uses import DECIDING, uses


def map_data(flows: Sequence[Flow], shown: Shown) -> dict[str, Any]:
    """Nodes and edges; an edge runs as the data does: from what is read to what reads it.

    A node is ``[id, label, kind, system, live]``, an edge ``[from, to, kind, words]`` by the
    places of its nodes; kinds of edges: ``decides``, ``reads``, ``writes``, ``sends``,
    ``enrolls``, ``calls``.
    """
    laid = _Laid(shown)
    ids = {flow.id: flow for flow in flows} | {flow.key: flow for flow in flows}
    for flow in flows:
        laid.flow(flow)
    for flow in flows:
        here = laid.flow(flow)
        for used in dict.fromkeys(uses(flow)):
            kind = "decides" if used.use in DECIDING else "reads"
            laid.edge(laid.field(used.field), here, kind, used.use.value)
        for step in flow.steps.values():
            for there, kind, words in _out(step, laid, ids):
                laid.edge(here, there, kind, shown.text(words))
    return {"nodes": laid.nodes, "edges": list(laid.edges), "start": laid.start()}


class _Laid:
    def __init__(self, shown: Shown) -> None:
        self.shown = shown
        self.nodes: list[list[Any]] = []
        self.places: dict[str, int] = {}
        self.edges: dict[tuple[int, int, str, str], None] = {}

    def flow(self, flow: Flow) -> int:
        name = self.shown.text(flow.name or flow.id)
        return self._node(f"flow:{flow.key}", name, "flow", flow.system, live=is_live(flow))

    def field(self, ref: FieldRef) -> int:
        name = f"{ref.object or '?'}.{ref.name}"
        return self._node(f"field:{ref}".casefold(), name, "field", ref.system)

    def other(self, kind: str, system: str, name: str) -> int:
        return self._node(f"{kind}:{system}:{name}", self.shown.text(name), kind, system)

    def edge(self, start: int, end: int, kind: str, words: str) -> None:
        self.edges[start, end, kind, words] = None

    def start(self) -> int:
        """The field with most edges, where somebody looks first; else the first node."""
        degree: dict[int, int] = {}
        for one, other, *_ in self.edges:
            degree[one] = degree.get(one, 0) + 1
            degree[other] = degree.get(other, 0) + 1
        fields = [n for n, node in enumerate(self.nodes) if node[2] == "field"]
        return max(fields, key=lambda n: degree.get(n, 0), default=0)

    def _node(self, name: str, label: str, kind: str, system: str, *, live: bool = True) -> int:
        if name not in self.places:
            self.places[name] = len(self.nodes)
            self.nodes.append([name, label, kind, system, live])
        return self.places[name]


def _out(step: Step, laid: _Laid, flows: dict[str, Flow]) -> Iterator[tuple[int, str, str]]:
    for write in step.writes:
        yield laid.field(write.field), "writes", step.words
    for send in step.sends:
        yield laid.other("message", send.system, send.content or send.channel), "sends", step.words
    for called in step.calls_flows:
        flow = flows.get(called)
        there = laid.flow(flow) if flow else laid.other("flow not given", step.system, called)
        yield there, "enrolls", step.words
    if step.call is not None:
        yield laid.other("address", "", step.call.host or "host not known"), "calls", step.words
    if step.kind is StepKind.NOTIFY and not step.sends:
        yield laid.other("team", step.system, f"team in {step.system}"), "sends", step.words
