"""One n8n workflow: its nodes, how they are joined, what starts it, and which version runs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from leadline.blueprint.graph.flow import (
    Edge,
    EdgeKind,
    Flow,
    Live,
    Step,
    Understanding,
)
from leadline.inspection.flows.document import (
    Map,
    Unknowns,
    distinct,
    flag,
    items,
    mapping,
    mappings,
    shown,
    text,
)
from leadline.inspection.flows.n8n.choices import read_conditions, switch_outputs
from leadline.inspection.flows.n8n.expressions import Items
from leadline.inspection.flows.n8n.node import SYSTEM, Node, failure_of, read_node
from leadline.inspection.flows.n8n.records import object_of
from leadline.inspection.flows.n8n.starts import (
    is_trigger,
    origin_of,
    read_trigger,
    starts_itself,
)
from leadline.inspection.flows.n8n.steps import ITSELF, Place, read_step
from leadline.inspection.flows.n8n.vendors import VENDORS
from leadline.inspection.flows.n8n.wiring import Wires, read_wires
from leadline.inspection.flows.revising import replace

CANNOT_SAY = (
    "what code nodes write, and what a request returns",
    "whether credentials still work",
    "the time zone where it is the instance's default",
    "how often it ran and failed",
)
KEYS = frozenset(
    {
        "id",
        "name",
        "nodes",
        "connections",
        "settings",
        "active",
        "pinData",
        "meta",
        "tags",
        "versionId",
        "staticData",
        "createdAt",
        "updatedAt",
        "triggerCount",
        "versionCounter",
        "activeVersionId",
        "activeVersion",
        "isArchived",
        "shared",
        "nodeGroups",
        "description",
        "parentFolder",
        "parentFolderId",
        "homeProject",
        "sharedWithProjects",
        "usedCredentials",
        "scopes",
        "checksum",
        "sourceWorkflowId",
    }
)
SETTINGS = frozenset(
    {
        "executionOrder",
        "errorWorkflow",
        "timezone",
        "callerPolicy",
        "callerIds",
        "executionTimeout",
        "saveDataErrorExecution",
        "saveDataSuccessExecution",
        "saveManualExecutions",
        "saveExecutionProgress",
        "timeSavedPerExecution",
        "timeSavedMode",
        "availableInMCP",
        "binaryMode",
        "redactionPolicy",
    }
)


def read_workflow(found: Map, where: str, name: str) -> Flow:
    """One workflow; ``name`` stands in where the file has none (the clipboard's form)."""
    unknowns = Unknowns()
    unknowns.keys(found, KEYS, "workflow")
    settings = mapping(found.get("settings"))
    unknowns.keys(settings, SETTINGS, "settings")
    running, notes = _version(found)
    nodes = _nodes(running, unknowns, notes)
    wires = read_wires(running.get("connections"), nodes, unknowns)
    steps = _steps(nodes, wires, unknowns)
    flow_id = text(found.get("id")) or shown(found.get("name"), 200) or name
    for step in [s for s in steps.values() if ITSELF in s.calls_flows]:
        steps[step.id] = replace(step, calls_flows=(flow_id,))
    triggers = sorted((n for n in nodes.values() if is_trigger(n)), key=lambda n: not n.enabled)
    live = _live(found, nodes, notes)
    failing = text(settings.get("errorWorkflow"))
    pinned = mapping(running.get("pinData")) or mapping(found.get("pinData"))
    if pinned:
        notes.append(f"has pinned test data at {len(pinned)} nodes; runs ignore it")
    if text(settings.get("executionOrder")) != "v1" and settings:
        notes.append("runs its branches in the older order (executionOrder is not v1)")
    return Flow(
        SYSTEM,
        flow_id,
        shown(found.get("name"), 200) or name,
        where,
        live,
        "",
        tuple(read_trigger(node) for node in triggers),
        triggers[0].id if triggers else None,
        MappingProxyType(steps),
        error_flow=failing if failing not in {"", "DEFAULT"} else None,
        updated_at=text(found.get("updatedAt")) or None,
        not_understood=unknowns.all(),
        cannot_say=CANNOT_SAY,
        notes=(*notes, *wires.notes),
    )


def _version(found: Map) -> tuple[Map, list[str]]:
    """What runs: the published copy where n8n keeps one, else what the file shows."""
    published = mapping(found.get("activeVersion"))
    if items(published.get("nodes")):
        draft = text(found.get("versionId")) != text(published.get("versionId"))
        return published, ["the published version is read; a later draft exists"] if draft else []
    active = text(found.get("activeVersionId"))
    if active and active != text(found.get("versionId")):
        return found, ["the file holds the draft; the published version that runs is not in it"]
    return found, []


def _live(found: Map, nodes: Mapping[str, Node], notes: list[str]) -> Live:
    if flag(found.get("isArchived")):
        notes.append("is archived")
        return Live.OFF
    active = flag(found.get("active"))
    if "activeVersionId" in found:
        active = bool(text(found.get("activeVersionId")))
    if active and not any(starts_itself(node) for node in nodes.values()):
        notes.append("is switched on, and has no enabled trigger that starts by itself")
        return Live.OFF
    return Live.UNSAID if active is None else Live.ON if active else Live.OFF


def _nodes(running: Map, unknowns: Unknowns, notes: list[str]) -> dict[str, Node]:
    nodes: dict[str, Node] = {}
    raw = items(running.get("nodes"))
    found = mappings(raw)
    if len(found) < len(raw):
        notes.append(f"{len(raw) - len(found)} nodes are not objects and could not be read")
    for number, each in enumerate(found, start=1):
        wanted = text(each.get("name")) or text(each.get("id")) or f"(node {number})"
        node_id = distinct(wanted, nodes)
        if node_id != wanted:
            notes.append(f"two nodes are called {shown(wanted, 40)}; edges go to the first")
        nodes[node_id] = read_node(each, node_id, unknowns)
    return nodes


def _steps(nodes: Mapping[str, Node], wires: Wires, unknowns: Unknowns) -> dict[str, Step]:
    origins = {node_id: origin for node_id, node in nodes.items() if (origin := _origin(node))}
    flowing = Items(nodes, wires.parents, origins)
    steps: dict[str, Step] = {}
    for node_id, node in nodes.items():
        outputs = wires.outputs.get(node_id, [])
        regular = _regular_outputs(node, flowing)
        error_at = len(regular) if node.on_error == "continueErrorOutput" else None
        wired = error_at is not None and any(outputs[error_at:])
        helped = wires.helpers.get(node_id, [])
        notes = (
            *wires.node_notes.get(node_id, ()),
            *(f"helps {shown(t, 40)} ({kind}); no step of the run" for t, kind in helped),
        )
        edges = () if helped else tuple(_edges(outputs, regular, error_at))
        step = read_step(node, flowing, Place(edges, failure_of(node, error_is_wired=wired), notes))
        if step.understanding is Understanding.OPAQUE:
            unknowns.add(f"node type: {shown(node.type, 60) or 'none'}")
        steps[node_id] = step
    return steps


def _origin(node: Node) -> tuple[str, str] | None:
    vendor = VENDORS.get(node.kind)
    if vendor is not None and node.known_package:
        return vendor.system, object_of(node, vendor)
    return origin_of(node)


def _regular_outputs(node: Node, flowing: Items) -> list[Edge]:
    """The outputs that a node has by its type, without where they lead, error output left out."""
    match node.kind:
        case "if":
            asked = read_conditions(node.parameters.get("conditions"), node, flowing)
            return [
                Edge(None, EdgeKind.BRANCH, "true", asked),
                Edge(None, EdgeKind.ELSE, "false"),
            ]
        case "filter":
            asked = read_conditions(node.parameters.get("conditions"), node, flowing)
            return [Edge(None, EdgeKind.BRANCH, "kept", asked)]
        case "switch":
            outputs, rest = switch_outputs(node, flowing)
            edges = [Edge(None, EdgeKind.BRANCH, label, asked) for label, asked in outputs]
            return [*edges, Edge(None, EdgeKind.ELSE, "the rest")] if rest else edges
        case "splitInBatches":
            labels = ("done", "loop") if node.version >= 3 else ("loop", "done")
            return [Edge(None, EdgeKind.BRANCH, label) for label in labels]
        case "compareDatasets":
            return [Edge(None, EdgeKind.BRANCH, f"output {n}") for n in range(1, 5)]
        case "stopAndError" | "stickyNote":
            return []
        case _:
            return [Edge(None)]


def _edges(outputs: list[list[str]], regular: list[Edge], error_at: int | None) -> list[Edge]:
    edges: list[Edge] = []
    for index in range(max(len(outputs), len(regular))):
        targets = outputs[index] if index < len(outputs) else []
        if error_at is not None and index >= error_at:
            shape = Edge(None, EdgeKind.ERROR, "error")
        elif index < len(regular):
            shape = regular[index]
        else:
            shape = Edge(None, EdgeKind.BRANCH, f"output {index + 1}")
        edges.extend(Edge(to, shape.kind, shape.label, shape.condition) for to in targets)
        if not targets and index < len(regular):
            edges.append(shape)
    if regular and regular[0].label == "kept":
        edges.append(Edge(None, EdgeKind.ELSE, "left out"))
    return edges


def is_workflow(found: Map) -> bool:
    """Whether a map is a workflow: nodes with types, and connections by name."""
    nodes = mappings(found.get("nodes"))
    return bool(
        ("connections" in found or "activeVersion" in found)
        and (nodes or isinstance(found.get("nodes"), list))
        and all("type" in node or "name" in node for node in nodes[:5])
    )
